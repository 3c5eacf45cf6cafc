import assert from "node:assert/strict";
import { seedsUpTo } from "../support/seeds";
import { RtspHome, VirtualRtspCamera } from "../support/virtual-rtsp-camera";

const SEEDS = [1, 2, 3];

describe("simulation: video of an RTSP camera", () => {
	for (const seed of SEEDS) {
		for (const framing of ["tcp", "udp"] as const) {
			it(`JPEG pictures come whole by ${framing.toUpperCase()}, and reports go back (STR-9, STR-10; seed ${seed})`, () => {
				const home = new RtspHome(seed);
				home.camera.swapEvery = 7;
				home.watch(undefined, { framing });
				assert.ok(home.pictures(50, 8000));
				assert.ok(home.frames.every(({ isWhole }) => isWhole));
				assert.ok(home.camera.reports >= 60);
				assert.deepEqual(home.troubles, []);
				home.video.stop();
				home.world.runFor(5000);
				assert.match(home.camera.requests.at(-1) ?? "", /^TEARDOWN rtsp:\/\/camera\.lan\/live\/$/);
				assert.equal(home.camera.open.length, 0);
				assert.equal(home.frames.length, 50);
				assert.equal(home.video.feed.pairs.size, 0);
			});

			it(`H.264 begins with a key picture and is passed on by ${framing.toUpperCase()} (STR-25; seed ${seed})`, () => {
				const home = new RtspHome(seed);
				home.camera.encoding = "H264";
				home.watch(undefined, { framing });
				assert.ok(home.pictures(30, 6000));
				assert.ok(home.units[0].isKey);
				assert.equal(home.units.filter(({ isKey }) => isKey).length, 3);
				assert.equal(home.units[1].ticks - home.units[0].ticks, 9000);
				assert.equal(home.video.parameterSets.length, 2);
			});
		}
	}

	it("changes to TCP when no packet comes by UDP, and keeps to it", () => {
		const home = new RtspHome(1);
		home.camera.losesUdp = true;
		home.watch(undefined, { framing: "udp" });
		assert.ok(home.pictures(1, 6000));
		assert.deepEqual(home.troubles, []);
		assert.equal(home.camera.connections, 2);
		for (const connection of home.camera.open) connection.stream.abort();
		assert.ok(home.pictures(1, 3000));
		assert.equal(home.camera.connections, 3);
	});

	it("asks for TCP when UDP is refused, and the other way round", () => {
		for (const framing of ["udp", "tcp"] as const) {
			const home = new RtspHome(1);
			home.camera.refusesUdp = framing === "udp";
			home.camera.refusesTcp = framing === "tcp";
			home.watch(undefined, { framing });
			assert.ok(home.pictures(3, 3000));
			assert.equal(home.camera.connections, 1);
		}
	});

	it("keeps the session alive for hours", () => {
		const home = new RtspHome(1);
		home.watch();
		home.world.runFor(600_000);
		const alive = home.camera.requests.filter((request) => request.startsWith("GET_PARAMETER")).length;
		assert.ok(alive >= 22 && alive <= 23, `${alive}`);
		assert.equal(home.camera.connections, 1);
	});

	it("connects again after a power cut, ever less often, and at once when it worked before", () => {
		const home = new RtspHome(1);
		home.watch();
		assert.ok(home.pictures(120, 15_000));
		home.camera.machine.crash();
		home.world.runFor(120_000);
		assert.ok(home.troubles.length >= 3 && home.troubles.length <= 12, `${home.troubles}`);
		assert.ok(home.video.feed.attempts <= 12);
		home.camera.machine.powerOn();
		home.camera.listen();
		assert.ok(home.pictures(1, 35_000));
		assert.equal(home.troubles.at(-1), undefined);
	});

	it("notices that pictures have stopped, and reports it", () => {
		const home = new RtspHome(1);
		home.watch();
		assert.ok(home.pictures(3, 3000));
		home.camera.isSending = false;
		home.world.runFor(15_500);
		assert.match(home.troubles[0] ?? "", /no packet of the video for 15 s/);
		home.camera.isSending = true;
		assert.ok(home.pictures(1, 5000));
		assert.equal(home.troubles.at(-1), undefined);
	});

	it("follows redirects to another camera, without showing it the password", () => {
		const home = new RtspHome(1);
		const other = new VirtualRtspCamera(home.machine("other", 10), 8554);
		home.camera.answers.push("302 rtsp://192.168.0.10:8554/moved");
		other.answers.push("401");
		home.watch();
		home.world.runFor(2000);
		assert.match(home.troubles[0] ?? "", /redirects to another server, which wants a login/);
		assert.ok(other.requests.some((request) => request === "DESCRIBE rtsp://192.168.0.10:8554/moved"));
	});

	it("follows five redirects and no more", () => {
		const home = new RtspHome(1);
		for (let i = 0; i < 20; i++) home.camera.answers.push("301 rtsp://camera.lan/next");
		home.watch();
		home.world.runFor(900);
		assert.deepEqual(home.troubles, ["the camera redirects too often"]);
		assert.equal(home.camera.connections, 6);
	});

	it("waits for at least a minute after a wrong password, as cameras lock accounts", () => {
		const home = new RtspHome(1);
		for (let i = 0; i < 100; i++) home.camera.answers.push("401");
		home.watch();
		home.world.runFor(59_000);
		assert.equal(home.camera.connections, 1);
		home.world.runFor(600_000);
		assert.ok(home.camera.connections <= 5, `${home.camera.connections}`);
	});

	it("names an encoding that it can't use, and a name that does not exist", () => {
		const home = new RtspHome(1);
		home.camera.encoding = "H265";
		home.watch();
		home.world.runFor(2000);
		assert.match(home.troubles[0] ?? "", /video is H265/);
		const lost = new RtspHome(1);
		lost.watch("rtsp://nobody.lan/live");
		lost.world.runFor(20_000);
		assert.match(lost.troubles[0] ?? "", /name can't be resolved/);
		assert.ok(lost.troubles.length >= 3);
	});

	it("can be stopped and started in every state without leaving a connection or a port", () => {
		for (let seed = 0; seed < seedsUpTo(40); seed++) {
			const home = new RtspHome(seed);
			const { prng } = home.world;
			home.camera.encoding = prng.chance(0.5) ? "H264" : "JPEG";
			home.watch(undefined, { framing: prng.chance(0.5) ? "udp" : "tcp" });
			for (let i = 0; i < 12; i++) {
				home.world.runFor(prng.below(i % 3 === 0 ? 5 : 400));
				home.video.stop();
				home.world.runFor(prng.below(100));
				home.video.start();
			}
			assert.ok(home.pictures(5, 5000), `seed ${seed}`);
			home.video.stop();
			home.world.runFor(5000);
			assert.equal(home.camera.open.length, 0, `seed ${seed}`);
			assert.equal(home.video.feed.pairs.size, 0, `seed ${seed}`);
		}
	});
});
