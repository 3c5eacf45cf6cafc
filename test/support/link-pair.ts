import { Prng } from "../../src/base/prng";
import type { StreamReport } from "../../src/stream/distribution/stream-report";
import { LinkConnection } from "../../src/stream/remote/link-connection";
import { RemoteTransport } from "../../src/stream/remote/remote-transport";
import { TransportServer } from "../../src/stream/remote/transport-server";
import type { StreamTransport } from "../../src/stream/stream-transport";
import { FakeStream } from "./fake-stream";

const KEY = "0123456789abcdef";

/** A control host and a distribution, joined by a link without a network. */
export class LinkPair {
	now = 1000;
	readonly log: string[] = [];
	control: RemoteTransport;
	server: TransportServer;
	/** The ends of the last link. */
	near: LinkConnection | undefined;
	far: LinkConnection | undefined;
	/** What leaves the ends. */
	nearOut = new FakeStream();
	farOut = new FakeStream();
	private readonly random: { fill(bytes: Uint8Array): void };

	constructor(
		private transport: StreamTransport,
		private readonly room = 1 << 20,
		private readonly report: (stream: number) => StreamReport | undefined = () => undefined,
	) {
		const prng = new Prng(5);
		this.random = { fill: (bytes) => void bytes.set(bytes.map(() => prng.below(256))) };
		this.control = this.newControl();
		this.server = this.newServer(transport);
	}

	/** Opens a link, and lets both greet. @param key of the control host */
	connect(key = KEY): void {
		this.nearOut = new FakeStream(this.room);
		this.farOut = new FakeStream(this.room);
		this.near = new LinkConnection("control", key, this.random, this.now, this.control, "10.1.0.20", "10.1.0.10");
		this.far = this.server.accept(this.now, KEY, "10.1.0.10", "10.1.0.20");
		this.near.room(this.now, this.nearOut);
		this.far.room(this.now, this.farOut);
		this.run();
	}

	/** Carries octets both ways until nothing moves. */
	run(): void {
		for (let moved = true; moved; ) {
			const [near, far] = [this.nearOut, this.farOut].map((out) => Buffer.concat(out.written.splice(0)));
			moved = near.length + far.length > 0;
			if (this.nearOut.aborted || this.farOut.aborted) return this.cut();
			if (near.length > 0) this.far?.feed(this.now, near, this.farOut);
			if (far.length > 0) this.near?.feed(this.now, far, this.nearOut);
			if (near.length > 0 && this.near !== undefined) this.nearOut.take(near.length, this.now, this.near);
			if (far.length > 0 && this.far !== undefined) this.farOut.take(far.length, this.now, this.far);
		}
	}

	/** The connection breaks. */
	cut(): void {
		const { near, far } = this;
		this.near = this.far = undefined;
		near?.ended(this.now, "reset");
		far?.ended(this.now, "reset");
	}

	/** Time passes for all. */
	pass(duration: number): void {
		const end = this.now + duration;
		while (this.now < end) {
			this.now = Math.min(end, this.now + 500);
			for (const machine of [this.near, this.far]) machine?.expire(this.now);
			this.control.expire(this.now);
			this.server.expire(this.now);
			this.run();
		}
	}

	/** The control host starts again. */
	restartControl(): void {
		this.cut();
		this.control = this.newControl();
	}

	/** The NAS starts again. @param transport its distribution, which knows nothing of before */
	restartServer(transport: StreamTransport): void {
		this.transport = transport;
		this.server = this.newServer(transport);
		this.cut();
	}

	private newControl(): RemoteTransport {
		return new RemoteTransport({
			random: this.random,
			id: "control",
			rearm() {},
			attached: () => this.log.push("attached"),
			detached: (_now, reason) => this.log.push(`detached: ${reason}`),
		});
	}

	private newServer(transport: StreamTransport): TransportServer {
		return new TransportServer({
			random: this.random,
			transport,
			now: () => this.now,
			report: this.report,
			totals: { packets: 7, octets: 8, missed: 9 },
			rearm() {},
			remark: (level, message) => this.log.push(`${level}: ${message}`),
		});
	}
}
