import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RELAY_PROGRAMS, type RunningCamera, startRelay } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";

describe("conformance/relay program", function () {
	this.timeout(60_000);
	let folder = "";
	const running: RunningCamera[] = [];
	const [node] = RELAY_PROGRAMS;
	const start = async (program: typeof node): Promise<RunningCamera> => {
		const relay = await startRelay(program, "--password", PASSWORD, "--outbox", join(folder, "outbox"));
		running.push(relay);
		return relay;
	};

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-relay-"));
	});
	afterEach(async () => {
		for (const one of running.splice(0)) await one.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	for (const program of RELAY_PROGRAMS) {
		it(`${program.name}: leaves the records of another relay alone, until that has ended (REP-6)`, async function () {
			needs(this, program.need);
			needs(this, node.need);
			const first = await start(node);
			await assert.rejects(start(program), /outbox is in use by another relay/);
			await first.stop();
			await start(program);
		});
	}
});
