import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, Lab } from "./lab";

/** A second address of the router in the LAN, which it shows in place of visitors from the Internet. */
const SECOND = "192.168.0.254";

describe("lab/router with a second address in the LAN", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);

	it("gets no rights without a password for visitors from the Internet", async () => {
		const { lab } = house();
		const rule = ["iifname", "wan0", "oifname", "lan", "snat", "ip", "to", SECOND];
		for (const argv of [
			["ip", "addr", "add", `${SECOND}/24`, "dev", "lan"],
			["nft", "insert", "rule", "inet", "igd", "postrouting", ...rule],
		])
			assert.equal((await lab.exec("rtr", argv)).code, 0, argv.join(" "));
		await house().fill(CAMERA_KINDS.length, "--lan-without-password", "on");
		const status = async (ns: string, url: string) =>
			(await lab.exec(ns, ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", `${url}/api/v1/settings`])).stdout;
		for (const [index, kind] of CAMERA_KINDS.entries()) {
			assert.equal(await status("home", `http://${Lab.address(index + 1)}:8000`), "200", `${kind}, a neighbour`);
			assert.equal(await status("wan", `http://${WAN}:${8080 + index}`), "401", `${kind}, by the router`);
		}
	});
});
