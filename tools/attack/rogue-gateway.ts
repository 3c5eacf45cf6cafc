import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { SSDP_GROUP, SSDP_PORT } from "../../src/wire/ssdp";
import { mutate } from "../../test/support/mutate";
import { FORGER } from "./forger";
import type { Attack, Scene } from "./scene";

const WAN = "urn:schemas-upnp-org:service:WANIPConnection:1";
/** Connections of cameras are closed after this many milliseconds at the latest. */
const HELD_MAX = 30_000;
const UNITS = 20;

/** A document of a device, in one of many bad forms. */
function xml(scene: Scene, good: string): string {
	const { random } = scene;
	const size = 1 + random.below(scene.pick([100, 3000, 130_000]));
	switch (random.below(12)) {
		case 0:
			return `<${"a".repeat(size)}`;
		case 1:
			return "<a>".repeat(size / 3);
		case 2:
			return `<a ${'b="c" '.repeat(size / 6)}>`;
		case 3:
			return `<!DOCTYPE a [${'<!ENTITY b "&b;&b;">'.repeat(size / 20)}]><a>&b;</a>`;
		case 4:
			return good.replace("<service>", "<service>".repeat(1 + random.below(2000)));
		case 5:
			return `<!--${"-".repeat(size)}`;
		case 6:
			return good.replace(/<friendlyName>/, `<friendlyName>${"&lt;".repeat(size / 4)}`);
		case 7:
			return `${good}${"<x/>".repeat(size / 4)}`;
		case 8:
			return "\0\xff".repeat(size / 2);
		default:
			return random.chance(0.5) ? good : mutate(random, good, "<>/&;\"'![]x\0\xff");
	}
}

function description(port: number): string {
	return `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>rogue</friendlyName><serviceList><service><serviceType>${WAN}</serviceType><controlURL>http://${FORGER}:${port}/c</controlURL><eventSubURL>/e</eventSubURL></service></serviceList></device></root>`;
}

/** What a gateway would answer, to some of the actions. */
function soap(scene: Scene, request: string): string {
	const action = /#(\w+)"/.exec(request)?.[1] ?? "X";
	const { random } = scene;
	const port = random.below(65536);
	const values: Record<string, string> = {
		GetStatusInfo: `<NewConnectionStatus>${scene.pick(["Connected", "Disconnected", "7", ""])}</NewConnectionStatus>`,
		GetExternalIPAddress: `<NewExternalIPAddress>${scene.pick(["203.0.113.5", "198.20.0.1", "0.0.0.0", "x\r\ny"])}</NewExternalIPAddress>`,
		GetSpecificPortMappingEntry: `<NewInternalPort>${port}</NewInternalPort><NewInternalClient>192.168.0.${random.below(255)}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>Porthole/node ${random.u32()} x</NewPortMappingDescription><NewLeaseDuration>60</NewLeaseDuration>`,
	};
	const fault = `<s:Fault><detail><UPnPError><errorCode>${scene.pick([401, 402, 501, 713, 714, 718, 725, 606, "x"])}</errorCode></UPnPError></detail></s:Fault>`;
	const inner = random.chance(0.7)
		? `<u:${action}Response xmlns:u="${WAN}">${values[action] ?? ""}</u:${action}Response>`
		: fault;
	return `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;
}

/** Wraps a body into a response that may be chunked, long-winded, wrong about its length, or nonsense. */
function response(scene: Scene, body: string): string {
	const { random } = scene;
	const status = scene.pick([200, 200, 200, 200, 500, 401, 302, 100, 999]);
	const head = `HTTP/1.1 ${status} X\r\nContent-Type: text/xml\r\n`;
	switch (random.below(8)) {
		case 0: {
			let chunks = "";
			for (let at = 0; at < body.length && chunks.length < 300_000; ) {
				const size = 1 + random.below(random.chance(0.5) ? 10 : 5000);
				const part = body.slice(at, at + size);
				chunks += `${part.length.toString(16)}\r\n${part}\r\n`;
				at += size;
			}
			return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}${random.chance(0.7) ? "0\r\n\r\n" : ""}`;
		}
		case 1:
			return `${head}\r\n${body}`;
		case 2:
			return `${head}Content-Length: ${scene.pick([0, 7, 999_999_999, -1])}\r\n\r\n${body}`;
		case 3:
			return `${head}${`X-${"n".repeat(random.below(3000))}: ${"v".repeat(random.below(3000))}\r\n`.repeat(random.below(20))}\r\n${body}`;
		case 4:
			return "HTTP/1.1 100 Continue\r\n\r\n".repeat(1 + random.below(300));
		case 5:
			return mutate(random, `${head}Content-Length: ${body.length}\r\n\r\n${body}`, "\r\n: \0\xff0aHTP/1.");
		default:
			return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
	}
}

