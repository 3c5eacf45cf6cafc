import { toHex } from "../../base/hex";
import { nextPause } from "../../core/backoff";
import { canonicalIp } from "../../core/ip-address";
import type { Handle, Pump, StreamHandle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { WebSocketSink } from "../../http/web-socket";
import { WebSocketClient } from "../../http/web-socket-client";
import { deviceUsername } from "../../peer/peer-ticket";
import {
	isSameProof,
	loginProof,
	readSignal,
	SIGNAL_MESSAGE_MAX,
	SIGNAL_NONCE_OCTETS,
	type SignalMessage,
	writeSignal,
} from "../../peer/signal/signal-message";
import { type Lookup, lookUpHost, type Resolver } from "../../ports/resolver";
import type { HttpUrl } from "../../wire/http-url";
import { HANDSHAKE, SIGNAL_PROTOCOL, type TransportHost } from "./web-socket-transport";

const LOOKUP_TIME: Millis = 10_000;
/** The pauses before the next attempt. */
const PAUSE: Millis = 2000;
const PAUSE_MAX: Millis = 120_000;
/** The pause before the next URL. */
const SOON: Millis = 200;
/** A connection that lasted so long was a good one: the next attempt comes soon. */
const GOOD: Millis = 30_000;

/** The account of a device at a rendezvous server. */
export interface SignalAccount {
	readonly home: string;
	/** The public key of the home's account, in hexadecimal. */
	readonly homeKey: string;
	/** The key that the home and the server share. */
	readonly key: Uint8Array;
	/** The device, for people: its name, and what it is. */
	readonly name: string;
	readonly kind: string;
}

/** What a {@link SignalLine} needs, and tells. */
export interface SignalLineOwner {
	readonly host: TransportHost;
	readonly pump: Pump;
	readonly resolver: Resolver;
	/** This device, PEER_DIGITS. */
	readonly peer: string;
	/** The account as it is now; `undefined`: there is none, or the server's key is no key. */
	account(): SignalAccount | undefined;
	/** Data of a caller. @param caller the number of its connection at the server */
	signal(caller: string, data: string): void;
	/** A caller has left. */
	gone(caller: string): void;
	/** The connection is ready, or no longer: then `fault` says why. */
	changed(fault: string): void;
}

/** Keeps a device connected to a rendezvous server, so that browsers can call it. */
export class SignalLine implements WebSocketSink {
	deadline: Millis = Infinity;
	/** Where address requests are answered by UDP; 0: nowhere. */
	stunPort = 0;
	/** The address of the server; empty: not connected. */
	address = "";
	/** Whether callers can reach this device. */
	isReady = false;
	private readonly handle: Handle<SignalLine, undefined>;
	private connection: StreamHandle<WebSocketClient> | undefined;
	private lookup: Lookup | undefined;
	private pause: Millis = 0;
	private openedAt: Millis = 0;
	private serverProof = "";
	private isClosed = false;
	/** Which of the URLs is in use. */
	private index = 0;

	constructor(
		private readonly owner: SignalLineOwner,
		/** Where the server may be; they are tried in turn. */
		private readonly urls: readonly HttpUrl[],
	) {
		this.handle = owner.pump.add(this, undefined);
		this.connect();
	}

	/** Sends data to a caller. */
	send(caller: string, data: string): void {
		if (this.isReady) this.say({ type: "signal", peer: caller, data });
	}

	/** The account is another one. */
	restart(): void {
		if (this.isClosed) return;
		this.pause = 0;
		this.drop("the account has changed");
	}

	/** The URL that is in use, or is tried next. */
	get url(): HttpUrl {
		return this.urls[this.index % this.urls.length];
	}

	/** Ends the connection; harmless when repeated. */
	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.isReady = false;
		this.lookup?.cancel();
		this.connection?.call((client, now) => client.close(now));
		this.connection = undefined;
		this.handle.remove();
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		this.connect();
	}

	/** @see WebSocketSink */
	opened(): void {
		this.openedAt = this.owner.pump.now();
	}

	/** @see WebSocketSink */
	message(_now: Millis, bytes: Uint8Array, start: number, end: number, isText: boolean): void {
		if (this.isClosed) return;
		const message = isText ? readSignal(bytes.subarray(start, end)) : undefined;
		switch (message?.type) {
			case "hello":
				return this.logIn(message.nonce, message.stunPort);
			case "welcome":
				return this.welcome(message.mac);
			case "signal":
				if (this.isReady) this.owner.signal(message.peer, message.data);
				return;
			case "gone":
				if (this.isReady) this.owner.gone(message.peer);
				return;
			case "refused":
				return this.drop(`the rendezvous server refuses this device: ${message.reason}`);
			default:
				return this.drop("the rendezvous server sends what is not understood");
		}
	}

	/** @see WebSocketSink */
	closed(_code: number, reason: string): void {
		if (this.connection !== undefined)
			this.drop(reason === "" ? "the rendezvous server has ended the connection" : reason);
	}

	private connect(): void {
		const { url } = this;
		const address = canonicalIp(url.host);
		if (address !== undefined) return this.open(url, address);
		this.lookup = lookUpHost(this.owner.resolver, url.host, LOOKUP_TIME, (answer) => {
			this.lookup = undefined;
			if (this.isClosed) return;
			if (answer.failure !== undefined) this.drop(`${url.host}: ${answer.detail}`);
			else this.open(url, answer.records[0].address);
		});
	}

	private open(url: HttpUrl, address: string): void {
		const { host, pump } = this.owner;
		const { random } = host;
		const options = { url, protocol: SIGNAL_PROTOCOL, random, messageMax: SIGNAL_MESSAGE_MAX };
		const connection = pump.addStream(new WebSocketClient(pump.now(), options, this));
		connection.machine.late = connection;
		this.connection = connection;
		this.address = address;
		// Both sides prove that they have the account key, whatever the certificate is.
		const tls = url.secure ? { tls: { serverName: url.host, verify: false, handshakeTime: HANDSHAKE } } : {};
		connection.attach(host.network.connect({ address, port: url.port, ...tls }, connection));
	}

	private logIn(serverNonce: string, stunPort: number): void {
		const { host, peer } = this.owner;
		const account = this.owner.account();
		if (account === undefined || this.serverProof !== "") return this.drop("no account");
		const octets = new Uint8Array(SIGNAL_NONCE_OCTETS);
		host.random.fill(octets);
		const nonce = toHex(octets);
		const { home, homeKey, key, name, kind } = account;
		const user = deviceUsername(home, peer);
		this.stunPort = stunPort;
		this.serverProof = loginProof(key, "server", serverNonce, nonce, user);
		const mac = loginProof(key, "client", serverNonce, nonce, user);
		this.say({ type: "login", user, nonce, homeKey, mac, name, kind });
	}

	private welcome(mac: string): void {
		if (this.isReady || this.serverProof === "" || !isSameProof(mac, this.serverProof))
			return this.drop("this is another rendezvous server: it does not have the key");
		this.isReady = true;
		this.owner.changed("");
	}

	private say(message: SignalMessage): void {
		this.connection?.machine.socket.sendText(writeSignal(message));
	}

	/** Ends this connection and tries again later. */
	private drop(fault: string): void {
		const { connection } = this;
		const { pump } = this.owner;
		this.connection = undefined;
		const now = pump.now();
		const wasGood = this.isReady && now - this.openedAt >= GOOD;
		this.isReady = false;
		this.serverProof = "";
		this.address = "";
		connection?.call((client, at) => client.close(at));
		if (this.isClosed) return;
		// Only when none of the URLs has led anywhere, the pause becomes longer.
		const hasNext = !wasGood && ++this.index % this.urls.length !== 0;
		this.pause = wasGood || hasNext ? Math.max(PAUSE, this.pause) : nextPause(this.pause, PAUSE, PAUSE_MAX);
		// All devices of a house, and of all houses, lose a server at the same time.
		const octets = new Uint8Array(1);
		this.owner.host.random.fill(octets);
		this.deadline = now + (hasNext ? SOON : this.pause) * (0.75 + octets[0] / 512);
		this.owner.changed(fault);
		this.handle.called();
	}
}
