import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { ByteWriter, readU16 } from "../../src/base/byte-writer";
import type { EndReason } from "../../src/core/stream";
import type { Stream, StreamSink, UdpSocket } from "../../src/ports/net";
import { ReceptionReport, writeGoodbye, writeReceiverReport } from "../../src/wire/rtcp";
import { PictureChecker } from "./picture-checker";
import { SERVER } from "./stream-home";

/** How a player behaves. */
export interface PlayerOptions {
	readonly framing: "udp" | "tcp";
	/** @default live */
	readonly content?: string;
	/** Milliseconds between two receiver reports; 0: it sends none. @default 5000 */
	readonly reports?: number;
	/** The even port of its RTP, by UDP. @default 6000 */
	readonly port?: number;
	/** Whether its path loses packets. @default false */
	readonly lossy?: boolean;
	/** What it does when its connection is open. @default start */
	readonly begin?: "start" | "nothing";
}

/** One response. */
export interface Response {
	readonly status: number;
	readonly fields: ReadonlyMap<string, string>;
	readonly body: string;
}

const SENDER_REPORT = 200;
const GOODBYE = 203;
const OWN_SSRC = 0x4711;

/** A scripted RTSP client in virtual time: makes requests, takes packets, reports, and checks each picture. */
export class ScriptedPlayer implements StreamSink {
	readonly checker: PictureChecker;
	/** Requests that were refused. */
	readonly refusals: string[] = [];
	senderReports = 0;
	goodbyes = 0;
	session = "";
	hasEnded = false;
	/** What RTP-Info said of the first packet; -1: nothing. */
	announced = { sequence: -1, timestamp: -1 };
	/** When PLAY was sent. */
	playedAt = 0;
	readonly stream: Stream;
	private isOpen = false;
	private input = Buffer.alloc(0);
	private cseq = 0;
	private readonly waiting: ((response: Response) => void)[] = [];
	private rtp: UdpSocket | undefined;
	private rtcp: UdpSocket | undefined;
	private serverPort = 0;
	private ssrc = 0;
	private expected = 0;
	private reached = 0;
	private isReporting = false;

	constructor(
		readonly machine: VirtualMachine,
		readonly options: PlayerOptions,
	) {
		const { content = "live", lossy = false, framing } = options;
		this.checker = new PictureChecker(content === "h264" ? "H264" : "JPEG", lossy && framing === "udp");
		this.stream = machine.network.connect({ address: SERVER, port: 8554 }, this);
	}

	get url(): string {
		return `rtsp://${SERVER}:8554/${this.options.content ?? "live"}`;
	}

	get pictures(): number {
		return this.checker.pictures;
	}

