import { fromHex, isHex, toHex } from "../../base/hex";
import type { Millis } from "../../core/time";
import { KEY_OCTETS } from "../../ports/ciphers";
import type { Random } from "../../ports/random";
import { POLICY_VIOLATION } from "../../wire/websocket-frame";
import type { TurnServer } from "../candidate";
import { HOME_DIGITS, PEER_DIGITS } from "../peer-registry";
import { isPeerTicketGood, parsePeerTicket } from "../peer-ticket";
import {
	isSameProof,
	loginProof,
	readSignal,
	SIGNAL_NONCE_OCTETS,
	type SignalMessage,
	writeSignal,
} from "./signal-message";

/** How long a client may take to log in. */
export const LOGIN_TIME: Millis = 10_000;
/** How many signals a client may send at once, and how many more each second. */
const BURST = 64;
const PER_SECOND = 8;

/** The connection of a client. */
export interface SignalWire {
	/** The client's address. */
	readonly address: string;
	/** The client has proved who it is. */
	known(): void;
	/** Sends a text message. @returns false: too much waits already */
	sendText(text: string): boolean;
	/** Ends the connection once everything is sent. */
	close(code: number, reason: string): void;
}

/** What the hub needs of the rendezvous server that it belongs to. */
export interface SignalDirectory {
	/**
	 * Finds the key of a user: the account key of the home of `d:<home>:<peer>`, or the secret of a ticket.
	 * @param homeKey the public key of the home's account; absent: it must be known already
	 * @param address of the client, which may ask for new homes only so often
	 * @param done called once, now or later; `undefined`: the home is not known, or not served here
	 */
	keyOf(
		user: string,
		homeKey: Uint8Array | undefined,
		address: string,
		done: (key: Uint8Array | undefined) => void,
	): void;
	/** Seconds since 1970; `undefined`: the date is not known. */
	utc(): number | undefined;
	/** A TURN server with credentials for a viewer. @param user as it has logged in */
	turn(user: string): TurnServer | undefined;
	/** Where address requests are answered by UDP; 0: nowhere. */
	readonly stunPort: number;
}

/** The identity of a client. */
type Login =
	| {
			readonly kind: "device";
			readonly home: string;
			readonly peer: string;
			readonly name: string;
			readonly what: string;
	  }
	| { readonly kind: "viewer"; readonly home: string; readonly scope: string; readonly until: number };

/**
 * Passes the signals of browsers on to the devices of their home, and back (P2P-3, for browsers). It sees who calls whom, and neither
 * keys nor media.
 */
export class SignalHub {
	/** The devices that are connected, by home, then by identity; of several connections of one device the newest. */
	private readonly homes = new Map<string, Map<string, SignalClient>>();
	/** The viewers that are logged in, by number. */
	private readonly viewers = new Map<string, SignalClient>();
	private opened = 0;
	/** What happened so far, for metrics. */
	readonly counters = { signals: 0, refused: 0, malformed: 0 };

	constructor(
		readonly directory: SignalDirectory,
		private readonly random: Pick<Random, "fill">,
	) {}

	/** The number of devices, and of viewers, that are connected. */
	get size(): { readonly devices: number; readonly viewers: number } {
		let devices = 0;
		for (const home of this.homes.values()) devices += home.size;
		return { devices, viewers: this.viewers.size };
	}

	/** A client has connected. The owner calls {@link SignalClient.overdue} after {@link LOGIN_TIME}. */
	open(now: Millis, wire: SignalWire): SignalClient {
		const nonce = new Uint8Array(SIGNAL_NONCE_OCTETS);
		this.random.fill(nonce);
		const client = new SignalClient(this, `${++this.opened}`, toHex(nonce), wire, now);
		client.send({ type: "hello", nonce: toHex(nonce), stunPort: this.directory.stunPort });
		return client;
	}

	/** A client has logged in. */
	enter(client: SignalClient, login: Login): void {
		if (login.kind === "viewer") {
			this.viewers.set(client.number, client);
			return;
		}
		let home = this.homes.get(login.home);
		if (home === undefined) {
			home = new Map();
			this.homes.set(login.home, home);
		}
		const before = home.get(login.peer);
		home.set(login.peer, client);
		before?.refuse("another connection of this device");
	}

	/** A client's connection is over. */
	leave(client: SignalClient, login: Login): void {
		if (login.kind === "device") {
			const home = this.homes.get(login.home);
			if (home?.get(login.peer) === client) home.delete(login.peer);
			if (home?.size === 0) this.homes.delete(login.home);
			for (const viewer of client.callers)
				if (viewer.calls.delete(login.peer)) viewer.send({ type: "gone", peer: login.peer });
			client.callers.clear();
			return;
		}
		this.viewers.delete(client.number);
		for (const device of client.calls.values()) {
			if (device.callers.delete(client)) device.send({ type: "gone", peer: client.number });
		}
		client.calls.clear();
	}

	/** Passes data of a viewer on to a device of its home. @returns false: it is not connected */
	toDevice(home: string, peer: string, viewer: SignalClient, data: string): boolean {
		const device = this.homes.get(home)?.get(peer);
		if (device === undefined || !device.send({ type: "signal", peer: viewer.number, data })) return false;
		viewer.calls.set(peer, device);
		device.callers.add(viewer);
		this.counters.signals++;
		return true;
	}

