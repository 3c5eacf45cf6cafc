import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { Stream, StreamSink } from "../../src/ports/net";
import { loginFor } from "./home-answer";
import type { VirtualHome } from "./virtual-home";

/** A video player in a home, which is written by hand: requests by RTSP, with a login where the camera wants one. */
export class HomePlayer implements StreamSink {
	text = "";
	isOver = false;
	readonly stream: Stream;
	private count = 0;

	constructor(
		private readonly home: VirtualHome,
		from: VirtualMachine,
		address: string,
		port = 8554,
	) {
		this.stream = from.network.connect({ address, port }, this);
		home.world.runFor(100);
	}

	room(): void {}

	received(bytes: Uint8Array): void {
		this.text += Buffer.from(bytes).toString("latin1");
	}

	ended(): void {
		this.isOver = true;
	}

	gone(): void {
		this.isOver = true;
	}

	/** Sends a request, and again with a login if the camera asks for one. @returns the answer */
	ask(method: string, url: string, ...fields: string[]): string {
		const first = this.send(method, url, fields);
		const login = loginFor(first, method, url);
		return login === undefined ? first : this.send(method, url, [login, ...fields]);
	}

	/** Sends one request as it is. @returns the answer */
	send(method: string, url: string, fields: readonly string[]): string {
		this.text = "";
		const head = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.count}`, ...fields].join("\r\n");
		const bytes = Buffer.from(`${head}\r\n\r\n`);
		this.stream.write(bytes, 0, bytes.length);
		this.home.world.runFor(200);
		return this.text;
	}
}