	/** Sends a request. @param then gets the response */
	ask(method: string, url: string, fields: readonly string[], then: (response: Response) => void = () => {}): void {
		const session = this.session === "" ? [] : [`Session: ${this.session}`];
		const text = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.cseq}`, ...session, ...fields, "", ""].join("\r\n");
		const bytes = new Uint8Array(Buffer.from(text));
		if (this.hasEnded || this.stream.room < bytes.length) return;
		this.waiting.push((response) => {
			if (response.status !== 200) this.refusals.push(`${method}: ${response.status}`);
			then(response);
		});
		this.stream.write(bytes, 0, bytes.length);
	}

	describe(then?: (response: Response) => void): void {
		this.ask("DESCRIBE", this.url, ["Accept: application/sdp"], then);
	}

	setup(then: (response: Response) => void = () => {}): void {
		const { framing, port = 6000 } = this.options;
		if (framing === "udp") this.open(port);
		const udp = `RTP/AVP;unicast;client_port=${port}-${port + 1}`;
		const transport = framing === "tcp" ? "RTP/AVP/TCP;unicast;interleaved=0-1" : udp;
		this.ask("SETUP", `${this.url}/trackID=0`, [`Transport: ${transport}`], (response) => {
			if (response.status === 200) {
				this.session = (response.fields.get("session") ?? "").split(";")[0];
				const answered = response.fields.get("transport") ?? "";
				this.serverPort = Number(/server_port=\d+-(\d+)/.exec(answered)?.[1] ?? 0);
				this.ssrc = Number.parseInt(/ssrc=([0-9A-Fa-f]+)/.exec(answered)?.[1] ?? "0", 16);
				this.checker.expect(this.ssrc);
			}
			then(response);
		});
	}

	play(then: (response: Response) => void = () => {}): void {
		this.playedAt = this.machine.world.now;
		this.ask("PLAY", this.url, [], (response) => {
			const info = response.fields.get("rtp-info") ?? "";
			const number = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(info)?.[1] ?? -1);
			this.announced = { sequence: number("seq"), timestamp: number("rtptime") };
			const { reports = 5000 } = this.options;
			if (response.status === 200 && reports > 0 && !this.isReporting) {
				this.isReporting = true;
				this.machine.world.after(reports, () => this.report(reports));
			}
			then(response);
		});
	}

	/** DESCRIBE, SETUP and PLAY, one after another, as players do. */
	start(): void {
		this.describe(({ status }) => {
			if (status !== 200) return;
			this.setup((answer) => {
				if (answer.status === 200) this.play();
			});
		});
	}

	pause(): void {
		this.ask("PAUSE", this.url, []);
	}

	teardown(): void {
		this.ask("TEARDOWN", this.url, [], () => this.leave());
	}

	/** Says goodbye by RTCP. */
	bye(): void {
		const writer = new ByteWriter(100);
		writeReceiverReport(writer, OWN_SSRC);
		writeGoodbye(writer, OWN_SSRC);
		this.sendReport(writer);
	}

	/** Closes its connection and ports. */
	leave(): void {
		this.stream.end();
		this.closed();
	}

	/** Drops its connection, and closes its ports, without a word. */
	abort(): void {
		this.stream.abort();
		this.closed();
	}

	/** @see StreamSink */
	room(): void {
		if (this.isOpen) return;
		this.isOpen = true;
		if (this.options.begin !== "nothing") this.start();
	}

	/** @see StreamSink */
	received(bytes: Uint8Array): void {
		this.input = Buffer.concat([this.input, bytes]);
		while (this.input.length > 0 && this.takeMessage()) {}
	}

	/** @see StreamSink */
	ended(_why: EndReason): void {
		this.leave();
	}

	/** @see StreamSink */
	gone(): void {
		this.closed();
	}

	private closed(): void {
		this.hasEnded = true;
		this.rtp?.close();
		this.rtcp?.close();
	}

	private open(port: number): void {
		const { network } = this.machine;
		const quiet = { opened() {}, failed() {} };
		this.rtp = network.udp({ port }, { ...quiet, received: (bytes) => this.media(bytes, 0, bytes.length) });
		this.rtcp = network.udp(
			{ port: port + 1 },
			{ ...quiet, received: (bytes) => this.control(bytes, 0, bytes.length) },
		);
	}

	/** Takes a response, or what is interleaved. @returns false when it is not there whole */
	private takeMessage(): boolean {
		const { input } = this;
		if (input[0] === 0x24) {
			const end = input.length < 4 ? Infinity : 4 + readU16(input, 2);
			if (input.length < end) return false;
			if (input[1] === 0) this.media(input, 4, end);
			else this.control(input, 4, end);
			this.input = input.subarray(end);
			return true;
		}
		const at = headEnd(input);
		if (at < 0) return false;
		const [line, ...lines] = input.subarray(0, at).toString("latin1").split("\r\n");
		const fields = new Map<string, string>();
		for (const field of lines) {
			const colon = field.indexOf(":");
			fields.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
		}
		const end = at + 4 + Number(fields.get("content-length") ?? 0);
		if (input.length < end) return false;
		const body = input.subarray(at + 4, end).toString("latin1");
		this.input = input.subarray(end);
		if (!line.startsWith("RTSP/1.0 ")) throw new Error(`seed ${this.machine.world.seed}: no response: ${line}`);
		this.waiting.shift()?.({ status: Number(line.split(" ")[1]), fields, body });
		return true;
	}

	private media(bytes: Uint8Array, start: number, end: number): void {
		this.checker.take(this.machine.world.now, bytes, start, end);
	}

	private control(bytes: Uint8Array, start: number, end: number): void {
		if (bytes[start + 1] === SENDER_REPORT) this.senderReports++;
		for (let at = start; at < end; at += 4 + 4 * ((bytes[at + 2] << 8) | bytes[at + 3]))
			if (bytes[at + 1] === GOODBYE) this.goodbyes++;
	}

	private report(every: number): void {
		if (this.hasEnded || !this.machine.on) return;
		this.machine.world.after(every, () => this.report(every));
		const { checker } = this;
		if (checker.highest < 0) return;
		const expected = checker.highest - checker.base + 1;
		const due = expected - this.expected;
		const came = checker.packets - this.reached;
		this.expected = expected;
		this.reached = checker.packets;
		const about = new ReceptionReport();
		about.ssrc = this.ssrc;
		about.fractionLost = due > 0 ? Math.max(0, Math.floor(((due - came) * 256) / due)) : 0;
		about.lost = checker.lost;
		about.sequence = checker.highest;
		const writer = new ByteWriter(100);
		writeReceiverReport(writer, OWN_SSRC, about);
		this.sendReport(writer);
	}

	private sendReport({ bytes, length }: ByteWriter): void {
		if (this.options.framing === "udp") this.rtcp?.send(bytes, 0, length, SERVER, this.serverPort);
		else if (!this.hasEnded && this.stream.room >= length + 4) {
			this.stream.write(new Uint8Array([0x24, 1, length >> 8, length]), 0, 4);
			this.stream.write(bytes, 0, length);
		}
	}
}

/** Where the empty line begins that ends a head; -1: it has not come. */
function headEnd(bytes: Uint8Array): number {
	for (let at = bytes.indexOf(0x0d); at >= 0; at = bytes.indexOf(0x0d, at + 1))
		if (bytes[at + 1] === 0x0a && bytes[at + 2] === 0x0d && bytes[at + 3] === 0x0a) return at;
	return -1;
}
