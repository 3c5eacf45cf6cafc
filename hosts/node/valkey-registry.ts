import { Redis } from "iovalkey";
import type { Seconds } from "../../src/core/time";
import {
	PEERS_PER_HOME,
	type PeerRegistry,
	REGISTRATION_MAX,
	type Registration,
	SEAL_OCTETS,
} from "../../src/peer/peer-registry";
import { KEY_OCTETS } from "../../src/ports/ciphers";
import type { Log } from "../../src/ports/log";

/** How long the store may take to answer, in milliseconds. */
const ANSWER_TIME = 1500;
/** The pauses before the next attempt to reach it, in milliseconds. */
const PAUSE = 100;
const PAUSE_MAX = 3000;
/** How long the set of a home is kept after the last registration: longer than any of them. Names that have expired are taken out by {@link ValkeyRegistry.list}. */
const SET_LIFE: Seconds = 3600;
/** The most names in the set of a home: devices that come and go at a high rate leave names behind. */
const NAMES_MAX = 2 * PEERS_PER_HOME;
/** The longest message between instances. */
const MESSAGE_MAX = 1024;
/** All keys and channels begin with it, so that the store may have other users. */
const PREFIX = "porthole:";

/** Deletes a device unless it has registered at another instance since. */
const REMOVE =
	"local v = redis.call('GET', KEYS[1]) if v and string.sub(v, 1, #ARGV[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) redis.call('SREM', KEYS[2], ARGV[2]) end return 0";

/** Takes names out of the set of a home, unless their devices have registered since. */
const FORGET =
	"for i = 2, #KEYS do if redis.call('EXISTS', KEYS[i]) == 0 then redis.call('SREM', KEYS[1], ARGV[i - 1]) end end return 0";

/**
 * Keeps registered devices in a Redis or Valkey server that several instances share (P2P-15). Each device is a key that expires; the set
 * of a home names its devices. Messages between instances go by channels.
 *
 * While the server is down everything fails at once; when it comes back, empty or not, devices are in it again as they refresh their
 * registrations. What is not of an instance is found out by their seals.
 */
export class ValkeyRegistry implements PeerRegistry {
	fault = "";
	private readonly client: Redis;
	private readonly subscriber: Redis;
	private isClosed = false;

