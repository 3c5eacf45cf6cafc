import assert from "node:assert/strict";
import { writeEcho, writeFind, writeRegister } from "../../../../../src/peer/rendezvous/peer-request";
import type { Leg } from "../../../../../src/peer/rendezvous/server/leg";
import { INDICATION } from "../../../../../src/wire/stun";
import { StunReader } from "../../../../../src/wire/stun-reader";
import { CAMERA_RECORD, MatchingRig, RigClient, RigHome } from "../../../../support/matching-rig";

const PEER = "00112233445566aa";
const MAIN: Leg = { address: "198.51.100.1", port: 5000 };
const OTHER: Leg = { address: "198.51.100.1", port: 6000 };

function registered(): { rig: MatchingRig; client: RigClient; home: RigHome } {
	const rig = new MatchingRig();
	const home = new RigHome(rig, "secret");
	const client = new RigClient(rig, home.device(PEER), MAIN, home.keys.accountPublicKey);
	const record = CAMERA_RECORD;
	const answer = client.ask((head) => writeRegister(client.who, head, { lifetime: 120, record }));
	assert.equal(answer?.type, "registered");
	return { rig, client, home };
}

/** Gets the server's proof of the other address. */
function prove(rig: MatchingRig, client: RigClient): void {
	const head = { transaction: new Uint8Array(12).fill(9), roundTrip: 0 };
	const request = writeFind(client.who, head, { name: "", tag: "", after: "", withAddresses: false });
	const other = new RigClient(rig, client.who, OTHER);
	other.transaction = head.transaction;
	const answer = other.answerOf(rig.give(request, OTHER));
	assert.ok(answer?.type === "refused" && answer.nonce !== undefined);
	client.alsoAt = { ...OTHER, nonce: answer.nonce };
}

describe("peer/rendezvous/echo (P2P-8, P2P-14)", () => {
	it("sends an indication to another address that a registered device has proved", () => {
		const { rig, client } = registered();
		prove(rig, client);
		assert.equal(client.ask((head) => writeEcho(client.who, head))?.type, "echoed");
		const echo = rig.sent.find(({ leg }) => leg.port === OTHER.port);
		const message = new StunReader();
		assert.ok(echo !== undefined && message.read(echo.bytes));
		assert.equal(message.kind, INDICATION);
		assert.equal(message.isTransaction(client.transaction), true);
		assert.equal(echo.bytes.length, 20, "shorter than the request");
	});

	it("sends nothing to an address without a proof, or with an old one", () => {
		const { rig, client } = registered();
		const refused = client.ask((head) => writeEcho(client.who, head));
		assert.deepEqual([refused?.type, refused?.type === "refused" && refused.code], ["refused", 400]);
		prove(rig, client);
		rig.pass(130_000);
		client.ask((head) =>
			writeRegister(client.who, { ...head, alsoAt: head.alsoAt as never }, { lifetime: 120, record: CAMERA_RECORD }),
		);
		assert.equal(client.ask((head) => writeEcho(client.who, head))?.type, "refused");
		assert.equal(
			rig.sent.some(({ leg }) => leg.port === OTHER.port),
			false,
		);
	});

	it("does nothing for a device that is not registered here", () => {
		const { rig, home, client } = registered();
		const stranger = new RigClient(rig, home.device("00112233445566bb"), { address: "198.51.100.9", port: 1 });
		prove(rig, client);
		stranger.alsoAt = client.alsoAt;
		const answer = stranger.ask((head) => writeEcho(stranger.who, head));
		assert.deepEqual([answer?.type, answer?.type === "refused" && answer.code], ["refused", 404]);
		assert.equal(
			rig.sent.some(({ leg }) => leg.port === OTHER.port),
			false,
		);
	});

	it("is bounded for each source", () => {
		const { rig, client } = registered();
		prove(rig, client);
		let echoes = 0;
		for (let i = 0; i < 1000; i++) if (client.ask((head) => writeEcho(client.who, head))?.type === "echoed") echoes++;
		assert.ok(echoes < 600, `${echoes}`);
	});
});
