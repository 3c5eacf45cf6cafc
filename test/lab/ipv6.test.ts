import assert from "node:assert/strict";
import { resolve } from "node:path";
import { NODE_PROGRAM } from "../../tools/camera-program";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { House } from "./house";
import { type CameraKind, Lab } from "./lab";

const SCRIPT = resolve(__dirname, "ipv6-lab.sh");
const FIRST = "http://[2a0a:2:0:1::11]:8000/";
const SECOND = "http://[2a0a:2:0:1::12]:8000/";

const CASES: readonly (readonly [kind: CameraKind, offer: "pcp" | "upnp"])[] = [
	["node", "pcp"],
	["xs", "upnp"],
];

for (const [kind, offer] of CASES) {
	describe(`lab/IPv6: cameras (${kind}) behind carrier-grade NAT, pinholes by ${offer}`, function () {
		this.timeout(120_000);
		let house: House;

		before(async function () {
			needs(this, ...LAB_NEEDS, "build", ...(kind === "xs" ? (["porthole-linux"] as const) : []));
			house = await House.build(offer, [kind], SCRIPT);
			for (const n of [1, 2]) house.start(n);
		});
		afterEach(function () {
			if (this.currentTest?.state === "failed") house?.lab.report();
		});
		after(() => house?.clear());

		/** The ports that the router's firewall lets in, by the last part of the address. */
		async function pinholes(): Promise<string[]> {
			const { stdout } = await house.lab.exec("rtr", ["nft", "list", "chain", "inet", "igd", "miniupnpd"]);
			const rules = stdout.matchAll(/th dport (\d+) .*0x2a0a000200000001(\w{16})\b/g);
			return Array.from(rules, ([, port, last]) => `${last.replace(/^0+/, "")} ${port}`).sort();
		}

		it("has the router open a pinhole for each camera, which the Internet reaches directly (IMG-32)", async () => {
			await until("both are open", 20_000, async () => (await pinholes()).length === 2);
			assert.deepEqual(await pinholes(), ["11 8000", "12 8000"]);
			for (const url of [FIRST, SECOND]) {
				await until(`${url} answers in the Internet`, 5000, () => house.lab.get("wan", url, 1));
			}
			const by = offer === "pcp" ? "PCP" : "UPnP";
			const status = JSON.parse((await house.lab.get("wan", `${FIRST}api/v1/status`)) ?? "{}");
			assert.deepEqual([status.ipv6?.by, status.ipv6?.outside], [by, "2a0a:2:0:1::11"]);
		});

		it("links visitors from the Internet to both cameras by IPv6, and says that they can be reached (IMG-32)", async () => {
			await house.untilListed("wan", FIRST, [FIRST, SECOND], 10_000);
			const cameras = (await house.shownPortal("wan", FIRST)).cameras as readonly { health?: string }[];
			assert.deepEqual(
				cameras.map(({ health }) => health),
				["ok", "ok"],
			);
		});

		it("links visitors in the LAN by the family that they come by (IMG-14, IMG-32)", async () => {
			await house.untilListed("home", FIRST, [FIRST, SECOND], 10_000);
			const four = [1, 2].map((n) => `http://${Lab.address(n)}:8000/`);
			await house.untilListed("home", four[0], four, 10_000);
		});

		it("shows both addresses on a camera's page (IMG-32)", async () => {
			const page = (await house.lab.get("home", `http://${Lab.address(1)}:8000/camera`)) ?? "";
			assert.match(page, /http:\/\/192\.168\.0\.11:8000\//);
			assert.match(page, /http:\/\/\[2a0a:2:0:1::11\]:8000\//);
		});

		it("plays Motion JPEG to the Internet by IPv6 (IMG-16, IMG-32)", async () => {
			assert.equal(await house.countPictures("wan", `${SECOND}stream.mjpeg`, 10), 10);
		});

		it("tells strangers nothing by IPv6", async () => {
			for (const path of ["", "portal", "camera", "snapshot.jpg", "api/v1/status", "nothing"]) {
				const words = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", `${FIRST}${path}`];
				assert.equal((await house.lab.exec("wan", words)).stdout, "401", path);
			}
		});

		it("explains by porthole doctor that cameras can be reached by IPv6 (IMG-32)", async () => {
			const words = [process.execPath, NODE_PROGRAM, "doctor", "--interface", "eth0"];
			const { code, stdout } = await house.lab.exec("home", words, 60_000);
			assert.equal(code, 0);
			assert.match(stdout, /IPv6: .*2a0a:2:0:1::200.*by IPv6/s);
			await until("the doctor leaves nothing behind", 1000, async () => (await pinholes()).length === 2);
		});

		it("closes the pinholes when the cameras leave (IMG-20, IMG-32)", async () => {
			for (const camera of house.cameras) if (camera !== undefined) assert.equal(await camera.leave(), 0);
			await until("they are closed", 1000, async () => (await pinholes()).length === 0);
		});
	});
}
