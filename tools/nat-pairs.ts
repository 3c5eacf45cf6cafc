import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { NAT_KINDS, type NatSettings } from "../hosts/virtual/nat-settings";
import { type Place, Punching } from "../test/support/punching";

/** Where the document is. */
export const NAT_PAIRS_DOCUMENT = resolve(__dirname, "../docs/nat-pairs.md");

/** The delay of each line to the Internet, in milliseconds: a round trip between the peers is four of them. */
const DELAY = 10;
/** What takes longer than 10 round trips was found by guessing. */
const GUESSED_AFTER = 10 * 4 * DELAY;
/** Seeds of the pairs where a port is guessed. */
const SEEDS = 12;
/** Additional sockets of a peer behind a symmetric NAT, as Node.js has them. */
const SOCKETS = 256;

/** Additional public addresses of a NAT that chooses one for each destination. */
const ADDRESSES = 4;

/** The kinds, with their letters in the table. */
const KINDS: readonly (readonly [letter: string, name: string, nat: Partial<NatSettings> | undefined])[] = [
	["–", "no NAT, or IPv6, or a port that the router maps", undefined],
	["A", "one port for all destinations; lets in everybody (full cone)", { mapping: "EI", filtering: "EI" }],
	["B", "one port for all; lets in addresses that were sent to (restricted cone)", { mapping: "EI", filtering: "AD" }],
	[
		"C",
		"one port for all; lets in addresses and ports that were sent to (most home routers, Linux)",
		{ mapping: "EI", filtering: "APD" },
	],
	[
		"D",
		"as C, but takes unexpected UDP for itself (Linux without a rule that drops it)",
		{ ...NAT_KINDS["port-restricted"], drops: false },
	],
	["E", "a port for each destination; lets in everybody", { ...NAT_KINDS.random, filtering: "EI" }],
	["F", "a port for each destination; lets in addresses that were sent to", { ...NAT_KINDS.random, filtering: "AD" }],
	[
		"G",
		"a port for each destination; lets in addresses and ports that were sent to (symmetric; many carriers)",
		NAT_KINDS.random,
	],
	[
		"H",
		"as G, and one of several public addresses for each destination (some carriers)",
		{ ...NAT_KINDS.random, pooling: "arbitrary" },
	],
];

/** Simulates all pairs and writes the document in Markdown. */
export function natPairsDocument(): string {
	const header = KINDS.map(([letter]) => letter);
	const rows = KINDS.map(([letter, , a]) => `| **${letter}** | ${KINDS.map(([, , b]) => cell(a, b)).join(" | ")} |`);
	return `# Which routers let two peers connect

<!-- Written by tools/nat-pairs.ts from the simulation. Run \`node -r ./tools/typescript tools/nat-pairs.ts\` after a change; a test compares the two. -->

Each side knows its own address as a server on the Internet saw it, and the other's. Both send tests to all addresses of the other at the
same time; that opens both routers. Whether it works depends on how each router assigns ports to what leaves (*mapping*) and what it lets in
(*filtering*, [RFC 4787](https://www.rfc-editor.org/rfc/rfc4787)). Two routers in a row count, nearly always, as the harder of the two; both
sides behind the same carrier need its router to *hairpin*. Both sides in one network connect by their local addresses, whatever the router.

| | router |
| --- | --- |
${KINDS.map(([letter, name]) => `| **${letter}** | ${name} |`).join("\n")}

The number of round trips between the peers until both are connected, from the moment when both know each other; the same either way round:

| | ${header.join(" | ")} |
| --- |${" ---: |".repeat(KINDS.length)}
${rows.join("\n")}

- *guess*: only by finding the right port. The side behind the symmetric router (Node.js only) sends from ${SOCKETS} sockets, the other one tries
  1,024 ports, 50 a second; that finds one for 98 of 100 pairs whose routers draw from all ports, mostly within 15 s. A TURN server carries
  everything until then.
- *TURN*: not directly. A TURN server (\`porthole rendezvous --turn …\`), a port that either router maps, or IPv6 on both sides is needed. TURN is asked for at
  the same time as the tests begin, so it costs no more than they do; what works directly later takes over.
- Behind **H** the TURN server sees another address than the rendezvous server, so the other side's relayed address would not let it in: each side
  then has a relayed address of its own, half a second later.
- A guess fails on **D** with **G**: the first tests of the 256 sockets engage the router's ports before the right one can be opened.
- Pairs with **D** need both sides to begin within the time that a packet takes from one to the other: the rendezvous server tells each side
  how long to wait.

The rules behind the table are ${"`canPunch`"} in [nat-theory.ts](../test/support/nat-theory.ts); [punching-pairs.test.ts](../test/simulation/punching-pairs.test.ts) compares them
with simulations of more kinds and two levels, for thousands of seeds in \`npm run test:soak:peer\`.
`;
}

function cell(a: Partial<NatSettings> | undefined, b: Partial<NatSettings> | undefined): string {
	const [first] = durations(a, b, 1);
	if (first !== undefined && first < GUESSED_AFTER) return (first / (4 * DELAY)).toFixed(1);
	const found = durations(a, b, SEEDS).filter((took) => took !== undefined).length;
	return found > SEEDS / 2 ? "guess" : "TURN";
}

/** The times until both were connected, for each seed; `undefined`: never. */
function durations(
	a: Partial<NatSettings> | undefined,
	b: Partial<NatSettings> | undefined,
	seeds: number,
): (number | undefined)[] {
	return Array.from({ length: seeds }, (_, seed) => {
		const scene = new Punching(seed + 1, { delay: DELAY });
		for (const nat of [a, b]) {
			const pool = nat?.pooling === "arbitrary" ? ADDRESSES : 0;
			scene.add({ nats: nat === undefined ? [] : [nat], sockets: SOCKETS, pool } satisfies Place);
		}
		scene.discover();
		const from = scene.world.now;
		scene.introduce();
		if (!scene.settle()) return undefined;
		return Math.max(...scene.peers.map(({ connectedAt }) => connectedAt as number)) - from;
	});
}

if (require.main === module) writeFileSync(NAT_PAIRS_DOCUMENT, natPairsDocument());
