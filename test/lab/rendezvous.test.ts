import assert from "node:assert/strict";
import { resolve } from "node:path";
import { PASSWORD } from "../support/digest";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { pause, until } from "../support/until";
import type { LabProcess } from "./lab";
import { ADDRESS, PUBLIC, peerLabFor, type ServerPlace, STUN_PORT } from "./peer-lab";

/** The servers' private key, which all instances have. */
const KEY = "4a".repeat(32);
const PLACES: readonly ServerPlace[] = ["wan", "srv2", "srv3"];
const SPOOF = ["/usr/bin/python3", resolve(__dirname, "spoof.py")];
const OWNER = ["curl", "-sf", "--max-time", "10", "--digest", "-u", `owner:${PASSWORD}`];
/** How often each message is sent. */
const COUNT = 300;
/** Octets of the headers of IPv4 and UDP. */
const HEADERS = 28;
/** A stranger's bare request has an answer of 32 octets. */
const BARE = `000100002112a442${"00".repeat(12)}`;

/** A message as a stranger would write it: the same but for the USERNAME. @param name of 51 octets */
function registerMessage(name: string): string {
	const attributes = `00060033${Buffer.from(name).toString("hex")}00c0f0000801000078000000000008001400000000000000000000000000000000000000008028000400000000`;
	return `0001${(attributes.length / 2).toString(16).padStart(4, "0")}2112a442${"11".repeat(12)}${attributes}`;
}

