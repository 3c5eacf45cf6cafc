import type { GatewayQuirks } from "../../../../hosts/virtual/gateway/quirks";
import { type GatewayOptions, VirtualGateway } from "../../../../hosts/virtual/gateway/virtual-gateway";
import { Lan } from "../../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../hosts/virtual/world";
import { dial, type StreamRecorder, UdpRecorder } from "../sinks";

/** An answer as it came, and its parts. */
export interface RawAnswer {
	readonly text: string;
	readonly status: number;
	readonly header: string;
	readonly body: string;
	readonly why: string | undefined;
}

/** A home: a gateway, two cameras behind it, a visitor on the Internet. */
export class Home {
	readonly world = new World(1);
	readonly lan = new Lan(this.world);
	readonly wan = new Lan(this.world, { name: "internet", routed: true });
	readonly gateway: VirtualGateway;
	readonly cameras: VirtualMachine[];
	readonly visitor: VirtualMachine;

	constructor(quirks: Partial<GatewayQuirks> = {}, options: Partial<GatewayOptions> = {}) {
		const outside = { address: "198.20.0.1", gateway: "198.20.0.254" };
		this.gateway = new VirtualGateway(this.world, { lan: this.lan, wan: this.wan, outside, quirks, ...options });
		this.cameras = [11, 12].map((n) => this.join(n));
		this.visitor = new VirtualMachine(this.world, "visitor");
		this.visitor.attach(this.wan, { address: "8.0.0.1", gateway: "8.0.0.254" });
		this.world.runFor(50);
	}

	/** Adds a machine to the LAN. */
	join(n: number): VirtualMachine {
		const machine = new VirtualMachine(this.world, `cam${n}`);
		machine.attach(this.lan, { address: `192.168.0.${n}`, gateway: "192.168.0.1" });
		return machine;
	}

	/** Sends raw text by TCP and returns the recorder of the response. */
	open(text: string, port = this.gateway.controlPort, camera = 0): StreamRecorder {
		const stream = dial(this.cameras[camera].network, this.gateway.lanAddress, port);
		stream.write(text);
		return stream;
	}

	/** Sends raw text by TCP and waits for the end. */
	exchange(text: string, port = this.gateway.controlPort, camera = 0, limit = 20_000): RawAnswer {
		const stream = this.open(text, port, camera);
		this.world.runUntil(() => stream.isGone, limit);
		const answer = stream.text;
		const end = answer.indexOf("\r\n\r\n");
		return {
			text: answer,
			status: Number(answer.slice(9, 12)),
			header: answer.slice(0, end),
			body: answer.slice(end + 4),
			why: stream.why,
		};
	}

	get(target: string, port?: number): RawAnswer {
		return this.exchange(`GET ${target} HTTP/1.1\r\nHost: 192.168.0.1\r\n\r\n`, port);
	}

	/** Makes a SOAP call as an ordinary client does. */
	call(action: string, args: Record<string, string | number> = {}, camera = 0, target = "/ctl/IPConn"): RawAnswer {
		return this.exchange(soap(action, args, target), this.gateway.controlPort, camera);
	}

	/** Adds a mapping to this camera's port 8000. @returns the error's code, or 200 */
	add(port: number, camera = 0, more: Record<string, string | number> = {}): number {
		return codeOf(this.call("AddPortMapping", mapping(port, this.cameras[camera].address, more), camera));
	}

	/** Reads an entry. @returns its client, or the error's code */
	holder(port: number): string {
		const answer = this.call("GetSpecificPortMappingEntry", named(port));
		return argumentOf(answer, "NewInternalClient") ?? `${codeOf(answer)}`;
	}

	/** Sends a search and collects the answers. */
	search(st: string, to = "239.255.255.250", more = 'MAN: "ssdp:discover"\r\nMX: 1\r\n', camera = 0): string[] {
		const { network } = this.cameras[camera];
		const end = new UdpRecorder(network, { port: 0, path: network.paths()[0] });
		this.world.runFor(1);
		end.say(`M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n${more}ST: ${st}\r\n\r\n`, to, 1900);
		this.world.runFor(200);
		end.socket.close();
		return end.heard;
	}

	/** Sends octets to the gateway's port 5351. @returns the answer's octets */
	ask(bytes: readonly number[], camera = 0): number[] {
		const { network } = this.cameras[camera];
		let answer: number[] = [];
		const socket = network.udp({ port: 0 }, { opened() {}, received: (octets) => (answer = [...octets]), failed() {} });
		this.world.runFor(1);
		socket.send(new Uint8Array(bytes), 0, bytes.length, "192.168.0.1", 5351);
		this.world.runFor(50);
		socket.close();
		return answer;
	}
}

/** Writes a SOAP request. */
export function soap(action: string, args: Record<string, string | number>, target = "/ctl/IPConn"): string {
	const inner = Object.entries(args).map(([name, value]) => `<${name}>${value}</${name}>`);
	const type = "urn:schemas-upnp-org:service:WANIPConnection:1";
	const body = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:${action} xmlns:u="${type}">${inner.join("")}</u:${action}></s:Body></s:Envelope>`;
	return `POST ${target} HTTP/1.1\r\nHost: 192.168.0.1\r\nSOAPAction: "${type}#${action}"\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** The arguments of AddPortMapping. */
export function mapping(
	port: number,
	address: string,
	more: Record<string, string | number> = {},
): Record<string, string | number> {
	return {
		NewRemoteHost: "",
		NewExternalPort: port,
		NewProtocol: "TCP",
		NewInternalPort: 8000,
		NewInternalClient: address,
		NewEnabled: 1,
		NewPortMappingDescription: "camera",
		NewLeaseDuration: 3600,
		...more,
	};
}

/** The arguments that name an entry. */
export function named(port: number): Record<string, string | number> {
	return { NewRemoteHost: "", NewExternalPort: port, NewProtocol: "TCP" };
}

/** The error's code of an answer, or its HTTP status. */
export function codeOf(answer: RawAnswer): number {
	return Number(/<(?:\w+:)?errorCode>(\d+)</i.exec(answer.body)?.[1] ?? answer.status);
}

/** The text of an element. */
export function argumentOf(answer: RawAnswer, name: string): string | undefined {
	return new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(answer.body)?.[1];
}
