import { Allowance } from "../base/allowance";
import { toHex } from "../base/hex";
import { latin1, utf8Encode } from "../base/text";
import type { DatagramMachine, DatagramOutbox } from "../core/datagram";
import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { Random } from "../ports/random";
import { escapeXml } from "../wire/xml";
import { parseXmlDocument } from "../wire/xml-document";
import type { XmlElement } from "../wire/xml-element";
import { DN, SOAP, TDS, WSA_2004, WSD } from "./namespaces";
import { matchesScope } from "./scopes";
import { attributeOf, child, contentOf, textOf } from "./soap-message";

/** The group and the port of WS-Discovery. @see WS-Discovery (April 2005) §2.4 */
export const DISCOVERY_GROUP = "239.255.255.250";
export const DISCOVERY_PORT = 3702;

/** Longer datagrams are not looked at. */
const PROBE_MAX = 4096;
/** The longest name of a message. */
const MESSAGE_ID_MAX = 128;
/** Answers are spread over this time, so that those of many cameras do not collide. @see WS-Discovery §2.4 (APP_MAX_DELAY) */
const DELAY_MAX: Millis = 500;
/** The most pending answers; further questions are not answered. */
const ANSWERS_MAX = 32;
/** The most questions answered in one second, and of one address: answers are longer than questions. */
const PER_SECOND = 10;
const PER_ADDRESS = 3;
/** The most datagrams that are read in one second, and of one address. */
const READ_PER_SECOND = 100;
const READ_PER_ADDRESS = 30;

/** What discovery tells of the camera. */
export interface DiscoveryHost {
	/** `urn:uuid:…`, the same after each start. */
	readonly endpoint: string;
	/** Counts the starts. */
	readonly boot: number;
	/** Unpredictable octets, and numbers in [0, 1). */
	readonly random: Pick<Random, "fill" | "unit">;
	readonly scopes: readonly string[];
	/** The address of the device service for clients on this interface. */
	xaddr(path: Path): string;
	/** Whether an address is in the LAN: nobody else is answered, as the sender may be forged. */
	isNeighbour(address: string): boolean;
}

interface Answer {
	readonly at: Millis;
	readonly path: Path;
	readonly address: string;
	readonly port: number;
	readonly action: "ProbeMatches" | "ResolveMatches";
	readonly relatesTo: string;
}

/**
 * Lets clients in the LAN find the camera: says hello and goodbye, and answers those who look for cameras.
 *
 * Answers go to where the question came from, whatever it says.
 * @see WS-Discovery (April 2005), ONVIF Core §7
 */
export class Discovery implements DatagramMachine<DatagramOutbox> {
	deadline: Millis = Infinity;
	/** Datagrams that are malformed, and those that were not looked at or not answered as there were too many. */
	readonly counters = { malformed: 0, ignored: 0 };
	private paths: readonly Path[] = [];
	private answers: Answer[] = [];
	private readonly allowance = new Allowance(PER_SECOND, PER_ADDRESS);
	private readonly reading = new Allowance(READ_PER_SECOND, READ_PER_ADDRESS);
	private messages = 0;

	constructor(private readonly host: DiscoveryHost) {}

	/** The interfaces are these now: says hello on those that are new. */
	start(paths: readonly Path[], out: DatagramOutbox): void {
		const before = this.paths;
		this.paths = paths;
		for (const path of paths) if (!before.includes(path)) this.announce(path, "Hello", out);
	}

	/** Says goodbye. */
	leave(out: DatagramOutbox): void {
		for (const path of this.paths) this.announce(path, "Bye", out);
		this.paths = [];
		this.answers = [];
		this.deadline = Infinity;
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array): void {
		// A socket also gets what comes in by other interfaces, where the answer would name the wrong address.
		const isHere = this.paths.includes(path) && sameNetwork(path.address, address, path.prefix);
		if (!isHere || !this.host.isNeighbour(address)) return;
		if (bytes.length > PROBE_MAX) {
			this.counters.malformed++;
			return;
		}
		if (!this.reading.take(now, address)) {
			this.counters.ignored++;
			return;
		}
		const question = this.questionOf(bytes);
		if (question === undefined) return;
		if (this.answers.length >= ANSWERS_MAX || !this.allowance.take(now, address)) {
			this.counters.ignored++;
			return;
		}
		const at = now + Math.floor(this.host.random.unit() * DELAY_MAX);
		this.answers.push({ ...question, at, path, address, port });
		this.deadline = Math.min(this.deadline, at);
	}

