import assert from "node:assert/strict";
import { ToyCiphers } from "../../../../hosts/virtual/toy-ciphers";
import type { HomeAccess } from "../../../../src/app/peer/peer-services";
import { type KeyPins, PeerDialer } from "../../../../src/app/peer/tunnel-dialer";
import { TunnelDoor } from "../../../../src/app/peer/tunnel-door";
import { callerProof, provesCaller } from "../../../../src/peer/caller-proof";
import { GuestLinks } from "../../../../src/peer/guest-links";
import { proofOf } from "../../../../src/peer/home-keys";
import type { Introduction } from "../../../../src/peer/introduction";
import { peerOfAddress } from "../../../../src/peer/peer-address";
import type { PeerLink, PeerLinkSink } from "../../../../src/peer/peer-link";
import { openTunnel } from "../../../../src/peer/tunnel/peer-tunnel";
import type { Tunnel, TunnelSink } from "../../../../src/peer/tunnel/tunnel-contract";
import { tunnelHost } from "../../../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../../../src/peer/tunnel/tunnel-limits";
import type { Stream } from "../../../../src/ports/net";
import { FakeNode } from "../../../support/fake-node";
import { fakePath } from "../../../support/fake-tunnels";

const NO_PINS: KeyPins = { of: () => undefined, keep() {} };

const PEER = "0123456789abcdef";
const PIN_KEY = new Uint8Array(32).fill(4);
const NOW = 1_700_000_000;

/** One end of a link within the memory of a test. */
class End implements PeerLink {
	sink: PeerLinkSink | undefined;
	other!: End;
	isClosed = false;
	readonly path = fakePath();

	constructor(private readonly node: FakeNode) {}

	send(bytes: Uint8Array, start: number, end: number): void {
		const copy = bytes.slice(start, end);
		this.node.pump.after(1, () => {
			if (!this.other.isClosed) this.other.sink?.received(copy);
		});
	}

	probe(): void {}

	close(): void {
		this.isClosed = true;
	}
}

/** Writes down what happens to a tunnel. */
class Caller implements TunnelSink {
	readonly events: string[] = [];
	opened(): void {
		this.events.push("opened");
	}
	accepted(): undefined {
		return undefined;
	}
	ended(why: string): void {
		this.events.push(`ended ${why}`);
	}
}

class Rig {
	readonly node = new FakeNode({});
	readonly ciphers = new ToyCiphers(this.node.host.random);
	readonly key = this.pair();
	readonly caller = this.pair();
	readonly taken: Stream[] = [];
	changes = 0;
	readonly guests = new GuestLinks(this.key.privateKey, () => "epoch");
	readonly door: TunnelDoor;

	constructor(most = 4) {
		this.door = new TunnelDoor(
			{
				tunnels: tunnelHost(this.node.pump, this.ciphers, LARGE_TUNNEL),
				log: this.node.host.log,
				privateKey: this.key.privateKey,
				pinKey: () => PIN_KEY,
				guestSecret: (id) => this.guests.secretOf(id, NOW),
				door: (service) => {
					if (service === "rtsp") return undefined;
					return (stream) => {
						this.taken.push(stream);
						return { room() {}, received() {}, ended: () => stream.end(), gone() {} };
					};
				},
				changed: () => void this.changes++,
			},
			most,
		);
	}

	pair() {
		const privateKey = this.ciphers.drawKey();
		return { privateKey, publicKey: this.ciphers.publicKeyOf(privateKey) };
	}

	/** Makes a link to the door. @param proof in the introduction */
	link(sink: PeerLinkSink, proof?: Uint8Array): End {
		const near = new End(this.node);
		const far = new End(this.node);
		near.other = far;
		far.other = near;
		near.sink = sink;
		const introduction: Introduction = {
			session: new Uint8Array(8).fill(9),
			password: new Uint8Array(20),
			controlling: true,
			peer: PEER,
			name: "Garage",
			key: this.key.publicKey,
			...(proof !== undefined && { proof }),
			candidates: [],
			startDelay: 0,
		};
		this.node.pump.after(1, () => {
			far.sink = this.door.take(far);
			far.sink?.connected({ ...introduction, controlling: false }, far.path);
			near.sink?.connected(introduction, near.path);
		});
		return near;
	}

	dial(
		access: Partial<HomeAccess>,
		pins: KeyPins = NO_PINS,
		proof = proofOf(PIN_KEY, PEER, this.key.publicKey),
	): [Caller, Tunnel] {
		const caller = new Caller();
		const host = tunnelHost(this.node.pump, this.ciphers, LARGE_TUNNEL);
		const dialer = new PeerDialer({ link: (_access, _peer, sink) => this.link(sink, proof) }, host, this.caller, pins);
		const home = { home: "22".repeat(16), rendezvous: "", ticket: "", ticketSecret: new Uint8Array(32) };
		const tunnel = dialer.dial({ ...home, ...access }, PEER, caller);
		this.node.pass(15_000);
		return [caller, tunnel];
	}

