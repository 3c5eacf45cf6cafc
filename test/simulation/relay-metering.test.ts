import assert from "node:assert/strict";
import { packetLength } from "../../hosts/virtual/packet";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { relayKeyOf } from "../../src/relay/relay-key";
import { openReport, REPORT_FIELD, ReportSeal } from "../../src/relay/report";
import { fieldOf, type TextMessage } from "../../src/wire/text-message";
import { FLEET_KEY } from "../support/relay-reports";
import {
	CAMERA,
	openContent,
	RELAY_RTSP,
	RelayScene,
	type RelaySceneOptions,
	sceneOrigin,
} from "../support/relay-scene";
import { VirtualRtspViewer } from "../support/virtual-rtsp-viewer";

/** The camera's ledger. */
class RtspLedger {
	readonly records: MeteringRecord[] = [];
	readonly ids = new Set<string>();
	status = 200;
	reports = 0;
	private readonly seal = new ReportSeal("relay1", Uint8Array.from(relayKeyOf(FLEET_KEY, "relay1")));

	take(message: TextMessage): readonly [status: number, fields: string] {
		const field = fieldOf(message, REPORT_FIELD.toLowerCase()) ?? "";
		this.reports++;
		if (this.status !== 200) return [this.status, ""];
		const opened = openReport(message.body, field, () => this.seal);
		assert(!("status" in opened), JSON.stringify(opened));
		for (const record of opened) if (!this.ids.has(record.id)) this.records.push(record);
		for (const record of opened) this.ids.add(record.id);
		return [200, `${REPORT_FIELD}: ${this.seal.receipt(field.slice(-64))}\r\n`];
	}
}

interface Scene {
	readonly scene: RelayScene;
	readonly ledger: RtspLedger;
}

function sceneOf(seed: number, options: RelaySceneOptions = {}): Scene {
	const origin = sceneOrigin("home", "", Uint8Array.from(relayKeyOf(FLEET_KEY, "relay1")));
	const contents = [openContent("garage", `rtsp://${CAMERA}/live`, { origin: "home" })];
	const scene = new RelayScene(seed, { table: { contents, origins: [origin] }, ...options });
	const ledger = new RtspLedger();
	scene.rtsp.taker = (message) => ledger.take(message);
	return { scene, ledger };
}

function watch(scene: RelayScene, framing: "tcp" | "udp"): VirtualRtspViewer {
	return new VirtualRtspViewer(scene.addClient(), `rtsp://${scene.first.inside}:${RELAY_RTSP}/garage`, { framing });
}

/** The methods that came, without signs of life. */
const methods = (scene: RelayScene): string[] =>
	scene.rtsp.requests.map((request) => request.split(" ")[0]).filter((method) => method !== "GET_PARAMETER");

describe("simulation: metering records of a relay on their way to the origin", () => {
	for (const framing of ["tcp", "udp"] as const)
		it(`REP-5, REP-6, REP-7 a viewer by ${framing} is reported over the upstream session, before that ends`, () => {
			const { scene, ledger } = sceneOf(1);
			/** Octets of IP packets with datagrams to the viewer. */
			let onCable = 0;
			scene.access.capture = (_at, packet) => {
				if (packet.source === scene.first.inside && packet.tcp === undefined) onCable += packetLength(packet);
			};
			const viewer = watch(scene, framing);
			scene.run(4);
			assert(viewer.pictures > 20);
			viewer.leave();
			scene.run(20);
			assert.deepEqual(methods(scene).slice(-3), ["PLAY", "SET_PARAMETER", "TEARDOWN"]);
			assert.equal(scene.rtsp.connections, 1);
			assert.equal(ledger.records.length, 1);
			const [record] = ledger.records;
			assert.equal(record.packets, viewer.packets);
			assert.equal(record.payload, viewer.octets);
			if (framing === "udp") assert.equal(record.total, onCable);
			else assert(record.total > record.payload + 4 * record.packets && record.total < 1.05 * record.payload);
			assert(record.frames >= viewer.pictures && record.frames <= viewer.pictures + 1);
			const facts = scene.first.relay.parts.flatMap((part) => part.facts?.() ?? []);
			assert.deepEqual(new Map(facts).get("Metering records"), "1 made, 1 delivered, 0 waiting");
			assert(record.isLast && record.framing === framing && record.relay === "relay1");
			assert(record.end - record.start >= 3000 && record.end - record.start < 6000);
		});

	it("REP-6 a report that is refused over the session waits, and the upstream session plays on", () => {
		const { scene, ledger } = sceneOf(2);
		ledger.status = 451;
		const [first, second] = [watch(scene, "udp"), watch(scene, "tcp")];
		scene.run(4);
		first.leave();
		scene.run(20);
		assert.equal(scene.rtsp.open.length, 1);
		assert.equal(ledger.records.length, 0);
		const pictures = second.pictures;
		scene.run(2);
		assert(second.pictures > pictures + 15);
		ledger.status = 200;
		second.leave();
		scene.run(20);
		assert.equal(ledger.records.length, 2);
		assert.equal(scene.rtsp.open.length, 0);
	});

	it("REP-6, REP-10 a relay whose power fails delivers what it has, over a connection of its own", () => {
		const { scene, ledger } = sceneOf(3);
		ledger.status = 503;
		const first = watch(scene, "tcp");
		scene.run(4);
		first.leave();
		scene.run(1);
		const second = watch(scene, "tcp");
		scene.run(40);
		scene.first.crash();
		second.leave();
		scene.run(1);
		ledger.status = 200;
		scene.first.restart();
		scene.run(20);
		assert.deepEqual(ledger.records.map(({ reason }) => reason).sort(), [
			"the client said goodbye",
			"the relay was interrupted",
		]);
		const whole = ledger.records.find(({ reason }) => reason === "the client said goodbye");
		assert.equal(whole?.packets, first.packets);
		assert(!methods(scene).slice(-2).includes("DESCRIBE"));
	});

	it("REP-6 a session that ends in order when the relay is stopped is reported first", () => {
		const { scene, ledger } = sceneOf(4);
		const viewer = watch(scene, "udp");
		scene.run(4);
		let hasLeft = false;
		scene.first.relay.leave(() => {
			hasLeft = true;
		});
		scene.run(10);
		assert(hasLeft);
		assert.equal(ledger.records.length, 1);
		assert.equal(ledger.records[0].packets, viewer.packets);
	});

	it("REP-5 a session that lasts is reported at the interval", () => {
		const { scene, ledger } = sceneOf(5, { settings: { "report-interval": "60" } });
		const viewer = watch(scene, "udp");
		scene.run(200);
		assert(ledger.records.length >= 2);
		viewer.leave();
		scene.run(20);
		assert.equal(
			ledger.records.reduce((all, { packets }) => all + packets, 0),
			viewer.packets,
		);
	});
});
