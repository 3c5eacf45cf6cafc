import { nextPause } from "../../core/backoff";
import type { Millis } from "../../core/time";
import type { Listener, ListenerSink, NetFailure, Stream, StreamSink } from "../../ports/net";
import type { Node } from "../node";

/** The pauses before a port that could not be had is tried again. */
const RETRY: Millis = 5000;
const RETRY_MAX: Millis = 40_000;

/** What a {@link TransparentPort} belongs to. */
export interface TransparentPortOwner {
	readonly node: Pick<Node, "pump" | "host" | "now">;
	/** A connection came in. @see ListenerSink.accepted */
	accept(stream: Stream): StreamSink | undefined;
	/** The port is open, or not: then `fault` says why. */
	portChanged(port: TransparentPort, fault: string): void;
}

/** The port to which the rules of the kernel lead connections to other machines; opens itself again after a failure. */
export class TransparentPort implements ListenerSink {
	deadline: Millis = Infinity;
	private readonly handle;
	private listener: Listener | undefined;
	private pause: Millis = 0;
	private wasOpen = false;

	/** @param address `0.0.0.0` or `::`: which family it is for */
	constructor(
		private readonly owner: TransparentPortOwner,
		private readonly port: number,
		readonly address: "0.0.0.0" | "::",
	) {
		this.handle = owner.node.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		const { port, address } = this;
		this.deadline = Infinity;
		this.listener = this.owner.node.host.network.listen({ port, address, transparent: true }, this);
	}

	/** @see ListenerSink */
	opened(): void {
		this.pause = 0;
		this.wasOpen = true;
		this.owner.portChanged(this, "");
	}

	/** @see ListenerSink */
	accepted(stream: Stream): StreamSink | undefined {
		return this.owner.accept(stream);
	}

	/** @see ListenerSink */
	failed(why: NetFailure, detail: string): void {
		this.listener?.close();
		const { portFailed } = this.owner.node.host;
		if (why === "in-use" && !this.wasOpen && portFailed !== undefined && this.address !== "::")
			return portFailed(`Port ${this.port} is in use. Stop the other program or pass --transparent-port.`);
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = this.owner.node.now + this.pause;
		this.handle.called();
		const reason = why === "in-use" ? "another program has it" : detail;
		this.owner.portChanged(this, `The transparent port ${this.port} can't be opened: ${reason}. Trying again.`);
	}

	close(): void {
		this.handle.remove();
		this.listener?.close();
	}
}
