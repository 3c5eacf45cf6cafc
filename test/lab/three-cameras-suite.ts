import assert from "node:assert/strict";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor, inside, outside, WAN } from "./house";
import { type CameraKind, Lab } from "./lab";

/**
 * Runs three cameras behind a router from start to end, as seen from the Internet and in the LAN.
 * @param profile of the router, as `lab.sh up` takes it
 * @param kinds the programs of cameras 1, 2 and 3, in turns
 */
export function threeCameras(profile: string, kinds: readonly CameraKind[]): void {
	describe(`lab/three cameras (${kinds.join(", ")}) behind a router: ${profile}`, function () {
		this.timeout(300_000);
		const xs = kinds.includes("xs") ? (["porthole-linux"] as const) : [];
		const house = houseFor(
			profile,
			(context) => needs(context, ...LAB_NEEDS, "build", "ffmpeg", "upnpc", ...xs),
			kinds,
		);

		it("gives three cameras three ports, and the representative's to the first (IMG-2, IMG-3, IMG-4, IMG-6)", async () => {
			await house().fill(3);
			const expected = [1, 2, 3].map((n) => [8079 + n, `${Lab.address(n)}:8000`] as const);
			assert.deepEqual(await house().lab.mappings(), new Map(expected));
		});

		it("shows links to the others on the portal on the Internet side (IMG-5, IMG-14)", async () => {
			await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081, 8082), 5000);
			const page = (await house().lab.get("wan", `http://${WAN}:8080/`)) ?? "";
			for (const url of outside(8081, 8082)) assert.ok(page.includes(`href="${url}`), `no link to ${url}: ${page}`);
			assert.doesNotMatch(page, /192\.168\./);
			const portal = await house().shownPortal("wan");
			assert.deepEqual(portal.cameras.map((camera) => camera.name).sort(), ["camera 1", "camera 2", "camera 3"]);
			assert.deepEqual(
				portal.cameras.filter((c) => c.representative).map((c) => c.name),
				["camera 1"],
			);
		});

		it("delivers MJPEG from all three to curl and ffmpeg (IMG-16)", async () => {
			for (const url of outside(8080, 8081, 8082)) {
				assert.equal(await house().countPictures("wan", `${url}stream.mjpeg`, 10), 10, url);
				const login = url.replace("//", `//owner:${PASSWORD}@`);
				const input = ["-v", "error", "-f", "mpjpeg", "-i", `${login}stream.mjpeg`];
				const play = await house().lab.exec("wan", ["ffmpeg", ...input, "-frames:v", "5", "-f", "null", "-"]);
				assert.equal(play.code, 0, play.stderr);
				assert.equal(play.stderr, "");
			}
		});

		it("delivers RTSP from all three to a player on the Internet, by the ports of the pages (ONE-3)", async () => {
			for (const port of [8080, 8081, 8082]) {
				const input = ["-v", "error", "-rtsp_transport", "tcp", "-i", `rtsp://owner:${PASSWORD}@${WAN}:${port}/live`];
				const play = await house().lab.exec("wan", ["ffmpeg", ...input, "-frames:v", "5", "-f", "null", "-"], 60_000);
				assert.equal(play.code, 0, `${port}: ${play.stderr}`);
			}
			const { cameras } = await house().shownPortal("wan");
			assert.deepEqual(
				cameras.map(({ rtsp }) => rtsp).sort(),
				[8080, 8081, 8082].map((port) => `rtsp://${WAN}:${port}/live`),
			);
		});

		it("tells a player by UDP the address that the router says is its own, and no table is needed (ONE-4, STR-24)", async () => {
			const url = `rtsp://owner:${PASSWORD}@${WAN}:8081/live`;
			const input = ["-v", "trace", "-rtsp_transport", "udp", "-i", url];
			const play = await house().lab.exec("wan", ["ffmpeg", ...input, "-frames:v", "5", "-f", "null", "-"], 60_000);
			assert.equal(play.code, 0, play.stderr.slice(-2000));
			assert.match(play.stderr, /line='Transport: RTP\/AVP[^']*;source=198\.20\.0\.1;/);
			assert.doesNotMatch(play.stderr, /Transport: RTP\/AVP\/TCP/, "it has not fallen back to TCP");
		});

		it("links a visitor in the LAN to LAN addresses (IMG-14)", async () => {
			const [first] = inside(1);
			await house().untilListed("home", first, inside(3), 5000);
			const page = (await house().lab.get("home", first)) ?? "";
			assert.ok(page.includes('href="http://192.168.0.12:8000/'), page);
			const [cards, publicAddress] = page.split('<section id="public">');
			assert.doesNotMatch(cards, /(href|src)="[^"]*198\.20\./);
			assert.ok(publicAddress.includes(`href="http://${WAN}:8080/"`), page);
		});

		it("lists a fourth camera, and removes it when it leaves (IMG-12, IMG-20)", async () => {
			const fourth = house().start(4);
			await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081, 8082, 8083), 2000);
			assert.equal(await fourth.leave(), 0, fourth.output);
			await until("its port is closed", 1000, async () => !(await house().lab.mappings()).has(8083));
			await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081, 8082), 1000);
		});

		it("recovers when the router is back (IMG-3, IMG-9)", async () => {
			await house().lab.stopRouter();
			await pause(3000);
			await house().lab.startRouter();
			const ports = [8080, 8081, 8082];
			await Promise.all(ports.map((port) => house().untilServed(port, 5000)));
			await house().untilListed("wan", `http://${WAN}:8080/`, outside(...ports), 5000);
		});

		it("recovers when the router was unreachable for a moment", async () => {
			await house().lab.restartRouter();
			await Promise.all([8080, 8081, 8082].map((port) => house().untilServed(port, 5000)));
		});

		it("reports by porthole doctor which ways lead to each camera, with the address (ONE-10)", async () => {
			const kinds = ["node", "xs"] as const;
			const found = await Promise.all(kinds.map((kind) => house().doctor("home", kind)));
			for (const { code, stdout, stderr } of found) {
				assert.equal(code, 0, stdout + stderr);
				assert.match(stdout, /Its address on the Internet: 198\.20\.0\.1\./);
				for (const n of [1, 2, 3]) {
					const from = stdout.indexOf(`Camera "camera ${n}" at `);
					assert.ok(from >= 0, stdout);
					const lines = stdout.slice(from).split("\n").slice(0, 4);
					assert.match(lines[1], /^ +LAN: works, it answers in \d+ ms at http:/);
					assert.match(
						lines[2],
						new RegExp(`^ +mapped port: (works|not known), .*http://198\\.20\\.0\\.1:${8079 + n}/`),
					);
				}
			}
		});

		it("says the same on the portal, as far as a device knows it without visits (ONE-10)", async () => {
			const [first] = inside(1);
			const page = (await house().lab.get("home", first)) ?? "";
			assert.equal(page.match(/href="\/fleet\/ways#[0-9a-f]{16}"/g)?.length, 3, page);
			const { devices } = JSON.parse((await house().lab.get("home", `${first}api/v1/ways`)) ?? "");
			for (const n of [1, 2, 3]) {
				const { ways, players } = devices.find(({ name }: { name: string }) => name === `camera ${n}`);
				const at = { lan: `http://${Lab.address(n)}:8000/`, mapped: `http://${WAN}:${8079 + n}/` };
				assert.deepEqual(ways.slice(0, 2), [
					{ way: "lan", works: true, text: `it announces itself at ${at.lan}` },
					{ way: "mapped", works: true, text: `the router has opened ${at.mapped}` },
				]);
				assert.match(players[1].text, new RegExp(`\\bport ${8079 + n} of the router, .* told as 198\\.20\\.0\\.1`));
			}
		});

		it("leaves nothing on the router when all have left (IMG-20)", async () => {
			const codes = await Promise.all(house().cameras.map((camera) => camera.leave()));
			assert.ok(
				codes.every((code) => code === undefined || code === 0),
				codes.join(),
			);
			let rest: string[] = [];
			const empty = async () => {
				rest = [...(await house().lab.mappings())].map(([port, inside]) => `${port} -> ${inside}`);
				return rest.length === 0;
			};
			await until("the router's table is empty", 1000, empty).catch(() =>
				assert.fail(`left behind: ${rest.join(", ")}`),
			);
		});
	});
}
