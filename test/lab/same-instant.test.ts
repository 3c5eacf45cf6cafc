import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FRAME, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, outside, WAN } from "./house";
import { CAMERA_KINDS, Lab, NOBODY } from "./lab";

const UNIT = resolve(__dirname, "../../hosts/linux/systemd/porthole.service");
const FLAGS = ["--source", FRAME, "--fps", "1", "--password", PASSWORD];

describe("lab/cameras that start in the same instant", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (context) => needs(context, ...LAB_NEEDS, "build"));

	it("get different ports, and one is the representative (IMG-3, IMG-4, IMG-8)", async () => {
		for (let n = 1; n <= 4; n++) house().start(n);
		await house().untilServed(8080, 20_000);
		await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081, 8082, 8083), 20_000);
		const portal = await house().portal("wan");
		assert.equal(portal?.cameras.filter((camera) => camera.representative).length, 1);
		const insides = [...(await house().lab.mappings()).values()].sort();
		assert.deepEqual(
			insides,
			[1, 2, 3, 4].map((n) => `${Lab.address(n)}:8000`),
		);
	});
});

describe("lab/six cameras on one machine", function () {
	this.timeout(300_000);
	const house = houseFor(
		"igd2 secure cams=1",
		(context) => needs(context, ...LAB_NEEDS, "build", "porthole-linux"),
		CAMERA_KINDS,
	);

	it("run on port 80 inside, as the unit of systemd permits (IMG-6)", async () => {
		const { lab, data } = house();
		const folder = join(data, "80");
		mkdirSync(folder, { mode: 0o777 });
		chmodSync(data, 0o755);
		chmodSync(folder, 0o777);
		const given = /^AmbientCapabilities=(.*)$/m.exec(readFileSync(UNIT, "utf8"))?.[1] ?? "";
		const caps = given.split(" ").map((name) => (name === "" ? "-all" : name.toLowerCase().replace("cap_", "+")));
		const rights = [
			"--no-new-privs",
			`--bounding-set=-all,${caps}`,
			`--inh-caps=-all,${caps}`,
			`--ambient-caps=${caps}`,
		];
		const program = [...NOBODY, ...rights, XS_PROGRAM, "camera", "--interface", "eth0", "--data", folder];
		const camera = lab.spawn("cam1", [...program, "--http-port", "80", ...FLAGS]);
		await house().untilServed(8080, 20_000);
		assert.deepEqual([...(await lab.mappings())], [[8080, `${Lab.address(1)}:80`]]);
		assert.notEqual(await lab.get("home", `http://${Lab.address(1)}/`), undefined);
		assert.equal(await camera.leave(), 0);
	});

	it("keep a port each, and one is the representative (IMG-4, quirk 26)", async () => {
		const { lab, data } = house();
		const programs = [1, 2, 3, 4, 5, 6].map((n) =>
			lab.camera("cam1", CAMERA_KINDS[n % 2], "--data", join(data, `${n}`), "--http-port", `${8000 + n}`, ...FLAGS),
		);
		const wanted = [1, 2, 3, 4, 5, 6].map((n) => `${Lab.address(1)}:${8000 + n}`).join();
		const insides = async () => [...(await lab.mappings()).values()].sort().join();
		await until("each has a port", 30_000, async () => (await insides()) === wanted);
		const settled = await lab.mappings();
		const lost = () => programs.map(({ output }) => output.match(/lost its external port|did not open/g)?.length ?? 0);
		// Two that asked at the same moment may both have been told that the port was free: one of them then takes another.
		const before = lost();
		await new Promise((done) => setTimeout(done, 2500));
		assert.deepEqual([await lab.mappings(), lost()], [settled, before]);
		await house().untilCount("wan", `http://${WAN}:8080/`, 6, 20_000);
	});
});
