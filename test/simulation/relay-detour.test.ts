import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { ledger } from "../../src/app/origin/ledger-part";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { RtspPart } from "../../src/app/stream/rtsp-part";
import { Pump } from "../../src/core/pump";
import { FileLedger } from "../../src/relay/file-ledger";
import type { RedeemedTicket } from "../../src/relay/ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { relayKeyOf } from "../../src/relay/relay-key";
import { RtspVideo } from "../../src/stream/client/rtsp-video";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { RegisteredRelay } from "../support/registered-relay";
import { toyJpeg } from "../support/toy-jpeg";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

const KEY = "a-key-of-the-whole-home";
const RELAY = "198.20.5.5";

/** A ledger that tells which tickets were used. */
class NotedLedger extends FileLedger {
	readonly notes: RedeemedTicket[] = [];

	override redeemed(ticket: RedeemedTicket): void {
		this.notes.push(ticket);
		super.redeemed(ticket);
	}
}

/** A home with one camera, which has a ledger and a registered relay. */
class RelayedHome {
	readonly home: VirtualHome;
	readonly camera: HomeCamera;
	readonly relay: RegisteredRelay;
	readonly ledger: NotedLedger;

	constructor(seed: number, settings: Readonly<Record<string, string>> = {}, relaySettings = {}) {
		this.home = new VirtualHome(seed, { secure: false });
		const { world } = this.home;
		this.ledger = new NotedLedger(new VirtualMachine(world, "disk").files, (run) => world.after(0, run));
		this.home.extras = [RELAYS, rtspServer(), ledger(() => this.ledger)];
		this.home.picture = toyJpeg({ scan: 900, fill: 5 });
		this.camera = this.home.add({ "fleet-key": KEY, "rtsp-mapped": "on", ...settings });
		this.home.until(() => this.camera.port === 8080 && this.rtspPort !== 0, 20_000, "a representative");
		const origin = { name: "home", url: `http://${WAN}:8080`, key: relayKeyOf(KEY, "east") };
		this.relay = new RegisteredRelay(this.home, "east", RELAY, [origin], relaySettings);
		this.home.until(() => this.relay.contents.length === 3, 10_000, "live pictures, by HTTP and RTSP, and H.264");
	}

	/** The camera's identity. */
	get id(): string {
		return this.camera.camera.identity.id;
	}

	/** The port of RTSP on the router. */
	get rtspPort(): number {
		const services = this.camera.camera.fleet.self.otherServices;
		return services.find(({ kind }) => kind === "rtsp")?.externalPort ?? 0;
	}

	/** The token of a viewer link. */
	get link(): string {
		return this.linkFor(36_000);
	}

	linkFor(seconds: number): string {
		const { access, now } = this.camera.camera;
		return access.authenticator.issueLink(now, seconds);
	}

	/** Somebody watches the camera by a viewer link. */
	watch(machine = this.home.visitor, link = this.link): VirtualMjpegViewer {
		const viewer = new VirtualMjpegViewer(machine, {
			address: WAN,
			port: 8080,
			target: `/stream.mjpeg?link=${link}`,
		});
		this.home.until(() => viewer.status !== 0, 5000, "an answer");
		return viewer;
	}

	/** The records in the ledger. */
	records(): readonly MeteringRecord[] {
		let records: readonly MeteringRecord[] | undefined;
		this.ledger.list({}, 100, "", (answer) => (records = answer));
		this.home.until(() => records !== undefined, 1000, "the records");
		return records ?? [];
	}

	/** The used tickets without a record. */
	unrecorded(): readonly RedeemedTicket[] {
		let tickets: readonly RedeemedTicket[] | undefined;
		this.ledger.unrecorded(Number.MAX_SAFE_INTEGER, (answer) => (tickets = answer));
		this.home.until(() => tickets !== undefined, 1000, "the tickets");
		return tickets ?? [];
	}

	/** Somebody watches at a URL. */
	follow(url: string, machine = this.home.visitor): VirtualMjpegViewer {
		const [, , authority, ...path] = url.split("/");
		const [address, port] = authority.split(":");
		const viewer = new VirtualMjpegViewer(machine, { address, port: Number(port), target: `/${path.join("/")}` });
		this.home.until(() => viewer.status !== 0, 10_000, "an answer");
		return viewer;
	}

