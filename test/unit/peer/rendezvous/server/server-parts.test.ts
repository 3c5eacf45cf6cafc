import assert from "node:assert/strict";
import { VirtualRandom } from "../../../../../hosts/virtual/virtual-random";
import { Prng } from "../../../../../src/base/prng";
import type { PeerTicket } from "../../../../../src/peer/peer-ticket";
import { encodeDeviceRecord } from "../../../../../src/peer/rendezvous/device-record";
import { encodeProvenAddress, readProvenAddress } from "../../../../../src/peer/rendezvous/proven-address";
import { readQuery } from "../../../../../src/peer/rendezvous/server/device-search";
import { encodeEdgeIntroduction, readEdgeIntroduction } from "../../../../../src/peer/rendezvous/server/edge-message";
import { KeyedHash } from "../../../../../src/peer/rendezvous/server/keyed-hash";
import { COOKIE_SLOT, NonceCookies } from "../../../../../src/peer/rendezvous/server/nonce-cookies";
import { RequestAuthor } from "../../../../../src/peer/rendezvous/server/request-author";
import { SessionList } from "../../../../../src/peer/rendezvous/server/session-list";
import { SourceLimits } from "../../../../../src/peer/rendezvous/server/source-limits";
import { startDelays } from "../../../../../src/peer/rendezvous/server/start-delay";
import { TurnIssuer } from "../../../../../src/peer/rendezvous/server/turn-issuer";
import { BINDING, REQUEST } from "../../../../../src/wire/stun";
import { StunReader } from "../../../../../src/wire/stun-reader";
import { StunWriter } from "../../../../../src/wire/stun-writer";
import { CAMERA_RECORD } from "../../../../support/matching-rig";
import { mutateOctets } from "../../../../support/mutate";
import { latin1 } from "../../../../support/octets";

const HOME = "0123456789abcdef0123456789abcdef";
const PEER = "fedcba9876543210";

function random(seed: number): VirtualRandom {
	return new VirtualRandom(new Prng(seed));
}

