import { toJson } from "../../base/json";
import type { Millis, Octets } from "../../core/time";
import type { CallData, CallProof } from "../../peer/signal/call-data";
import { isSameProof } from "../../peer/signal/signal-message";
import type { Log } from "../../ports/log";
import type { Stream, StreamSink } from "../../ports/net";
import type { RtcChannel, RtcChannelSink, RtcOptions, RtcPeer, RtcSink, WebRtc } from "../../ports/web-rtc";
import { parseJsonMembers } from "../../wire/json-members";
import { BrowserLive, type LiveContentName, type LivePictures } from "./browser-live";
import { ChannelStream, type Later } from "./channel-stream";
import { countedSink } from "./counted-sink";

/** The labels of the channels that a browser opens. `http`: one for each connection, reliable. */
const LIVE_CHANNEL = "live";
const PICTURES_CHANNEL = "pictures";
const HTTP_CHANNEL = "http";
/** How many connections of HTTP a browser may have open. */
const HTTP_MAX = 8;
/**
 * A caller says how long messages to it may be. Below this, which all implementations take, pictures would be cut into countless pieces, or
 * never end. @see RFC 8831 §6.6
 */
const MESSAGE_MIN: Octets = 16_384;
/** How many addresses of a caller are tried. */
const CANDIDATES_MAX = 24;
/** The longest message of the live channel. */
const CONTROL_MAX = 2048;
/** How long it may take until both sides are connected. */
export const CALL_TIME: Millis = 30_000;

/** What a browser presents to watch: a link pass, or the token of a session. */
export interface WatchCredentials {
	readonly link: string | undefined;
	readonly session: string | undefined;
}

/** Whether somebody may watch. */
export interface WatchVerdict {
	/** 200, or the status of the refusal. */
	readonly status: number;
	readonly isOwner: boolean;
	/** The session that has proved it; empty: none. @see Admission.session */
	readonly session: string;
}

/** What a call needs of the device. */
export interface CallHost {
	readonly log: Log;
	now(): Millis;
	readonly later: Later;
	/** What the device is, for the page: its name and its kind. */
	readonly title: string;
	readonly kind: string;
	/** The live pictures; absent: it is no camera. */
	readonly pictures: LivePictures | undefined;
	/** What is wrong with the pictures; `undefined`: nothing. */
	trouble(): string | undefined;
	/** Checks the credentials of a viewer. */
	admit(address: string, credentials: WatchCredentials): WatchVerdict;
	/** Whether an address is in the LAN. */
	isNeighbour(address: string): boolean;
	/** Takes a connection for the pages of the device. */
	accept(stream: Stream): StreamSink | undefined;
	/** A call begins, changes, or is over. */
	changed(call: BrowserCall): void;
}

/** How a call came in. */
export interface CallCircumstances {
	readonly nonce: string;
	/** The guest link of the caller; empty: it is paired, or has logged in. */
	readonly guest: string;
	readonly proof: CallProof;
	/** A virtual address that stands for the caller. */
	readonly address: string;
	/** The visitor of this device's own page, who has logged in there; absent: a caller by a server. */
	readonly visitor?: WatchVerdict | undefined;
	/** Sends data to the caller. */
	send(data: CallData): void;
}

/** One browser that is connected, or about to be (P2P-13): its pictures, and requests to the pages of the device. */
export class BrowserCall implements RtcSink {
	/** How the browser is reached, for people; empty: it is not connected yet. */
	path = "";
	isOver = false;
	/** The session by which it watches; empty: none. */
	session = "";
	/** Set by the owner once it has counted the connection. */
	isCounted = false;
	readonly since: Millis;
	readonly live: BrowserLive | undefined;
	private peer: RtcPeer | undefined;
	private control: RtcChannel | undefined;
	private remote = "";
	private streams = 0;
	private candidates = 0;

	constructor(
		private readonly host: CallHost,
		readonly circumstances: CallCircumstances,
	) {
		const { pictures } = host;
		this.since = host.now();
		this.live =
			pictures === undefined
				? undefined
				: new BrowserLive(
						pictures,
						() => this.peer,
						() => host.now(),
					);
	}

	/** Answers the offer. @returns false: it is not acceptable */
	begin(webRtc: WebRtc, options: RtcOptions): boolean {
		this.peer = webRtc.answer(options, this);
		return this.peer !== undefined;
	}

	/** The caller can be reached at one more address. */
	addCandidate({ nonce, candidate, mid, mac }: CallData & { readonly kind: "candidate" }): void {
		const wanted = this.circumstances.proof.sign("caller", nonce, `${candidate}\n${mid}`);
		if (!isSameProof(mac, wanted) || ++this.candidates > CANDIDATES_MAX) return;
		this.peer?.add(candidate, mid);
	}

	/** Ends the call; harmless when repeated. */
	close(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.live?.stop();
		this.peer?.close();
		this.host.changed(this);
	}