	guest(until = NOW + 60): Partial<HomeAccess> {
		const { id, secret } = this.guests.issue(this.node.host.random, until);
		return { peer: PEER, peerKey: this.key.publicKey, guestId: id, guestSecret: secret };
	}
}

describe("app/peer/tunnel-door", () => {
	it("accepts a peer with the home's pin key, with the same virtual address each time (P2P-14)", () => {
		const rig = new Rig();
		const [caller, tunnel] = rig.dial({ pinKey: PIN_KEY });
		assert.deepEqual(caller.events, ["opened"]);
		const [{ address, isGuest, path }] = rig.door.open;
		assert.ok(peerOfAddress(address) !== undefined && !isGuest && path?.kind === "punched");
		tunnel.open("http", { room() {}, received() {}, ended() {}, gone() {} });
		rig.node.pass(100);
		assert.deepEqual([rig.taken[0].remoteAddress, rig.taken[0].secure, rig.door.open[0].streams], [address, false, 1]);
		tunnel.close();
		rig.node.pass(1000);
		assert.deepEqual([rig.door.open.length, rig.door.counters.opened], [0, 1]);
		rig.dial({ pinKey: PIN_KEY });
		assert.equal(rig.door.open[0].address, address);
	});

	it("refuses services that the device does not have", () => {
		const rig = new Rig();
		const [, tunnel] = rig.dial({ pinKey: PIN_KEY });
		const ends: string[] = [];
		tunnel.open("rtsp", { room() {}, received() {}, ended: (why) => void ends.push(why), gone() {} });
		rig.node.pass(1000);
		assert.deepEqual(ends, ["refused"]);
	});

	it("refuses a peer that a rendezvous server has introduced but that lacks the pin key (P2P-14)", () => {
		const rig = new Rig();
		const caller = new Caller();
		const host = tunnelHost(rig.node.pump, rig.ciphers, LARGE_TUNNEL);
		for (const payload of [new Uint8Array(0), new Uint8Array(16), callerProof(PIN_KEY, rig.key.publicKey)]) {
			const offer = { own: rig.caller.privateKey, payload, deviceKey: () => rig.key.publicKey };
			const tunnel = openTunnel(host, offer, caller);
			tunnel.attach(rig.link(tunnel));
			rig.node.pass(30_000);
		}
		assert.deepEqual(
			caller.events.filter((event) => event === "opened"),
			[],
		);
		assert.deepEqual([rig.door.open.length, rig.door.counters.opened], [0, 0]);
	});

	it("lets guests in by their secret until it ends, and no one with another", () => {
		const rig = new Rig();
		const [caller] = rig.dial(rig.guest());
		assert.deepEqual([caller.events, rig.door.open[0].isGuest], [["opened"], true]);
		const [late] = rig.dial(rig.guest(NOW - 1));
		const [wrong] = rig.dial({ ...rig.guest(), guestSecret: new Uint8Array(32) });
		assert.ok(!late.events.includes("opened") && !wrong.events.includes("opened"));
		assert.equal(rig.door.open.length, 1);
	});

	it("ends the tunnels of those whose viewer link has ended, and of all who have one when all have (P2P-14)", () => {
		const rig = new Rig();
		const [home] = rig.dial({ pinKey: PIN_KEY });
		const [guest] = rig.dial(rig.guest());
		const [silent] = rig.dial(rig.guest());
		const [first, second, third] = rig.door.open;
		assert.deepEqual([first.link, second.link, third.link], ["", "", ""]);
		rig.door.admitted(first.address, "11");
		rig.door.admitted(second.address, "22");
		rig.door.linkEnded("33");
		rig.node.pass(1000);
		assert.equal(rig.door.open.length, 3);
		rig.door.linkEnded("11");
		rig.node.pass(500);
		assert.equal(rig.door.open.length, 3, "the answer to who ended it has time");
		rig.node.pass(1000);
		assert.deepEqual([home.events.length, rig.door.open.map(({ link }) => link)], [2, ["22", ""]]);
		rig.door.linkEnded();
		rig.node.pass(1500);
		assert.deepEqual([guest.events.length, silent.events.length, rig.door.open.length], [2, 1, 1]);
	});

	it("makes room for another one by ending a tunnel without streams, and refuses when all are in use", () => {
		const rig = new Rig(2);
		const tunnels = [rig.dial({ pinKey: PIN_KEY }), rig.dial({ pinKey: PIN_KEY }), rig.dial({ pinKey: PIN_KEY })];
		assert.equal(rig.door.open.length, 2);
		for (const [, tunnel] of tunnels.slice(1)) tunnel.open("http", { room() {}, received() {}, ended() {}, gone() {} });
		rig.node.pass(1000);
		const [caller] = rig.dial({ pinKey: PIN_KEY });
		assert.ok(!caller.events.includes("opened"));
		assert.deepEqual([rig.door.open.length, rig.door.counters.refused], [2, 1]);
		rig.door.close();
		rig.node.pass(1000);
		assert.equal(rig.door.open.length, 0);
	});
});

