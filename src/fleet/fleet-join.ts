import { Allowance } from "../base/allowance";
import { utf8Decode, utf8Encode } from "../base/text";
import type { DatagramMachine, DatagramOutbox } from "../core/datagram";
import { sameNetwork } from "../core/ipv4";
import type { Outlet } from "../core/machine";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { decodeFleetMessage, type FleetMessage, type FleetMessageType, fleetKeyId } from "../wire/fleet-message";
import { FleetKey } from "./fleet-key";
import { FleetSender, NO_MEMBERS } from "./fleet-sender";
import type { FleetDelivery } from "./fleet-settings";

/** How long an invitation is open. */
export const INVITATION: Millis = 600000;
/** The time between two requests of a joining camera, and after which it gives up. */
const ASK_AGAIN: Millis = 1000;
const PATIENCE: Millis = 60000;
/** After this time a device that is adopted has not accepted the password; one that has gets the key again as long. */
const ADOPTION: Millis = 10000;
/** The most answers in one second. */
const ANSWERS_PER_SECOND = 5;

/** What joining tells its owner. */
export type JoinEvent =
	/** The camera that shows the code has handed over the fleet's key. */
	| { readonly type: "joined"; readonly key: string }
	/** A device has proved that it knows the code, and waits for a key that there was none of yet. @see FleetJoin.hand */
	| { readonly type: "proved" }
	/** The device that was to be adopted has been sent the key. */
	| { readonly type: "adopted" }
	/** No camera answered to the code within a minute; no device accepted its adoption within ten seconds. */
	| { readonly type: "unanswered" };

/** A camera that has proved that it knows the code. */
interface Asker {
	readonly request: FleetMessage;
	readonly path: Path;
	readonly address: string;
	readonly port: number;
}

/** What joining may do. */
export interface JoinOutbox extends DatagramOutbox, Outlet<JoinEvent> {}

/**
 * Hands the fleet's key to a new camera, or gets it, between two cameras that the user has given the same code.
 *
 * The new camera sends a request to all, sealed by the code; the camera that shows the code answers with the key, masked
 * and sealed by the code as well. A device that does not know the code learns nothing and gets no answer.
 */
export class FleetJoin implements DatagramMachine<JoinOutbox> {
	deadline: Millis = Infinity;
	private readonly sender: FleetSender;
	private code: FleetKey | undefined;
	/** The fleet's key; empty: it has none yet. */
	private secret = "";
	private asker: Asker | undefined;
	private inviteUntil: Millis = -Infinity;
	private askUntil: Millis = -Infinity;
	/** Of the own request or offer. */
	private nonce = 0;
	/** The offer that is answered; 0: none, the user has entered the code. */
	private offer = 0;
	/** The device that is being adopted; empty: none. */
	private adopted = "";
	private hasAccepted = false;
	private readonly answers = new Allowance(ANSWERS_PER_SECOND);

	/** @param random a source of unpredictable octets */
	constructor(
		private readonly settings: { readonly id: string; readonly fleet: number; readonly delivery: FleetDelivery },
		private readonly random: { fill(bytes: Uint8Array): void },
	) {
		// No member is known yet that could be sent messages by unicast.
		this.sender = new FleetSender({ ...settings.delivery, multicast: true });
	}

	/** Sets the interfaces that requests are sent by. */
	setPaths(paths: readonly Path[]): void {
		this.sender.paths = paths;
	}

	/** Answers cameras that know `code`, for ten minutes. @param key the fleet's key */
	invite(now: Millis, code: string, key: string): void {
		this.begin(code);
		this.secret = key;
		this.inviteUntil = now + INVITATION;
		this.askUntil = -Infinity;
		this.deadline = this.inviteUntil;
	}

	/**
	 * Hands the key to one device that knows `code` without its owner's help there: it is told that it may join. The code must be as
	 * hard to guess as one that was drawn, as strangers in the LAN can record what it seals.
	 * @param key the fleet's key; empty: it gets one by {@link hand}
	 * @param id of the device
	 */
	adopt(now: Millis, code: string, key: string, id: string, out: JoinOutbox): void {
		this.begin(code);
		this.secret = key;
		this.adopted = id;
		this.nonce = this.draw();
		this.hasAccepted = false;
		this.inviteUntil = now + ADOPTION;
		this.askUntil = -Infinity;
		this.deadline = now;
		this.expire(now, out);
	}

	/**
	 * Gives the fleet's key to the device that has proved the code, now and whenever it asks again. @see JoinEvent
	 * @param key stored already: what was given away can't be taken back
	 */
	hand(now: Millis, key: string, out: JoinOutbox): void {
		const { code, asker } = this;
		this.secret = key;
		this.asker = undefined;
		if (code === undefined || asker === undefined || now >= this.inviteUntil) return;
		const { request, path, address, port } = asker;
		const welcome = this.message("welcome", request.nonce ?? 0);
		welcome.target = request.sender;
		// The random term makes each mask different.
		welcome.term = this.draw();
		welcome.secret = code.mask(labelOf(welcome), utf8Encode(key));
		this.sender.send(welcome, path, address, port, out);
		if (this.adopted === "" || this.hasAccepted) return;
		this.hasAccepted = true;
		out.emit({ type: "adopted" });
	}

