import assert from "node:assert/strict";
import { reportTakerOf } from "../../src/app/origin/report-taker";
import { latin1, utf8Encode } from "../../src/base/text";
import type { Stream, StreamSink } from "../../src/ports/net";
import type { LedgerSum, RedeemedTicket } from "../../src/relay/ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { bodyOf, statusOf } from "../support/home-answer";
import { recordOf, ticketOf } from "../support/ledger-suite";
import { FLEET_KEY, signedReport } from "../support/relay-reports";
import { VirtualHome } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";

const POSTED = "Content-Type: application/json\r\n";

/** A NAS in a home; the neighbour is a relay and the owner's browser. */
class Scene {
	readonly home = new VirtualHome(1);
	readonly nas: HomeNas;

	constructor(settings: Readonly<Record<string, string>> = {}) {
		this.nas = new HomeNas(this.home, 20, { "fleet-key": FLEET_KEY, ...settings });
		this.home.world.runFor(6000);
	}

	/** Posts a report. @returns the answer */
	post({ body, field }: { readonly body: string; readonly field: string }): string {
		const { home, nas } = this;
		return home.exchange("POST", `${nas.url}/api/v1/metering`, body, POSTED + field, home.neighbour, 3000);
	}

	/** Gets something as the owner. @returns the body */
	body(path: string): string {
		const answer = this.home.get(`${this.nas.url}${path}`, this.home.neighbour);
		assert.match(answer, /^HTTP\/1.1 200 /, path);
		return bodyOf(answer);
	}

	records(query = ""): readonly MeteringRecord[] {
		return JSON.parse(this.body(`/api/v1/ledger?${query}`)).records;
	}

	/** Sends requests on one RTSP connection. @returns all that was answered */
	rtsp(requests: string): string {
		const { home, nas } = this;
		const visit = new RtspVisit(requests);
		visit.stream = home.neighbour.network.connect({ address: nas.machine.address, port: 8554 }, visit);
		home.world.runFor(3000);
		visit.stream.abort();
		return visit.text;
	}
}

class RtspVisit implements StreamSink {
	text = "";
	stream: Stream | undefined;
	private isAsked = false;

	constructor(private readonly requests: string) {}

	received(bytes: Uint8Array): void {
		this.text += latin1(bytes, 0, bytes.length);
	}

	room(): void {
		if (this.isAsked) return;
		this.isAsked = true;
		const bytes = utf8Encode(this.requests);
		this.stream?.write(bytes, 0, bytes.length);
	}

	ended(): void {}
	gone(): void {}
}

