import assert from "node:assert/strict";
import { resolve } from "node:path";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, inside } from "./house";
import { CAMERA_KINDS, Lab } from "./lab";

const ROUTER = [process.execPath, ...TYPESCRIPT, resolve(__dirname, "rogue-router.ts")];
/** Time for cameras to get their ports, in milliseconds. */
const SOON = 30_000;
/** Ways in which the router writes its answers. */
const WAYS = 9;

describe("lab/a router that writes HTTP wrongly", function () {
	this.timeout(300_000);
	const house = houseFor(
		"igd1 insecure cams=2",
		(context) => needs(context, ...LAB_NEEDS, "build", "porthole-linux"),
		CAMERA_KINDS,
	);

	it("maps ports for both programs, with each answer malformed in another way (quirk 20)", async () => {
		const { lab } = house();
		await lab.stopRouter();
		const router = lab.spawn("rtr", ROUTER);
		await until("the router is ready", SOON, () => router.output.includes("ready"));
		const cameras = CAMERA_KINDS.map((_kind, i) => house().start(i + 1));
		await until("both cameras have their ports", SOON, () =>
			CAMERA_KINDS.every((_kind, i) => router.output.includes(`AddPortMapping ${8080 + i} `)),
		);
		for (const [i, camera] of cameras.entries())
			await until(`camera ${i + 1} holds a port`, SOON, () => /gateway: .*\b808[01]\b/.test(camera.output));
		await until("every way was used", SOON, () => new Set(router.output.match(/^\w+(?=: )/gm)).size === WAYS);
		for (const url of inside(2)) {
			const status = (await lab.get("home", `${url}api/v1/status`)) ?? "";
			assert.match(status, /"by":"UPnP"/, `${status}\n${router.output}`);
		}
		assert.ok(new RegExp(`AddPortMapping 808[01] ${Lab.address(1)}`).test(router.output));
	});
});
