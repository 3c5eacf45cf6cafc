import assert from "node:assert/strict";
import Module from "node:module";
import type { SensorCamera } from "../../../hosts/esp32/sensor-camera";
import { FRAME_HEADROOM } from "../../../src/media/frame";
import { parseJpeg } from "../../../src/media/jpeg";
import type { Clock } from "../../../src/ports/clock";
import { Collect, field, jpegOf, PICTURE } from "../hosts-node/sources/collect";

/** The time of a test, and the SDK's timers in it. */
const time = {
	now: 0,
	timers: [] as { at: number; ring: () => void }[],
	set(ring: () => void, delay: number) {
		const timer = { at: time.now + delay, ring };
		time.timers.push(timer);
		return timer;
	},
	clear(timer: object) {
		assert.ok(
			time.timers.some((other) => other === timer),
			"a timer that has rung may not be cleared",
		);
		time.timers = time.timers.filter((other) => other !== timer);
	},
	pass(millis: number) {
		for (const end = time.now + millis; time.now < end; ) {
			time.now++;
			const due = time.timers.filter(({ at }) => at <= time.now);
			time.timers = time.timers.filter(({ at }) => at > time.now);
			for (const { ring } of due) ring();
		}
	},
};

/** The SDK's camera. */
class FakeSensor {
	static readonly all: FakeSensor[] = [];
	/** What goes wrong. */
	static refuses: "" | "new" | "start" | "stop" | "read" = "";
	picture: Uint8Array | undefined;
	running = false;
	lent = 0;
	closed = 0;

	constructor(private readonly options: { onReadable: () => void }) {
		FakeSensor.check("new");
		FakeSensor.all.push(this);
	}

	static check(step: typeof FakeSensor.refuses): void {
		if (FakeSensor.refuses === step) throw new Error("camera init failed");
	}

	start(): void {
		FakeSensor.check("start");
		this.running = true;
	}

	stop(): void {
		FakeSensor.check("stop");
		this.running = false;
	}

	close(): void {
		this.closed++;
	}

	read(): (ArrayBuffer & { close(): void }) | undefined {
		FakeSensor.check("read");
		if (this.picture === undefined) return undefined;
		this.lent++;
		return Object.assign(this.picture.slice().buffer, { close: () => this.lent-- });
	}

	/** Delivers a picture; an empty one: the driver waited in vain. */
	give(picture: Uint8Array | undefined): void {
		this.picture = picture;
		this.options.onReadable();
	}
}

const MODULES: Readonly<Record<string, unknown>> = {
	"embedded:io/image/in/camera": FakeSensor,
	"embedded:io/socket/tcp": class {},
	"embedded:io/socket/listener": class {},
	"embedded:io/socket/udp": class {},
	time: {},
	timer: time,
};

/** Loads the source with the fakes above, and forgets what it loaded. */
function load(): typeof SensorCamera {
	const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
	const before = loader._load;
	loader._load = (request, ...rest) =>
		request in MODULES ? { __esModule: true, default: MODULES[request] } : before.call(loader, request, ...rest);
	const files = ["sensor-camera", "../sdk/sdk-classes"].map((name) => require.resolve(`../../../hosts/esp32/${name}`));
	for (const file of files) delete require.cache[file];
	try {
		return require("../../../hosts/esp32/sensor-camera").SensorCamera;
	} finally {
		for (const file of files) delete require.cache[file];
		loader._load = before;
	}
}

