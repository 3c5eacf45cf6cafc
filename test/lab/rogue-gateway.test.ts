import assert from "node:assert/strict";
import { resolve } from "node:path";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor } from "./house";
import { CAMERA_KINDS, Lab, type LabProcess } from "./lab";

const ROGUE = [process.execPath, ...TYPESCRIPT, resolve(__dirname, "rogue-gateway.ts")];
/** What an idle machine needs at most, in milliseconds. */
const SOON = 20_000;

describe("lab/routers that people have reported, for cameras on Node.js and on XS", function () {
	this.timeout(300_000);
	const house = houseFor(
		"igd1 secure cams=2",
		(context) => needs(context, ...LAB_NEEDS, "build", "porthole-linux"),
		CAMERA_KINDS,
	);
	let router: LabProcess;
	let cameras: LabProcess[];

	before(async () => await house().lab.stopRouter());
	afterEach(async () => {
		await Promise.all(cameras.map((camera) => camera.leave()));
		await router.crash();
	});

	async function start(mode: string, ...flags: readonly string[]): Promise<void> {
		router = house().lab.spawn("rtr", [...ROGUE, mode]);
		await until("the router runs", SOON, () => router.output.includes("ready"));
		cameras = [1, 2].map((n) => house().start(n, ...flags));
	}

	/** How often the router was asked something. */
	const asked = (what: string) => router.output.split("\n").filter((line) => line.startsWith(what)).length;
	const untilSaid = (text: RegExp) =>
		until(`both cameras say ${text}`, SOON, () => cameras.every(({ output }) => text.test(output)));

	it("map on one that announces itself in place of an answer, is not well-formed, says a number for its status, and cannot read back (quirks 11, 17, 27, 28, 29)", async () => {
		// No mapping is renewed while it is watched.
		await start("announces", "--representative-lease", "600");
		await untilSaid(/holds external port 808\d/);
		await untilSaid(/can't show its port mapping/);
		await until("the doctor says so", SOON, async () =>
			/It opened port \d+ by UPnP/.test((await house().doctor("home")).stdout),
		);
		const [searches, mappings] = [asked("search"), asked("add")];
		await pause(2500);
		assert.deepEqual([asked("search"), asked("add")], [searches, mappings], "it is left alone");
		await Promise.all(cameras.map((camera) => camera.leave()));
		await until("both are deleted on leaving", SOON, () =>
			[1, 2].every((n) => new RegExp(`^delete TCP 808\\d ${Lab.address(n)}$`, "m").test(router.output)),
		);
	});

	it("map on one that answers as upnp:rootdevice only, says Disconnected, drops mappings with a lease, and says 402 for them (quirks 2, 17, 27, 29)", async () => {
		await start("rootdevice");
		await untilSaid(/holds external port 808\d/);
		await untilSaid(/keeps port mappings permanently/);
		for (const n of [1, 2]) assert.match(router.output, new RegExp(`^add TCP 808\\d ${Lab.address(n)} 0$`, "m"));
	});

	it("name the refusals of one that has no UPnP, and try NAT-PMP after PCP (quirk 30)", async () => {
		await start("refuses");
		await untilSaid(/double NAT/);
		for (const n of [1, 2]) {
			assert.match(router.output, new RegExp(`^PCP ${Lab.address(n)}$`, "m"));
			assert.match(router.output, new RegExp(`^NAT-PMP ${Lab.address(n)}$`, "m"));
		}
	});
});
