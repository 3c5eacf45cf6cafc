import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, outside, WAN } from "./house";
import { CAMERA_KINDS, Lab, OWNER } from "./lab";

/** Far below the minute of a lease, for a machine that is busy. */
const SOON = 20_000;
const URL = `http://${WAN}:8080/`;

describe("lab/cameras that know each other by the router's table alone", function () {
	this.timeout(300_000);
	const flags = ["--gather", "table", "--table-period", "2", "--port-layout", "same"];
	const house = houseFor("igd1 insecure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);

	it("are listed, and renamed from the portal (IMG-9, IMG-15, IMG-28)", async () => {
		await house().fill(3, ...flags);
		await house().untilListed("wan", URL, outside(8080, 8081, 8082), SOON);
		const { lab } = house();
		const cameras = (await house().portal("wan"))?.cameras as unknown as { id: string; url: string }[];
		const { id } = cameras.find(({ url }) => url.endsWith(":8082/")) ?? { id: "" };
		const post = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", ...OWNER, "-d", "name=Shed"];
		const { stdout } = await lab.exec("wan", [...post, `${URL}api/v1/cameras/${encodeURIComponent(id)}/name`]);
		assert.equal(stdout, "200");
		const status = async () => (await lab.get("home", `http://${Lab.address(3)}:8000/api/v1/status`)) ?? "";
		await until("the camera has its new name", SOON, async () => (await status()).includes('"Shed"'));
		const told = async () => (await house().portal("wan"))?.cameras.some(({ name }) => name === "Shed");
		await until("the portal shows it", SOON, async () => (await told()) === true);
	});

	it("replace a representative that crashes, and one that leaves; old ports are closed (IMG-6, IMG-20, IMG-23, IMG-28)", async () => {
		const { lab, cameras } = house();
		await cameras[1].crash();
		await house().untilServed(8080, SOON);
		await until("the others are listed", SOON, async () => (await house().portal("wan"))?.cameras.length === 2);
		const [[, inside]] = [...(await lab.mappings())].filter(([port]) => port === 8080);
		const winner = inside === `${Lab.address(2)}:8080` ? 2 : 3;
		assert.equal(inside, `${Lab.address(winner)}:8080`);
		const old = `http://${Lab.address(winner)}:${8079 + winner}/`;
		await until("its old port is closed", SOON, async () => (await lab.get("home", old, 1)) === undefined);
		assert.equal(await cameras[winner].leave(), 0);
		await house().untilServed(8080, SOON);
		await house().untilListed("wan", URL, outside(8080), SOON);
	});
});

describe("lab/a camera that leaves while the router is dead", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);

	it("says bye at once (IMG-20)", async () => {
		await house().fill(2);
		await house().untilCount("home", `http://${Lab.address(2)}:8000/`, 2, SOON);
		const { lab, cameras } = house();
		// Its packets are dropped from now on, as when it is switched off.
		await lab.exec("rtr", [
			"sh",
			"-c",
			"nft add table inet dead; nft add chain inet dead in '{ type filter hook input priority -10; policy drop; }'",
		]);
		cameras[2].output = "";
		const left = cameras[1].leave();
		await until("the other becomes the representative", 1500, () =>
			cameras[2].output.includes("becomes the representative"),
		);
		assert.equal(await left, 0);
	});
});
