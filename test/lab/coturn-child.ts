import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { type RelayWayOwner, type RelayWaySink, TcpWay } from "../../src/app/peer/relay-way";
import { Pump } from "../../src/core/pump";
import type { TurnServer } from "../../src/peer/candidate";
import { FilteringProbe } from "../../src/peer/stun/filtering-probe";
import { MappingProbe } from "../../src/peer/stun/mapping-probe";
import { describeNat, type NatBehaviour } from "../../src/peer/stun/nat-behaviour";
import type { StunOutbox } from "../../src/peer/stun/stun-transactions";
import { TurnClient, type TurnSink } from "../../src/peer/turn/turn-client";
import { AddressServerSockets, StunSocket } from "../support/stun-socket";
import { pause, until } from "../support/until";

/*
 * Runs in a network namespace of its own, whose loopback interface has these addresses: coturn relays to no loopback address, and our
 * client asks for none. Prints `ok SCENE` for each scene, and ends with 1 when one fails.
 */
const OURS = "198.20.0.10";
const OURS2 = "198.20.0.11";
const COTURN = "198.20.0.14";
const COTURN2 = "198.20.0.15";
const PEER = "198.20.0.20";
const DEVICE = "198.20.0.21";
const SECRET = "a secret of the lab";
const START_TIME = 20_000;

const USERNAME = `${Math.floor(Date.now() / 1000) + 600}:camera`;
/** Credentials that the rendezvous server would hand out: the password is an HMAC of the name, which has the date of expiry. */
const CREDENTIALS: TurnServer = {
	address: COTURN,
	port: 3478,
	username: USERNAME,
	password: createHmac("sha1", SECRET).update(USERNAME).digest("base64"),
};

const folder = mkdtempSync(join(tmpdir(), "porthole-coturn-"));
const network = new NodeNetwork();
const random = new NodeRandom();
let coturn: ChildProcess | undefined;

async function startCoturn(): Promise<void> {
	const flags = ["-n", "--use-auth-secret", `--static-auth-secret=${SECRET}`, "--realm=lab", "--no-tls", "--no-dtls"];
	flags.push(
		`--listening-ip=${COTURN}`,
		`--listening-ip=${COTURN2}`,
		`--relay-ip=${COTURN}`,
		"--no-cli",
		"--log-file=stdout",
	);
	flags.push("--stale-nonce=2", `--pidfile=${join(folder, "pid")}`, `--userdb=${join(folder, "db")}`);
	coturn = spawn("turnserver", flags, { stdio: ["ignore", "ignore", "inherit"] });
	await until("coturn listens", START_TIME, () => {
		assert.equal(coturn?.exitCode, null, "coturn has ended");
		return openPorts().includes(`${COTURN2}:3479`);
	});
}

/** A TURN client on a socket, with what it reports. */
class Relay implements TurnSink {
	readonly events: string[] = [];
	readonly texts: string[] = [];
	/** Datagrams that came by a channel and as Data indications. */
	channelData = 0;
	indications = 0;
	relayed: { address: string; port: number } | undefined;
	private readonly handle;

	constructor(
		readonly socket: StunSocket,
		server: TurnServer,
	) {
		const client = new TurnClient(server, random, this);
		this.handle = new Pump(new NodeClock()).add(client, socket.socket as StunOutbox);
		socket.taker = (bytes, from) => {
			if (from.address !== server.address) return false;
			if (bytes[0] >= 0x40) this.channelData++;
			else if (bytes[1] === 0x17) this.indications++;
			return this.call((turn, now, out) => turn.received(bytes, now, out));
		};
	}

	call<Result>(run: (client: TurnClient, now: number, out: StunOutbox) => Result): Result {
		return this.handle.call(run);
	}

	say(text: string, address: string, port: number): void {
		const bytes = Buffer.from(`????${text}`);
		this.call((client, now, out) => client.send(address, port, bytes, 4, bytes.length, now, out));
	}

	allocated(relayed: { address: string; port: number }, mapped: { address: string; port: number } | undefined): void {
		this.relayed = relayed;
		this.events.push(
			`allocated at ${relayed.address}, mapped ${mapped?.address}:${mapped?.port === this.socket.socket.port}`,
		);
	}

	received(bytes: Uint8Array, start: number, end: number, from: { address: string; port: number }): void {
		this.texts.push(`${from.address}:${from.port} ${Buffer.from(bytes.subarray(start, end)).toString()}`);
	}

