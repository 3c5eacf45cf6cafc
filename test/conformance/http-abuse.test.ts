import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { ownerCookie } from "../../tools/owner-session";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { PASSWORD } from "../support/digest";
import { FORBIDDEN, HTTP_ABUSE, statusesOf } from "../support/http-abuse";
import { ownersRequest, visit, Watcher } from "../support/raw-visit";
import { pause, until } from "../support/until";
import { abuseSuite, isUndisturbed } from "./abused-camera";

const ABUSER = resolve(__dirname, "../support/abuser.ts");
const ABUSIVE = 500;
/** Fewer than come: newcomers get in at strangers' cost only. */
const CONNECTIONS = ["--connections", "300", "--connections-per-address", "60"];
/** At once from this machine. */
const TOGETHER = 12;

abuseSuite("HTTP", (abused) => {
	let abuser: ChildProcess | undefined;

	afterEach(() => {
		abuser?.kill("SIGKILL");
		abuser = undefined;
	});

	it("responds to each case as the engine does, and keeps serving", async () => {
		const camera = await abused.start("--password", PASSWORD, "--fps", "5");
		const login = `Host: 127.0.0.1\r\nCookie: ${await ownerCookie(camera.port)}\r\n`;
		const wrong: string[] = [];
		const rest = [...HTTP_ABUSE];
		const work = async () => {
			for (let abuse = rest.shift(); abuse !== undefined; abuse = rest.shift()) {
				const { title, raw, statuses, closes } = abuse;
				const expected = (soFar: string) => !closes && statusesOf(soFar).length >= statuses.length;
				const { answers, closed } = await visit(camera.port, raw.replaceAll("Host: 127.0.0.1\r\n", login), expected);
				const got = `${statusesOf(answers)}${closed ? " closed" : ""}`;
				if (got !== `${statuses}${closes ? " closed" : ""}`) wrong.push(`${title}: ${got} instead of ${statuses}`);
				if (FORBIDDEN.test(answers)) wrong.push(`${title}: ${answers.slice(0, 500)}`);
			}
		};
		await Promise.all(Array.from({ length: TOGETHER }, work));
		assert.deepEqual(wrong, []);
	});

	it("responds with 503 when the limit of viewers is reached, and admits a viewer after another has left", async () => {
		const camera = await abused.start("--password", PASSWORD, "--fps", "10", "--viewers", "2");
		const watchers = [await Watcher.start(camera.port), await Watcher.start(camera.port, "/stream.mjpeg?fps=1")];
		await until("pictures", 5000, () => watchers.every(({ octets }) => octets > 10_000));
		const request = await ownersRequest(camera.port, "/stream.mjpeg");
		const { answers } = await visit(camera.port, request, (soFar) => statusesOf(soFar).length > 0);
		assert.deepEqual(statusesOf(answers), [503]);
		assert.match(answers, /\r\nRetry-After: 10\r\n[\s\S]*limit of viewers/);
		watchers[0].stop();
		await until("a free place", 5000, async () => {
			const late = await Watcher.start(camera.port);
			// It gets pictures, or an answer that says that all places are taken.
			await until("an answer", 5000, () => late.octets > 0);
			await pause(300);
			late.stop();
			return late.octets > 10_000;
		});
		assert.equal(watchers[1].over, undefined);
		watchers[1].stop();
	});

	it(`sends a viewer nine tenths of its frames while ${ABUSIVE} clients attack, and admits new viewers`, async () => {
		const camera = await abused.start("--password", PASSWORD, "--fps", "25", ...CONNECTIONS);
		const watcher = await Watcher.start(camera.port);
		await until("pictures", 5000, () => watcher.octets > 200_000);
		const before = await watcher.rate(3);
		const memory = camera.residentKb();
		let said = "";
		abuser = spawn(process.execPath, [...TYPESCRIPT, ABUSER, `${camera.port}`, `${ABUSIVE}`], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		abuser.stdout?.on("data", (chunk) => {
			said += chunk;
		});
		await until("all of them to have come", 20_000, () => said.includes("ready"));
		// A moment in which the machine is busy otherwise does not count.
		const rates: number[] = [];
		const undisturbed = () => isUndisturbed(watcher, abuser, before, rates);
		await until("nine tenths of the pictures", 20_000, undisturbed);
		const late = await Watcher.start(camera.port);
		await until("pictures for a new viewer", 5000, () => late.octets > 200_000);
		await until("nine tenths of the pictures, still", 20_000, undisturbed);
		const grown = camera.residentKb() - memory;
		const words = [before, ...rates].map((rate) => `${(rate / 1000).toFixed(0)} kB/s`).join(", ");
		console.log(`      ${words}; ${grown} kB more memory; ${said.trim().split("\n").at(-1)}`);
		assert.equal(watcher.over, undefined);
		assert.equal(late.over, undefined);
		watcher.stop();
		late.stop();
	});
});
