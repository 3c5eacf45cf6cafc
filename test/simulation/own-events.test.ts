import assert from "node:assert/strict";
import { recentEvents } from "../../src/app/camera/recent-events-part";
import { onvif } from "../../src/app/onvif/onvif-extra";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import type { RecordedEvent } from "../../src/storage/recorded-event";
import { jsonOf, statusOf } from "../support/home-answer";
import type { Moment } from "../support/motion-scene";
import { SceneSource } from "../support/scene-source";
import { VirtualHome } from "../support/virtual-home";

describe("simulation/own-events: what a camera sees without a NAS", () => {
	/** Something that crosses the picture between two moments. */
	const crossing = (from: number, at: number): Moment =>
		at < from || at > from + 8000
			? {}
			: { figures: [{ x: 5 + (at - from) / 300, y: 10, width: 6, height: 9, brightness: 220 }] };

	function alone(settings: Readonly<Record<string, string>>) {
		const home = new VirtualHome(34);
		home.extras = [recentEvents(new InlineLumaReader()), onvif({ luma: new InlineLumaReader(), fps: 5 })];
		let source: SceneSource | undefined;
		home.makeSource = (machine) => {
			source = new SceneSource(home.world, () => machine.clock.utc());
			return source;
		};
		home.add(settings);
		home.until(() => home.cameras[0].port !== 0, 10_000, "a port");
		const get = (path: string, limit?: number) => home.get(`http://192.168.0.11:8000${path}`, home.neighbour, limit);
		const list = (): RecordedEvent[] => (jsonOf(get("/api/v1/events")) as { events: RecordedEvent[] }).events;
		const cross = (): void => {
			const from = home.world.now + 2000;
			if (source !== undefined) source.moment = (at) => crossing(from, at);
			home.world.runFor(22_000);
		};
		return { home, get, list, cross };
	}

	it("are the latest six with a picture of each, without a NAS (STR-26)", () => {
		const { home, get, list, cross } = alone({ "motion-events": "on" });
		assert.match(get("/camera"), /<section id="recent"/);
		home.world.runFor(20_000);
		assert.deepEqual(list(), []);
		cross();
		const [first] = list();
		assert.deepEqual([first.kind, first.camera, first.label], ["motion", home.cameras[0].camera.identity.id, ""]);
		assert.ok((first.to ?? 0) - first.from > 3000 && first.score > 0, JSON.stringify(first));
		const picture = get(`/events/${first.id}/picture.jpg`);
		assert.equal(statusOf(picture), 200);
		assert.match(picture, /Content-Type: image\/jpeg/i);
		for (let n = 0; n < 7; n++) cross();
		const events = list();
		assert.equal(events.length, 6);
		assert.ok(events.every((event, i) => i === 0 || event.id > events[i - 1].id));
		for (const id of [first.id, "0", "x", "..%2f"])
			assert.notEqual(statusOf(get(`/events/${id}/picture.jpg`)), 200, `${id}`);
		const stranger = home.exchange("GET", "http://192.168.0.11:8000/api/v1/events", "", "", home.neighbour, 3000);
		assert.equal(statusOf(stranger), 401);
	});

	it("begin and end at once when the owner wants it so, and links lead to their pictures (STR-26)", () => {
		const { home, get, list, cross } = alone({});
		const change = (form: string) =>
			jsonOf(home.post("http://192.168.0.11:8000/api/v1/settings", form, home.neighbour));
		assert.equal(change("motion-events=on").restart, false);
		assert.match(get("/camera"), /<section id="recent"/);
		assert.match(get("/events"), /No events yet\./);
		home.world.runFor(20_000);
		cross();
		const [{ id, from }] = list();
		const page = get("/events");
		assert.ok(page.includes(`<a href="/events/${id}"><img src="/events/${id}/picture.jpg"`), page);
		assert.ok(page.includes(`datetime="${new Date(from).toISOString()}"`));
		assert.match(get(`/events/${id}`), new RegExp(`^HTTP/1.1 303 .*Location: /events/${id}/picture.jpg\r`, "s"));
		assert.equal(statusOf(get("/events/1")), 404);
		assert.equal(change("motion-events=off").restart, false);
		assert.deepEqual(list(), []);
		assert.equal(statusOf(get(`/events/${id}`)), 404);
		assert.doesNotMatch(get("/camera"), /<section id="recent"/);
		home.world.runFor(30_000);
		const { hub } = home.cameras[0].camera.video;
		const { frames } = hub;
		home.world.runFor(10_000);
		assert.equal(hub.frames, frames, "it rests");
	});

	it("are none, and the camera rests, unless the owner wants them", () => {
		const { home, get, list, cross } = alone({});
		assert.doesNotMatch(get("/camera"), /<section id="recent"/);
		const { hub } = home.cameras[0].camera.video;
		// It has looked at its pictures once, at the start.
		home.world.runFor(30_000);
		const { frames } = hub;
		cross();
		assert.deepEqual([hub.frames, list()], [frames, []]);
	});
});