	expire(now: Millis, out: DatagramOutbox): void {
		if (now < this.deadline) return;
		const due = this.answers.filter(({ at }) => at <= now);
		this.answers = this.answers.filter(({ at }) => at > now);
		this.deadline = this.answers.reduce((first, { at }) => Math.min(first, at), Infinity);
		for (const answer of due) this.answer(answer, out);
	}

	/** Reads a question; `undefined`: it is not a question, or not for this camera. */
	private questionOf(bytes: Uint8Array): Pick<Answer, "action" | "relatesTo"> | undefined {
		const root = parseXmlDocument(bytes);
		const header = child(root, SOAP, "Header");
		const body = child(root, SOAP, "Body");
		const relatesTo = textOf(header, WSA_2004, "MessageID");
		if (root?.name !== "Envelope" || header === undefined || body === undefined) {
			this.counters.malformed++;
			return undefined;
		}
		const probe = child(body, WSD, "Probe");
		const resolve = child(body, WSD, "Resolve");
		// Announcements and answers of other devices come by the same group.
		if (probe === undefined && resolve === undefined) return undefined;
		if (relatesTo === "" || relatesTo.length > MESSAGE_ID_MAX) {
			this.counters.malformed++;
			return undefined;
		}
		if (probe !== undefined) return this.matches(probe, bytes) ? { action: "ProbeMatches", relatesTo } : undefined;
		const wanted = textOf(child(resolve, WSA_2004, "EndpointReference"), WSA_2004, "Address");
		return wanted === this.host.endpoint ? { action: "ResolveMatches", relatesTo } : undefined;
	}

	private matches(probe: XmlElement, bytes: Uint8Array): boolean {
		for (const type of words(contentOf(child(probe, WSD, "Types")))) {
			const name = type.slice(type.indexOf(":") + 1);
			// Windows looks for devices of another namespace that are called so as well.
			const isDevice = name === "Device" && latin1(bytes, 0, bytes.length).includes(TDS);
			if (name !== "NetworkVideoTransmitter" && !isDevice) return false;
		}
		const scopes = child(probe, WSD, "Scopes");
		const wanted = words(contentOf(scopes, PROBE_MAX));
		const { scopes: own } = this.host;
		switch ((attributeOf(scopes, "MatchBy") ?? "rfc2396").split("/").pop()) {
			case "rfc2396":
			case "rfc3986":
				return wanted.every((scope) => matchesScope(own, scope));
			case "strcmp0":
				return wanted.every((scope) => own.includes(scope));
			default:
				return false;
		}
	}

	private answer({ path, address, port, action, relatesTo }: Answer, out: DatagramOutbox): void {
		const match = action === "ProbeMatches" ? "ProbeMatch" : "ResolveMatch";
		const body = `<d:${action}><d:${match}>${this.description(path)}</d:${match}></d:${action}>`;
		const header = `<a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo><a:To>${WSA_2004}/role/anonymous</a:To>`;
		this.send(path, address, port, action, header, body, out);
	}

	private announce(path: Path, action: "Hello" | "Bye", out: DatagramOutbox): void {
		const body = `<d:${action}>${this.description(path)}</d:${action}>`;
		const header = "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>";
		this.send(path, DISCOVERY_GROUP, DISCOVERY_PORT, action, header, body, out);
	}

	private description(path: Path): string {
		const { endpoint, scopes } = this.host;
		return `<a:EndpointReference><a:Address>${endpoint}</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>${escapeXml(scopes.join(" "))}</d:Scopes><d:XAddrs>${escapeXml(this.host.xaddr(path))}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>`;
	}

	private send(
		path: Path,
		address: string,
		port: number,
		action: string,
		header: string,
		body: string,
		out: DatagramOutbox,
	): void {
		const { random, boot } = this.host;
		const id = new Uint8Array(16);
		random.fill(id);
		const hex = toHex(id);
		const messageId = `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
		const sequence = `<d:AppSequence InstanceId="${boot}" MessageNumber="${++this.messages}"/>`;
		const bytes = utf8Encode(
			`<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="${SOAP}" xmlns:a="${WSA_2004}" xmlns:d="${WSD}" xmlns:dn="${DN}" xmlns:tds="${TDS}"><s:Header><a:MessageID>${messageId}</a:MessageID><a:Action>${WSD}/${action}</a:Action>${header}${sequence}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
		);
		out.send(path, address, port, bytes, 0, bytes.length);
	}
}

/** The words of a list; a client needs few. */
function words(text: string): readonly string[] {
	return text.split(/\s+/, 16).filter((word) => word !== "");
}