	/** @see RtcSink */
	described(sdp: string): void {
		const { nonce, proof } = this.circumstances;
		this.circumstances.send({ kind: "answer", nonce, sdp, mac: proof.sign("device", nonce, sdp) });
	}

	/** @see RtcSink */
	candidate(candidate: string, mid: string): void {
		const { nonce, proof } = this.circumstances;
		const mac = proof.sign("device", nonce, `${candidate}\n${mid}`);
		this.circumstances.send({ kind: "candidate", nonce, candidate, mid, mac });
	}

	/** @see RtcSink */
	connected(address: string, kind: "host" | "srflx" | "prflx" | "relay"): void {
		const isNear = this.host.isNeighbour(address) || isLocalIpv6(address);
		this.remote = address;
		this.path = kind === "relay" ? "relayed" : isNear ? "lan" : address.includes(":") ? "ipv6" : "punched";
		this.host.changed(this);
	}

	/** @see RtcSink */
	keyWanted(): void {
		this.live?.requestKey();
	}

	/** @see RtcSink */
	closed(): void {
		this.close();
	}

	/** @see RtcSink */
	opened(channel: RtcChannel): RtcChannelSink | undefined {
		if (channel.messageMax < MESSAGE_MIN) return undefined;
		switch (channel.label) {
			case LIVE_CHANNEL:
				if (this.control !== undefined) return undefined;
				this.control = channel;
				return new ControlSink((text) => this.controlled(text));
			case PICTURES_CHANNEL:
				if (this.live === undefined || this.live.channel !== undefined) return undefined;
				this.live.channel = channel;
				return new PicturesSink(this.live);
			case HTTP_CHANNEL:
				return this.openStream(channel);
			default:
				return undefined;
		}
	}

	private openStream(channel: RtcChannel): RtcChannelSink | undefined {
		if (this.streams >= HTTP_MAX) return undefined;
		const stream = new ChannelStream(channel, this.circumstances.address, this.host.later);
		const sink = this.host.accept(stream);
		if (sink === undefined) return undefined;
		this.streams++;
		return stream.attach(countedSink(sink, () => this.streams--));
	}

	/** A message on the live channel: what to watch. */
	private controlled(bytes: Uint8Array): void {
		const members = bytes.length > CONTROL_MAX ? undefined : parseJsonMembers(bytes);
		if (members?.get("type") !== "watch") return this.tell({ type: "refused", status: 400 });
		const { circumstances, host, live } = this;
		const link = members.get("link");
		const session = members.get("session");
		const verdict = circumstances.visitor ?? host.admit(circumstances.address, { link, session });
		const { status, isOwner } = verdict;
		if (status !== 200) return this.tell({ type: "refused", status });
		this.session = verdict.session;
		const content = contentOf(members.get("content"));
		const rate = Number(members.get("rate") ?? "0");
		if (content === undefined || !(rate >= 0 && rate <= 1000)) return this.tell({ type: "refused", status: 400 });
		const hasVideo = this.peer?.hasVideo === true && live !== undefined && host.pictures?.units.source !== undefined;
		const facts = { name: host.title, kind: host.kind, h264: hasVideo, pictures: live !== undefined };
		if (live === undefined || content === "none") {
			live?.stop();
			return this.tell({ type: "watching", content: "none", ...facts });
		}
		live.stop();
		if (host.pictures?.live.isFull(isOwner) === true) return this.tell({ type: "refused", status: 503 });
		const chosen = content === "h264" && !hasVideo ? "pictures" : content;
		this.tell({ type: "watching", content: chosen, trouble: host.trouble(), ...facts });
		live.start(chosen, rate === 0 ? 0 : 1000 / rate, !host.isNeighbour(this.remote));
		host.changed(this);
	}

	private tell(message: Readonly<Record<string, unknown>>): void {
		this.control?.sendText(toJson(message));
	}
}

/** Takes the messages of the live channel. */
class ControlSink implements RtcChannelSink {
	constructor(private readonly take: (bytes: Uint8Array) => void) {}

	received(bytes: Uint8Array, isText: boolean): void {
		if (isText) this.take(bytes);
	}

	drained(): void {}

	closed(): void {}
}

/** The channel of JPEG pictures. */
class PicturesSink implements RtcChannelSink {
	constructor(private readonly live: BrowserLive) {}

	received(): void {}

	drained(): void {
		this.live.drained();
	}

	closed(): void {
		this.live.channel = undefined;
	}
}

/** Whether this is the loopback address, or a link-local or unique local one. @see RFC 4291 §2.5, RFC 4193 */
function isLocalIpv6(address: string): boolean {
	const kind = address.slice(0, 2).toLowerCase();
	return address === "::1" || (address.includes(":") && (kind === "fc" || kind === "fd" || kind === "fe"));
}

function contentOf(text: string | undefined): LiveContentName | undefined {
	return text === "pictures" || text === "h264" || text === "none" ? text : undefined;
}

/** For logs. */
export function describeCall({ path, circumstances }: BrowserCall): string {
	return `browser ${circumstances.address}${path === "" ? "" : ` (${path})`}`;
}
