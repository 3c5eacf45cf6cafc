import assert from "node:assert/strict";
import type { BrowserCall, CallHost } from "../../../../src/app/peer/browser-call";
import { CallDesk, type CallerLine } from "../../../../src/app/peer/call-desk";
import { type CallData, CallProof } from "../../../../src/peer/signal/call-data";
import { FakeNode } from "../../../support/fake-node";
import { FakeWebRtc } from "../../../support/fake-web-rtc";

const DEVICE = "00000000000000aa";
const SECRET = new Uint8Array(32).fill(1);
const GUEST = "cd".repeat(16);
const GUEST_SECRET = new Uint8Array(32).fill(2);

class Rig {
	readonly node = new FakeNode({});
	readonly webRtc = new FakeWebRtc();
	readonly said: CallData[] = [];
	readonly changes: string[] = [];
	readonly desk: CallDesk;
	private nonces = 0;

	constructor() {
		const { node } = this;
		const host: CallHost = {
			log: node.host.log,
			now: () => node.now,
			later: (run) => node.pump.after(0, run),
			title: "door",
			kind: "camera",
			pictures: undefined,
			trouble: () => undefined,
			admit: () => ({ status: 200, isOwner: false, session: "" }),
			isNeighbour: () => false,
			accept: () => undefined,
			changed: (call: BrowserCall) => {
				this.changes.push(call.isOver ? "over" : call.path);
				if (call.isOver) this.desk.remove(call);
			},
		};
		this.desk = new CallDesk(node.pump, this.webRtc, DEVICE, host);
	}

	readonly line: CallerLine = {
		secretOf: (guest) => (guest === "" ? SECRET : guest === GUEST ? GUEST_SECRET : undefined),
		servers: { stun: { address: "192.0.2.1", port: 3478 } },
		send: (data) => void this.said.push(data),
	};

	/** A new offer. */
	offer(sdp = "offer", guest = "", secret = guest === "" ? SECRET : GUEST_SECRET, device = DEVICE): CallData {
		const nonce = `${++this.nonces}`.padStart(32, "0");
		return { kind: "offer", nonce, guest, sdp, mac: new CallProof(secret, device).sign("caller", nonce, sdp) };
	}

	call(number: string, offer = this.offer()): CallData | undefined {
		this.said.length = 0;
		this.desk.receive(number, offer, this.line);
		return this.said[0];
	}
}

