import { createSocket, type Socket } from "node:dgram";
import { parseIp } from "../../src/core/ip-address";

/** The records of a name. @see ZoneEntry */
export interface DnsEntry {
	readonly a?: readonly string[];
	readonly aaaa?: readonly string[];
	readonly srv?: readonly { target: string; port: number; priority: number; weight: number }[];
	readonly fault?: "silent" | "server-failure" | "refused" | "malformed";
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const TYPE_SRV = 33;

/** A DNS server on this machine, for tests: answers A, AAAA and SRV out of a table, over UDP. @see RFC 1035 §4 */
export class DnsServer {
	private constructor(
		private readonly socket: Socket,
		/** As resolvers want it: `127.0.0.1:port`. */
		readonly address: string,
	) {}

	static start(zone: ReadonlyMap<string, DnsEntry>, ttl: number): Promise<DnsServer> {
		const socket = createSocket("udp4");
		socket.on("message", (query, from) => {
			const reply = answer(query, zone, ttl);
			if (reply !== undefined) socket.send(reply, from.port, from.address);
		});
		return new Promise((done) => {
			socket.bind(0, "127.0.0.1", () => done(new DnsServer(socket, `127.0.0.1:${socket.address().port}`)));
		});
	}

	close(): void {
		this.socket.close();
	}
}

function answer(query: Buffer, zone: ReadonlyMap<string, DnsEntry>, ttl: number): Buffer | undefined {
	const labels: string[] = [];
	let at = 12;
	for (; query[at] > 0; at += query[at] + 1) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
	const type = query.readUInt16BE(at + 1);
	const question = query.subarray(12, at + 5);
	const entry = zone.get(labels.join(".").toLowerCase());
	if (entry?.fault === "silent") return undefined;
	const data = entry === undefined ? [] : recordsOf(entry, type);
	const code = entry === undefined ? 3 : entry.fault === "server-failure" ? 2 : entry.fault === "refused" ? 5 : 0;
	const head = Buffer.alloc(12);
	query.copy(head, 0, 0, 2);
	head.writeUInt16BE(0x8180 | code, 2);
	head.writeUInt16BE(1, 4);
	head.writeUInt16BE(entry?.fault === "malformed" ? 7 : data.length, 6);
	const records = data.map((body) => {
		const fixed = Buffer.alloc(12);
		fixed.writeUInt16BE(0xc00c, 0);
		fixed.writeUInt16BE(type, 2);
		fixed.writeUInt16BE(1, 4);
		fixed.writeUInt32BE(ttl, 6);
		fixed.writeUInt16BE(body.length, 10);
		return Buffer.concat([fixed, body]);
	});
	return Buffer.concat([head, question, ...records]);
}

function recordsOf({ a = [], aaaa = [], srv = [] }: DnsEntry, type: number): Buffer[] {
	if (type === TYPE_A) return a.map((address) => Buffer.from(parseIp(address) as Uint8Array));
	if (type === TYPE_AAAA) return aaaa.map((address) => Buffer.from(parseIp(address) as Uint8Array));
	if (type !== TYPE_SRV) return [];
	return srv.map(({ target, port, priority, weight }) => {
		const fixed = Buffer.alloc(6);
		fixed.writeUInt16BE(priority, 0);
		fixed.writeUInt16BE(weight, 2);
		fixed.writeUInt16BE(port, 4);
		const labels = target
			.split(".")
			.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, "latin1"));
		return Buffer.concat([fixed, ...labels, Buffer.alloc(1)]);
	});
}
