import assert from "node:assert/strict";
import { resolve } from "node:path";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, inside } from "./house";

/** A gateway client alone. */
const CHILD = [process.execPath, ...TYPESCRIPT, resolve(__dirname, "gateway-child.ts")];

describe("lab/router with a private external address", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure pcp wan=private", (context) => needs(context, ...LAB_NEEDS, "build"));

	it("still lists the cameras in the LAN (IMG-14)", async () => {
		for (let n = 1; n <= 2; n++) house().start(n);
		const [first] = inside(1);
		await until("camera 1 lists both", 20_000, async () => {
			const portal = await house().portal("home", first);
			return portal?.cameras.length === 2;
		});
		const urls = (await house().portal("home", first))?.cameras.map((camera) => camera.url);
		assert.deepEqual(urls?.sort(), inside(2));
	});

	it("explains on the page that this is double NAT", async () => {
		const [first] = inside(1);
		await until("the notice of double NAT", 20_000, async () => {
			const portal = await house().portal("home", first);
			return portal?.notices.some((notice) => /double NAT/i.test(notice));
		});
		assert.match((await house().lab.get("home", `${first}portal`)) ?? "", /double NAT/i);
	});

	it("shows no link to the outside", async () => {
		for (const url of inside(2)) {
			for (const path of ["", "portal", "camera", "api/v1/cameras"]) {
				const page = await house().lab.get("home", `${url}${path}`);
				assert.ok(page !== undefined, `no ${url}${path}`);
				assert.doesNotMatch(page, /https?:\/\/(?!192\.168\.0\.)/, `${url}${path}`);
			}
		}
	});

	it("reports double NAT by PCP and NAT-PMP too (quirk 30)", async () => {
		const child = house().lab.spawn("home", [...CHILD, "pcp", "representative"]);
		await until("double NAT", 20_000, () => /^diagnosis .*double-nat/m.test(child.output));
		await child.leave();
	});

	it("reports the same by porthole doctor, with exit code 1", async () => {
		const { code, stdout, stderr } = await house().doctor("home");
		assert.equal(code, 1, stdout + stderr);
		assert.match(stdout, /double NAT/i);
	});
});
