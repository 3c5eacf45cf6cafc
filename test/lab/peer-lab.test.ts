import assert from "node:assert/strict";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { pause, until } from "../support/until";
import { ADDRESS, type LabNat, PUBLIC, peerLabFor, STUN_PORT } from "./peer-lab";
import { UdpEnd } from "./udp-end";

/** What a kind of NAT does (RFC 4787 §4 and §5), seen by a host behind it that sends from port 5000. */
interface Behaviour {
	/** All destinations see the same address and port. */
	readonly same: boolean;
	/** A datagram passes that comes from an address, or from a port of an address, that the host has sent nothing to. */
	readonly fromOtherAddress: boolean;
	readonly fromOtherPort: boolean;
}

const BEHAVIOURS: Readonly<Record<Exclude<LabNat, "blocked">, Behaviour>> = {
	port: { same: true, fromOtherAddress: false, fromOtherPort: false },
	cone: { same: true, fromOtherAddress: true, fromOtherPort: true },
	restricted: { same: true, fromOtherAddress: false, fromOtherPort: true },
	hairpin: { same: true, fromOtherAddress: true, fromOtherPort: true },
	nodrop: { same: true, fromOtherAddress: false, fromOtherPort: false },
	pool: { same: true, fromOtherAddress: false, fromOtherPort: false },
	spread: { same: false, fromOtherAddress: false, fromOtherPort: false },
	sym: { same: false, fromOtherAddress: false, fromOtherPort: false },
};

/** Long enough for a datagram to arrive if it does. */
const QUIET = 300;

describe("lab/peers: the NATs of the lab", function () {
	this.timeout(60_000);
	const built = peerLabFor((context) => needs(context, ...PEER_LAB_NEEDS));
	/** Servers: both addresses of `wan`, another port, and another machine. */
	let servers: { first: UdpEnd; second: UdpEnd; port: UdpEnd; other: UdpEnd };

	before(async () => {
		const open = (ns: string, address: string, port: number) => UdpEnd.open(built().lab, ns, address, port);
		const [first, second, port, other] = await Promise.all([
			open("wan", ADDRESS.wan, STUN_PORT),
			open("wan", ADDRESS.wan2, STUN_PORT),
			open("wan", ADDRESS.wan, STUN_PORT + 1),
			open("p1", ADDRESS.p1, STUN_PORT),
		]);
		servers = { first, second, port, other };
	});

	/** Sends to some servers, and returns where the datagrams seem to come from. */
	async function seenBy(end: UdpEnd, text: string): Promise<{ first: string; second: string }> {
		end.send(ADDRESS.wan, STUN_PORT, text);
		end.send(ADDRESS.wan2, STUN_PORT, text);
		return { first: await servers.first.expect(text), second: await servers.second.expect(text) };
	}

	for (const [index, [kind, expected]] of Object.entries(BEHAVIOURS).entries()) {
		it(`maps and filters as the table says: ${kind} (P2P-11, P2P-12)`, async () => {
			await built().setNat("a", kind as LabNat);
			const end = await UdpEnd.open(built().lab, "a1", "0.0.0.0", 5000 + index);
			const seen = await seenBy(end, `hello ${kind}`);
			const addresses: readonly string[] = PUBLIC.a;
			for (const one of Object.values(seen)) assert.ok(addresses.includes(one.split(":")[0]), one);
			// It may have chosen one address for both; the next test shows the difference.
			if (kind !== "spread") assert.equal(seen.first === seen.second, expected.same, `${seen.first} ${seen.second}`);
			const [address, port] = seen.first.split(":");
			servers.first.send(address, Number(port), "answer");
			servers.port.send(address, Number(port), "from another port");
			servers.other.send(address, Number(port), "from another address");
			await end.expect("answer");
			if (expected.fromOtherPort) await end.expect("from another port");
			if (expected.fromOtherAddress) await end.expect("from another address");
			await pause(QUIET);
			const came = end.arrivals().map(({ text }) => text);
			assert.equal(came.includes("from another port"), expected.fromOtherPort, "from another port");
			assert.equal(came.includes("from another address"), expected.fromOtherAddress, "from another address");
		});
	}

	it("sends from several public addresses: by host inside (pool), or by destination (spread) (P2P-11)", async () => {
		await built().setNat("a", "pool");
		const hosts = new Set<string>();
		for (let last = 12; last < 32 && hosts.size < 2; last++) {
			if (last > 12) await built().must("a2", ["ip", "addr", "add", `192.168.0.${last}/24`, "dev", "eth0"]);
			const end = await UdpEnd.open(built().lab, "a2", `192.168.0.${last}`, 5090);
			end.send(ADDRESS.wan, STUN_PORT, `by ${last}`);
			hosts.add((await servers.first.expect(`by ${last}`)).split(":")[0]);
		}
		assert.deepEqual([...hosts].sort(), PUBLIC.a);
		await built().setNat("a", "spread");
		const end = await UdpEnd.open(built().lab, "a1", "0.0.0.0", 5020);
		const used = new Set<string>();
		for (let last = 30; last < 46; last++) {
			await built().must("wan", ["ip", "addr", "add", `198.20.0.${last}/24`, "dev", "net"]);
			const server = await UdpEnd.open(built().lab, "wan", `198.20.0.${last}`, STUN_PORT);
			end.send(`198.20.0.${last}`, STUN_PORT, "spread");
			used.add(await server.expect("spread"));
			if (used.size === 2) break;
		}
		assert.deepEqual([...used].sort(), ["198.20.0.1:5020", "198.20.0.3:5020"]);
	});

	it("lets hosts behind the same NAT reach each other by its address: hairpin, but not cone (P2P-11)", async () => {
		for (const [kind, port] of [
			["hairpin", 5031],
			["cone", 5032],
		] as const) {
			await built().setNat("a", kind);
			const one = await UdpEnd.open(built().lab, "a1", "0.0.0.0", port);
			const other = await UdpEnd.open(built().lab, "a2", "0.0.0.0", port + 10);
			await seenBy(one, `one ${kind}`);
			await seenBy(other, `other ${kind}`);
			one.send(PUBLIC.a[0], port + 10, "by hairpin");
			if (kind === "hairpin") assert.equal(await other.expect("by hairpin"), `${PUBLIC.a[0]}:${port}`);
			else await pause(QUIET);
			assert.equal(
				other.arrivals().some(({ text }) => text === "by hairpin"),
				kind === "hairpin",
			);
		}
	});

	it("collides when a datagram arrives before the first one leaves: nodrop, but not port", async () => {
		for (const [kind, port, kept] of [
			["port", 5051, true],
			["nodrop", 5052, false],
		] as const) {
			await built().setNat("a", kind);
			servers.first.send(PUBLIC.a[0], port, `early ${kind}`);
			await servers.first.sent(`early ${kind}`);
			await pause(QUIET);
			const end = await UdpEnd.open(built().lab, "a1", "0.0.0.0", port);
			end.send(ADDRESS.wan, STUN_PORT, `late ${kind}`);
			assert.equal((await servers.first.expect(`late ${kind}`)) === `${PUBLIC.a[0]}:${port}`, kept, kind);
		}
	});

	it("passes no UDP, but TCP: blocked", async () => {
		await built().setNat("a", "blocked");
		const end = await UdpEnd.open(built().lab, "a1", "0.0.0.0", 5061);
		end.send(ADDRESS.wan, STUN_PORT, "blocked");
		const server = built().lab.spawn("wan", ["/usr/bin/python3", "-m", "http.server", "8099"]);
		await until("TCP passes", 5000, () => built().lab.reaches("a1", ADDRESS.wan, 8099));
		assert.ok(!servers.first.arrivals().some(({ text }) => text === "blocked"));
		await server.end();
	});
});

