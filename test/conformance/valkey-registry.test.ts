import { deepEqual, equal, ok } from "node:assert/strict";
import { Redis } from "iovalkey";
import { describe, it } from "mocha";
import { ValkeyRegistry } from "../../hosts/node/valkey-registry";
import type { Registration } from "../../src/peer/peer-registry";
import { writeFind, writeRegister, writeSelect } from "../../src/peer/rendezvous/peer-request";
import type { Log } from "../../src/ports/log";
import { freePort } from "../../tools/free-port";
import { CAMERA_RECORD, MatchingRig, RigClient, RigHome, VIEWER_RECORD } from "../support/matching-rig";
import { needs } from "../support/needs";
import { RedisProcess } from "../support/redis-process";
import { pause, until } from "../support/until";

const HOME = "0123456789abcdef0123456789abcdef";
const PEER = "00000000000000c1";
const ME = "00000000000000f1";
const CAMERA_LEG = { address: "198.18.0.7", port: 40_001 };
const VIEWER_LEG = { address: "198.18.9.9", port: 50_002 };
const ALL = { name: "", tag: "", after: "", withAddresses: false };
const WAIT = 8000;

/** Calls something with a callback. */
function answer<T>(call: (done: (value: T) => void) => void): Promise<T> {
	return new Promise((done) => call(done));
}

