import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { TransportProtocol } from "../wire/pcp";
import { buildSoapRequest, parseSoapAnswer, type SoapAnswer, soapHeaders, UNREADABLE_ANSWER } from "../wire/soap";
import type { GatewayOutbox, GatewayRequest } from "./gateway-events";
import type { IgdService } from "./igd-description";
import type { Continuation, RequestQueue } from "./request-queue";

/** Continues after an action; `undefined` when the gateway did not answer. */
export type ActionContinuation = (now: Millis, answer: SoapAnswer | undefined, out: GatewayOutbox) => void;

/** A mapping as it is asked for. */
export interface AddRequest {
	readonly protocol: TransportProtocol;
	readonly externalPort: number;
	readonly internalPort: number;
	readonly description: string;
	/** Seconds; 0 is permanent. */
	readonly lease: number;
}

/**
 * The time limit of a deletion. It relies on a read just before; one that arrives later might delete what has been
 * mapped meanwhile. So it is given up before TCP retransmits the SYN.
 * @see RFC 6298 §2
 */
const DELETE_TIMEOUT: Millis = 900;
/** The time limit of the request that cancels an event subscription: nothing depends on it. */
const UNSUBSCRIBE_TIMEOUT: Millis = 500;

/** A success without output arguments. */
const DONE: SoapAnswer = Object.freeze({ ...UNREADABLE_ANSWER, error: 0 });
const NO_BODY = new Uint8Array(0);

/** One WAN connection service of one gateway, and the actions that we use of it. @see WANIPConnection:1 §2.4 */
export class Igd {
	constructor(
		private readonly queue: RequestQueue,
		/** Our interface towards it. */
		readonly path: Path,
		/** Its own name; untrusted text. */
		readonly name: string,
		readonly service: IgdService,
	) {}

	/** The same service, addressed from another of our addresses, for which it then maps. */
	from(address: string): Igd {
		if (address === this.path.address) return this;
		return new Igd(this.queue, { ...this.path, address }, this.name, this.service);
	}

	/** Calls an action that has no arguments, or those given. */
	call(
		action: string,
		args: readonly (readonly [string, string])[],
		then: ActionContinuation,
		out: GatewayOutbox,
	): void {
		this.queue.ask(this.action(action, args), answerOf(action, then), out);
	}

	/** Cancels the request that is under way: it counts as unanswered. */
	abandon(now: Millis, out: GatewayOutbox): void {
		this.queue.abandon(now, out);
	}

	/** AddPortMapping to this camera. @see WANIPConnection:1 §2.4.16 */
	add(mapping: AddRequest, then: ActionContinuation, out: GatewayOutbox): void {
		const args: [string, string][] = [
			...portArguments(mapping.protocol, mapping.externalPort),
			["NewInternalPort", `${mapping.internalPort}`],
			["NewInternalClient", this.path.address],
			["NewEnabled", "1"],
			["NewPortMappingDescription", mapping.description],
			["NewLeaseDuration", `${mapping.lease}`],
		];
		this.queue.ask(this.action("AddPortMapping", args), answerOf("AddPortMapping", then, true), out);
	}

	/** DeletePortMapping, ahead of the requests that wait: it relies on a read just before. @see WANIPConnection:1 §2.4.17 */
	delete(protocol: TransportProtocol, externalPort: number, then: ActionContinuation, out: GatewayOutbox): void {
		const action = "DeletePortMapping";
		const request = { ...this.action(action, portArguments(protocol, externalPort)), timeout: DELETE_TIMEOUT };
		this.queue.askNext(request, answerOf(action, then, true), out);
	}

	/** GetSpecificPortMappingEntry. @see WANIPConnection:1 §2.4.15 */
	read(protocol: TransportProtocol, externalPort: number, then: ActionContinuation, out: GatewayOutbox): void {
		this.call("GetSpecificPortMappingEntry", portArguments(protocol, externalPort), then, out);
	}

	/**
	 * Asks for events, renews the subscription, or cancels it. Does nothing if the service sends none.
	 * @see UPnP Device Architecture 2.0 §4.1
	 */
	subscription(
		method: "SUBSCRIBE" | "UNSUBSCRIBE",
		headers: readonly (readonly [string, string])[],
		then: Continuation,
		out: GatewayOutbox,
	): void {
		const { events } = this.service;
		if (events === undefined) return;
		const timeout = method === "UNSUBSCRIBE" ? { timeout: UNSUBSCRIBE_TIMEOUT } : {};
		this.queue.ask({ path: this.path, ...events, method, headers, body: NO_BODY, ...timeout }, then, out);
	}

	private action(name: string, args: readonly (readonly [string, string])[]): Omit<GatewayRequest, "id"> {
		const { control, type } = this.service;
		const headers = soapHeaders(type, name);
		return { path: this.path, ...control, method: "POST", headers, body: buildSoapRequest(type, name, args) };
	}
}

/**
 * A fault arrives with status 500 and a body with the reason, so the status is ignored (quirk 20). Any HTTP answer is an
 * answer, if an unreadable one. Where nothing has to be read, its status then tells (quirk 27).
 */
function answerOf(action: string, then: ActionContinuation, bare = false): Continuation {
	return (now, answer, out) => {
		if (answer === undefined) return then(now, undefined, out);
		const done = bare && answer.status === 200;
		const read = parseSoapAnswer(answer.body, action) ?? UNREADABLE_ANSWER;
		then(now, done && read.error < 0 ? DONE : read, out);
	};
}

function portArguments(protocol: TransportProtocol, externalPort: number): [string, string][] {
	return [
		["NewRemoteHost", ""],
		["NewExternalPort", `${externalPort}`],
		["NewProtocol", protocol],
	];
}
