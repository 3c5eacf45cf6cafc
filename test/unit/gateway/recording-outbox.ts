import type { Path } from "../../../src/core/path";
import type { GatewayEvent, GatewayOutbox, GatewayRequest } from "../../../src/gateway/gateway-events";
import { Igd } from "../../../src/gateway/igd";
import { RequestQueue } from "../../../src/gateway/request-queue";

export const PATH: Path = { name: "eth0", address: "192.168.0.11", prefix: 24, gateway: "192.168.0.1" };
export const WANIP = "urn:schemas-upnp-org:service:WANIPConnection:1";

const encode = (text: string) => new Uint8Array(Buffer.from(text));

/** Keeps what a machine sends, asks for and tells. */
export class RecordingOutbox implements GatewayOutbox {
	readonly sent: { address: string; port: number; bytes: Uint8Array }[] = [];
	readonly requests: GatewayRequest[] = [];
	readonly events: GatewayEvent[] = [];
	abandoned = 0;

	send(_path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sent.push({ address, port, bytes: bytes.slice(start, end) });
	}

	emit(event: GatewayEvent): void {
		this.events.push(event);
	}

	request(request: GatewayRequest): void {
		this.requests.push(request);
	}

	abandon(): void {
		this.abandoned++;
	}

	/** The last request. */
	get last(): GatewayRequest {
		const request = this.requests.at(-1);
		if (request === undefined) throw new Error("nothing was asked");
		return request;
	}

	/** The names of the requests: the method, or the action of a SOAP request with its external port. */
	get names(): string[] {
		return this.requests.map(nameOf);
	}
}

/** Names a request: the method, or the action and the external port or index. */
export function nameOf(request: GatewayRequest): string {
	const field = request.headers.find(([name]) => name === "SOAPAction")?.[1];
	if (field === undefined) return `${request.method} ${request.target}`;
	const subject = argument(request, "NewExternalPort") ?? argument(request, "NewPortMappingIndex");
	return `${field.slice(field.indexOf("#") + 1, -1)}${subject === undefined ? "" : ` ${subject}`}`;
}

/** An argument of a SOAP request. */
export function argument(request: GatewayRequest, name: string): string | undefined {
	return new RegExp(`<${name}>([^<]*)<`).exec(Buffer.from(request.body).toString())?.[1];
}

/** What a gateway answers to an action: its values, or an error. */
export function soapAnswer(action: string, values: Readonly<Record<string, string | number>> | number) {
	const content =
		typeof values === "number"
			? `<s:Fault><detail><UPnPError><errorCode>${values}</errorCode></UPnPError></detail></s:Fault>`
			: `<u:${action}Response>${Object.entries(values)
					.map(([name, value]) => `<${name}>${value}</${name}>`)
					.join("")}</u:${action}Response>`;
	const body = encode(`<s:Envelope><s:Body>${content}</s:Body></s:Envelope>`);
	return { status: typeof values === "number" ? 500 : 200, fields: [], body };
}

/** An outbox with a queue and a gateway whose answers a test gives. */
export class ScriptedGateway {
	readonly out = new RecordingOutbox();
	readonly queue = new RequestQueue();
	readonly igd = new Igd(this.queue, PATH, "router", {
		type: WANIP,
		control: { address: "192.168.0.1", port: 5000, target: "/ctl" },
		events: { address: "192.168.0.1", port: 5000, target: "/evt" },
	});
	now = 0;

	/** Answers the request under way with values, an error code, or nothing at all. */
	answer(values: Readonly<Record<string, string | number>> | number | undefined): void {
		const { last } = this.out;
		const action = nameOf(last).split(" ")[0];
		const answer = values === undefined ? undefined : soapAnswer(action, values);
		this.queue.answered(this.now, last.id, answer, this.out);
	}
}