describe("app/peer/tunnel-door with many guests", () => {
	const use = (tunnel: Tunnel): void => {
		tunnel.open("http", { room() {}, received() {}, ended() {}, gone() {} });
	};

	it("ends the oldest tunnel of a guest who opens more and more, not those of others (P2P-14)", () => {
		const rig = new Rig(8);
		const [owner, home] = rig.dial({ pinKey: PIN_KEY });
		use(home);
		const code = rig.guest();
		const other = rig.dial(rig.guest());
		use(other[1]);
		for (let i = 0; i < 10; i++) {
			const [caller, tunnel] = rig.dial(code);
			assert.deepEqual(caller.events, ["opened"], "a guest whose path was lost is let in again");
			use(tunnel);
		}
		assert.deepEqual([owner.events, other[0].events], [["opened"], ["opened"]]);
		assert.equal(rig.door.open.length, 3);
	});

	it("keeps half of all tunnels for others than guests (P2P-14)", () => {
		const rig = new Rig(8);
		for (let i = 0; i < 10; i++) use(rig.dial(rig.guest())[1]);
		assert.equal(rig.door.open.length, 4);
		for (let i = 0; i < 4; i++) {
			const [caller, tunnel] = rig.dial({ pinKey: PIN_KEY });
			assert.deepEqual(caller.events, ["opened"]);
			use(tunnel);
		}
		assert.equal(rig.door.open.length, 8);
	});
});

describe("app/peer/tunnel-dialer", () => {
	it("does not speak to a device whose key the home's pin key does not prove: a server that lies about it (P2P-14)", () => {
		const rig = new Rig();
		for (const proof of [
			new Uint8Array(16),
			new Uint8Array(0),
			proofOf(PIN_KEY, "fedcba9876543210", rig.key.publicKey),
		]) {
			const [caller] = rig.dial({ pinKey: PIN_KEY }, NO_PINS, proof);
			assert.deepEqual(caller.events, ["ended key"]);
		}
	});

	it("pins the key of a device when it is first reached, and accepts no other afterwards", () => {
		const rig = new Rig();
		const kept = new Map<string, string>();
		const pins: KeyPins = { of: (_home, peer) => kept.get(peer), keep: (_home, peer, key) => void kept.set(peer, key) };
		assert.deepEqual(rig.dial({ pinKey: PIN_KEY }, pins)[0].events, ["opened"]);
		assert.equal(kept.size, 1);
		assert.deepEqual(rig.dial({ pinKey: PIN_KEY }, pins)[0].events, ["opened"]);
		kept.set(PEER, "00".repeat(32));
		assert.deepEqual(rig.dial({ pinKey: PIN_KEY }, pins)[0].events, ["ended key"]);
	});

	it("ends a guest's attempt at a device with another key", () => {
		const rig = new Rig();
		const [caller] = rig.dial({ ...rig.guest(), peerKey: rig.pair().publicKey });
		assert.ok(!caller.events.includes("opened"));
	});
});

describe("peer/caller-proof", () => {
	it("is good for one key and one home", () => {
		const key = new Uint8Array(32).fill(1);
		const proof = callerProof(PIN_KEY, key);
		assert.ok(provesCaller(PIN_KEY, key, proof));
		assert.ok(!provesCaller(PIN_KEY, new Uint8Array(32).fill(2), proof));
		assert.ok(!provesCaller(new Uint8Array(32), key, proof));
		assert.ok(!provesCaller(PIN_KEY, key, proof.subarray(1)));
	});
});

describe("peer/guest-links", () => {
	it("knows the secrets that it has made, until they end or the owner ends all logins", () => {
		const rig = new Rig();
		let epoch = "one";
		const links = new GuestLinks(rig.key.privateKey, () => epoch);
		const { id, secret } = links.issue(rig.node.host.random, NOW + 3600);
		assert.deepEqual(links.secretOf(id, NOW), secret);
		assert.equal(links.secretOf(id, NOW + 3600), undefined);
		assert.equal(links.secretOf(id, undefined), undefined, "the date is not known");
		assert.equal(links.secretOf(id.subarray(1), NOW), undefined);
		const longer = id.slice();
		longer[4]++;
		assert.notDeepEqual(links.secretOf(longer, NOW), secret, "the end is part of what the secret is made of");
		epoch = "two";
		assert.notDeepEqual(links.secretOf(id, NOW), secret);
	});
});
