import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { buildSoapRequest, parseSoapAnswer, type SoapAnswer, soapHeaders } from "../wire/soap";
import type { GatewayOutbox } from "./gateway-events";
import type { IgdService } from "./igd-description";
import type { RequestQueue } from "./request-queue";

/** Goes on after an action; `undefined`: the gateway did not answer, or nonsense. */
export type ActionContinuation = (now: Millis, answer: SoapAnswer | undefined, out: GatewayOutbox) => void;

/** A mapping as one asks for it. */
export interface MappingRequest {
	readonly externalPort: number;
	readonly internalPort: number;
	readonly description: string;
	/** Seconds; 0 for ever. */
	readonly lease: number;
}

/**
 * A deletion rests on a look just before; one that arrives later might hit what has been mapped meanwhile. So it is over
 * before TCP calls a second time.
 * @see RFC 6298 §2
 */
const DELETION = 900;

/** One WAN connection service of one gateway, and the actions that we use of it. @see WANIPConnection:1 §2.4 */
export class Igd {
	constructor(
		private readonly queue: RequestQueue,
		/** Our interface towards it. */
		readonly path: Path,
		/** Its own name; foreign text. */
		readonly name: string,
		readonly service: IgdService,
	) {}

	/** The same service, spoken to from another of our addresses, for which it then maps. */
	from(address: string): Igd {
		if (address === this.path.address) return this;
		return new Igd(this.queue, { ...this.path, address }, this.name, this.service);
	}

	/** Calls an action. */
	call(
		action: string,
		args: readonly (readonly [string, string])[],
		then: ActionContinuation,
		out: GatewayOutbox,
	): void {
		const { control, type } = this.service;
		this.queue.ask(
			{
				path: this.path,
				address: control.address,
				port: control.port,
				method: "POST",
				target: control.target,
				headers: soapHeaders(type, action),
				body: buildSoapRequest(type, action, args),
				...(action === "DeletePortMapping" && { timeout: DELETION }),
			},
			// A fault comes with status 500 and a body that says why, so the status tells nothing (quirk 20).
			(now, answer, later) => then(now, answer && parseSoapAnswer(answer.body, action), later),
			out,
		);
	}

	/** Gives the request up that is under way: it counts as not answered. */
	abandon(now: number, out: GatewayOutbox): void {
		this.queue.abandon(now, out);
	}

	/** AddPortMapping to this camera. @see WANIPConnection:1 §2.4.16 */
	add(mapping: MappingRequest, then: ActionContinuation, out: GatewayOutbox): void {
		const args: [string, string][] = [
			["NewRemoteHost", ""],
			["NewExternalPort", `${mapping.externalPort}`],
			["NewProtocol", "TCP"],
			["NewInternalPort", `${mapping.internalPort}`],
			["NewInternalClient", this.path.address],
			["NewEnabled", "1"],
			["NewPortMappingDescription", mapping.description],
			["NewLeaseDuration", `${mapping.lease}`],
		];
		this.call("AddPortMapping", args, then, out);
	}

	/** DeletePortMapping. @see WANIPConnection:1 §2.4.17 */
	delete(externalPort: number, then: ActionContinuation, out: GatewayOutbox): void {
		this.call("DeletePortMapping", portArguments(externalPort), then, out);
	}

	/** GetSpecificPortMappingEntry. @see WANIPConnection:1 §2.4.15 */
	read(externalPort: number, then: ActionContinuation, out: GatewayOutbox): void {
		this.call("GetSpecificPortMappingEntry", portArguments(externalPort), then, out);
	}
}

function portArguments(externalPort: number): [string, string][] {
	return [
		["NewRemoteHost", ""],
		["NewExternalPort", `${externalPort}`],
		["NewProtocol", "TCP"],
	];
}
