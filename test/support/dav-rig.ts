import assert from "node:assert/strict";
import type { DiskSettings } from "../../hosts/virtual/virtual-disk";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import type { HttpConnection } from "../../src/http/http-connection";
import { DavStage } from "./dav-stage";
import { FakeStream } from "./fake-stream";

/** How long a request may take, in virtual milliseconds. */
const LIMIT = 60_000;

/** An answer of the file server. */
export interface DavAnswer {
	readonly status: number;
	readonly headers: ReadonlyMap<string, string>;
	readonly body: string;
}

/** A request that is being answered. */
export class DavVisit {
	private sent = 0;

	constructor(
		readonly connection: HttpConnection,
		readonly stream: FakeStream,
		private readonly bytes: Buffer,
		private readonly now: () => number,
		/** False: the answer has none, whatever its fields say. */
		readonly hasBody: boolean,
	) {}

	/** Sends as much as the server reads, up to so many octets in all. @returns whether the answer is complete */
	step(most = Infinity): boolean {
		const { connection, stream, bytes } = this;
		while (stream.isReading && this.sent < Math.min(bytes.length, most)) {
			const end = Math.min(bytes.length, most, this.sent + 40_000);
			connection.feed(this.now(), bytes.subarray(this.sent, end), stream);
			this.sent = end;
		}
		if (connection.deadline <= this.now()) connection.expire(this.now(), stream);
		return stream.ended || stream.aborted;
	}
}

/** A file server on a virtual disk. */
export class DavRig {
	readonly world: World;
	readonly machine: VirtualMachine;
	stage!: DavStage;
	/** The address of the next clients. */
	client = "10.0.0.2";
	/** What the clients of the next requests take at once. */
	room = 1 << 24;

	/** @param waits until the server is ready */
	constructor(seed = 1, disk: Partial<DiskSettings> = {}, limit = 0, waits = true) {
		this.world = new World(seed);
		this.machine = new VirtualMachine(this.world, "nas", { disk });
		this.start(limit, waits);
	}

	/** Starts the server, again after a crash. */
	start(limit = 0, waits = true): void {
		const { machine } = this;
		this.stage = new DavStage(machine.network, machine.clock, machine.random, machine.files, "10.0.0.1", limit);
		this.stage.server.start();
		if (waits) this.world.runUntil(() => false, 1000);
	}

	/** Begins a request. @param fields lines of the head */
	begin(method: string, path: string, fields: readonly string[] = [], body: string | Uint8Array = ""): DavVisit {
		const octets = typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
		const length = fields.some((field) => field.startsWith("Transfer-Encoding"))
			? []
			: [`Content-Length: ${octets.length}`];
		const lines = [`${method} ${path} HTTP/1.1`, "Host: nas", "Connection: close", ...length, ...fields, "", ""];
		const now = (): number => this.stage.now();
		const connection = this.stage.http.accept(now(), this.client, "10.0.0.1", 8000);
		assert.ok(connection !== undefined);
		const stream = new FakeStream(this.room);
		connection.room(now(), stream);
		return new DavVisit(
			connection,
			stream,
			Buffer.concat([Buffer.from(lines.join("\r\n")), octets]),
			now,
			method !== "HEAD",
		);
	}

	/** Waits for the answer to a request. */
	answer(visit: DavVisit): DavAnswer {
		assert.ok(
			this.world.runUntil(() => visit.step(), LIMIT),
			"no answer",
		);
		const text = visit.stream.text().replace("HTTP/1.1 100 Continue\r\n\r\n", "");
		visit.connection.ended(this.stage.now(), "closed");
		const end = text.indexOf("\r\n\r\n");
		assert.ok(end > 0, "the connection was dropped");
		const [first, ...lines] = text.slice(0, end).split("\r\n");
		const headers = new Map(
			lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
		);
		const body = text.slice(end + 4);
		if (headers.has("content-length") && visit.stream.ended && visit.hasBody)
			assert.equal(`${body.length}`, headers.get("content-length"));
		return { status: Number(first.split(" ")[1]), headers, body };
	}

	/** Makes a request. @returns its answer */
	ask(method: string, path: string, fields: readonly string[] = [], body: string | Uint8Array = ""): DavAnswer {
		return this.answer(this.begin(method, path, fields, body));
	}

	/** Makes a request. @returns the status of its answer */
	status(method: string, path: string, fields: readonly string[] = [], body: string | Uint8Array = ""): number {
		return this.ask(method, path, fields, body).status;
	}

	/** The entries of a folder on the disk. */
	list(path: string): string[] {
		const names: string[] = [];
		let done = false;
		this.machine.files.list(path, {
			entry: ({ name }) => names.push(name) > 0,
			listed: () => {
				done = true;
			},
			failed: () => {
				done = true;
			},
		});
		assert.ok(this.world.runUntil(() => done, LIMIT));
		return names.sort();
	}
}
