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
/** The most answers in one second. */
const ANSWERS_PER_SECOND = 5;

/** What joining tells its owner. */
export type JoinEvent =
	/** The camera that shows the code has handed over the fleet's key. */
	| { readonly type: "joined"; readonly key: string }
	/** No camera answered to the code within a minute. */
	| { readonly type: "unanswered" };

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
	private secret = "";
	private inviteUntil: Millis = -Infinity;
	private askUntil: Millis = -Infinity;
	private nonce = 0;
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

	/** Requests the key of the fleet in which a camera shows `code`. */
	join(now: Millis, code: string, out: JoinOutbox): void {
		this.begin(code);
		this.nonce = this.draw();
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
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: JoinOutbox): void {
		const { code, settings } = this;
		if (code === undefined || fleetKeyId(bytes) !== code.number) return;
		if (!sameNetwork(path.address, address, path.prefix) || !code.check(bytes, address)) return;
		const message = decodeFleetMessage(bytes);
		if (message === undefined || message.fleet !== settings.fleet || message.sender === settings.id) return;
		if (message.type === "join" && now < this.inviteUntil) {
			if (message.nonce === undefined || !this.answers.take(now)) return;
			const welcome = this.message("welcome", message.nonce);
			welcome.target = message.sender;
			// The random term makes each mask different.
			welcome.term = this.draw();
			welcome.secret = code.mask(labelOf(welcome), utf8Encode(this.secret));
			this.sender.send(welcome, path, address, port, out);
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
			const asked = this.askUntil !== -Infinity;
			this.stop();
			if (asked) out.emit({ type: "unanswered" });
			return;
		}
		if (now < this.askUntil) {
			this.sender.sendToAll(this.message("join", this.nonce), NO_MEMBERS, out);
			this.deadline = Math.min(now + ASK_AGAIN, this.askUntil);
		}
	}

	private begin(code: string): void {
		this.stop();
		this.code = this.sender.key = new FleetKey(`join ${code}`);
	}

	private draw(): number {
		const octets = new Uint8Array(4);
		this.random.fill(octets);
		return ((octets[0] << 24) | (octets[1] << 16) | (octets[2] << 8) | octets[3]) >>> 0;
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

function labelOf({ sender, nonce, term }: FleetMessage): string {
	return `${sender} ${nonce} ${term}`;
}