describe("hosts-esp32/sensor-camera", () => {
	const clock: Clock = { now: () => time.now, utc: () => undefined, set: () => assert.fail("uses the SDK's timers") };
	let source: SensorCamera;
	let sink: Collect;

	beforeEach(() => {
		FakeSensor.all.length = 0;
		FakeSensor.refuses = "";
		time.timers = [];
		source = new (load())(clock, 640, 480);
		sink = new Collect();
	});

	/** Starts it. @returns the sensor */
	function begin(): FakeSensor {
		source.start(sink);
		return FakeSensor.all[0];
	}

	for (const padding of [0, 1, 1024, 1025, 4096, 50_000]) {
		it(`takes a picture with ${padding} octets of padding (F18)`, () => {
			const sensor = begin();
			sensor.give(Uint8Array.from([...PICTURE, ...new Uint8Array(padding)]));
			assert.deepEqual(sink.frames.map(jpegOf), [PICTURE]);
			assert.equal(sink.frames[0].start, FRAME_HEADROOM);
			assert.equal(sensor.lent, 0, "the driver has its buffer back");
		});
	}

	it("inserts the Huffman tables that a sensor leaves out (F16)", () => {
		begin().give(field("no-huffman-tables.jpg"));
		const jpeg = jpegOf(sink.frames[0]);
		assert.ok(Buffer.from(jpeg).includes("ffc4", "hex"));
		assert.ok(parseJpeg(jpeg, 0, jpeg.length)?.standardHuffman);
	});

	for (const step of ["new", "start"] as const) {
		it(`goes on without a sensor that fails at ${step}, and takes it when it answers`, () => {
			FakeSensor.refuses = step;
			begin();
			assert.match(
				String(sink.troubles),
				/^the camera sensor does not answer \(camera init failed\); check its ribbon/,
			);
			time.pass(60_000);
			FakeSensor.refuses = "";
			time.pass(15_000);
			FakeSensor.all.at(-1)?.give(PICTURE);
			assert.deepEqual([sink.frames.length, sink.troubles.at(-1)], [1, undefined]);
		});
	}

	it("reports a sensor that gives no picture after 15 s, and its recovery", () => {
		const sensor = begin();
		time.pass(14_999);
		sensor.give(new Uint8Array(0));
		sensor.give(undefined);
		assert.deepEqual(sink.troubles, []);
		time.pass(1);
		assert.match(String(sink.troubles), /^the camera sensor gives no picture; check its ribbon cable/);
		sensor.give(PICTURE);
		assert.deepEqual([sink.frames.length, sink.troubles.at(-1)], [1, undefined]);
		time.pass(20_000);
		assert.match(String(sink.troubles.at(-1)), /gives no picture/, "it fell silent again");
	});

	it("survives a driver that throws while it is read, and opens it again", () => {
		const sensor = begin();
		FakeSensor.refuses = "read";
		sensor.give(PICTURE);
		assert.match(String(sink.troubles), /does not answer/);
		FakeSensor.refuses = "";
		time.pass(15_000);
		assert.deepEqual([FakeSensor.all.length, sensor.closed], [2, 1]);
		FakeSensor.all[1].give(PICTURE);
		assert.equal(sink.frames.length, 1);
	});

	it("reports 100 broken pictures in a row, and goes on with the next good one", () => {
		const sensor = begin();
		for (let i = 0; i < 100; i++) sensor.give(PICTURE.subarray(0, 900 + i));
		assert.deepEqual(sink.troubles, ["the camera sensor delivers broken pictures; check its power supply"]);
		sensor.give(PICTURE);
		assert.deepEqual([sink.frames.length, sink.troubles.at(-1)], [1, undefined]);
	});

	it("lets no viewer stop the sensor: pictures are skipped while all buffers are held", () => {
		const sensor = begin();
		for (let i = 0; i < 10; i++) sensor.give(PICTURE);
		assert.deepEqual([sink.frames.length, sensor.lent], [4, 0]);
		for (const frame of sink.frames) frame.release();
		sensor.give(PICTURE);
		assert.equal(sink.frames.length, 5);
	});

	it("is silent after stop, also when the driver refuses to stop, and starts again", () => {
		const sensor = begin();
		FakeSensor.refuses = "stop";
		source.stop();
		sensor.give(PICTURE);
		time.pass(60_000);
		assert.deepEqual([sink.frames.length, sink.troubles, time.timers.length], [0, [], 0]);
		FakeSensor.refuses = "";
		begin();
		FakeSensor.all.at(-1)?.give(PICTURE);
		assert.equal(sink.frames.length, 1);
	});
});
