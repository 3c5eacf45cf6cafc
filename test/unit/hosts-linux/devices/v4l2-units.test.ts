import assert from "node:assert/strict";
import { V4l2Units } from "../../../../hosts/linux/devices/v4l2-units";
import type { AccessUnit } from "../../../../src/media/access-unit";
import type { UnitSink } from "../../../../src/ports/camera";
import { type FakeCamera, FakeDriver, TestTime } from "./fake-camera";

const SPS = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e];
const PPS = [0, 0, 1, 0x68, 0xce, 0x3c, 0x80 | 1];
const IDR = [0, 0, 1, 0x65, 0x88, 0x84];
const SLICE = [0, 0, 0, 1, 0x41, 0x9a, 0x22];
const DELIMITER = [0, 0, 0, 1, 9, 0xf0];
const KEY = [...DELIMITER, ...SPS, ...PPS, ...IDR, ...IDR];

class Sink implements UnitSink {
	readonly units: AccessUnit[] = [];
	readonly troubles: (string | undefined)[] = [];
	unit(unit: AccessUnit): void {
		this.units.push(unit);
	}
	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}
}

describe("hosts-linux/devices/v4l2-units", () => {
	let driver: FakeDriver;
	let time: TestTime;
	let sink: Sink;
	let units: V4l2Units;

	beforeEach(() => {
		driver = new FakeDriver();
		time = new TestTime();
		sink = new Sink();
		const choice = { device: "/dev/video3", width: 0, height: 0, fps: 15, quality: 80, h264: true };
		units = new V4l2Units(driver, choice, time, time, () => false);
	});

	function begin(...pictures: readonly (readonly number[])[]): FakeCamera {
		driver.pictures = pictures;
		units.start(sink);
		time.pass(0);
		return driver.cameras[driver.cameras.length - 1];
	}

	function read(camera: FakeCamera, times: number): void {
		for (let i = 0; i < times; i++) camera.readable();
	}

	const keys = () => sink.units.map(({ isKey }) => isKey);
	const numbers = () => sink.units.map(({ sequence }) => sequence);

	it("passes the pictures on from the first key picture, in the camera's memory (STR-25)", () => {
		const camera = begin(SLICE, [...DELIMITER, ...SLICE], KEY, SLICE, SLICE);
		read(camera, 5);
		assert.deepEqual(
			[keys(), numbers()],
			[
				[true, false, false],
				[2, 3, 4],
			],
		);
		const [{ bytes, start, end, ticks, at }] = sink.units;
		assert.equal(bytes.buffer, camera.slots[2]);
		assert.deepEqual([start, end, at, ticks], [100, 100 + KEY.length, 5000, 450_000]);
		assert.deepEqual(camera.released, [0, 1]);
		for (const unit of sink.units) unit.release();
		assert.deepEqual(camera.released, [0, 1, 2, 0, 1]);
		assert.deepEqual([driver.choice?.device, driver.choice?.h264], ["/dev/video3", true]);
	});

	it("keeps the newest parameter sets (STR-25)", () => {
		const other = [0, 0, 0, 1, 0x67, 0x4d, 0, 1, 2];
		const camera = begin(KEY, IDR, KEY, [...other, ...PPS, ...IDR]);
		assert.deepEqual(units.parameterSets, []);
		read(camera, 1);
		const first = units.parameterSets;
		assert.deepEqual(first, [new Uint8Array(SPS.slice(4)), new Uint8Array(PPS.slice(3))]);
		read(camera, 2);
		assert.equal(units.parameterSets, first);
		read(camera, 1);
		assert.deepEqual(units.parameterSets[0], new Uint8Array(other.slice(4)));
	});

	it("goes on at a key picture after one was lost, and asks for it (STR-25)", () => {
		const camera = begin(KEY, SLICE, SLICE, SLICE, KEY, SLICE);
		read(camera, 2);
		camera.sequence += 3;
		read(camera, 4);
		assert.deepEqual([keys(), numbers(), camera.keys], [[true, false, true, false], [0, 1, 7, 8], 1]);
	});

	it("counts on, and begins at a key picture, when the camera is plugged in again", () => {
		const camera = begin(KEY, SLICE);
		read(camera, 2);
		driver.gone = "unplugged";
		read(camera, 1);
		driver.gone = undefined;
		driver.pictures = [SLICE, KEY];
		time.pass(1000);
		read(driver.cameras[1], 2);
		assert.deepEqual(
			[keys(), numbers()],
			[
				[true, false, true],
				[0, 1, 3],
			],
		);
		assert.deepEqual(sink.troubles, ["unplugged", undefined]);
	});

	it("asks the camera for a key picture, and does nothing while none is open", () => {
		units.requestKey();
		const camera = begin(KEY);
		units.requestKey();
		assert.equal(camera.keys, 1);
		units.stop();
		units.requestKey();
		read(camera, 1);
		assert.deepEqual([camera.keys, camera.closed, sink.units.length], [1, 1, 0]);
	});

	it("treats pictures that are not H.264 as not decodable on their own", () => {
		const camera = begin([1, 2, 3], [0, 0, 1], [0, 0, 1, 0x67], []);
		read(camera, 4);
		assert.deepEqual(sink.units, []);
	});
});