	/**
	 * Passes data from a device on to a viewer that called it. Two homes may use the same identity for a device.
	 * @returns false: it is not there
	 */
	toViewer(number: string, device: SignalClient, peer: string, data: string): boolean {
		const viewer = this.viewers.get(number);
		if (viewer === undefined || viewer.calls.get(peer) !== device) return false;
		this.counters.signals++;
		return viewer.send({ type: "signal", peer, data });
	}

	/** The connected devices of a home that somebody may find, in the order of their identities. */
	devicesOf(home: string, scope: string): readonly SignalClient[] {
		const devices = this.homes.get(home);
		if (devices === undefined) return [];
		const found = [...devices].filter(([peer]) => scope === "*" || scope === peer);
		return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, client]) => client);
	}
}

/** A browser or a device at the server. */
export class SignalClient {
	/** The devices that this viewer has called, by their identities. */
	readonly calls = new Map<string, SignalClient>();
	/** The viewers who have called this device. */
	readonly callers = new Set<SignalClient>();
	/** The identity of the client; `undefined` before the login and after the end. */
	private login: Login | undefined;
	private isChecking = false;
	private isOver = false;
	private tokens = BURST;

	constructor(
		private readonly hub: SignalHub,
		readonly number: string,
		private readonly nonce: string,
		private readonly wire: SignalWire,
		private since: Millis,
	) {}

	/** Whether it has logged in. */
	get isKnown(): boolean {
		return this.login !== undefined;
	}

	/** A message of the client. @param bytes valid during the call */
	receive(now: Millis, bytes: Uint8Array): void {
		if (this.isOver) return;
		const message = readSignal(bytes);
		if (message === undefined) {
			this.hub.counters.malformed++;
			return this.refuse("malformed message");
		}
		this.tokens = Math.min(BURST, this.tokens + ((now - this.since) * PER_SECOND) / 1000);
		this.since = now;
		if (this.tokens < 1) return this.refuse("too many messages");
		this.tokens--;
		const { login } = this;
		if (login === undefined) this.receiveFirst(message);
		else if (message.type === "signal") this.signal(message.peer, message.data, login);
		else if (message.type === "find" && login.kind === "viewer") this.find(login);
		else this.refuse("unexpected message");
	}

	/** The time for the login is over. */
	overdue(): void {
		if (this.login === undefined) this.refuse("no login");
	}

	/** The connection is over; called once. */
	gone(): void {
		if (this.isOver && this.login === undefined) return;
		this.isOver = true;
		const { login } = this;
		this.login = undefined;
		if (login !== undefined) this.hub.leave(this, login);
	}

	/** Sends a message. @returns false: too much waits already */
	send(message: SignalMessage): boolean {
		return this.wire.sendText(writeSignal(message));
	}

	/** Ends the connection. */
	refuse(reason: string): void {
		if (this.isOver) return;
		this.hub.counters.refused++;
		this.send({ type: "refused", reason });
		this.gone();
		this.wire.close(POLICY_VIOLATION, reason);
	}

	private receiveFirst(message: SignalMessage): void {
		if (message.type !== "login" || this.isChecking) return this.refuse("log in first");
		const { user, homeKey, nonce, mac } = message;
		const login = loginOf(user, message.name, message.kind);
		const { directory } = this.hub;
		const utc = directory.utc();
		if (login === undefined || !isTicketGood(user, utc)) return this.refuse("the ticket has expired, or is invalid");
		this.isChecking = true;
		directory.keyOf(user, fromHex(homeKey, KEY_OCTETS), this.wire.address, (key) => {
			if (this.isOver) return;
			if (key === undefined) return this.refuse("unknown home");
			if (!isSameProof(mac, loginProof(key, "client", this.nonce, nonce, user))) return this.refuse("wrong proof");
			this.login = login;
			this.wire.known();
			this.send({
				type: "welcome",
				mac: loginProof(key, "server", this.nonce, nonce, user),
				turn: login.kind === "viewer" ? directory.turn(user) : undefined,
			});
			this.hub.enter(this, login);
		});
	}

	private signal(peer: string, data: string, login: Login): void {
		const { hub } = this;
		if (login.kind === "device") {
			if (!hub.toViewer(peer, this, login.peer, data)) this.send({ type: "gone", peer });
			return;
		}
		const now = hub.directory.utc();
		if (login.until !== 0 && now !== undefined && now >= login.until) return this.refuse("the ticket has ended");
		const isAllowed = login.scope === "*" || login.scope === peer;
		if (!isAllowed || !hub.toDevice(login.home, peer, this, data)) this.send({ type: "gone", peer });
	}

	private find({ home, scope }: Login & { readonly kind: "viewer" }): void {
		for (const device of this.hub.devicesOf(home, scope)) {
			const { login } = device;
			if (login?.kind === "device") this.send({ type: "device", peer: login.peer, name: login.name, kind: login.what });
		}
		this.send({ type: "found" });
	}
}

/** Reads the identity from a user name; `undefined`: it is malformed. */
function loginOf(user: string, name: string, what: string): Login | undefined {
	const ticket = parsePeerTicket(user);
	if (ticket !== undefined) return { kind: "viewer", home: ticket.home, scope: ticket.scope, until: ticket.until };
	const [mark, home, peer, ...more] = user.split(":");
	if (mark !== "d" || more.length > 0 || !isHex(home ?? "", HOME_DIGITS) || !isHex(peer ?? "", PEER_DIGITS))
		return undefined;
	return { kind: "device", home, peer, name, what };
}

function isTicketGood(user: string, utc: number | undefined): boolean {
	const ticket = parsePeerTicket(user);
	return ticket === undefined || isPeerTicketGood(ticket, utc, "");
}