	failed(why: string, code: number): void {
		this.events.push(`${why} ${code}`);
	}
}

async function openSocket(address: string): Promise<StunSocket> {
	const socket = new StunSocket(network, new NodeClock(), random, 0, address);
	await until("a socket is open", START_TIME, () => socket.isOpen);
	return socket;
}

async function probe(server: string): Promise<string> {
	let nat: NatBehaviour | undefined;
	const main = await openSocket(DEVICE);
	main.call((transactions, now, out) => {
		const plan = { servers: [{ address: server, port: 3478 }], locals: ["none"], localPort: main.socket.port };
		new MappingProbe(transactions, { ...plan, done: (found) => (nat = found) }).start(now, out);
	});
	await until("the mapping is known", START_TIME, () => nat !== undefined);
	const discovery = nat?.discovery;
	assert.ok(discovery !== undefined, "the server names no other address");
	let filtering: NatBehaviour["filtering"] | undefined;
	const other = await openSocket(DEVICE);
	other.call((transactions, now, out) =>
		new FilteringProbe(transactions, discovery, (found) => (filtering = found)).start(now, out),
	);
	await until("the filtering is known", START_TIME, () => filtering !== undefined);
	main.socket.close();
	other.socket.close();
	return describeNat({ ...(nat as NatBehaviour), filtering: filtering ?? "unknown" });
}

/** Our clients ask coturn and our own server alike. */
async function discovery(): Promise<void> {
	const expected = "full-cone NAT, lets in packets from any address, keeps the port, hairpin";
	assert.equal(await probe(COTURN), expected);
	const server = new AddressServerSockets([network], [OURS, OURS2], [3478, 3479]);
	await until("our server is open", START_TIME, () => server.opened === 4);
	assert.equal(await probe(OURS), expected);
	server.octets.fill(0);
	const simple = await ask("turnutils_stunclient", "-L", DEVICE, OURS);
	assert.match(simple, new RegExp(`UDP reflexive addr: ${DEVICE}:\\d+`));
	assert.deepEqual(server.octets, [20, 32]);
	const nat = await ask("turnutils_natdiscovery", "-m", "-f", "-P", "-L", DEVICE, OURS);
	assert.match(nat, /NAT with Endpoint Independent Mapping!/);
	assert.match(nat, /NAT with Endpoint Independent Filtering!/);
	assert.match(nat, new RegExp(`Response origin: : ${OURS2}:3479`));
	server.close();
}

/** Runs a program of coturn's against our server, while this process serves. */
function ask(...words: readonly string[]): Promise<string> {
	return new Promise((done, fail) => {
		const child = spawn("timeout", ["60", ...words], { stdio: ["ignore", "pipe", "pipe"] });
		let text = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (piece) => {
				text += piece;
			});
		}
		child.once("error", fail);
		child.once("close", () => done(text));
	});
}

/** A machine that answers each datagram. */
async function openEcho(address: string): Promise<{ socket: StunSocket; heard: string[] }> {
	const socket = await openSocket(address);
	const heard: string[] = [];
	socket.taker = (bytes, from) => {
		heard.push(`${from.address} ${Buffer.from(bytes).toString()}`);
		socket.socket.send(bytes, 0, bytes.length, from.address, from.port);
		return true;
	};
	return { socket, heard };
}

async function openRelay(server: TurnServer, socket?: StunSocket): Promise<Relay> {
	const relay = new Relay(socket ?? (await openSocket(DEVICE)), server);
	relay.call((client, now, out) => client.start(now, out));
	await until("the server has answered", START_TIME, () => relay.events.length > 0);
	return relay;
}

