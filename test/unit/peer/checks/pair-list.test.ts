import assert from "node:assert/strict";
import type { Candidate, CandidateKind } from "../../../../src/peer/candidate";
import { MAPPED_WAIT, PACE } from "../../../../src/peer/checks/check-times";
import { VIA_RELAY, VIA_SOCKET } from "../../../../src/peer/checks/checks-contract";
import { PairList } from "../../../../src/peer/checks/pair-list";

function candidate(kind: CandidateKind, address: string, port = 5000): Candidate {
	return { kind, address, port };
}

const MINE = [candidate("host", "192.168.0.7"), candidate("reflexive", "198.51.100.1")];
const THEIRS = [
	candidate("relayed", "203.0.113.99"),
	candidate("host", "192.168.0.8"),
	candidate("reflexive", "203.0.113.2"),
	candidate("mapped", "203.0.113.2", 7000),
	candidate("host", "2001:db8::8"),
];

/** The list of a side with these candidates. */
function listOf(
	theirs: readonly Candidate[],
	more: { readonly own?: readonly Candidate[]; readonly symmetric?: boolean } = {},
) {
	const list = new PairList();
	list.reset({ candidates: more.own ?? MINE, symmetric: more.symmetric === true, hasIpv6: true }, theirs, undefined);
	return list;
}

/** The addresses in the order in which they are tested, and how. */
function orderOf(list: PairList): string[] {
	return list.pairs.map(({ via, address, port }) => `${via === VIA_RELAY ? "by relay " : ""}${address}:${port}`);
}

describe("peer/checks/pair-list", () => {
	it("tests IPv6 first, then mapped ports and what servers saw, local addresses later, relays last (P2P-9)", () => {
		const list = listOf(THEIRS);
		assert.deepEqual(orderOf(list), [
			"2001:db8::8:5000",
			"203.0.113.2:7000",
			"203.0.113.2:5000",
			"192.168.0.8:5000",
			"203.0.113.99:5000",
		]);
		assert.deepEqual(
			list.pairs.map(({ kind }) => kind),
			["ipv6", "mapped", "punched", "lan", "relayed"],
		);
	});

	it("tests local addresses first when both sides have the same public address (P2P-11)", () => {
		const same = [candidate("reflexive", "198.51.100.1", 6000), candidate("host", "192.168.0.8")];
		assert.deepEqual(orderOf(listOf(same)), ["192.168.0.8:5000", "198.51.100.1:6000"]);
	});

	it("tests local addresses only when it has some itself, and never its own (P2P-9)", () => {
		const own = [candidate("host", "198.51.100.1")];
		assert.deepEqual(orderOf(listOf([candidate("host", "192.168.0.8"), candidate("host", "203.0.113.3")], { own })), [
			"203.0.113.3:5000",
		]);
		assert.deepEqual(orderOf(listOf([candidate("host", "192.168.0.7"), candidate("host", "192.168.0.7", 5001)])), [
			"192.168.0.7:5001",
		]);
	});

	it("sends nothing by a relay to local addresses or to another family", () => {
		const list = listOf(THEIRS);
		list.setRelay(candidate("relayed", "203.0.113.98"));
		assert.deepEqual(
			list.pairs.filter(({ via }) => via === VIA_RELAY).map(({ address, port }) => `${address}:${port}`),
			["203.0.113.2:5000", "203.0.113.2:7000", "203.0.113.99:5000"],
		);
		list.setRelay(undefined);
		assert.ok(list.pairs.every(({ via }) => via === VIA_SOCKET));
	});

	it("ranks LAN, IPv6, mapped and punched alike, relayed, relayed twice (ONE-1)", () => {
		const list = listOf(THEIRS);
		list.setRelay(candidate("relayed", "203.0.113.98"));
		const ranks = list.pairs.map((pair) => `${pair.kind} ${pair.rank}`);
		assert.deepEqual(new Set(ranks), new Set(["ipv6 3", "mapped 2", "punched 2", "lan 4", "relayed 1", "relayed 0"]));
	});

	it("lets one check leave each 5 ms", () => {
		const list = listOf(THEIRS);
		list.begin(100);
		const first = list.due(100);
		assert.ok(first !== undefined);
		first.sent(100, 1, false);
		assert.equal(list.due(100), undefined);
		assert.equal(list.nextAt(100), 100 + PACE);
		assert.notEqual(list.due(100 + PACE), undefined);
	});

	it("awaits the peer's checks behind a symmetric NAT with a mapped port (P2P-12)", () => {
		const own = [...MINE, candidate("mapped", "198.51.100.1", 7000)];
		const list = listOf(THEIRS, { own, symmetric: true });
		list.begin(0);
		const waits = list.pairs.filter(({ nextAt }) => nextAt === MAPPED_WAIT).map(({ kind }) => kind);
		assert.deepEqual(waits, ["mapped", "punched"]);
		assert.equal(list.nextAt(0), 0);
	});
});
