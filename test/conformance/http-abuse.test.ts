import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { FORBIDDEN, HTTP_ABUSE, statusesOf } from "../support/http-abuse";
import { needs } from "../support/needs";
import { ownersRequest, visit, Watcher } from "../support/raw-visit";
import { pause, until } from "../support/until";

const ABUSER = resolve(__dirname, "../support/abuser.ts");
const ABUSIVE = 500;
/** Fewer than come: newcomers get in at strangers' cost only. */
const CONNECTIONS = ["--connections", "300", "--connections-per-address", "60"];
/** At once from this machine. */
const TOGETHER = 12;

for (const program of CAMERA_PROGRAMS) {
	describe(`HTTP abuse: ${program.name}`, function () {
		this.timeout(120_000);
		let camera: RunningCamera;
		let abuser: ChildProcess | undefined;

		before(function () {
			needs(this, program.need);
		});
		afterEach(async () => {
			abuser?.kill("SIGKILL");
			abuser = undefined;
			assert.equal(await camera.stop(), true, `it left in good order: ${camera.said()}`);
		});

		it("says to each what the machine says, and goes on", async () => {
			camera = await startCamera(program, "--lan-without-password", "on", "--fps", "5");
			const wrong: string[] = [];
			const rest = [...HTTP_ABUSE];
			const work = async () => {
				for (let abuse = rest.shift(); abuse !== undefined; abuse = rest.shift()) {
					const { title, raw, statuses, closes } = abuse;
					const { answers, closed } = await visit(camera.port, raw);
					const got = `${statusesOf(answers)}${closed ? " closed" : ""}`;
					if (got !== `${statuses}${closes ? " closed" : ""}`) wrong.push(`${title}: ${got} instead of ${statuses}`);
					if (FORBIDDEN.test(answers)) wrong.push(`${title}: ${answers.slice(0, 500)}`);
				}
			};
			await Promise.all(Array.from({ length: TOGETHER }, work));
			assert.deepEqual(wrong, []);
		});

		it("tells who comes when all places are taken to come again, and gives him the place of one who goes", async () => {
			camera = await startCamera(program, "--password", PASSWORD, "--fps", "10", "--viewers", "2");
			const watchers = [await Watcher.start(camera.port), await Watcher.start(camera.port, "/stream.mjpeg?fps=1")];
			await until("pictures", 5000, () => watchers.every(({ octets }) => octets > 10_000));
			const { answers } = await visit(camera.port, await ownersRequest(camera.port, "/stream.mjpeg"));
			assert.deepEqual(statusesOf(answers), [503]);
			assert.match(answers, /\r\nRetry-After: 10\r\n[\s\S]*people are watching/);
			watchers[0].stop();
			await until("a free place", 5000, async () => {
				const late = await Watcher.start(camera.port);
				await pause(300);
				late.stop();
				return late.octets > 10_000;
			});
			assert.equal(watchers[1].over, undefined);
			watchers[1].stop();
		});

		it(`sends a viewer nine tenths of its pictures while ${ABUSIVE} others misuse it, and lets new ones in`, async () => {
			camera = await startCamera(program, "--password", PASSWORD, "--fps", "25", ...CONNECTIONS);
			const watcher = await Watcher.start(camera.port);
			await until("pictures", 5000, () => watcher.octets > 200_000);
			const before = await watcher.rate(3);
			const memory = camera.residentKb();
			let said = "";
			abuser = spawn(
				process.execPath,
				["--require", "ts-node/register/transpile-only", ABUSER, `${camera.port}`, `${ABUSIVE}`],
				{ stdio: ["ignore", "pipe", "inherit"] },
			);
			abuser.stdout?.on("data", (chunk) => {
				said += chunk;
			});
			await until("all of them to have come", 20_000, () => said.includes("ready"));
			const during = await watcher.rate(5);
			const late = await Watcher.start(camera.port);
			await until("pictures for one who comes meanwhile", 5000, () => late.octets > 200_000);
			const later = await watcher.rate(5);
			const grown = camera.residentKb() - memory;
			const words = [before, during, later].map((rate) => `${(rate / 1000).toFixed(0)} kB/s`).join(", ");
			console.log(`      ${words}; ${grown} kB more memory; ${said.trim().split("\n").at(-1)}`);
			assert.equal(watcher.over, undefined);
			assert.equal(late.over, undefined);
			for (const rate of [during, later]) assert.ok(rate >= 0.9 * before, words);
			watcher.stop();
			late.stop();
		});
	});
}