describe("peer/rendezvous/server", () => {
	it("makes nonces that are good for one source, for one to two minutes (P2P-14)", () => {
		const cookies = new NonceCookies(random(1));
		const source = { address: "198.18.0.1", port: 4000 };
		for (const start of [0, COOKIE_SLOT * 65_535, COOKIE_SLOT * 65_536 + 5]) {
			const nonce = cookies.make(start, source).slice();
			const isGood = (now: number, address = source.address, port = source.port) =>
				cookies.isGood(now, address, port, nonce, 0, nonce.length);
			assert.equal(isGood(start), true);
			assert.equal(isGood(start + COOKIE_SLOT), true);
			assert.equal(isGood(start + 2 * COOKIE_SLOT), false);
			assert.equal(isGood(start, "198.18.0.2"), false);
			assert.equal(isGood(start, source.address, 4001), false);
			for (let i = 0; i < nonce.length; i++) {
				nonce[i] ^= 1;
				assert.equal(isGood(start), false);
				nonce[i] ^= 1;
			}
			assert.equal(new NonceCookies(random(2)).isGood(start, source.address, source.port, nonce, 0, 20), false);
			assert.equal(cookies.isRecent(start, latin1("zzzz"), 0), false);
		}
	});

	it("limits each source, all of an IPv6 network as one, with a burst", () => {
		const limits = new SourceLimits(new KeyedHash(random(1)), 2, 5);
		const take = (now: number, source: string) => limits.take(now, source);
		let taken = 0;
		for (let i = 0; i < 20; i++) if (take(0, "198.18.0.1")) taken++;
		assert.equal(taken, 5);
		assert.equal(take(0, "198.18.0.2"), true);
		assert.equal(limits.has(499, "198.18.0.1"), false);
		assert.equal(take(500, "198.18.0.1"), true);
		assert.equal(take(500, "198.18.0.1"), false);
		for (let i = 0; i < 5; i++) take(0, `2001:db8:0:1::${i}`);
		assert.equal(take(0, "2001:db8:0:1:ffff::1"), false);
		assert.equal(take(0, "2001:db8:0:2::1"), true);
	});

	it("spreads hashes evenly, whatever identifiers are chosen", () => {
		const hash = new KeyedHash(random(3));
		const counts = new Uint32Array(256);
		const ids = new Uint8Array(16);
		for (let i = 0; i < 25_600; i++) {
			ids[14] = i >> 8;
			ids[15] = i;
			counts[hash.hash(ids, 0, 16) & 255]++;
		}
		assert.ok(
			Math.max(...counts) < 160 && Math.min(...counts) > 50,
			`${Math.min(...counts)} to ${Math.max(...counts)}`,
		);
		assert.notDeepEqual(hash.hash(ids, 0, 16), new KeyedHash(random(4)).hash(ids, 0, 16));
	});

	it("reads names of devices and tickets, and nothing else", () => {
		const author = new RequestAuthor();
		const read = (text: string) => author.read(latin1(text), 0, text.length);
		assert.equal(read(`d:${HOME}:${PEER}`), true);
		assert.equal(author.ticket, undefined);
		assert.deepEqual([author.ids[0], author.ids[15], author.ids[16], author.ids[23]], [0x01, 0xef, 0xfe, 0x10]);
		assert.equal(read(`p.${HOME}.*.zzzzzzz.a1`), true);
		assert.deepEqual([author.text.slice(0, 4), (author.ticket as PeerTicket | undefined)?.home], ["p.01", HOME]);
		const wrong = [
			`d:${HOME}.${PEER}`,
			`d:${HOME}:${PEER}0`,
			`d:${HOME.toUpperCase()}:${PEER}`,
			`p.${HOME}.*.1`,
			"",
			"d:",
		];
		for (const text of [...wrong, `x:${HOME}:${PEER}`, `p.${HOME.replace("a", "g")}.*.zz.a1`])
			assert.equal(read(text), false, text);
		const prng = new Prng(9);
		for (let i = 0; i < 3000; i++) {
			const bytes = mutateOctets(prng, latin1(i % 2 === 0 ? `d:${HOME}:${PEER}` : `p.${HOME}.${PEER}.zz.a1`));
			author.read(bytes, 0, bytes.length);
		}
	});

	it("writes and reads messages between instances, and never throws, whatever comes", () => {
		const message = {
			ids: new Uint8Array(24).map((_, i) => i),
			requester: new Uint8Array(8).fill(7),
			session: new Uint8Array(8).fill(8),
			startDelay: 25,
			ticket: `p.${HOME}.*.zzzzzzz.a1`,
			record: encodeDeviceRecord(CAMERA_RECORD),
		};
		const bytes = encodeEdgeIntroduction(message);
		assert.deepEqual(readEdgeIntroduction(bytes), message);
		const prng = new Prng(6);
		for (let i = 0; i < 4000; i++) {
			const read = readEdgeIntroduction(mutateOctets(prng, bytes));
			if (read !== undefined) assert.deepEqual(readEdgeIntroduction(encodeEdgeIntroduction(read)), read);
		}
	});

	it("reads proofs of other addresses and searches, whatever comes", () => {
		const proof = { address: "2001:db8::1", port: 9, nonce: new Uint8Array(20).fill(49) };
		const octets = encodeProvenAddress(proof);
		assert.deepEqual(readProvenAddress(octets, 0, octets.length), proof);
		const prng = new Prng(6);
		const writer = new StunWriter();
		const message = new StunReader();
		for (let i = 0; i < 3000; i++) {
			const changed = mutateOctets(prng, octets);
			const read = readProvenAddress(changed, 0, changed.length);
			if (read !== undefined) assert.deepEqual(encodeProvenAddress(read).length, changed.length);
			const query = mutateOctets(prng, new Uint8Array([2, 97, 98, 0, 1, 2, 3, 4, 5, 6, 7, 8]));
			writer.begin(REQUEST, BINDING, new Uint8Array(12)).octets(0xc0f4, query);
			if (message.read(writer.bytes.slice(0, writer.end))) readQuery(message);
		}
	});

	it("lets the nearer side wait for half of the difference, and nobody for what is not known", () => {
		assert.deepEqual(startDelays(20, 80), { viewer: 30, device: 0 });
		assert.deepEqual(startDelays(80, 20), { viewer: 0, device: 30 });
		assert.deepEqual(startDelays(50, 50), { viewer: 0, device: 0 });
		assert.deepEqual(startDelays(0, 80), { viewer: 0, device: 0 });
		assert.deepEqual(startDelays(1, 60_000), { viewer: 500, device: 0 });
	});

	it("forgets sessions, the oldest first", () => {
		const list = new SessionList(3);
		for (let i = 0; i < 5; i++) list.add(`${i}`, { of: "", at: i, turnUntil: 0 });
		assert.equal(list.size, 3);
		assert.equal(list.get(10, "1"), undefined);
		assert.equal(list.get(10, "4")?.at, 4);
		assert.equal(list.get(200_000, "4"), undefined);
	});

	it("makes credentials as a TURN server with a shared secret checks them (P2P-12)", () => {
		const issuer = new TurnIssuer("north", [
			{ address: "198.18.0.9", port: 3478 },
			{ address: "2001:db8::9", port: 3478 },
		]);
		const turn = issuer.issue(false, 1_800_000_000, "ab");
		// By Python: base64(hmac-sha1("north", "1800000000:ab")).
		assert.deepEqual(turn, {
			address: "198.18.0.9",
			port: 3478,
			username: "1800000000:ab",
			password: "U36X5zEi+i6yjUA5rrxkA3LPwic=",
		});
		assert.equal(issuer.issue(true, 1, "a")?.address, "2001:db8::9");
		assert.equal(new TurnIssuer("x", []).issue(false, 1, "a"), undefined);
	});
});
