import assert from "node:assert/strict";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { bodyOf } from "../support/home-answer";
import type { Figure } from "../support/motion-scene";
import { SceneSource } from "../support/scene-source";
import { VirtualHome } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";

/** A NAS in a home, with a camera at a URL whose scene the test sets. */
class Scene {
	readonly home = new VirtualHome(1);
	readonly nas: HomeNas;
	source: SceneSource;

	constructor(settings: Readonly<Record<string, string>> = {}) {
		const { world } = this.home;
		this.source = new SceneSource(world, () => this.nas?.machine.clock.utc());
		this.nas = new HomeNas(
			this.home,
			20,
			{ "record-urls": "door=http://192.168.0.77/stream", ...settings },
			{ luma: new InlineLumaReader(), openSource: () => this.source },
		);
		this.home.until(() => this.body("/api/v1/recordings/door/motion").startsWith("{"), 30_000, "the camera is seen");
		world.runFor(6000);
	}

	/** The body of an answer. */
	body(path: string): string {
		const answer = this.home.get(`${this.nas.url}${path}`, this.home.neighbour);
		return bodyOf(answer);
	}

	post(path: string, form: string): string {
		return this.home.post(`${this.nas.url}${path}`, form, this.home.neighbour);
	}

	events(
		query = "",
	): { id: number; kind: string; from: number; to?: number; still: number; score: number; label: string }[] {
		return JSON.parse(this.body(`/api/v1/events?camera=door${query}`)).events;
	}

	get motion(): Record<string, unknown> {
		return JSON.parse(this.body("/api/v1/recordings/door/motion"));
	}

	/** Somebody walks through the picture from now on, for ten seconds. */
	walk(): void {
		const { now } = this.home.world;
		this.source.moment = (at) => {
			const x = ((at - now) / 10_000) * 90 - 8;
			const figures: Figure[] = [{ x, y: 20, width: 7, height: 30, brightness: 20 }];
			return { figures: at < now + 10_000 ? figures : [] };
		};
	}
}