/** Our client sends and receives by coturn: by indications, then by a channel; with a nonce that has become stale. */
async function relaying(): Promise<Relay> {
	const peer = await openEcho(PEER);
	const { port } = peer.socket.socket;
	const relay = await openRelay(CREDENTIALS);
	assert.deepEqual(relay.events, [`allocated at ${COTURN}, mapped ${DEVICE}:true`]);
	relay.call((client, now, out) => client.permit(PEER, port, now, out));
	// The permission may take a while: coturn drops what comes before.
	await until("the first echo is back", START_TIME, () => {
		if (relay.texts.length === 0) relay.say("n0", PEER, port);
		return relay.texts.length > 0;
	});
	await pause(500);
	const first = relay.texts.length;
	for (let i = 1; i < 40; i++) {
		relay.say(`n${i}`, PEER, port);
		await until("the echo is back", START_TIME, () => relay.texts.length === first + i);
	}
	assert.equal(relay.texts.at(-1), `${PEER}:${port} n39`);
	assert.equal(peer.heard.at(-1), `${COTURN} n39`);
	assert.ok(relay.channelData > 20, `${relay.channelData} by the channel`);
	assert.ok(relay.indications >= 4, `${relay.indications} by indications`);
	console.log("ok channel");
	await pause(2500);
	const late = await openEcho(OURS2);
	relay.call((client, now, out) => client.permit(OURS2, late.socket.socket.port, now, out));
	await until("the second peer is permitted", START_TIME, () => {
		relay.say("hi", OURS2, late.socket.socket.port);
		return relay.texts.includes(`${OURS2}:${late.socket.socket.port} hi`);
	});
	console.log("ok stale nonce");
	return relay;
}

/** A client that has lost its allocation gets another one; one with a wrong password gets none; a closed one is gone. */
async function allocations(before: Relay): Promise<void> {
	const again = await openRelay(CREDENTIALS, before.socket);
	assert.deepEqual(again.events, [`allocated at ${COTURN}, mapped ${DEVICE}:true`]);
	assert.notEqual(again.relayed?.port, before.relayed?.port);
	console.log("ok again");
	const stranger = await openRelay({ ...CREDENTIALS, password: "wrong" });
	assert.deepEqual(stranger.events, ["refused 401"]);
	console.log("ok refused");
	const mine = `${COTURN}:${again.relayed?.port} `;
	assert.ok(openPorts().includes(mine));
	again.call((client, _now, out) => client.close(out));
	await until("coturn has closed the port", START_TIME, () => !openPorts().includes(mine));
	console.log("ok closed");
}

/** Where no UDP gets through, the same goes by TCP. */
async function byTcp(): Promise<void> {
	const peer = await openEcho(PEER);
	const { port } = peer.socket.socket;
	const texts: string[] = [];
	const failures: string[] = [];
	const sink: RelayWaySink = {
		allocated: () => {},
		received: (bytes, from) => texts.push(`${from.address}:${from.port} ${Buffer.from(bytes).toString()}`),
		failed: (_way, why) => failures.push(why),
	};
	const owner: RelayWayOwner = { pump: new Pump(new NodeClock()), random, network, send: () => assert.fail("by UDP") };
	const way = new TcpWay(owner, CREDENTIALS, sink);
	way.permit(PEER, port);
	await until("an address is allocated by TCP", START_TIME, () => way.relayed !== undefined);
	for (let i = 0; i < 30; i++) {
		const bytes = Buffer.from(`????${"x".repeat(i)}`);
		way.sendTo(PEER, port, bytes, 4, bytes.length);
		await until("the echo is back", START_TIME, () => texts.length === i + 1);
	}
	assert.equal(texts[29], `${PEER}:${port} ${"x".repeat(29)}`);
	const mine = `${COTURN}:${way.relayed?.port} `;
	way.close();
	await until("coturn has closed the port", START_TIME, () => !openPorts().includes(mine));
	assert.deepEqual(failures, []);
	const nobody = new TcpWay(owner, { ...CREDENTIALS, address: PEER }, sink);
	await until("nobody listens there", START_TIME, () => failures.length > 0);
	assert.deepEqual([failures, nobody.relayed], [["no-answer"], undefined]);
	console.log("ok tcp");
}

/** What the namespace's UDP sockets are bound to. */
function openPorts(): string {
	return execFileSync("ss", ["-lun"], { encoding: "utf8" });
}

async function main(): Promise<number> {
	try {
		for (const address of [OURS, OURS2, COTURN, COTURN2, PEER, DEVICE])
			execFileSync("ip", ["address", "add", `${address}/24`, "dev", "lo"]);
		execFileSync("ip", ["link", "set", "dev", "lo", "up"]);
		await startCoturn();
		await discovery();
		console.log("ok discovery");
		await allocations(await relaying());
		await byTcp();
		return 0;
	} catch (error) {
		console.error(error);
		return 1;
	} finally {
		coturn?.kill();
		rmSync(folder, { recursive: true, force: true });
	}
}

void main().then((code) => process.exit(code));
