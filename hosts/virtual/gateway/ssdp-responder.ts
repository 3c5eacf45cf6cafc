import { latin1, utf8Encode } from "../../../src/base/text";
import type { UdpPeer, UdpSink, UdpSocket } from "../../../src/ports/net";
import { DESCRIPTION_TARGET, deviceType, servicesOf, serviceType } from "./description";
import type { GatewayHost } from "./gateway-host";

const GROUP = "239.255.255.250";
const PORT = 1900;
const SERVER = "Virtual/1.0 UPnP/1.1 VirtualGateway/1.0";

/** Receives searches by multicast or by unicast, and tells the responder which. */
class SearchSink implements UdpSink {
	constructor(
		private readonly responder: SsdpResponder,
		private readonly multicast: boolean,
	) {}

	opened(): void {
		if (this.multicast) this.responder.notify("ssdp:alive");
	}

	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		this.responder.search(latin1(bytes), address, port, this.multicast);
	}

	failed(): void {}
}

const SILENT: UdpSink = { opened() {}, received() {}, failed() {} };

/** Answers searches for a virtual gateway and announces it. @see UPnP Device Architecture 1.1 §1 */
export class SsdpResponder {
	private readonly socket: UdpSocket;
	private readonly unicast: UdpSocket;
	private readonly other: UdpSocket;
	private searchedAt = -Infinity;

	constructor(private readonly gateway: GatewayHost) {
		const { network } = gateway.machine;
		const path = gateway.router.inside.path;
		if (path === undefined) throw new TypeError("a gateway needs a LAN address");
		this.socket = network.udp({ port: PORT, reuse: true, path, groups: [GROUP] }, new SearchSink(this, true));
		this.unicast = network.udp({ port: PORT, reuse: true, address: path.address }, new SearchSink(this, false));
		this.other = network.udp({ port: 0, path }, SILENT);
	}

	/** Stops without a farewell. */
	close(): void {
		for (const socket of [this.socket, this.unicast, this.other]) socket.close();
	}

	/** Announces the device and its services, or their end. */
	notify(kind: "ssdp:alive" | "ssdp:byebye"): void {
		const { bootId } = this.gateway;
		for (const type of this.types()) {
			const head = `NOTIFY * HTTP/1.1\r\nHOST: ${GROUP}:${PORT}\r\n`;
			const alive = `CACHE-CONTROL: max-age=1800\r\nLOCATION: ${this.location()}\r\nSERVER: ${SERVER}\r\n`;
			const tail = `NT: ${type}\r\nNTS: ${kind}\r\nUSN: ${this.usn(type)}\r\nBOOTID.UPNP.ORG: ${bootId}\r\nCONFIGID.UPNP.ORG: 1\r\n\r\n`;
			this.send(this.socket, head + (kind === "ssdp:alive" ? alive : "") + tail, GROUP, PORT);
		}
	}

	/** Answers an M-SEARCH. */
	search(text: string, address: string, port: number, multicast: boolean): void {
		const { quirks, machine } = this.gateway;
		if (!this.gateway.router.inside.reaches(address)) return;
		if (!text.startsWith("M-SEARCH ") || (multicast ? !quirks.answersMulticast : !quirks.answersUnicast)) return;
		const strict = text.includes('MAN: "ssdp:discover"') || text.includes('MAN:"ssdp:discover"');
		if (quirks.strictSsdp && (!strict || !text.endsWith("\r\n\r\n") || (multicast && !text.includes("MX:")))) return;
		if (quirks.answersBy === "announcement") return this.notify("ssdp:alive");
		const now = machine.world.now;
		const garbled = now - this.searchedAt < quirks.garblesSearchesWithin;
		this.searchedAt = now;
		for (const type of this.matching(headerOf(text, "ST"))) {
			const answer = this.answer(type);
			const sent = garbled ? answer.slice(0, answer.indexOf("LOCATION") + 12) : answer;
			const network = machine.network;
			machine.world.after(quirks.searchDelayMin + machine.prng.unit() * quirks.searchDelay, () => {
				const from = quirks.answersFromOtherPort ? this.other : this.socket;
				if (network === machine.network) this.send(from, sent, address, port);
			});
		}
	}

	private answer(type: string): string {
		return `HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: ${type}\r\nUSN: ${this.usn(type)}\r\nEXT:\r\nSERVER: ${SERVER}\r\nLOCATION: ${this.location()}\r\nBOOTID.UPNP.ORG: ${this.gateway.bootId}\r\nCONFIGID.UPNP.ORG: 1\r\n\r\n`;
	}

	private location(): string {
		const { quirks, lanAddress, controlPort } = this.gateway;
		return quirks.location ?? `http://${quirks.locationHost ?? lanAddress}:${controlPort}${DESCRIPTION_TARGET}`;
	}

	private usn(type: string): string {
		const uuid = `uuid:${this.gateway.uuid}0`;
		return type === uuid ? uuid : `${uuid}::${type}`;
	}

	private types(): string[] {
		const { quirks } = this.gateway;
		const devices = ["InternetGatewayDevice", "WANDevice", "WANConnectionDevice"];
		return [
			"upnp:rootdevice",
			`uuid:${this.gateway.uuid}0`,
			...devices.map((name) => deviceType(quirks, name)),
			...servicesOf(quirks).map((service) => serviceType(quirks, service)),
		];
	}

	private matching(wanted: string): string[] {
		const { quirks } = this.gateway;
		const types = this.types();
		if (wanted === "ssdp:all") {
			if (quirks.ssdpAllYieldsFirst) return ["urn:schemas-wifialliance-org:device:WFADevice:1"];
			return quirks.ssdpDisagrees ? types.map(otherVersion) : types;
		}
		if (quirks.answersBy === "rootdevice") return wanted === "upnp:rootdevice" ? [wanted] : [];
		if (quirks.answersBy === "uuid" && types.includes(wanted)) return [types[1]];
		if (types.includes(wanted)) return [wanted];
		return quirks.answersOtherVersions && types.includes(otherVersion(wanted)) ? [wanted] : [];
	}

	private send(socket: UdpSocket, text: string, address: string, port: number): void {
		const bytes = utf8Encode(text);
		socket.send(bytes, 0, bytes.length, address, port);
	}
}

/** Replaces version 1 by 2 and 2 by 1. */
function otherVersion(type: string): string {
	if (!type.startsWith("urn:")) return type;
	return type.endsWith(":1") ? `${type.slice(0, -1)}2` : type.endsWith(":2") ? `${type.slice(0, -1)}1` : type;
}

function headerOf(text: string, name: string): string {
	for (const line of text.split("\r\n")) {
		const colon = line.indexOf(":");
		if (line.slice(0, colon).toUpperCase() === name) return line.slice(colon + 1).trim();
	}
	return "";
}