/**
 * A device in the LAN that pretends to be an Internet gateway: answers searches, and serves descriptions, SOAP answers
 * and subscriptions that are hostile, endless or very slow.
 */
export class RogueGateway implements Attack {
	readonly name = "rogue-gateway";
	readonly places = ["forger"] as const;
	readonly pause = 1500;
	readonly together = 1;
	private readonly sockets = new Set<Socket>();
	private udp: UdpSocket | undefined;
	private server: Server | undefined;
	private port = 0;

	act(scene: Scene): void {
		if (this.udp === undefined) this.open(scene);
		if (this.port === 0) return;
		const notify = `NOTIFY * HTTP/1.1\r\nHOST: ${SSDP_GROUP}:${SSDP_PORT}\r\nCACHE-CONTROL: max-age=100\r\nLOCATION: ${this.location(scene)}\r\nNT: ${WAN}\r\nNTS: ssdp:alive\r\nUSN: uuid:${scene.random.u32()}::${WAN}\r\n\r\n`;
		scene.sends(SSDP_GROUP, notify);
		this.udp?.send(notify, SSDP_PORT, SSDP_GROUP);
	}

	stop(): void {
		this.udp?.close();
		this.server?.close();
		for (const socket of this.sockets) socket.destroy();
		this.sockets.clear();
		this.udp = undefined;
		this.server = undefined;
		this.port = 0;
	}

	private open(scene: Scene): void {
		const udp = createSocket({ type: "udp4", reuseAddr: true });
		this.udp = udp;
		udp.on("message", (bytes, from) => {
			if (bytes.subarray(0, 8).toString("latin1") !== "M-SEARCH" || this.port === 0 || this.udp !== udp) return;
			const target = /\nST: ?([^\r]*)/i.exec(bytes.toString("latin1"))?.[1] ?? WAN;
			for (let n = scene.pick([0, 1, 1, 1, 3]); n > 0; n--) {
				const answer = `HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=100\r\nEXT:\r\nLOCATION: ${this.location(scene)}\r\nST: ${target}\r\nUSN: uuid:${scene.random.u32()}::${target}\r\n\r\n`;
				scene.sends(from.address, answer);
				udp.send(answer, from.port, from.address);
			}
		});
		udp.on("error", () => undefined);
		udp.bind(SSDP_PORT, () => udp.addMembership(SSDP_GROUP, FORGER));
		this.server = createServer({ allowHalfOpen: true }, (socket) => this.serve(scene, socket));
		this.server.listen(0, FORGER, () => {
			const address = this.server?.address();
			if (typeof address === "object" && address !== null) this.port = address.port;
		});
	}

	private location(scene: Scene): string {
		return `http://${FORGER}:${this.port}/${scene.pick(["d", "d.xml", `d?x=${scene.random.u32()}`])}`;
	}

	private serve(scene: Scene, socket: Socket): void {
		this.sockets.add(socket);
		let request = "";
		const late = setTimeout(() => socket.destroy(), HELD_MAX);
		socket.on("close", () => {
			clearTimeout(late);
			this.sockets.delete(socket);
		});
		socket.on("error", () => undefined);
		socket.on("data", (chunk) => {
			request += chunk.toString("latin1");
			if (!request.includes("\r\n\r\n")) return;
			const good = request.startsWith("POST") ? soap(scene, request) : description(this.port);
			const answer = response(scene, xml(scene, good));
			request = "";
			scene.sends("a camera", answer);
			scene.answered("asked");
			this.answer(scene, socket, answer);
		});
	}

	private answer(scene: Scene, socket: Socket, text: string): void {
		const how = scene.random.below(10);
		const octets = Buffer.from(text, "latin1");
		if (how === 0) return;
		if (how === 1) return void socket.destroy();
		if (how > 3) {
			socket.write(octets);
			if (scene.random.chance(0.7)) socket.end();
			return;
		}
		// Drips.
		let at = 0;
		const step = how === 2 ? 1 : Math.ceil(octets.length / UNITS);
		const next = (): void => {
			if (socket.destroyed || at >= octets.length) return;
			socket.write(octets.subarray(at, at + step));
			at += step;
			setTimeout(next, 200);
		};
		next();
	}
}
