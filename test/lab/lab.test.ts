import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FRAME } from "../../tools/camera-program";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { openBrowser, watchPictures } from "../support/browser";
import { LAB_NEEDS, needs } from "../support/needs";
import { TOY_CAMERA } from "../support/toy-camera";
import { until } from "../support/until";
import { Lab, untilPage } from "./lab";

describe("lab/harness", function () {
	this.timeout(300_000);
	let lab: Lab | undefined;
	let folder = "";

	before(async function () {
		needs(this, ...LAB_NEEDS, "upnpc");
		folder = mkdtempSync(join(tmpdir(), "porthole-lab-test-"));
		lab = await Lab.up("igd2 secure");
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") lab?.report();
	});
	after(async () => {
		await lab?.down();
		if (folder !== "") rmSync(folder, { recursive: true });
	});

	/** Starts a toy camera and maps it with upnpc. */
	async function toy(ns: string, port: number, ...pictures: string[]): Promise<void> {
		const address = Lab.address(Number(ns.slice(3)));
		lab!.spawn(ns, [process.execPath, "-e", TOY_CAMERA, ns, ...pictures]);
		const mapped = await lab!.exec(ns, ["upnpc", "-e", "toy", "-a", address, "8000", `${port}`, "TCP", "120"]);
		assert.equal(mapped.code, 0, mapped.stdout + mapped.stderr);
	}

	it("makes a mapped server reachable at the external address only", async () => {
		await toy("cam4", 8080, FRAME);
		await untilPage(lab!, "wan", "http://198.20.0.1:8080/", "cam4", 3000);
		await untilPage(lab!, "away", "http://198.20.0.1:8080/", "cam4", 3000);
		await untilPage(lab!, "home", "http://192.168.0.14:8000/", "cam4", 3000);
		assert.equal(await lab!.get("wan", "http://192.168.0.14:8000/", 1), undefined);
		assert.deepEqual(await lab!.mappings(), new Map([[8080, "192.168.0.14:8000"]]));
	});

	it("forgets the mappings when the router restarts", async () => {
		await lab!.restartRouter();
		assert.equal((await lab!.mappings()).size, 0);
	});

	it("moves to another WAN address", async () => {
		await toy("cam3", 8081, FRAME);
		await lab!.setWan("198.20.0.77");
		await untilPage(lab!, "wan", "http://198.20.0.77:8081/", "cam3", 3000);
		assert.equal(await lab!.get("wan", "http://198.20.0.1:8081/", 1), undefined);
	});

	it("ends processes with all that they have started", async () => {
		// The first shell waits for what it has started, the second has ended before it.
		for (const script of ["sleep 600 & echo started; wait", "sleep 600 & echo started"]) {
			const shell = lab!.spawn("cam1", ["sh", "-c", script]);
			await until("it has started another", 5000, () => shell.output !== "");
			await shell.end();
		}
		await until("nothing runs in the namespace", 5000, async () => {
			const { code, stdout } = await lab!.exec("rtr", ["ip", "netns", "pids", `${lab!.name}-cam1`]);
			return code === 0 && stdout === "";
		});
	});

	it("runs beside another lab", async () => {
		const other = await Lab.up("igd1 insecure cams=1");
		try {
			assert.equal((await other.mappings()).size, 0);
			assert.equal(await other.get("wan", "http://198.20.0.77:8081/", 1), undefined);
		} finally {
			await other.down();
		}
		assert.match((await lab!.get("wan", "http://198.20.0.77:8081/")) ?? "", /cam3/);
	});

	it("runs a browser on the Internet side and detects which pictures change", async function () {
		needs(this, "chromium", "ffmpeg");
		const blue = join(folder, "blue.jpg");
		execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "color=blue:s=640x480", "-frames:v", "1", blue]);
		await toy("cam1", 9001, FRAME, blue);
		await toy("cam2", 9002, FRAME);
		const { browser, close } = await openBrowser(`${lab!.name}-wan`);
		try {
			const page = await browser.newPage();
			await untilPage(lab!, "wan", "http://198.20.0.77:9001/", "cam1", 3000);
			await page.goto("http://198.20.0.77:9001/");
			const size = { width: 640, height: 480 };
			const src = "http://198.20.0.77:9001/stream.mjpeg";
			assert.deepEqual(await watchPictures(page), [{ src, ...size, moves: true }]);
			await untilPage(lab!, "wan", "http://198.20.0.77:9002/", "cam2", 3000);
			await page.goto("http://198.20.0.77:9002/");
			assert.equal((await watchPictures(page, "img", 2000))[0].moves, false);
			// The browser really is on the Internet side: it cannot reach the cameras' LAN.
			await assert.rejects(page.goto("http://192.168.0.11:8000/", { timeout: 3000 }));
		} finally {
			await close();
		}
	});

	it("removes the namespaces of a process that was killed", async () => {
		const end = "process.kill(process.pid, 'SIGKILL')";
		const code = `require("./test/lab/lab").Lab.up("igd1 secure cams=1").then((lab) => { console.log(lab.name); ${end}; })`;
		const options = { cwd: resolve(__dirname, "../.."), encoding: "utf8" } as const;
		const { stdout } = spawnSync(process.execPath, [...TYPESCRIPT, "-e", code], options);
		assert.match(stdout, /^t\d+x1\n$/);
		await (await Lab.up("igd1 secure cams=1")).down();
		assert.ok(!namespaces().some((name) => name.startsWith(`${stdout.trim()}-`)), namespaces().join());
	});

	it("leaves nothing behind", async () => {
		const name = lab!.name;
		await lab!.down();
		assert.ok(!namespaces().some((other) => other.startsWith(`${name}-`)), namespaces().join());
	});
});

function namespaces(): string[] {
	return execFileSync("ip", ["netns", "list"], { encoding: "utf8" }).split("\n");
}