describe("lab/rendezvous", function () {
	this.timeout(240_000);
	const built = peerLabFor((context) => needs(context, ...PEER_LAB_NEEDS, "build", "redis-server"));
	const running = new Map<ServerPlace, LabProcess>();
	let store: LabProcess;
	let camera: LabProcess;

	async function start(place: ServerPlace): Promise<string> {
		const url = `redis://${ADDRESS.store}:6379`;
		const flags = ["--rendezvous-key", KEY, "--store", url, "--instance", place, "--registration-time", "30"];
		const { process, setting } = await built().startRendezvous("node", flags, place);
		running.set(place, process);
		return setting;
	}

	/** What an instance says about itself; `undefined`: it is not there. */
	async function stateOf(
		place: ServerPlace,
	): Promise<{ devices: number; counters: Record<string, number> } | undefined> {
		const { code, stdout } = await built().lab.exec(place, [
			...OWNER,
			`http://${ADDRESS[place]}:8080/api/v1/rendezvous`,
		]);
		return code === 0 ? JSON.parse(stdout) : undefined;
	}

	/** The instances at which the camera is registered. */
	async function edges(): Promise<ServerPlace[]> {
		const found: ServerPlace[] = [];
		for (const place of PLACES) {
			if (running.get(place)?.running === true && (await stateOf(place))?.devices === 1) found.push(place);
		}
		return found;
	}

	/** What `porthole view --list` says in home b. */
	async function list(): Promise<string> {
		const words = ["view", "--list", "--data", built().data("viewer"), "--interface", "eth0"];
		const process = built().start("b1", ...words);
		await process.ended;
		return process.output;
	}

	const isListed = async () => /^Cabin: Garage$/m.test(await list());

	/** Lets home b reach only the instances that are given. */
	async function reach(allowed: readonly ServerPlace[]): Promise<void> {
		for (const place of PLACES) {
			const verb = allowed.includes(place) ? ["del", "blackhole"] : ["replace", "blackhole"];
			await built().lab.exec("b1", ["ip", "route", ...verb, `${ADDRESS[place]}/32`]);
		}
	}

	before(async () => {
		store = await built().startStore();
		const settings: string[] = [];
		for (const place of PLACES) settings.push(await start(place));
		camera = built().startCamera("node", "a1", "Garage", "--rendezvous", settings.join(","));
		await until("the camera is registered", 30_000, async () => {
			assert.ok(camera.running, camera.output);
			return (await edges()).length === 1;
		});
		const url = `http://${ADDRESS.a1}:8000/api/v1/pairings`;
		const { stdout } = await built().must("a1", [...OWNER, "-d", "kind=viewer&days=30&home=Cabin", url]);
		const words = ["view", "--pair", JSON.parse(stdout).text, "--data", built().data("viewer"), "--interface", "eth0"];
		assert.equal(await built().start("b1", ...words).ended, 0);
	});

	it("finds and reaches a camera by instances at which it has not registered (P2P-15)", async () => {
		const [edge] = await edges();
		for (const place of PLACES) {
			await reach([place]);
			await until(`it is found by ${place}, registered at ${edge}`, 10_000, isListed);
		}
		await reach(PLACES.filter((place) => place !== edge));
		const view = built().start("b1", "view", "garage", "--data", built().data("viewer"), "--interface", "eth0");
		await until("it shows", 20_000, () => {
			assert.ok(view.running, view.output);
			return view.output.includes("Players:");
		});
		await view.leave();
		await reach(PLACES);
	});

	it("survives the death of the instance at which the camera has registered, of each in turn (P2P-15)", async () => {
		for (let round = 0; round < PLACES.length; round++) {
			const [edge] = await edges();
			assert.ok(edge !== undefined);
			await running.get(edge)?.crash();
			await until(`the camera has left ${edge}`, 60_000, async () => (await edges()).length > 0);
			await until("it is found", 60_000, isListed);
			await start(edge);
		}
	});

	it("survives the death of the store (P2P-15)", async () => {
		await store.crash();
		const [edge] = await edges();
		await reach([edge]);
		await until("it is found by the instance that knows it itself", 10_000, isListed);
		await reach(PLACES.filter((place) => place !== edge));
		store = await built().startStore();
		await until("the others know it again", 60_000, isListed);
		await reach(PLACES);
	});

	it("amplifies nothing that is spoofed, replayed or flooding, and moves no registration by it (P2P-14)", async () => {
		const [edge] = await edges();
		const server = ADDRESS[edge];
		const before = await stateOf(edge);
		// Registrations of the camera as somebody on the way has recorded them.
		const recorder = built().lab.spawn(edge, [
			...SPOOF,
			"record",
			edge === "wan" ? "net" : "wan0",
			`${STUN_PORT}`,
			"120",
		]);
		const recorded = await until("the camera refreshes its registration", 20_000, () => {
			const lines = recorder.output.split("\n").slice(0, -1);
			const found = lines.filter((line) => line.length >= 200);
			return found.length > 0 && found;
		});
		await recorder.end();
		const [camera6] = recorded;
		const username = Buffer.from(camera6.slice(48, 48 + 102), "hex").toString("latin1");
		assert.match(username, /^d:[0-9a-f]{32}:[0-9a-f]{16}$/);
		const stranger = `d:${"0".repeat(32)}:${"0".repeat(16)}`;
		const rules = "add table inet m; add chain inet m i { type filter hook input priority -300; }";
		await built().must("p1", ["nft", `${rules}; add rule inet m i udp sport ${STUN_PORT} counter`]);
		const taken = async (): Promise<number> => {
			const { stdout } = await built().must("p1", ["nft", "list", "chain", "inet", "m", "i"]);
			return Number(/bytes (\d+)/.exec(stdout)?.[1]);
		};
		const attacks: readonly (readonly [what: string, payloads: readonly string[], most: number])[] = [
			["bare requests", [BARE], (32 + HEADERS) / (20 + HEADERS)],
			["registrations without a nonce", [registerMessage(stranger)], 1],
			["registrations in the camera's name", [registerMessage(username)], 1],
			["recorded registrations", recorded.slice(0, 4), 1],
			["garbage", ["00", "ff".repeat(100), `${BARE}c0f0`, BARE.replace("0001", "0111")], 0],
		];
		const table: string[] = [];
		for (const [what, payloads, most] of attacks) {
			const had = await taken();
			// The victim's address as the source.
			const words = [ADDRESS.p1, "5000", server, `${STUN_PORT}`, `${COUNT}`, ...payloads];
			const sent = Number((await built().must("p2", [...SPOOF, "send", ...words])).stdout);
			await until("the server has read all of it", 20_000, async () => {
				const { stdout } = await built().must(edge, ["ss", "-Hlun", "sport", "=", `:${STUN_PORT}`]);
				return !/^\S+\s+[1-9]/m.test(stdout);
			});
			let now = await taken();
			await until("no answer is on the way", 5000, async () => {
				const before = now;
				await pause(500);
				now = await taken();
				return now === before;
			});
			const got = now - had;
			table.push(`${what}: ${sent} octets sent, ${got} octets at the victim, factor ${(got / sent).toFixed(2)}`);
			assert.ok(got <= sent * most + 1, table.at(-1));
		}
		// With the camera's own address and port as the source, too: an old nonce has no effect.
		const after = await stateOf(edge);
		assert.equal(after?.devices, 1);
		assert.equal(after?.counters.agreements, before?.counters.agreements, "no costly computation");
		await reach([edge]);
		await until(`it is found:\n${table.join("\n")}`, 10_000, isListed);
		const view = built().start("b1", "view", "garage", "--data", built().data("viewer"), "--interface", "eth0");
		await until("it is reached where it was", 20_000, () => {
			assert.ok(view.running, view.output);
			return view.output.includes(`${PUBLIC.a[0]}:`) && view.output.includes("Players:");
		});
		await view.leave();
	});
});