describe("conformance/valkey registry (P2P-15)", function () {
	this.timeout(60_000);
	let redis: RedisProcess;
	const open: ValkeyRegistry[] = [];
	const log: string[] = [];
	const write: Log["write"] = (_level, _area, text) => void log.push(text);
	const connect = async (): Promise<ValkeyRegistry> => {
		const registry = new ValkeyRegistry(redis.url, { write } as Log);
		open.push(registry);
		await until(
			"the store answers",
			WAIT,
			async () => (await answer((done) => registry.list(HOME, done))) !== undefined,
		);
		return registry;
	};

	before(async function () {
		needs(this, "redis-server");
		redis = new RedisProcess(await freePort());
		await redis.start();
	});
	afterEach(() => {
		for (const registry of open.splice(0)) registry.close();
		log.length = 0;
	});
	after(async () => redis?.close());

	it("keeps devices until they expire or are removed, and lists those of a home", async () => {
		const [one, other] = [await connect(), await connect()];
		const registration = (peer: string, edge: string): Registration => ({
			home: HOME,
			peer,
			edge,
			homeKey: new Uint8Array(32).fill(5),
			record: new Uint8Array([0, 10, 13, 255]),
		});
		const get = (peer: string) => answer<Registration | "none" | undefined>((done) => other.get(HOME, peer, done));
		const list = async () =>
			(await answer<readonly Registration[] | undefined>((done) => other.list(HOME, done)))?.map(({ peer }) => peer);
		equal(await get(PEER), "none");
		one.put(registration(PEER, "a"), 30);
		one.put(registration("00000000000000c0", "a"), 5);
		await until("both are listed", WAIT, async () => (await list())?.length === 2);
		deepEqual(await get(PEER), registration(PEER, "a"));
		deepEqual(await list(), ["00000000000000c0", PEER]);
		await until("one has expired", WAIT, async () => (await list())?.length === 1);
		one.put(registration(PEER, "b"), 30);
		one.remove(HOME, PEER, "a");
		await pause(50);
		deepEqual(await get(PEER), registration(PEER, "b"), "it has registered elsewhere since");
		one.remove(HOME, PEER, "b");
		await until("it is removed", WAIT, async () => (await get(PEER)) === "none");
		deepEqual(await list(), []);
	});

	it("lives with what other users put into the store, and bounds the names of a home (P2P-14)", async () => {
		const registry = await connect();
		const stranger = new Redis(redis.url);
		try {
			const put = (peer: string) =>
				registry.put({ home: HOME, peer, edge: "a", homeKey: new Uint8Array(32), record: new Uint8Array(4) }, 30);
			const list = () => answer<readonly Registration[] | undefined>((done) => registry.list(HOME, done));
			const get = () => answer<Registration | "none" | undefined>((done) => registry.get(HOME, PEER, done));
			const device = `porthole:device:${HOME}:${PEER}`;
			const set = `porthole:home:${HOME}`;
			await stranger.del(device, set);
			await stranger.rpush(device, "x");
			await stranger.set(set, "x");
			equal(await get(), "none");
			deepEqual(await list(), []);
			equal(registry.fault, "");
			put(PEER);
			await until("the device is back", WAIT, async () => (await list())?.length === 1);
			for (const value of ["", "\xff", "a".repeat(5000)]) {
				await stranger.set(device, value);
				equal(await get(), "none");
				deepEqual(await list(), []);
			}
			await stranger.sadd(set, ...Array.from({ length: 5000 }, (_, i) => `stale ${i}`));
			put(PEER);
			await until("few names are left", WAIT, async () => (await stranger.scard(set)) <= 512);
			await until("the device is listed", WAIT, async () => {
				put(PEER);
				return (await list())?.length === 1;
			});
			equal(registry.fault, "");
			await stranger.del(device, set);
		} finally {
			stranger.disconnect();
		}
	});

	it("passes messages on to the instance that they are for, and knows when there is none", async () => {
		const [one, other] = [await connect(), await connect()];
		const heard: number[][] = [];
		other.listen("b", (message) => void heard.push([...message]));
		const message = new Uint8Array([0, 255, 13, 10]);
		const tell = (edge: string, octets = message) =>
			answer<boolean | undefined>((done) => one.tell(edge, octets, done));
		await until("the other one listens", WAIT, () => tell("b", new Uint8Array(1)));
		equal(await tell("b"), true);
		equal(await tell("c"), false);
		await until("it was heard", WAIT, () => heard.some((one) => one.length > 1));
		deepEqual(heard.at(-1), [...message]);
	});

	it("lets three instances introduce each other's devices, survives the death of any, and of the store", async () => {
		const registries = [await connect(), await connect(), await connect()];
		const rigs = registries.map((registry, i) => new MatchingRig({ registry, edge: `edge-${i}` }));
		const home = new RigHome(rigs[0], "cabin");
		const { accountPublicKey } = home.keys;
		/** Sends a request, with all its repetitions, and waits for the answer. */
		const ask = async (client: RigClient, write: Parameters<RigClient["ask"]>[0]) => {
			const now = client.ask(write);
			const later = async () => client.answerOf(client.rig.sent);
			return now ?? (await until("an answer", WAIT, later));
		};
		const register = (client: RigClient) =>
			ask(client, (head) => writeRegister(client.who, head, { lifetime: 60, record: CAMERA_RECORD }));
		const select = async (at: number) => {
			const client = new RigClient(rigs[at], home.viewer(), VIEWER_LEG);
			const choice = { target: PEER, self: ME, record: VIEWER_RECORD };
			const result = await ask(client, (head) => writeSelect(client.who, head, choice));
			return result?.type === "refused" ? result.code : result?.type;
		};
		await until("all listen", WAIT, async () => {
			const heard = [0, 1, 2].map((i) =>
				answer<boolean | undefined>((done) => registries[0].tell(`edge-${i}`, new Uint8Array(1), done)),
			);
			return (await Promise.all(heard)).every((one) => one === true);
		});
		const camera = new RigClient(rigs[0], home.device(PEER), CAMERA_LEG, accountPublicKey);
		equal((await register(camera))?.type, "registered");
		for (const at of [1, 2]) {
			rigs[0].sent.length = 0;
			await until("introduced", WAIT, async () => (await select(at)) === "introduced");
			await until("the device is told", WAIT, () => camera.pushedOf(rigs[0].sent).length > 0);
		}
		const viewer = new RigClient(rigs[2], home.viewer(), VIEWER_LEG);
		const listed = await ask(viewer, (head) => writeFind(viewer.who, head, ALL));
		equal(listed?.type === "found" && listed.devices[0].record.name, "Garage");
		// One instance dies: what it had comes back by the device's next registration, at another one.
		registries[0].close();
		await until("it is missed", WAIT, async () => (await select(1)) === 404);
		const moved = new RigClient(rigs[1], home.device(PEER), { ...CAMERA_LEG, port: 40_009 }, accountPublicKey);
		equal((await register(moved))?.type, "registered");
		await until("introduced again", WAIT, async () => (await select(2)) === "introduced");
		// The store dies, and comes back empty.
		await redis.kill();
		await until("the store is missed", WAIT, async () => (await select(2)) === 500);
		equal(await select(1), "introduced", "to a device of its own");
		ok(registries[1].fault !== "" && log.some((line) => line.includes("does not answer")));
		await redis.start();
		await until("it answers again", WAIT, () => registries[1].fault === "" && registries[2].fault === "");
		const refresh = await ask(moved, (head) => writeRegister(moved.who, head, { lifetime: 60 }));
		equal(refresh?.type, "registered");
		await until("all is as before", WAIT, async () => (await select(2)) === "introduced");
	});
});
