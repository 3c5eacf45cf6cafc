import assert from "node:assert/strict";
import { OWN_HOME, PeerNetwork } from "../../../../src/app/peer/peer-network";
import type { FoundPeer, HomeAccess } from "../../../../src/app/peer/peer-services";
import type { ConnectOptions, Network, StreamSink } from "../../../../src/ports/net";
import type { AddressRecord, Resolver, ResolverAnswer } from "../../../../src/ports/resolver";
import { FakeNode } from "../../../support/fake-node";
import { FakeDialer, shouter } from "../../../support/fake-tunnels";

const GARAGE = "0123456789abcdef";
const ADDRESS = "fd50:6f72:7468:0:123:4567:89ab:cdef";
const device = (peer: string, name: string, isPortal = false): FoundPeer => ({ peer, name, kind: "camera", isPortal });
const access = (home: string): HomeAccess => ({ home, rendezvous: "", ticket: "", ticketSecret: new Uint8Array(32) });

class Rig {
	readonly node = new FakeNode({});
	readonly dialer = new FakeDialer(this.node.pump);
	readonly plain: ConnectOptions[] = [];
	readonly asked: string[] = [];
	finds = 0;
	found: readonly FoundPeer[] | string = [device(GARAGE, "Garage"), device("00000000000000aa", "Front door", true)];
	readonly network = new PeerNetwork(
		{ connect: (options: ConnectOptions) => void this.plain.push(options) } as unknown as Network,
		this.node.pump,
	);
	readonly resolver: Resolver = this.network.resolver({
		addresses: (name, family, _limit, done) => {
			this.asked.push(`${name} ${family}`);
			done({ failure: "not-found", detail: "" });
			return { cancel() {} };
		},
		services: (name, _limit, done) => {
			this.asked.push(name);
			done({ failure: "not-found", detail: "" });
			return { cancel() {} };
		},
	});

	attach(): this {
		this.network.attach({
			endpoint: {
				find: (_access, _query, done) => {
					this.finds++;
					this.node.pump.after(20, () => done(this.found));
				},
			},
			homes: () => [
				{ name: OWN_HOME, access: access("11".repeat(16)) },
				{ name: "Cabin", access: access("22".repeat(16)) },
			],
			connections: { pump: this.node.pump, dialer: this.dialer },
		});
		return this;
	}

	async lookUp(name: string, family: 4 | 6 = 6): Promise<ResolverAnswer<AddressRecord>> {
		return new Promise((resolve) => {
			let isCalling = true;
			this.resolver.addresses(name, family, 5000, (answer) => {
				assert.ok(!isCalling, "not during the call");
				resolve(answer);
			});
			isCalling = false;
			this.node.pass(6000);
		});
	}

	connect(options: ConnectOptions): string[] {
		const events: string[] = [];
		const sink: StreamSink = {
			room: () => events.push("room"),
			received() {},
			ended: (why, detail) => events.push(`${why}: ${detail}`),
			gone: () => events.push("gone"),
		};
		this.network.connect(options, sink);
		assert.deepEqual(events, []);
		this.node.pass(100);
		return events;
	}
}

describe("app/peer/peer-network", () => {
	it("gives devices of a paired home virtual addresses, and connects to them through a tunnel (P2P-13)", async () => {
		const rig = new Rig().attach();
		const services: string[] = [];
		rig.dialer.devices.set(GARAGE, shouter("", services));
		assert.deepEqual(await rig.lookUp("garage.cabin.peer"), { records: [{ address: ADDRESS, ttl: 30 }] });
		assert.deepEqual(rig.connect({ address: ADDRESS, port: 554 }), ["room"]);
		assert.deepEqual(rig.connect({ address: ADDRESS, port: 8554 }), ["room"]);
		assert.deepEqual(rig.connect({ address: ADDRESS, port: 80 }), ["room"]);
		assert.deepEqual(services, ["rtsp", "rtsp", "http"]);
		assert.equal(rig.dialer.dialled.length, 1);
		assert.equal(rig.dialer.dialled[0].access.home, "22".repeat(16));
		assert.deepEqual(rig.plain, []);
	});

	it("finds the portal by the name of the home, and devices of the own home", async () => {
		const rig = new Rig().attach();
		assert.deepEqual(await rig.lookUp("cabin.peer"), { records: [{ address: "fd50:6f72:7468::aa", ttl: 30 }] });
		assert.deepEqual(await rig.lookUp("front-door.home.peer"), {
			records: [{ address: "fd50:6f72:7468::aa", ttl: 30 }],
		});
	});

	it("connects to a device of the own home, though another home gives its identity to a device, too (P2P-14)", async () => {
		const rig = new Rig().attach();
		rig.dialer.devices.set(GARAGE, shouter("", []));
		await rig.lookUp("garage.cabin.peer");
		rig.connect({ address: ADDRESS, port: 554 });
		await rig.lookUp("garage.home.peer");
		rig.connect({ address: ADDRESS, port: 554 });
		assert.deepEqual(
			rig.dialer.dialled.map((each) => each.access.home),
			["22".repeat(16), "11".repeat(16)],
		);
		rig.node.pass(31_000);
		assert.equal((await rig.lookUp("garage.cabin.peer")).failure, "not-found");
		rig.connect({ address: ADDRESS, port: 554 });
		assert.equal(rig.dialer.dialled.length, 2);
	});

	it("asks the rendezvous server once for several names of a home", async () => {
		const rig = new Rig().attach();
		await rig.lookUp("garage.cabin.peer");
		await rig.lookUp("front-door.cabin.peer");
		assert.equal(rig.finds, 1);
		rig.node.pass(30_000);
		await rig.lookUp("garage.cabin.peer");
		assert.equal(rig.finds, 2);
	});

	it("leaves all other names and addresses to the host", async () => {
		const rig = new Rig().attach();
		rig.resolver.addresses("garage.local", 4, 1000, () => {});
		rig.resolver.services("_stun._udp.example.org", 1000, () => {});
		assert.deepEqual(rig.asked, ["garage.local 4", "_stun._udp.example.org"]);
		for (const address of ["192.0.2.1", "fd50:6f72:7469::1", "2001:db8::1"])
			rig.network.connect({ address, port: 80 }, {} as StreamSink);
		assert.equal(rig.plain.length, 3);
	});

	it("says why a name has no address", async () => {
		const rig = new Rig();
		const failureOf = async (name: string, family: 4 | 6 = 6) => (await rig.lookUp(name, family)).failure;
		assert.equal(await failureOf("garage.cabin.peer"), "no-server");
		rig.attach();
		assert.equal(await failureOf("garage.cabin.peer", 4), "not-found");
		assert.equal(await failureOf("garage.elsewhere.peer"), "not-found");
		assert.equal(await failureOf("cellar.cabin.peer"), "not-found");
		rig.node.pass(31_000);
		rig.found = "no rendezvous server answers";
		assert.equal(await failureOf("garage.cabin.peer"), "server");
		assert.deepEqual(rig.asked, []);
	});

	it("does not connect to devices that no name was looked up for, nor by TLS", async () => {
		const rig = new Rig().attach();
		assert.deepEqual(rig.connect({ address: ADDRESS, port: 80 }), [
			"unreachable: the device is not known, look up its name again",
			"gone",
		]);
		await rig.lookUp("garage.cabin.peer");
		assert.deepEqual(rig.connect({ address: ADDRESS, port: 443, tls: { serverName: "garage" } }), [
			"tls: tunnels to peers are encrypted already: use http:// or rtsp://",
			"gone",
		]);
		assert.equal(rig.dialer.dialled.length, 0);
	});
});
