import assert from "node:assert/strict";
import { RECENT_EVENTS } from "../../src/app/camera/recent-events-part";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { PASSWORD } from "../support/digest";
import { jsonOf, statusOf } from "../support/home-answer";
import { toyJpeg } from "../support/toy-jpeg";
import { VirtualHome } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";

const KEY = { "fleet-key": "a-key-that-nobody-guesses" };

interface Listed {
	readonly id: number;
	readonly label: string;
}

describe("simulation/recent events of a camera", () => {
	function settled(seed: number, settings: Readonly<Record<string, string>>) {
		const home = new VirtualHome(seed);
		home.extras = [RECENT_EVENTS];
		home.picture = toyJpeg();
		const cameras = [home.add(settings), home.add(settings)];
		const nas = new HomeNas(home, 20, settings, { luma: new InlineLumaReader() });
		home.until(
			() => cameras.every((c) => c.camera.fleet.registry.size === 2) && nas.nas.fleet.registry.size === 2,
			30_000,
			"all know each other",
		);
		home.world.runFor(10_000);
		const base = (n: number) => `http://192.168.0.${11 + n}:8000`;
		const list = (n: number): Listed[] => jsonOf(home.get(`${base(n)}/api/v1/events`, home.neighbour)).events;
		const report = (n: number, label: string) => {
			const { id } = cameras[n].camera.identity;
			const answer = home.post(`${nas.url}/api/v1/recordings/${id}/event`, `label=${label}`, home.neighbour);
			assert.equal(statusOf(answer), 200, answer);
			home.world.runFor(1000);
		};
		return { home, cameras, nas, base, list, report };
	}

	it("come from the NAS of the fleet: the newest ones of this camera, with pictures of those only (STR-26)", () => {
		const { home, base, list, report } = settled(31, KEY);
		assert.match(home.get(`${base(0)}/camera`, home.neighbour), /<section id="recent"/);
		assert.deepEqual(list(0), []);
		home.world.runFor(6000);
		for (let n = 0; n < 8; n++) report(0, `bell${n}`);
		report(1, "other");
		home.world.runFor(6000);
		const events = list(0);
		assert.deepEqual(
			events.map(({ label }) => label),
			["bell2", "bell3", "bell4", "bell5", "bell6", "bell7"],
		);
		const [other] = list(1);
		assert.equal(other.label, "other");
		const picture = (n: number, id: number | string) =>
			statusOf(home.get(`${base(n)}/events/${id}/picture.jpg`, home.neighbour));
		for (const { id } of events) assert.equal(picture(0, id), 200);
		assert.equal(picture(0, "..%2f..%2fapi%2fv1%2fstatus"), 400);
		for (const id of [other.id, "0", "x"]) assert.equal(picture(0, id), 404, `${id}`);
		const stranger = home.exchange("GET", `${base(0)}/api/v1/events`, "", "", home.neighbour, 3000);
		assert.equal(statusOf(stranger), 401);
	});

	it("lead to their time on the timeline of the NAS, whose login is spared, for viewers too (STR-26)", () => {
		const { home, cameras, nas, base, list, report } = settled(36, { ...KEY, "viewer-password": "only-looking" });
		report(0, "bell <b>");
		report(1, "other");
		home.world.runFor(6000);
		const [{ id }] = list(0);
		const [other] = list(1);
		const visit = (user: string, path: string) =>
			home.askAs(user, user === "owner" ? PASSWORD : "only-looking", "GET", `${base(0)}${path}`, home.neighbour);
		for (const user of ["owner", "viewer"]) {
			const page = visit(user, "/events");
			assert.ok(page.includes(`<a href="/events/${id}"><img src="/events/${id}/picture.jpg"`), page);
			assert.ok(page.includes("bell &lt;b&gt;"));
			const answer = visit(user, `/events/${id}`);
			assert.equal(statusOf(answer), 303);
			const to = /Location: (\S+)/.exec(answer)?.[1] ?? "";
			assert.ok(to.startsWith(`${nas.url}/timeline?pass=`), to);
			assert.match(to, new RegExp(`&camera=${cameras[0].camera.identity.id}&at=\\d{13}$`));
			const at = Number(to.slice(to.indexOf("&at=") + 4));
			assert.ok(Math.abs(at - (cameras[0].machine.clock.utc() ?? 0)) < 60_000, `${at}`);
			const there = home.exchange("GET", to, "", "Accept: text/html\r\n", home.neighbour, 3000);
			assert.match(there, /^HTTP\/1\.1 303 .*Location: \/timeline\?camera=/s, "the ticket lets in");
			assert.equal(statusOf(visit(user, `/events/${other.id}`)), 404, "of another camera");
		}
		const stranger = home.exchange("GET", `${base(0)}/events/${id}`, "", "", home.neighbour, 3000);
		assert.equal(statusOf(stranger), 401);
	});

	it("are not shown in a fleet without a key, where any device can pose as a NAS, or without a NAS", () => {
		const { home, base, list } = settled(32, {});
		assert.deepEqual(list(0), []);
		assert.doesNotMatch(home.get(`${base(0)}/camera`, home.neighbour), /<section id="recent"/);
	});

	it("are refused with 502 while the NAS does not answer, and come again when it does", () => {
		const { home, nas, base, list } = settled(33, KEY);
		nas.crash();
		const answer = home.get(`${base(0)}/api/v1/events`, home.neighbour, 12_000);
		assert.equal(statusOf(answer), 502, answer);
		nas.restart();
		home.world.runFor(20_000);
		assert.deepEqual(list(0), []);
	});

	it("are refused with 502 while the NAS refuses them, and the log says so once", () => {
		const { home, cameras, nas, base } = settled(34, KEY);
		const { tickets } = nas.nas.access.credentials;
		const check = tickets.check.bind(tickets);
		tickets.check = () => undefined;
		for (let n = 0; n < 3; n++) {
			const answer = home.get(`${base(0)}/api/v1/events`, home.neighbour);
			assert.equal(statusOf(answer), 502);
			assert.match(answer, /status 401/);
		}
		const refusals = () => cameras[0].log.split("\n").filter((line) => line.includes("refuses its events")).length;
		assert.equal(refusals(), 1);
		tickets.check = check;
		assert.equal(statusOf(home.get(`${base(0)}/api/v1/events`, home.neighbour)), 200);
		assert.equal(refusals(), 1);
	});

	it("have no picture where the NAS has none of the event", () => {
		const { home, cameras, base, list, report } = settled(35, KEY);
		cameras[0].still = true;
		home.world.runFor(60_000);
		report(0, "bell");
		home.world.runFor(6000);
		const [{ id }] = list(0);
		assert.equal(statusOf(home.get(`${base(0)}/events/${id}/picture.jpg`, home.neighbour)), 404);
	});
});