describe("simulation/nas-ledger", () => {
	it("takes a signed report by HTTP, once, also after the power was cut (REP-6, REP-8)", () => {
		const scene = new Scene();
		const report = signedReport([recordOf(1), recordOf(2)]);
		assert.equal(statusOf(scene.post(report)), 200);
		assert.equal(statusOf(scene.post(report)), 200);
		assert.equal(scene.records().length, 2);
		scene.nas.crash();
		scene.home.world.runFor(1000);
		scene.nas.restart();
		scene.home.world.runFor(6000);
		assert.equal(statusOf(scene.post(report)), 200);
		assert.deepEqual(scene.records(), [recordOf(2), recordOf(1)]);
	});

	it("takes a signed report by RTSP without a login, up to 16 kB, and nothing else that way (REP-6)", () => {
		const scene = new Scene();
		const records = Array.from({ length: 30 }, (_, i) => recordOf(i));
		const { body, field } = signedReport(records);
		assert.ok(body.length > 10_000);
		const head = (cseq: number, more: string, length: number): string =>
			`SET_PARAMETER rtsp://nas/ RTSP/1.0\r\nCSeq: ${cseq}\r\n${more}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
		assert.match(
			scene.rtsp(head(1, field, body.length) + body),
			/^RTSP\/1.0 200 OK\r\nCSeq: 1\r\nPorthole-Report: receipt=[0-9a-f]{64}\r\n\r\n$/,
		);
		assert.equal(scene.records("limit=1000").length, 30);
		const forged = scene.rtsp(`${head(1, field, 2)}[]`);
		assert.match(forged, /^RTSP\/1.0 403 /);
		assert.ok(forged.length < head(1, field, 2).length, "no longer than the request");
		assert.match(scene.rtsp(head(1, "", body.length) + body), /^RTSP\/1.0 401 /);
		assert.match(scene.rtsp(head(1, field, 16_385)), /^RTSP\/1.0 413 /);
		assert.equal(scene.records("limit=1000").length, 30);
	});

	it("refuses what no relay of the fleet has signed, and says so (REP-8, REP-12)", () => {
		const scene = new Scene();
		const good = signedReport([recordOf(1)]);
		const refused: readonly [what: string, report: { body: string; field: string }, status: number][] = [
			["no signature", { ...good, field: "" }, 401],
			["another key", signedReport([recordOf(1)], "kiosk", "f".repeat(32)), 403],
			["a changed body", { ...good, body: good.body.replace("anna", "bert") }, 403],
			["another relay's records", signedReport([recordOf(1, { relay: "train" })]), 403],
			["another relay's name", { ...good, field: good.field.replace("kiosk", "train") }, 403],
			["not records", signedReport([]), 200],
		];
		for (const [what, report, status] of refused) assert.equal(statusOf(scene.post(report)), status, what);
		assert.equal(statusOf(scene.post({ body: "x".repeat(20_000), field: good.field })), 413);
		assert.deepEqual(scene.records(), []);
		const open = new Scene({ "fleet-key": "" });
		assert.equal(statusOf(open.post(good)), 403);
	});

	it("checks few reports of strangers in a second, and lets them keep no relay from reporting (REP-6)", () => {
		const scene = new Scene();
		const { nas } = scene.nas;
		const taker = reportTakerOf(nas.parts);
		assert.ok(taker !== undefined);
		const report = (address: string, fleetKey = FLEET_KEY): number => {
			const { body, field } = signedReport([recordOf(1)], "kiosk", fleetKey);
			const fields = [["porthole-report", field.slice(17, -2)]];
			const message = { fields, body: utf8Encode(body) } as unknown as Parameters<typeof taker.take>[2];
			const statuses: number[] = [];
			taker.take(nas.now, address, message, (_now, status) => statuses.push(status));
			if (statuses.length === 0) scene.home.until(() => statuses.length > 0, 500, "it is stored");
			return statuses[0];
		};
		assert.equal(report("192.0.2.1"), 200);
		scene.home.world.runFor(1000);
		const stranger = Array.from({ length: 12 }, () => report("198.51.100.1", "f".repeat(32)));
		assert.deepEqual(stranger, [...Array(10).fill(403), 503, 503]);
		const crowd = Array.from({ length: 50 }, (_, i) => report(`198.51.100.${i + 2}`, "f".repeat(32)));
		assert.equal(crowd.filter((status) => status === 403).length, 30);
		assert.equal(report("192.0.2.1"), 200);
	});

	it("lists with paging, sums up, and exports CSV and JSON of a choice for the owner only (REP-8)", () => {
		const scene = new Scene();
		const start = Date.UTC(2026, 10, 27);
		const all: MeteringRecord[] = [];
		for (let i = 0; i < 300; i++) {
			const end = start + i * 60_000;
			all.unshift(recordOf(i, { start: end - 60_000, end, viewer: i % 3 === 0 ? "=ann,a" : "ben" }));
		}
		for (let i = 0; i < 300; i += 30) {
			assert.equal(statusOf(scene.post(signedReport(all.slice(i, i + 30)))), 200);
			scene.home.world.runFor(200);
		}
		const first = JSON.parse(scene.body("/api/v1/ledger?limit=120"));
		assert.deepEqual(first.records, all.slice(0, 120));
		assert.equal(first.next, `${all[119].relay}/${all[119].id}`);
		const rest = JSON.parse(scene.body(`/api/v1/ledger?limit=350&before=${first.next}`));
		assert.deepEqual(rest.records, all.slice(120));
		assert.equal(rest.next, null);
		const { sums }: { sums: LedgerSum[] } = JSON.parse(scene.body("/api/v1/ledger/sums?by=viewer&to=2026-11-27"));
		assert.deepEqual(
			sums.map(({ key, records, amounts }) => [key, records, amounts]),
			[
				["=ann,a", 100, [["EUR", 720_000]]],
				["ben", 200, [["EUR", 1_440_000]]],
			],
		);
		assert.deepEqual(JSON.parse(scene.body("/api/v1/ledger/records.json")), all);
		assert.deepEqual(JSON.parse(scene.body("/api/v1/ledger/records.json?viewer=nobody")), []);
		const lines = scene.body("/api/v1/ledger/records.csv?viewer=%3Dann%2Ca").split("\r\n");
		assert.equal(lines.length, 102);
		assert.match(lines[0], /^id,session,part,last,relay,content,/);
		assert.match(
			lines[1],
			/,garage,rtsp,udp,"'=ann,a",,0,2026-11-27T04:56:00.000Z,2026-11-27T04:57:00.000Z,the viewer left,7200000,7368000,6000,1500,3,0.0072,EUR$/,
		);
		for (const query of [
			"from=x",
			"to=2026-02-30",
			"from=2026-11-28&to=2026-11-27",
			"by=hour",
			"limit=0",
			"limit=1001",
		]) {
			const answer = scene.home.get(`${scene.nas.url}/api/v1/ledger?${query}`, scene.home.neighbour);
			assert.match(answer, /^HTTP\/1.1 400 /, query);
		}
		for (const path of ["/ledger", "/api/v1/ledger", "/api/v1/ledger/sums", "/api/v1/ledger/records.csv"]) {
			const answer = scene.home.exchange("GET", scene.nas.url + path, "", "", scene.home.neighbour, 3000);
			assert.equal(statusOf(answer), 401, path);
		}
	});

	it("shows the ledger on a page: sums, sessions with links to older ones, downloads (REP-8)", () => {
		const scene = new Scene();
		const end = scene.nas.machine.clock.utc() as number;
		const long = { part: 0, isLast: false, reason: "" };
		scene.post(
			signedReport([recordOf(0, { viewer: "", ...long }), ...Array.from({ length: 29 }, (_, i) => recordOf(i + 1))]),
		);
		scene.post(
			signedReport(
				Array.from({ length: 30 }, (_, i) => recordOf(i + 40, { end: end + i, viewer: "<b>", content: "a&b" })),
			),
		);
		const page = scene.body("/ledger");
		assert.match(page, /<td>\(unknown\)<\/td>|\(unknown\)/);
		assert.ok(!page.includes("<b>") && page.includes("&lt;b&gt;") && page.includes("a&amp;b"));
		assert.match(page, /<td class="n">7.4 MB<\/td>/);
		assert.match(page, /0\.0072 EUR/);
		assert.match(page, /still going on/);
		const older = /<a href="(\/ledger\?[^"]*before=[^"]*)">Older/.exec(page)?.[1].replaceAll("&amp;", "&") ?? "";
		const next = scene.body(older);
		assert.equal(next.match(/<time /g)?.length, 10);
		assert.match(next, /Newest/);
		const ofB = scene.body("/ledger?by=day&viewer=%3Cb%3E&from=2020-01-01");
		assert.match(ofB, /name="viewer"[^>]* value="&lt;b&gt;"/);
		assert.match(ofB, /records\.csv\?from=2020-01-01&amp;viewer=%3Cb%3E/);
		assert.match(scene.body("/ledger?viewer=nobody"), /No reports for this choice/);
		assert.match(new Scene().body("/ledger"), /No relay has reported yet/);
		assert.match(scene.body("/ledger.css"), /fields/);
		assert.match(scene.body("/"), /href="\/ledger"/);
	});

	it("calls cameras on its page by their names (REP-8)", () => {
		const scene = new Scene();
		const { camera } = scene.home.add({ "fleet-key": FLEET_KEY, name: "Garden gate" });
		scene.home.world.runFor(10_000);
		const { id } = camera.identity;
		scene.post(signedReport([recordOf(0, { content: id })]));
		const page = scene.body("/ledger?by=content");
		assert.match(page, new RegExp(`content=${id}[^"]*">Garden gate</a>`));
		assert.match(page, /<td>Garden gate<\/td>/);
	});

	it("flags used tickets without a record after an hour: on the page, as a notice and for programs (REP-12)", () => {
		const scene = new Scene();
		const { nas } = scene.nas;
		// In five minutes it is an hour ago.
		const at = (scene.nas.machine.clock.utc() as number) - 3_300_000;
		const taker = reportTakerOf(nas.parts);
		taker?.redeemed(ticketOf("reported", at, { viewer: "ben" }));
		taker?.redeemed(ticketOf("hidden", at, { viewer: "carl", witness: "page" }));
		scene.post(signedReport([recordOf(1, { ticket: "reported" })]));
		const flagged = (): RedeemedTicket[] => JSON.parse(scene.body("/api/v1/ledger/unrecorded")).tickets;
		assert.deepEqual(flagged(), []);
		scene.home.world.runFor(601_000);
		assert.deepEqual(flagged(), [ticketOf("hidden", at, { viewer: "carl", witness: "page" })]);
		assert.match(
			scene.body("/ledger"),
			/Tickets without a report of the relay: 1\..*carl.*The viewer&#39;s page had a picture/s,
		);
		scene.post(signedReport([recordOf(2, { ticket: "hidden" })]));
		assert.deepEqual(flagged(), []);
		scene.home.world.runFor(601_000);
		assert.doesNotMatch(scene.body("/ledger"), /Tickets without/);
	});

	it("shows on the page of the NAS what relays have delivered today (ONE-9)", () => {
		const scene = new Scene();
		assert.doesNotMatch(scene.body("/nas"), /Delivered by relays/);
		const end = scene.nas.machine.clock.utc() as number;
		scene.post(
			signedReport([
				recordOf(1, { start: end, end }),
				recordOf(2, { start: end, end }),
				recordOf(3, { start: 0, end: end - 86_400_000 }),
				recordOf(4, { start: end + 86_400_000, end: end + 86_400_000 }),
			]),
		);
		scene.home.world.runFor(601_000);
		assert.match(scene.body("/nas"), /<dt>Delivered by relays today<\/dt><dd>14\.7 MB in 2 sessions<\/dd>/);
	});

	it("says that reports can't be stored while the disk is full; the relay gets no 200 (REP-10)", () => {
		const scene = new Scene();
		const { disk } = scene.nas.machine;
		disk.settings.capacity = 0;
		const report = signedReport([recordOf(1)]);
		assert.equal(statusOf(scene.post(report)), 503);
		assert.match(scene.body("/ledger"), /Reports of relays can&#39;t be stored/);
		disk.settings.capacity = 1e9;
		assert.equal(statusOf(scene.post(report)), 200);
		assert.doesNotMatch(scene.body("/ledger"), /can&#39;t be stored/);
	});
});
