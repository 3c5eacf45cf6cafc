import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FRAME, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
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
		await house().untilCount("wan", `http://${WAN}:8080/`, 4, 20_000);
		const wanted = [1, 2, 3, 4].map((n) => `${Lab.address(n)}:8000`).join();
		// Two that claimed the place in the same instant may both have held two ports for a moment, which others went past.
		const ports = outside(8080, 8081, 8082, 8083, 8084, 8085);
		await until("each has a port, the representative the first, and the portal has them all", 10_000, async () => {
			const mappings = await house().lab.mappings();
			if ([...mappings.values()].sort().join() !== wanted) return false;
			const { cameras = [] } = (await house().portal("wan")) ?? {};
			const urls = cameras.map(({ url }) => url).sort();
			const [first] = cameras.filter(({ representative }) => representative);
			const held = outside(...mappings.keys()).sort();
			return urls.join() === held.join() && first?.url === ports[0] && held.every((url) => ports.includes(url));
		});
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
		// Its mapping is asked for again when it gets its name, and is missing for a moment.
		await until("it has a name", 20_000, () => camera.output.includes("is now called"));
		await until("port 8080 leads to port 80, and no other port to anywhere", 5000, async () => {
			return [...(await lab.mappings())].join() === `8080,${Lab.address(1)}:80`;
		});
		assert.notEqual(await lab.get("home", `http://${Lab.address(1)}/`), undefined);
		assert.equal(await camera.leave(), 0);
	});

	it("keep a port each, and one is the representative (IMG-4, quirk 26)", async () => {
		const { lab, data } = house();
		const programs = [1, 2, 3, 4, 5, 6].map((n) =>
			lab.camera("cam1", CAMERA_KINDS[n % 2], "--data", join(data, `${n}`), "--http-port", `${8000 + n}`, ...FLAGS),
		);
		const wanted = [1, 2, 3, 4, 5, 6].map((n) => `${Lab.address(1)}:${8000 + n}`).join();
		// Two that asked at the same moment may both have been told that the port was free: one of them then takes another.
		// A mapping is missing for a moment while it is asked for again, because its camera got another name.
		await until("each has a port and keeps it", 30_000, async () => {
			const settled = await lab.mappings();
			if ([...settled.values()].sort().join() !== wanted) return false;
			const before = programs.map(({ output }) => output.length);
			// Each looks at its entry again.
			await pause(2500);
			const news = programs.map(({ output }, i) => output.slice(before[i])).join("");
			if (/external port|did not open|is now called/.test(news)) return false;
			return [...(await lab.mappings())].sort().join() === [...settled].sort().join();
		});
		await house().untilCount("wan", `http://${WAN}:8080/`, 6, 20_000);
	});
});
