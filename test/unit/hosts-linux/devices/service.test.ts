import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { needs } from "../../../support/needs";
import { compileProbe, linesOf, makeFolder } from "./compile";

const run = promisify(execFile);

/** RFC 5424 §6: priority, version, time, host, program, process, message kind, no structured data. */
const LINE = /^<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S+) porthole (\d+) (\S+) - (.*)$/s;

describe("hosts-linux/devices/syslog and service manager", function () {
	this.timeout(30_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;
	let socket: string;

	before(async function () {
		needs(this, "gcc");
		folder = makeFolder();
		socket = join(folder.path, "log");
		program = await compileProbe(folder.path, "service-probe", ["syslog-socket", "service-notify"]);
	});
	after(() => folder?.remove());

	async function heard(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
		const { stdout } = await run(program, args, { timeout: 20_000, env: { ...process.env, ...env } });
		const lines = linesOf(stdout);
		const texts = lines.flatMap((line) => (line["hex"] === undefined ? [] : [Buffer.from(`${line["hex"]}`, "hex")]));
		return { lines, texts };
	}

	it("writes a line as RFC 5424 says", async () => {
		const before = Date.now();
		const { texts } = await heard(["syslog", socket, "gateway", "holds port 8080: größer", "1"]);
		const [, priority, time, host, , area, text] = LINE.exec(texts[0].toString("utf8")) ?? [];
		// Daemons have facility 3, warnings severity 4.
		assert.deepEqual([priority, host, area, text], ["28", hostname(), "gateway", "holds port 8080: größer"]);
		assert.ok(Math.abs(Date.parse(time) - before) < 20_000, time);
	});

	it("lets no control character and no space pass where they have no place", async () => {
		const { texts } = await heard(["syslog", socket, "bad area\n", "one\ntwo\u001b[31m\u007f", "1"]);
		const [, , , , , area, text] = LINE.exec(texts[0].toString("utf8")) ?? [];
		assert.deepEqual([area, text], ["bad?area?", "one?two?[31m?"]);
	});

	it("cuts long lines at 2048 octets, never inside a character", async () => {
		for (const [text, repeat] of [
			["x", 5000],
			["\u{1f4f7}", 1000],
			["ö", 3000],
			["aö", 3000],
		] as const) {
			const { texts } = await heard(["syslog", socket, "a", text, String(repeat)]);
			assert.ok(texts[0].length <= 2048 && texts[0].length > 2044, `${texts[0].length} octets`);
			assert.ok(!texts[0].toString("utf8").includes("\ufffd"));
		}
	});

	it("finds a log service that comes late or is restarted, and never waits for one", async () => {
		const { lines, texts } = await heard(["restart", socket]);
		assert.deepEqual(
			texts.map((octets) => LINE.exec(octets.toString())?.[6]),
			["first", "second"],
		);
		// Two before the service was there, and those of the flood that its queue did not take.
		assert.ok(Number(lines.at(-1)?.["lost"]) > 100);
	});

	it("tells the service manager its state, by path and by abstract name", async () => {
		for (const path of [join(folder.path, "notify"), `@porthole-test-${process.pid}`]) {
			const { lines, texts } = await heard(["notify", path, "READY=1"], {
				NOTIFY_SOCKET: path,
				WATCHDOG_USEC: "30000000",
			});
			assert.deepEqual([lines[0], texts[0].toString()], [{ sent: 1, watchdog: 30_000 }, "READY=1"]);
		}
	});

	it("keeps still without a service manager, and when the watchdog is another process's", async () => {
		const path = join(folder.path, "notify");
		const none = await heard(["notify", path, "READY=1"], { NOTIFY_SOCKET: "" });
		assert.deepEqual(none.lines, [{ sent: 0, watchdog: 0 }]);
		const other = await heard(["notify", path, "READY=1"], {
			NOTIFY_SOCKET: "relative",
			WATCHDOG_USEC: "30000000",
			WATCHDOG_PID: "1",
		});
		assert.deepEqual(other.lines, [{ sent: -1, watchdog: 0 }]);
	});
});