	/** Somebody plays the camera by RTSP, as our client does. */
	play(
		content: string,
		machine: VirtualMachine = this.home.visitor,
	): { pictures: number; troubles: string[]; stop(): void } {
		const { network, resolver, random, clock } = machine;
		const host = { pump: new Pump(clock), network, resolver, random, utc: () => clock.utc() };
		const url = parseSourceUrl(`rtsp://${WAN}:${this.rtspPort}/${content}?link=${this.link}`) as RtspUrl;
		const watched = { pictures: 0, troubles: [] as string[], stop: () => video.stop() };
		const video = new RtspVideo(
			host,
			{ url, framing: "tcp", basic: false, certificate: "" },
			{
				described() {},
				trouble: (message) => void watched.troubles.push(message ?? "none"),
				picture: (frame) => {
					watched.pictures++;
					frame.release();
				},
				unit: () => {},
			},
		);
		video.start();
		return watched;
	}
}

const LOCATION = /\r\nLocation: (\S+)\r\n/;

describe("simulation/relay detour", () => {
	it("sends a viewer to the relay while the camera is full, where a ticket lets it watch (ONE-7, REP-12)", () => {
		const scene = new RelayedHome(1, { viewers: "4" });
		const direct = [scene.watch(), scene.watch()];
		assert.deepEqual(
			direct.map(({ status }) => status),
			[200, 200],
		);
		const sent = scene.watch();
		assert.equal(sent.status, 307);
		const [, url = ""] = LOCATION.exec(sent.head) ?? [];
		assert.match(
			url,
			new RegExp(
				`^http://198\\.20\\.5\\.5:8080/home/${scene.id}\\?link=r\\.[0-9a-z]+\\.link\\.[\\w-]{16}\\.[0-9a-f]{32}$`,
			),
		);
		const viewer = scene.follow(url);
		assert.equal(viewer.status, 200);
		scene.home.until(() => viewer.pictures >= 5, 5000, "pictures through the relay");
		const others = [1, 2, 3].map(() => scene.follow(LOCATION.exec(scene.watch().head)?.[1] ?? ""));
		scene.home.until(() => others.every(({ pictures }) => pictures >= 5), 5000, "pictures for all");
		assert.equal(
			scene.camera.camera.video.hub.watching,
			3,
			"the relay is one viewer, in the place that was kept for it",
		);
		direct[0].leave();
		direct[1].leave();
		scene.home.world.runFor(1000);
		assert.equal(scene.watch().status, 200, "there is room again");
	});

	it("ends the streams of a revoked viewer link at the relay as well, with its next registration, and no others (REP-12)", () => {
		const scene = new RelayedHome(11, { viewers: "4" });
		const { access } = scene.camera.camera;
		for (let i = 0; i < 2; i++) scene.watch();
		const urlOf = (id: string): string => {
			const link = access.authenticator.issueLink(scene.camera.camera.now, 36_000, false, id);
			return LOCATION.exec(scene.watch(scene.home.visitor, link).head)?.[1] ?? "";
		};
		const [revoked, other] = [urlOf("0badcafe"), urlOf("0badcaff")];
		assert.match(revoked, /\.link\.0badcafe[\w-]{8}\./);
		const [over, goesOn] = [scene.follow(revoked), scene.follow(other)];
		scene.home.until(() => over.pictures > 1 && goesOn.pictures > 1, 5000, "pictures");
		assert.ok(access.credentials.revoke("0badcafe", 4e9));
		scene.home.until(() => over.over !== undefined, 110_000, "the stream has ended");
		assert.equal(scene.follow(revoked).status, 401, "and does not begin again");
		const { pictures } = goesOn;
		scene.home.world.runFor(110_000);
		assert.ok(goesOn.pictures > pictures + 100);
		assert.equal(scene.follow(other).status, 200);
	});

	it("answers 503 as before where the relay has no room, or is gone (ONE-7)", () => {
		const scene = new RelayedHome(2, { viewers: "4" }, { viewers: "1" });
		for (let i = 0; i < 2; i++) scene.watch();
		assert.equal(scene.watch().status, 307);
		assert.equal(scene.watch().status, 200, "the place that was kept for a relay");
		assert.equal(scene.watch().status, 503);
	});

	it("never sends a relay to a relay (ONE-7)", () => {
		const scene = new RelayedHome(3, { viewers: "4" });
		for (let i = 0; i < 2; i++) scene.watch();
		const [{ url }] = scene.relay.contents;
		assert.equal(scene.follow(url, scene.relay.machine).status, 200);
	});

	it("notes the tickets that were used: by redirects, and as the relay shows them upstream (REP-12)", () => {
		const scene = new RelayedHome(7, { viewers: "4" });
		for (let i = 0; i < 2; i++) scene.watch();
		const [, url = ""] = LOCATION.exec(scene.watch().head) ?? [];
		const id = url.split(".").at(-2);
		const expected = { ticket: id, relay: "east", viewer: "link", content: scene.id };
		assert.deepEqual(
			scene.ledger.notes.map(({ at: _, ...ticket }) => ticket),
			[{ ...expected, witness: "redirect" }],
		);
		scene.home.world.runFor(120_000);
		assert.equal(scene.ledger.notes.length, 1, "nobody has watched");
		const viewers = [scene.follow(url), scene.follow(url)];
		scene.home.world.runFor(120_000);
		assert.deepEqual(
			scene.ledger.notes.slice(1).map(({ at: _, ...ticket }) => ticket),
			[{ ...expected, witness: "upstream" }],
		);
		assert.equal(scene.unrecorded().length, 1, "the viewers still watch");
		for (const viewer of viewers) viewer.leave();
		scene.home.world.runFor(60_000);
		const records = scene.records();
		assert.deepEqual(
			records.map(({ ticket, relay, viewer, content }) => ({ ticket, relay, viewer, content })),
			[expected, expected],
		);
		assert.ok(records.every(({ payload, frames }) => payload > 900 * frames && frames > 1000));
		assert.deepEqual(scene.unrecorded(), [], "a record has come");
	});

	it("flags the ticket of a viewer whose relay is lost before it reports (REP-12)", () => {
		const scene = new RelayedHome(10, { viewers: "4" });
		for (let i = 0; i < 2; i++) scene.watch();
		const viewer = scene.follow(LOCATION.exec(scene.watch().head)?.[1] ?? "");
		scene.home.until(() => viewer.pictures > 1, 5000, "pictures");
		scene.relay.machine.crash();
		scene.home.world.runFor(60_000);
		assert.deepEqual(
			scene.unrecorded().map(({ relay, viewer }) => [relay, viewer]),
			[["east", "link"]],
		);
	});

	it("shows a camera through the relay on a page, which tells when the first picture has come (REP-12)", () => {
		const scene = new RelayedHome(8);
		const page = scene.home.get(`http://${WAN}:8080/relays`);
		assert.ok(page.includes(`href="/relays/watch/${scene.id}"`), page);
		const live = scene.home.get(`http://${WAN}:8080/relays/watch/${scene.id}`);
		const [, src = "", ticket = ""] = /src="([^"]+)"[^>]*data-ticket="([^"]+)"/.exec(live) ?? [];
		const viewer = scene.follow(src);
		scene.home.until(() => viewer.pictures > 1, 5000, "pictures");
		const form = (text: string) => `relay=east&content=${scene.id}&ticket=${text}`;
		const seen = `http://${WAN}:8080/api/v1/relays/seen`;
		assert.match(scene.home.post(seen, form(ticket.replace("owner", "ann"))), /^HTTP\/1\.1 400 /, "forged");
		assert.deepEqual(scene.ledger.notes, []);
		assert.match(scene.home.post(seen, form(ticket)), /^HTTP\/1\.1 200 /);
		assert.deepEqual(
			scene.ledger.notes.map(({ viewer, witness }) => [viewer, witness]),
			[["owner", "page"]],
		);
	});

	it("makes links for others, which are good without the home (REP-12)", () => {
		const scene = new RelayedHome(9);
		const form = `relay=east&content=${scene.id}&viewer=ann%40example.org&hours=1`;
		const reply = scene.home.post(`http://${WAN}:8080/api/v1/relays/links`, form);
		const { http, rtsp } = JSON.parse(reply.slice(reply.indexOf("\r\n\r\n")));
		assert.match(rtsp, /^rtsp:\/\/198\.20\.5\.5:8554\/home\//);
		const first = scene.follow(http);
		scene.home.until(() => first.pictures > 1, 5000, "pictures");
		let asked = 0;
		scene.home.internet.capture = (_at, { body, destination }) => {
			if (body.length > 0 && destination === WAN) asked++;
		};
		const second = scene.follow(http);
		scene.home.until(() => second.pictures > 1, 5000, "pictures");
		assert.equal(asked, 0, "nothing was asked of the home (REP-3)");
		for (const wrong of ["relay=west", "content=garage", "viewer=a+b", "hours=9999"]) {
			const [name] = wrong.split("=");
			const bad = form.replace(new RegExp(`${name}=[^&]*`), wrong);
			assert.match(scene.home.post(`http://${WAN}:8080/api/v1/relays/links`, bad), /^HTTP\/1\.1 4/, wrong);
		}
	});

	it("refuses viewers of the relay without a ticket, or with a changed one (REP-12)", () => {
		const scene = new RelayedHome(4, { viewers: "4" });
		const direct = [scene.watch(), scene.watch()];
		const [, url = ""] = LOCATION.exec(scene.watch().head) ?? [];
		for (const viewer of direct) viewer.leave();
		const [plain, ticket] = url.split("?link=");
		assert.equal(scene.follow(plain).status, 401);
		assert.equal(scene.follow(`${plain}?link=${ticket.replace(".link.", ".owner.")}`).status, 401);
		assert.equal(scene.follow(`http://${RELAY}:8080/relay?link=${ticket}`).status, 401, "the relay's own page");
	});

	it("refuses a ticket after four hours (REP-12)", () => {
		const scene = new RelayedHome(4, { viewers: "4" });
		const direct = [scene.watch(), scene.watch()];
		const [, url = ""] = LOCATION.exec(scene.watch().head) ?? [];
		for (const viewer of direct) viewer.leave();
		scene.home.world.runFor(4 * 3_600_000);
		assert.equal(scene.follow(url).status, 401);
	});

	it("gives no ticket that outlasts what admitted the viewer (REP-12)", () => {
		const scene = new RelayedHome(11, { viewers: "4", "lan-without-password": "on" });
		const direct = [scene.watch(), scene.watch()];
		const sent = scene.watch(scene.home.visitor, scene.linkFor(600));
		const [, url = ""] = LOCATION.exec(sent.head) ?? [];
		for (const viewer of direct) viewer.leave();
		scene.home.world.runFor(590_000);
		assert.equal(scene.follow(url).status, 200);
		scene.home.world.runFor(11_000);
		assert.equal(scene.follow(url).status, 401);
		const page = `http://${scene.camera.machine.address}:8000/relays/watch/${scene.id}`;
		assert.match(scene.home.exchange("GET", page, "", "", scene.home.neighbour, 3000), /^HTTP\/1\.1 503 /);
	});

	it("sends viewers from the Internet away while the uplink is full (ONE-7)", () => {
		const scene = new RelayedHome(5, { uplink: "5" });
		const viewers = Array.from({ length: 4 }, () => scene.watch().status);
		assert.deepEqual(viewers, [200, 200, 307, 307]);
		const { address } = scene.camera.machine;
		const inside = scene.follow(`http://${address}:8000/stream.mjpeg?link=${scene.link}`, scene.home.neighbour);
		assert.equal(inside.status, 200, "the LAN is not the uplink");
	});

	it("sends RTSP players to the relay, who follow it (ONE-7)", () => {
		const scene = new RelayedHome(6, { "rtsp-connections": "4", "rtsp-connections-per-address": "4" });
		const first = scene.play("live");
		scene.home.until(() => first.pictures > 3, 5000, "pictures from the camera");
		const second = scene.play("live", scene.relay.machine);
		scene.home.until(() => second.pictures > 3, 5000, "pictures from the camera");
		assert.doesNotMatch(scene.relay.log, /plays/);
		const third = scene.play("live");
		scene.home.until(
			() => third.pictures > 3,
			10_000,
			`pictures through the relay: ${third.troubles} ${scene.relay.log}`,
		);
		assert.match(scene.relay.log, new RegExp(`plays home/${scene.id}`));
		const rtsp = scene.camera.camera.parts.find((part) => part instanceof RtspPart) as RtspPart;
		assert.equal(rtsp.server.sessions.size, 3, "two viewers and the relay");
		scene.home.world.runFor(600_000);
		const before = third.pictures;
		scene.home.world.runFor(2000);
		assert.ok(third.pictures > before, "it plays on when the pass of the relay has ended");
	});
});