describe("simulation/nas-events", () => {
	it("makes an event of a walking person, with a picture, and shows it (STR-26)", () => {
		const scene = new Scene();
		assert.equal(scene.motion["state"], "still");
		assert.deepEqual(scene.events(), []);
		scene.walk();
		scene.home.world.runFor(4000);
		const seen = scene.motion;
		assert.equal(seen["state"], "motion");
		assert.match(`${seen["marks"]}`, /^[012]{4800}$/);
		assert.match(`${seen["marks"]}`, /2/);
		assert.equal(scene.events()[0].to, undefined);
		scene.home.world.runFor(15_000);
		const [event, ...others] = scene.events();
		assert.deepEqual(others, []);
		assert.equal(event.kind, "motion");
		assert.ok(event.score >= 3, `${event.score}`);
		assert.ok((event.to ?? 0) - event.from > 8000);
		assert.ok(event.still >= event.from - 1000 && event.still <= (event.to ?? 0));
		const page = scene.body("/events?camera=door");
		assert.ok(page.includes(`/events/${event.id}/picture.jpg`));
		assert.ok(page.includes(`/timeline?camera=door&amp;at=${event.from}`));
		const still = scene.body(`/events/${event.id}/picture.jpg`);
		assert.ok(still.startsWith("\u00ff\u00d8") && still.endsWith("\u00ff\u00d9"));
		assert.ok(scene.body("/events/live.jpg?camera=door").startsWith("\u00ff\u00d8"));
	});

	it("keeps events, pictures and settings over a restart", () => {
		const scene = new Scene();
		assert.match(scene.post("/api/v1/recordings/door/motion", "sensitivity=70&hold=2"), /"done":true/);
		const zone = "zone=1&use=watch&name=Path&left=0&top=0&right=100&bottom=90";
		assert.match(scene.post("/api/v1/recordings/door/zone", zone), /"done":true/);
		scene.walk();
		scene.home.world.runFor(20_000);
		const events = scene.events();
		assert.equal(events[0].label, "Path");
		scene.nas.crash();
		scene.home.world.runFor(1000);
		scene.nas.restart();
		scene.source.moment = () => ({});
		scene.home.until(() => scene.body("/api/v1/recordings/door/motion").includes('"Path"'), 60_000, "it is back");
		assert.deepEqual(scene.events(), events);
		const { settings } = scene.motion as { settings: Record<string, unknown> };
		assert.equal(settings["sensitivity"], 70);
		assert.equal(settings["hold"], 2);
		assert.ok(scene.body(`/events/${events[0].id}/picture.jpg`).startsWith("\u00ff\u00d8"));
	});

	it("takes events that programs and switches report: a pulse, on and off (STR-26)", () => {
		const scene = new Scene();
		const path = "/api/v1/recordings/door/event";
		assert.match(scene.post(path, "label=Bell&seconds=3"), /"id":\d+/);
		const on = scene.post(path, "state=on&kind=switch&label=Contact");
		assert.equal(scene.post(path, "state=on&kind=switch&label=Contact").split("\r\n\r\n")[1], on.split("\r\n\r\n")[1]);
		scene.home.world.runFor(5000);
		assert.match(scene.post(path, "state=off&kind=switch&label=Contact"), /"id":\d+/);
		assert.match(scene.post(path, "state=off&kind=switch&label=Contact"), /^HTTP\/1.1 404/);
		const [bell, contact] = scene.events();
		assert.deepEqual([bell.kind, bell.label, (bell.to ?? 0) - bell.from], ["call", "Bell", 3000]);
		assert.deepEqual([contact.kind, contact.label], ["switch", "Contact"]);
		assert.ok((contact.to ?? 0) - contact.from >= 5000);
		assert.ok(scene.body(`/events/${bell.id}/picture.jpg`).startsWith("\u00ff\u00d8"));
	});

	it("refuses what is not valid, and says why", () => {
		const scene = new Scene();
		const refused: readonly [path: string, form: string, status: number][] = [
			["/api/v1/recordings/nobody/event", "", 404],
			["/api/v1/recordings/door/event", "state=perhaps", 400],
			["/api/v1/recordings/door/event", "kind=motion", 400],
			["/api/v1/recordings/door/event", "seconds=0", 400],
			["/api/v1/recordings/door/motion", "sensitivity=0", 400],
			["/api/v1/recordings/door/zone", "zone=2&use=watch", 400],
			["/api/v1/recordings/nobody/zone", "zone=1", 404],
		];
		for (const [path, form, status] of refused)
			assert.ok(scene.post(path, form).startsWith(`HTTP/1.1 ${status}`), `${path} ${form}`);
		for (const query of ["from=x", "max=0", "max=9999", "from=5&to=4", "camera=../x"])
			assert.match(scene.body(`/api/v1/events?${query}`), /"error"/, query);
		assert.match(scene.home.get(`${scene.nas.url}/events/12/picture.jpg`, scene.home.neighbour), /^HTTP\/1.1 404/);
		assert.match(scene.home.get(`${scene.nas.url}/events?camera=x`, scene.home.neighbour), /^HTTP\/1.1 404/);
		for (const path of ["/events", "/events/live.jpg?camera=door", "/api/v1/events"]) {
			const answer = scene.home.exchange("GET", `${scene.nas.url}${path}`, "", "", scene.home.neighbour, 3000);
			assert.match(answer, /^HTTP\/1.1 401/, `${path} requires a login`);
		}
	});

	it("looks for no motion where the owner switched it off", () => {
		const scene = new Scene();
		scene.post("/api/v1/recordings/door/motion", "on=off");
		scene.walk();
		scene.home.world.runFor(12_000);
		assert.equal(scene.motion["state"], "off");
		assert.deepEqual(scene.events(), []);
	});
});
