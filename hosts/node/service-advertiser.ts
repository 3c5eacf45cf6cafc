import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { nextPause } from "../../src/core/backoff";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { Service, ServiceAdvertiser, ServiceSink } from "../../src/ports/service-advertiser";
import type { ServiceOrder, ServiceReport } from "./service-protocol";

/** Time limit of a withdrawal. */
const GOODBYE_MAX = 900;
/** The wait before the first new attempt, which doubles each time … */
const PAUSE = 5000;
/** … up to this. */
const PAUSE_MAX = 600_000;
/** The memory of the thread, which needs little. */
const HEAP_MEGABYTES = 48;

/** The part of a worker thread that this host uses; tests replace it. */
export interface ServiceThread {
	postMessage(order: ServiceOrder): void;
	on(event: "message", listener: (report: ServiceReport) => void): unknown;
	on(event: "error", listener: (error: Error) => void): unknown;
	on(event: "exit", listener: () => void): unknown;
	terminate(): unknown;
	unref(): void;
}

/** Advertises with a library in a worker thread, which is restarted when it ends. @see ServiceAdvertiser */
export class NodeServiceAdvertiser implements ServiceAdvertiser {
	private readonly wanted = new Map<Service["type"], { service: Service; sink: ServiceSink }>();
	private interfaces: readonly string[] = [];
	private thread: ServiceThread | undefined;
	private timer: NodeJS.Timeout | undefined;
	/** The time from the last failure to the next attempt; 0 after a success. */
	private pause: Millis = 0;
	private leaving: (() => void) | undefined;

	/** @param begin starts the thread */
	constructor(private readonly begin: () => ServiceThread = beginThread) {}

	advertise(service: Service, paths: readonly Path[], sink: ServiceSink): void {
		this.wanted.set(service.type, { service, sink });
		this.interfaces = paths.map(({ name, address }) => `${name}=${address}`);
		this.send();
	}

	withdraw(done?: () => void): void {
		this.wanted.clear();
		clearTimeout(this.timer);
		this.timer = undefined;
		const { thread } = this;
		if (thread === undefined) {
			done?.();
			return;
		}
		const late = setTimeout(() => this.leaving?.(), GOODBYE_MAX);
		this.leaving = () => {
			clearTimeout(late);
			this.leaving = undefined;
			this.thread = undefined;
			thread.terminate();
			done?.();
		};
		thread.postMessage({ interfaces: [], services: [] });
	}

	private send(): void {
		const services = this.interfaces.length === 0 ? [] : [...this.wanted.values()].map(({ service }) => service);
		if (this.thread === undefined) {
			if (services.length === 0 || this.timer !== undefined) return;
			this.open();
		}
		this.thread?.postMessage({ interfaces: this.interfaces, services });
	}

	private open(): void {
		const thread = this.begin();
		this.thread = thread;
		let why = "its thread has ended";
		thread.on("message", (report) => this.thread === thread && this.hear(report));
		thread.on("error", (error) => {
			why = error.message;
		});
		thread.on("exit", () => this.thread === thread && this.ended(why));
		thread.unref();
	}

	private hear(report: ServiceReport): void {
		if (report.type === "withdrawn") {
			this.leaving?.();
			return;
		}
		const sink = this.wanted.get(report.service)?.sink;
		if (report.type === "failed") {
			sink?.failed(report.words);
			this.retry();
			return;
		}
		this.pause = 0;
		sink?.advertised(report.instance, report.host);
	}

	private ended(words: string): void {
		this.thread = undefined;
		if (this.leaving !== undefined) {
			this.leaving();
			return;
		}
		for (const { sink } of this.wanted.values()) sink.failed(words);
		this.retry();
	}

	private retry(): void {
		if (this.timer !== undefined) return;
		this.pause = nextPause(this.pause, PAUSE, PAUSE_MAX);
		this.timer = setTimeout(() => {
			this.timer = undefined;
			this.send();
		}, this.pause);
		this.timer.unref();
	}
}

function beginThread(): ServiceThread {
	const worker = new Worker(join(__dirname, "service-worker.js"), {
		stdout: true,
		stderr: true,
		resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
	});
	// The output of the library is not for the operator.
	worker.stdout.resume();
	worker.stderr.resume();
	return worker;
}
