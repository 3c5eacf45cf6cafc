import Module from "node:module";

/** The options that an adapter gives to a socket. */
export interface FakeOptions {
	readonly from?: FakeTcp;
	readonly address?: string;
	readonly port?: number;
	readonly target?: unknown;
	onReadable(this: unknown, count: number): void;
	onWritable(this: unknown, count: number): void;
	onError(this: unknown): void;
}

/** A TCP socket like the SDK's: writes throw when they exceed the last reported room. */
export class FakeTcp {
	static readonly made: FakeTcp[] = [];
	readonly target: unknown;
	readonly remoteAddress = "192.168.0.9";
	readonly remotePort = 4711;
	readonly written: number[] = [];
	closed = false;
	/** The peer is gone: writes are lost, and the socket says no more than that. */
	broken = false;
	space = 0;
	private input: number[] = [];

	constructor(readonly options?: FakeOptions) {
		if (options?.address === "refuse") throw new Error("invalid address");
		this.target = options?.target;
		FakeTcp.made.push(this);
	}

	read(): ArrayBuffer | undefined {
		if (this.closed) throw new TypeError("read after close");
		const input = this.input.splice(0);
		return input.length === 0 ? undefined : new Uint8Array(input).buffer;
	}
	write(bytes: Uint8Array): number | undefined {
		if (this.broken) return undefined;
		if (this.closed) throw new TypeError("write after close");
		if (bytes.length > this.space) throw new Error("would block");
		this.space -= bytes.length;
		this.written.push(...bytes);
		return this.space;
	}
	close(): void {
		this.closed = true;
	}

	/** The network takes octets. */
	takes(count: number): void {
		this.space = count;
		this.options?.onWritable.call(this, count);
	}
	/** The network brings octets. */
	brings(...octets: number[]): void {
		this.input.push(...octets);
		this.options?.onReadable.call(this, octets.length);
	}
	fails(): void {
		this.options?.onError.call(this);
	}
}

/** A listener as the SDK has it. */
export class FakeListener {
	static last: FakeListener | undefined;
	readonly port: number;
	closed = false;
	reads = 0;
	readonly pending: FakeTcp[] = [];

	constructor(private readonly options: { port: number; onReadable(count: number): void }) {
		if (options.port === 99) throw new Error("bind socket failed");
		this.port = options.port || 50001;
		FakeListener.last = this;
	}
	read(): FakeTcp | undefined {
		this.reads++;
		return this.pending.shift();
	}
	close(): void {
		this.closed = true;
	}
	comes(...sockets: FakeTcp[]): void {
		this.pending.push(...sockets);
		this.options.onReadable(this.pending.length);
	}
}

let timers: (() => void)[] = [];

/** Lets all timers ring. */
export function turn(): void {
	while (timers.length > 0) {
		const due = timers;
		timers = [];
		for (const ring of due) ring();
	}
}

const timer = {
	set(callback: () => void): object {
		timers.push(callback);
		return callback;
	},
	repeat: () => ({}),
	clear(callback: () => void): void {
		timers = timers.filter((other) => other !== callback);
	},
};

const MODULES: Readonly<Record<string, unknown>> = {
	"embedded:io/socket/tcp": FakeTcp,
	"embedded:io/socket/listener": FakeListener,
	"embedded:io/socket/udp": class {},
	time: { ticks: 0 },
	timer,
};

type Loader = { _load(request: string, ...rest: unknown[]): unknown };

/** Loads adapters with the fakes above in place of the SDK's modules. */
export function withFakeSdk<Loaded>(load: () => Loaded): Loaded {
	const loader = Module as unknown as Loader;
	const before = loader._load;
	loader._load = (request, ...rest) =>
		request in MODULES ? { __esModule: true, default: MODULES[request] } : before.call(loader, request, ...rest);
	try {
		return load();
	} finally {
		loader._load = before;
	}
}