	/**
	 * Reads a datagram that may be the message of {@link adopt} to this device, under its code.
	 * @param key of the code
	 * @returns the number of the offer; `undefined`: it is not one
	 */
	offerIn(path: Path, address: string, bytes: Uint8Array, key: FleetKey): number | undefined {
		if (fleetKeyId(bytes) !== key.number || !sameNetwork(path.address, address, path.prefix)) return undefined;
		const message = decodeFleetMessage(bytes);
		const { id, fleet } = this.settings;
		const isOffer = message?.type === "adopt" && message.fleet === fleet && message.target === id;
		return isOffer && key.check(bytes, address) ? message.nonce : undefined;
	}

	/** Whether it is waiting for the key of a fleet by a code that its user has entered. */
	isAsking(now: Millis): boolean {
		return now < this.askUntil && this.offer === 0;
	}

	/** Whether it is waiting for the key that this offer is about. */
	isAnswering(now: Millis, offer: number): boolean {
		return now < this.askUntil && this.offer === offer;
	}

	/**
	 * Requests the key of the fleet in which a camera shows `code`.
	 * @param offer that the request answers: a copy of it answers no other @default 0: none
	 */
	join(now: Millis, code: string, out: JoinOutbox, offer = 0): void {
		this.begin(code);
		this.nonce = this.draw();
		this.offer = offer;
		this.inviteUntil = -Infinity;
		this.askUntil = now + PATIENCE;
		this.deadline = now;
		this.expire(now, out);
	}

	/** Ends an invitation or a request. */
	stop(): void {
		this.code = this.sender.key = undefined;
		this.secret = "";
		this.inviteUntil = this.askUntil = -Infinity;
		this.deadline = Infinity;
		this.adopted = "";
		this.asker = undefined;
		this.offer = 0;
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: JoinOutbox): void {
		const { code, settings } = this;
		if (code === undefined || fleetKeyId(bytes) !== code.number) return;
		if (!sameNetwork(path.address, address, path.prefix) || !code.check(bytes, address)) return;
		const message = decodeFleetMessage(bytes);
		if (message === undefined || message.fleet !== settings.fleet || message.sender === settings.id) return;
		if (message.type === "join" && now < this.inviteUntil) {
			if (message.nonce === undefined || !this.answers.take(now)) return;
			if (this.adopted !== "") {
				// A request that was recorded when the device was offered a key before proves nothing.
				if (message.sender !== this.adopted || message.term !== this.nonce) return;
				// The answer may be lost: it is repeated as often as it is asked for.
				this.inviteUntil = this.deadline = now + ADOPTION;
			}
			this.asker = { request: message, path, address, port };
			if (this.secret === "") out.emit({ type: "proved" });
			else this.hand(now, this.secret, out);
		} else if (message.type === "welcome" && now < this.askUntil) {
			if (message.target !== settings.id || message.nonce !== this.nonce || message.secret === undefined) return;
			const key = utf8Decode(code.mask(labelOf(message), message.secret));
			this.stop();
			out.emit({ type: "joined", key });
		}
	}

	expire(now: Millis, out: JoinOutbox): void {
		if (now < this.deadline) return;
		if (now >= this.inviteUntil && now >= this.askUntil) {
			const asked = this.askUntil !== -Infinity || (this.adopted !== "" && !this.hasAccepted);
			this.stop();
			if (asked) out.emit({ type: "unanswered" });
			return;
		}
		if (this.adopted !== "") {
			if (!this.hasAccepted) this.sender.sendToAll(this.adoption(), NO_MEMBERS, out);
			this.deadline = this.hasAccepted ? this.inviteUntil : Math.min(now + ASK_AGAIN, this.inviteUntil);
		} else if (now < this.askUntil) {
			const request = this.message("join", this.nonce);
			request.term = this.offer;
			this.sender.sendToAll(request, NO_MEMBERS, out);
			this.deadline = Math.min(now + ASK_AGAIN, this.askUntil);
		}
	}

	private adoption(): FleetMessage {
		const message = this.message("adopt", this.nonce);
		message.target = this.adopted;
		return message;
	}

	private begin(code: string): void {
		this.stop();
		this.code = this.sender.key = joinKey(code);
	}

	/** Never 0, which stands for none. */
	private draw(): number {
		const octets = new Uint8Array(4);
		this.random.fill(octets);
		return ((octets[0] << 24) | (octets[1] << 16) | (octets[2] << 8) | octets[3]) >>> 0 || 1;
	}

	private message(type: FleetMessageType, nonce: number): FleetMessage {
		const { id, fleet } = this.settings;
		return {
			type,
			fleet,
			sender: id,
			boot: 0,
			sequence: 0,
			term: 0,
			answer: false,
			representative: false,
			holds: false,
			nonce,
		};
	}
}

/** The key that a code stands for. */
export function joinKey(code: string): FleetKey {
	return new FleetKey(`join ${code}`);
}

function labelOf({ sender, nonce, term }: FleetMessage): string {
	return `${sender} ${nonce} ${term}`;
}