describe("lab/peers: two NATs, colliding networks, and slow lines", function () {
	this.timeout(60_000);
	const built = peerLabFor((context) => needs(context, ...PEER_LAB_NEEDS), {
		a: "cone",
		carrier: "sym",
		collide: true,
		delay: 10,
		timeout: 2,
	});

	it("hides home a behind two NATs, and gives both homes the same addresses (P2P-11)", async () => {
		const server = await UdpEnd.open(built().lab, "wan", ADDRESS.wan, STUN_PORT);
		const a = await UdpEnd.open(built().lab, "a1", ADDRESS.a1, 5000);
		const b = await UdpEnd.open(built().lab, "b1", ADDRESS.a1, 5000);
		a.send(ADDRESS.wan, STUN_PORT, "from a");
		b.send(ADDRESS.wan, STUN_PORT, "from b");
		assert.match(await server.expect("from a"), /^198\.20\.0\.5:\d+$/);
		assert.equal(await server.expect("from b"), `${PUBLIC.b[0]}:5000`);
	});

	it("delays and loses what the lines are told, and NATs forget a mapping after its time (P2P-8)", async () => {
		const server = await UdpEnd.open(built().lab, "wan", ADDRESS.wan2, STUN_PORT);
		const b = await UdpEnd.open(built().lab, "b1", ADDRESS.a1, 5001);
		await built().setLine("rtr2", "delay 150");
		const start = performance.now();
		b.send(ADDRESS.wan2, STUN_PORT, "slowly");
		await server.expect("slowly");
		assert.ok(performance.now() - start >= 150);
		await built().setLine("rtr2", "delay 0");
		await built().setLine("rtr2", "loss 100");
		b.send(ADDRESS.wan2, STUN_PORT, "lost");
		await b.sent("lost");
		await pause(QUIET);
		await built().setLine("rtr2", "loss 0");
		assert.ok(!server.arrivals().some(({ text }) => text === "lost"));
		await until("the mapping has lapsed", 5000, async () => {
			const { stdout } = await built().lab.exec("rtr2", ["conntrack", "-L", "-p", "udp"]);
			return !stdout.includes("sport=5001");
		});
		server.send(PUBLIC.b[0], 5001, "too late");
		await pause(QUIET);
		assert.ok(!b.arrivals().some(({ text }) => text === "too late"));
	});
});

describe("lab/peers: servers of others", function () {
	this.timeout(60_000);
	const built = peerLabFor((context) => needs(context, ...PEER_LAB_NEEDS, "turnserver", "redis-server"));

	it("runs coturn and redis-server", async () => {
		await Promise.all([built().startTurn(), built().startStore()]);
		assert.ok(await built().lab.reaches("wan", ADDRESS.store, 6379));
	});
});
