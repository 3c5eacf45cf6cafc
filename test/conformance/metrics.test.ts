import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	CAMERA_PROGRAMS,
	NAS_PROGRAMS,
	RELAY_PROGRAMS,
	type RunningCamera,
	startCamera,
	startNas,
	startRelay,
} from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { ownerCookie } from "../../tools/owner-session";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";

/** Runs `promtool check metrics`. @returns its exit code and what it says */
function promtool(text: string): Promise<readonly [code: number | null, said: string]> {
	return new Promise((done) => {
		const child = spawn("promtool", ["check", "metrics"], { stdio: ["pipe", "pipe", "pipe"] });
		let said = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk) => {
				said += chunk;
			});
		}
		child.on("close", (code) => done([code, said]));
		child.stdin.end(text);
	});
}

describe("conformance/metrics: promtool finds nothing wrong", function () {
	this.timeout(120_000);
	const folder = mkdtempSync(join(tmpdir(), "porthole-metrics-"));
	after(() => rmSync(folder, { recursive: true, force: true }));

	for (const [i, { name, need }] of CAMERA_PROGRAMS.entries()) {
		it(`with the metrics of a camera, a NAS, a relay and a rendezvous server on ${name}`, async function () {
			needs(this, need, "promtool");
			const relay = RELAY_PROGRAMS[i];
			const rendezvous = { ...relay, command: relay.command.map((word) => (word === "relay" ? "rendezvous" : word)) };
			const password = ["--password", PASSWORD];
			const udp = await freePort();
			const running: readonly (readonly [string, RunningCamera])[] = await Promise.all([
				startCamera(CAMERA_PROGRAMS[i], ...password).then((one) => ["camera", one] as const),
				startNas(NAS_PROGRAMS[i], join(folder, `storage${i}`), ...password).then((one) => ["NAS", one] as const),
				startRelay(relay, ...password).then((one) => ["relay", one] as const),
				startRelay(rendezvous, ...password, "--udp-port", `${udp}`).then((one) => ["rendezvous", one] as const),
			]);
			try {
				for (const [kind, { port }] of running) {
					const headers = { cookie: await ownerCookie(port), connection: "close" };
					const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
					assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
					const text = await answer.text();
					assert.deepEqual(await promtool(text), [0, ""], `${kind}:\n${text}`);
					assert.match(text, /^porthole_build_info\{version="\d[^"]*",model="[^"]+"\} 1$/m);
					assert.match(text, /^porthole_device_info\{id="[0-9a-f]{16}",name="[^"]*"\} 1$/m);
				}
			} finally {
				await Promise.all(running.map(([, one]) => one.stop()));
			}
		});
	}
});