describe("app/peer/call-desk", () => {
	it("answers a paired viewer and a guest, with the server that tells addresses (P2P-13)", () => {
		const rig = new Rig();
		assert.equal(rig.call("1"), undefined);
		assert.equal(rig.call("2", rig.offer("other", GUEST)), undefined);
		assert.deepEqual(
			rig.webRtc.peers.map(({ options }) => options),
			["offer", "other"].map((offer) => ({ offer, stun: { address: "192.0.2.1", port: 3478 } })),
		);
		const [peer] = rig.webRtc.peers;
		peer.sink.described("answer");
		const [answer] = rig.said;
		assert.ok(answer.kind === "answer");
		assert.equal(answer.mac, new CallProof(SECRET, DEVICE).sign("device", answer.nonce, "answer"));
	});

	for (const [what, offer] of [
		["a wrong secret", (rig: Rig) => rig.offer("offer", "", new Uint8Array(32))],
		["a description that somebody has changed", (rig: Rig) => ({ ...rig.offer(), sdp: "changed" }) as CallData],
		["an offer to another device", (rig: Rig) => rig.offer("offer", "", SECRET, "00000000000000bb")],
		[
			"a guest link that is not valid",
			(rig: Rig) => ({ ...rig.offer("offer", GUEST), guest: "ee".repeat(16) }) as CallData,
		],
		["a guest with the secret of the home's viewers", (rig: Rig) => rig.offer("offer", GUEST, SECRET)],
		["a description that is none", (rig: Rig) => rig.offer("bad")],
	] as const)
		it(`refuses ${what} (P2P-14)`, () => {
			const rig = new Rig();
			assert.equal(rig.call("1", offer(rig))?.kind, "refused");
			assert.equal(rig.webRtc.peers.length, 0);
			assert.equal(rig.desk.counters.refused, 1);
			assert.equal(rig.desk.open.length, 0);
		});

	it("does not answer a recorded offer again (P2P-14)", () => {
		const rig = new Rig();
		const offer = rig.offer();
		assert.equal(rig.call("1", offer), undefined);
		assert.equal(rig.call("2", offer)?.kind, "refused");
		assert.equal(rig.webRtc.peers.length, 1);
	});

	it("takes a candidate only if the caller of this call has signed it", () => {
		const rig = new Rig();
		const offer = rig.offer();
		rig.call("1", offer);
		const proof = new CallProof(SECRET, DEVICE);
		const { nonce } = offer;
		const good = {
			kind: "candidate" as const,
			nonce,
			candidate: "c",
			mid: "0",
			mac: proof.sign("caller", nonce, "c\n0"),
		};
		rig.desk.receive("1", good, rig.line);
		rig.desk.receive("2", good, rig.line);
		rig.desk.receive("1", { ...good, candidate: "d" }, rig.line);
		rig.desk.receive("1", { ...good, mac: proof.sign("device", nonce, "c\n0") }, rig.line);
		rig.desk.receive("1", { ...good, nonce: "f".repeat(32) }, rig.line);
		assert.deepEqual(rig.webRtc.peers[0].candidates, ["c"]);
		for (let i = 0; i < 100; i++) rig.desk.receive("1", good, rig.line);
		assert.ok(rig.webRtc.peers[0].candidates.length <= 24);
	});

	it("keeps calls and offers for others than guests (P2P-14)", () => {
		const rig = new Rig();
		const guest = (number: string) => rig.call(number, rig.offer("offer", GUEST));
		for (let i = 0; i < 20; i++) {
			assert.equal(guest(`g${i}`), undefined);
			rig.webRtc.peers[rig.webRtc.peers.length - 1].sink.connected("192.0.2.7", "srflx");
			rig.node.pass(1000);
		}
		assert.equal(rig.desk.open.length, 4, "of one guest");
		for (let i = 0; i < 4; i++) guest(`h${i}`);
		assert.equal(rig.call("owner"), undefined, "though a guest has just called as often as it may");
	});

	it("bounds offers a second, and calls at a time: one that is connected is not ended for another", () => {
		const rig = new Rig();
		for (let i = 0; i < 4; i++) assert.equal(rig.call(`${i}`), undefined);
		assert.equal(rig.call("5")?.kind, "refused");
		for (let i = 4; i < 16; i++) {
			rig.node.pass(1000);
			assert.equal(rig.call(`${i}`), undefined);
		}
		rig.node.pass(1000);
		assert.equal(rig.call("16"), undefined);
		assert.equal(rig.desk.open.length, 16);
		assert.ok(rig.webRtc.peers[0].isClosed);
		for (const peer of rig.webRtc.peers) peer.sink.connected("192.0.2.7", "srflx");
		rig.node.pass(1000);
		assert.equal(rig.call("17")?.kind, "refused");
	});

	it("ends a call that finds no path, and one whose caller has left before; a connected one goes on", () => {
		const rig = new Rig();
		for (const number of ["1", "2", "3"]) rig.call(number);
		rig.webRtc.peers[2].sink.connected("192.0.2.7", "srflx");
		rig.desk.gone("2");
		rig.desk.gone("3");
		assert.deepEqual(
			rig.webRtc.peers.map(({ isClosed }) => isClosed),
			[false, true, false],
		);
		rig.node.pass(30_000);
		assert.deepEqual(
			rig.webRtc.peers.map(({ isClosed }) => isClosed),
			[true, true, false],
		);
		assert.equal(rig.desk.open.length, 1);
		rig.webRtc.peers[2].sink.closed("gone");
		assert.equal(rig.desk.open.length, 0);
	});

	it("ends the call before when a caller calls again", () => {
		const rig = new Rig();
		rig.call("1");
		rig.call("1");
		assert.ok(rig.webRtc.peers[0].isClosed);
		assert.equal(rig.desk.open.length, 1);
		rig.desk.close();
		assert.equal(rig.desk.open.length, 0);
	});
});
