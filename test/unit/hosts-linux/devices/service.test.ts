import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { needs } from "../../../support/needs";
import { compileProbe, linesOf, makeFolder } from "./compile";

const run = promisify(execFile);

describe("hosts-linux/devices/service manager", function () {
	this.timeout(120_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;

	before(async function () {
		needs(this, "gcc");
		folder = makeFolder();
		program = await compileProbe(folder.path, "service-probe", ["service-notify"]);
	});
	after(() => folder?.remove());

	async function heard(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
		const { stdout } = await run(program, args, { timeout: 20_000, env: { ...process.env, ...env } });
		const lines = linesOf(stdout);
		const texts = lines.flatMap((line) => (line["hex"] === undefined ? [] : [Buffer.from(`${line["hex"]}`, "hex")]));
		return { lines, texts };
	}

	it("sends the service manager its state, by path and by abstract name", async () => {
		for (const path of [join(folder.path, "notify"), `@porthole-test-${process.pid}`]) {
			const { lines, texts } = await heard(["notify", path, "READY=1"], {
				NOTIFY_SOCKET: path,
				WATCHDOG_USEC: "30000000",
			});
			assert.deepEqual([lines[0], texts[0].toString()], [{ sent: 1, watchdog: 30_000 }, "READY=1"]);
		}
	});

	it("sends nothing without a service manager, nor when the watchdog is for another process", async () => {
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
