import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { freePort } from "../../tools/free-port";
import { endAllLogins } from "../../tools/owner-session";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { PASSWORD } from "../support/digest";
import { FORBIDDEN, statusesOf } from "../support/http-abuse";
import { ownersRequest, visit } from "../support/raw-visit";
import { RTSP_ABUSE } from "../support/rtsp-abuse";
import { RtspVisitor } from "../support/rtsp-visit";
import { until } from "../support/until";
import { abuseSuite, assertServed, isUndisturbed } from "./abused-camera";

const ABUSER = resolve(__dirname, "../support/abuser.ts");
const VIEWER = "only-looking";
const ABUSIVE = 500;
/** Fewer than come: newcomers get in at strangers' cost only. */
const CONNECTIONS = ["--rtsp-connections", "300", "--rtsp-connections-per-address", "60"];
/** At once from this machine. */
const TOGETHER = 6;

abuseSuite("RTSP", (abused) => {
	let abuser: ChildProcess | undefined;
	let port = 0;

	afterEach(() => {
		abuser?.kill("SIGKILL");
		abuser = undefined;
	});

	async function start(...flags: readonly string[]): Promise<void> {
		port = await freePort();
		const access = ["--password", PASSWORD, "--viewer-password", VIEWER];
		await abused.start("--rtsp-port", `${port}`, ...access, ...flags);
		await until("the stream server listens", 20_000, () => abused.camera.said().includes("stream: listening"));
	}

	/** Whether a player's answer has a status. */
	const assertStatus = (answer: string, status: number) => assert.match(answer, new RegExp(`^RTSP/1\\.0 ${status} `));

	it("answers each request of a stranger as it should, and keeps serving (STR-1)", async () => {
		await start("--fps", "5");
		const wrong: string[] = [];
		const rest = [...RTSP_ABUSE];
		const work = async () => {
			for (let abuse = rest.shift(); abuse !== undefined; abuse = rest.shift()) {
				const { title, raw, statuses, closes } = abuse;
				const expected = (soFar: string) => !closes && statusesOf(soFar, "RTSP/1.0").length >= statuses.length;
				const { answers, closed } = await visit(port, raw, expected);
				const got = `${statusesOf(answers, "RTSP/1.0")}${closed ? " closed" : ""}`;
				if (got !== `${statuses}${closes ? " closed" : ""}`) wrong.push(`${title}: ${got} instead of ${statuses}`);
				if (FORBIDDEN.test(answers)) wrong.push(`${title}: ${answers.slice(0, 500)}`);
			}
		};
		await Promise.all(Array.from({ length: TOGETHER }, work));
		assert.deepEqual(wrong, []);
		const web = await visit(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
		assert.match(web.answers, /^HTTP\/1\.0 400 [\s\S]*This port is for RTSP/);
		const other = await visit(abused.camera.port, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
		// The port of the pages takes RTSP, too (ONE-3).
		assert.deepEqual(statusesOf(other.answers, "RTSP/1.0"), [200]);
		await assertServed(abused.camera.port);
		const player = await RtspVisitor.play(port, "viewer", VIEWER);
		await until("pictures", 5000, () => player.octets > 20_000);
		player.stop();
	});

	it("keeps a session to its client, an address's places for its owner, and ends all with the passwords (STR-3)", async () => {
		await start("--fps", "10", "--rtsp-connections-per-address", "4");
		const viewer = await RtspVisitor.open(port, "viewer", VIEWER);
		const transport = "Transport: RTP/AVP;unicast;client_port=5000-5001";
		const setups = [];
		for (let i = 0; i < 4; i++) setups.push((await viewer.ask("SETUP", transport)).slice(9, 12));
		assert.deepEqual(setups, ["200", "200", "200", "453"]);
		assertStatus(await viewer.ask("SETUP", `${transport};destination=203.0.113.1`), 463);
		const owner = await RtspVisitor.open(port, "owner", PASSWORD);
		assertStatus(await owner.ask("SETUP", `${transport};destination=203.0.113.1`), 463);
		const session = /\r\nSession: ([0-9a-f]{32})/.exec(await owner.ask("SETUP", transport))?.[1] ?? "";
		const stranger = await RtspVisitor.open(port, "owner", "");
		stranger.session = session;
		assertStatus(await stranger.ask("PLAY"), 401);
		assertStatus(await stranger.ask("TEARDOWN"), 401);
		stranger.stop();
		await endAllLogins(abused.camera.port);
		await until("the ends of all connections", 5000, () => viewer.over !== undefined && owner.over !== undefined);
		const { answers } = await visit(
			abused.camera.port,
			await ownersRequest(abused.camera.port, "/api/v1/streams"),
			(soFar) => soFar.includes("]"),
		);
		assert.match(answers, /"streams": ?\[\]/);
	});

	it(`sends a viewer nine tenths of its pictures while ${ABUSIVE} clients attack, and admits new viewers`, async () => {
		await start("--fps", "25", ...CONNECTIONS);
		const watcher = await RtspVisitor.play(port, "viewer", VIEWER);
		await until("pictures", 5000, () => watcher.octets > 200_000);
		const before = await watcher.rate(3);
		const memory = abused.camera.residentKb();
		let said = "";
		abuser = spawn(process.execPath, [...TYPESCRIPT, ABUSER, `${port}`, `${ABUSIVE}`, "rtsp"], {
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
		const late = await RtspVisitor.play(port, "viewer", VIEWER);
		await until("pictures for a new viewer", 5000, () => late.octets > 200_000);
		await until("nine tenths of the pictures, still", 20_000, undisturbed);
		const grown = abused.camera.residentKb() - memory;
		const words = [before, ...rates].map((rate) => `${(rate / 1000).toFixed(0)} kB/s`).join(", ");
		console.log(`      ${words}; ${grown} kB more memory; ${said.trim().split("\n").at(-1)}`);
		assert.equal(watcher.over, undefined);
		assert.equal(late.over, undefined);
		watcher.stop();
		late.stop();
	});
});
