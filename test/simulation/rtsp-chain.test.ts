import assert from "node:assert/strict";
import { Pump } from "../../src/core/pump";
import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import { parseJpeg } from "../../src/media/jpeg";
import { RtspVideo, type RtspVideoSink } from "../../src/stream/client/rtsp-video";
import type { Framing } from "../../src/stream/packets/packet-burst";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { SCANS, SERVER, StreamHome } from "../support/stream-home";

/** Our client at our server, each on a machine of its own. */
class Chain implements RtspVideoSink {
	readonly home: StreamHome;
	readonly video: RtspVideo;
	readonly machine;
	/** The octets that fill the pictures, and what is wrong with them. */
	readonly fills: number[] = [];
	readonly faults: string[] = [];
	/** The numbers of the H.264 pictures. */
	readonly numbers: number[] = [];
	readonly keys: number[] = [];
	readonly troubles: (string | undefined)[] = [];

	constructor(seed: number, content: string, framing: Framing) {
		this.home = new StreamHome(seed);
		this.machine = this.home.client();
		const { network, resolver, random, clock } = this.machine;
		const host = { pump: new Pump(clock), network, resolver, random, utc: () => clock.utc() };
		const url = parseSourceUrl(`rtsp://owner:x@${SERVER}:8554/${content}`) as RtspUrl;
		this.video = new RtspVideo(host, { url, framing, basic: false, certificate: "" }, this);
		this.video.start();
	}

	described(): void {}

	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}

	picture(frame: Frame): void {
		const { bytes, start, end } = frame;
		const info = parseJpeg(bytes, start, end);
		const fill = bytes[end - 3];
		const whole = info !== undefined && end - 2 - info.scanStart >= SCANS[fill];
		let same = 0;
		while (bytes[end - 3 - same] === fill) same++;
		if (!whole || same < SCANS[fill]) this.faults.push(`${fill}: ${end - start} octets, ${same} of ${SCANS[fill]}`);
		this.fills.push(fill);
		frame.release();
	}

	unit(unit: AccessUnit): void {
		const { bytes, end } = unit;
		// The slice is the last NAL unit; its number is in the octets after its type.
		let at = end - 1;
		while (bytes[at] === 7) at--;
		const number = bytes[at - 1] - 2 + 200 * (bytes[at] - 2);
		if (end - 1 - at !== (unit.isKey ? 5000 : 700) - 7) this.faults.push(`${number}: ${end - 1 - at} octets`);
		if (unit.isKey) this.keys.push(number);
		this.numbers.push(number);
		unit.release();
	}

	/** Stops, and checks that nothing is left. */
	end(): void {
		const { home, video } = this;
		assert.deepEqual(this.faults, []);
		video.stop();
		// Until the server has forgotten the losses too.
		home.world.runFor(300_000);
		assert.deepEqual(home.leaks(), []);
		assert.equal(video.feed.pairs.size, 0);
	}
}

const SEEDS = [1, 2];

describe("simulation: our RTSP client at our server", () => {
	for (const framing of ["tcp", "udp"] as const) {
		for (const seed of SEEDS) {
			it(`gets each JPEG picture whole by ${framing} (STR-9, seed ${seed})`, () => {
				const chain = new Chain(seed, "live", framing);
				chain.home.world.runFor(60_000);
				assert.ok(chain.fills.length > 580, `${chain.fills.length}`);
				for (let i = 1; i < chain.fills.length; i++)
					assert.equal((chain.fills[i] - chain.fills[i - 1] + 5) % 5, 1, `picture ${i}`);
				assert.deepEqual(chain.troubles, []);
				chain.end();
			});

			it(`gets each H.264 picture from a key picture on by ${framing} (STR-25, seed ${seed})`, () => {
				const chain = new Chain(seed, "h264", framing);
				chain.home.world.runFor(60_000);
				assert.ok(chain.numbers.length > 580, `${chain.numbers.length}`);
				assert.equal(chain.numbers[0], chain.keys[0]);
				for (let i = 1; i < chain.numbers.length; i++) assert.equal(chain.numbers[i], chain.numbers[i - 1] + 1);
				assert.deepEqual(chain.troubles, []);
				chain.end();
			});
		}

		it(`never shows a damaged picture while packets get lost, by ${framing}`, () => {
			for (const content of ["live", "h264"]) {
				const chain = new Chain(3, content, framing);
				chain.home.world.runFor(2000);
				const { settings } = chain.machine.nics[0].link;
				settings.loss = 0.02;
				settings.reordering = 0.05;
				settings.duplication = 0.02;
				chain.home.world.runFor(60_000);
				assert.ok(chain.fills.length + chain.numbers.length > 150, `${chain.fills.length + chain.numbers.length}`);
				// After a gap H.264 goes on with a key picture.
				for (let i = 1; i < chain.numbers.length; i++)
					assert.ok(chain.numbers[i] === chain.numbers[i - 1] + 1 || chain.keys.includes(chain.numbers[i]));
				settings.loss = 0;
				chain.home.world.runFor(5000);
				chain.end();
			}
		});
	}

	it("falls back to TCP where UDP does not pass, and goes on after the server was cut off (STR-22)", () => {
		const chain = new Chain(4, "live", "udp");
		const { home, machine } = chain;
		const { link } = machine.nics[0];
		home.world.runFor(3000);
		link.settings.loss = 1;
		home.world.runFor(60_000);
		assert.ok(chain.troubles.length > 0);
		link.settings.loss = 0;
		const { length } = chain.fills;
		home.world.runFor(60_000);
		assert.ok(chain.fills.length > length + 100);
		assert.equal(chain.troubles.at(-1), undefined);
		chain.end();
	});
});