	/** @param url `redis://[user:password@]host[:port][/database]`, `rediss://…`, or `unix:///path` */
	constructor(
		url: string,
		private readonly log: Log,
	) {
		const options = {
			enableAutoPipelining: true,
			enableOfflineQueue: false,
			maxRetriesPerRequest: 0,
			commandTimeout: ANSWER_TIME,
			retryStrategy: (times: number) => Math.min(PAUSE_MAX, PAUSE * 2 ** Math.min(times, 10)),
		};
		const place = url.startsWith("unix://") ? url.slice("unix://".length) : url;
		this.client = new Redis(place, options);
		// Subscriptions wait for the connection, and are made again after each.
		this.subscriber = new Redis(place, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
		for (const one of [this.client, this.subscriber]) one.on("error", (error: Error) => this.failed(error));
		this.client.on("ready", () => this.ready());
		this.client.on("close", () => this.failed(new Error("the connection was lost")));
	}

	put({ home, peer, edge, homeKey, record }: Registration, lifetime: Seconds): void {
		const value = Buffer.concat([headOf(edge), homeKey, record]);
		const set = setOf(home);
		const { client } = this;
		this.ignore(client.set(keyOf(home, peer), value, "EX", lifetime));
		this.ignore(this.addName(set, peer));
		this.ignore(client.expire(set, SET_LIFE));
	}

	remove(home: string, peer: string, edge: string): void {
		this.ignore(this.client.eval(REMOVE, 2, keyOf(home, peer), setOf(home), headOf(edge), peer));
	}

	get(home: string, peer: string, done: (found: Registration | "none" | undefined) => void): void {
		this.client.getBuffer(keyOf(home, peer)).then(
			(value) => {
				this.ready();
				done(value === null ? "none" : (registrationOf(home, peer, value) ?? "none"));
			},
			(error: Error) => done(this.isForeign(error) ? "none" : undefined),
		);
	}

	list(home: string, done: (found: readonly Registration[] | undefined) => void): void {
		this.readAll(home).then(
			(found) => {
				this.ready();
				done(found);
			},
			(error: Error) => done(this.isForeign(error) ? [] : undefined),
		);
	}

	tell(edge: string, message: Uint8Array, done: (isHeard: boolean | undefined) => void): void {
		this.client.publish(channelOf(edge), Buffer.from(message)).then(
			(count) => done(count > 0),
			(error: Error) => {
				this.failed(error);
				done(undefined);
			},
		);
	}

	listen(edge: string, taker: (message: Uint8Array) => void): void {
		this.subscriber.on("messageBuffer", (_channel: Buffer, message: Buffer) => {
			if (!this.isClosed && message.length <= MESSAGE_MAX) taker(message);
		});
		this.ignore(this.subscriber.subscribe(channelOf(edge)));
	}

	close(): void {
		this.isClosed = true;
		this.client.disconnect();
		this.subscriber.disconnect();
	}

	private async readAll(home: string): Promise<readonly Registration[]> {
		const set = setOf(home);
		const peers = (await this.client.smembers(set)).sort().slice(0, NAMES_MAX);
		if (peers.length === 0) return [];
		const values = await this.client.mgetBuffer(peers.map((peer) => keyOf(home, peer)));
		const found: Registration[] = [];
		const gone: string[] = [];
		const foreign: string[] = [];
		for (const [i, peer] of peers.entries()) {
			const value = values[i];
			const registration = value === null || value === undefined ? undefined : registrationOf(home, peer, value);
			if (registration !== undefined) {
				if (found.length < PEERS_PER_HOME) found.push(registration);
			} else (value ? foreign : gone).push(peer);
		}
		if (foreign.length > 0) this.ignore(this.client.srem(set, ...foreign));
		if (gone.length > 0) {
			const keys = gone.map((peer) => keyOf(home, peer));
			this.ignore(this.client.eval(FORGET, 1 + keys.length, set, ...keys, ...gone));
		}
		return found;
	}

	/** Of more names than a home can have devices, any are taken out: those of devices come back with their next refresh. */
	private async addName(set: string, peer: string): Promise<void> {
		const { client } = this;
		try {
			if ((await client.sadd(set, peer)) === 0) return;
		} catch (error) {
			if (!this.isForeign(error as Error)) return;
			await client.del(set);
			await client.sadd(set, peer);
		}
		const count = await client.scard(set);
		if (count > NAMES_MAX) await client.spop(set, count - NAMES_MAX);
	}

	/** What is not answered is repeated by the next refresh. */
	private ignore(command: Promise<unknown>): void {
		command.catch((error: Error) => this.failed(error));
	}

	/** Whether somebody else has put something there that is no registration; all other errors are faults. */
	private isForeign(error: Error): boolean {
		if (error.message.startsWith("WRONGTYPE")) return true;
		this.failed(error);
		return false;
	}

	private failed(error: Error): void {
		if (this.isClosed) return;
		if (this.fault === "") this.log.write("warn", "rendezvous", `the shared store does not answer: ${error.message}`);
		this.fault = error.message;
	}

	private ready(): void {
		if (this.fault !== "") this.log.write("info", "rendezvous", "the shared store answers again");
		this.fault = "";
	}
}

function keyOf(home: string, peer: string): string {
	return `${PREFIX}device:${home}:${peer}`;
}

function setOf(home: string): string {
	return `${PREFIX}home:${home}`;
}

function channelOf(edge: string): string {
	return `${PREFIX}instance:${edge}`;
}

/** What the value of a device begins with: the name of its instance, after its length. */
function headOf(edge: string): Buffer {
	return Buffer.concat([Buffer.from([edge.length]), Buffer.from(edge, "latin1")]);
}

/** Reads the value of a device; `undefined` when somebody else has written it. */
function registrationOf(home: string, peer: string, value: Buffer): Registration | undefined {
	const edgeEnd = 1 + (value[0] ?? 0);
	const recordAt = edgeEnd + KEY_OCTETS;
	if (value.length <= recordAt || value.length > recordAt + REGISTRATION_MAX + SEAL_OCTETS) return undefined;
	return {
		home,
		peer,
		edge: value.toString("latin1", 1, edgeEnd),
		homeKey: new Uint8Array(value.subarray(edgeEnd, recordAt)),
		record: new Uint8Array(value.subarray(recordAt)),
	};
}
