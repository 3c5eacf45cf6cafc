import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { statusesOf } from "../support/http-abuse";
import { needs } from "../support/needs";
import { ownersRequest, visit } from "../support/raw-visit";
import { pause } from "../support/until";

/** A camera that a suite of abuse has started. */
export interface AbusedCamera {
	/** Starts the camera of the running test. It is stopped after the test, and must then leave in good order. */
	start(...flags: readonly string[]): Promise<RunningCamera>;
	readonly camera: RunningCamera;
}

/**
 * Runs the same tests of abuse against the programs for Node.js and XS. After each test the camera must still be running and
 * leave in good order.
 *
 * To add a case of a single request, add a row to `test/support/http-abuse.ts`. For anything that takes more than one
 * request, write a test here:
 *
 *     abuseSuite("cookies", (abused) => {
 *         it("do not …", async () => {
 *             const { port } = await abused.start("--password", PASSWORD);
 *             …
 *             await assertServed(port);
 *         });
 *     });
 */
export function abuseSuite(title: string, tests: (abused: AbusedCamera) => void): void {
	for (const program of CAMERA_PROGRAMS) {
		describe(`abuse: ${title}: ${program.name}`, function () {
			this.timeout(400_000);
			let camera: RunningCamera | undefined;

			before(function () {
				needs(this, program.need);
			});
			afterEach(async () => {
				const ended = camera;
				camera = undefined;
				if (ended !== undefined) assert.equal(await ended.stop(), true, `it left in good order: ${ended.said()}`);
			});

			tests({
				async start(...flags) {
					camera = await startCamera(program, ...flags);
					return camera;
				},
				get camera() {
					assert.ok(camera, "the camera is started");
					return camera;
				},
			});
		});
	}
}

/** Logs in as the owner with the usual password, and requests a page. */
export async function assertServed(port: number, target = "/api/v1/status"): Promise<void> {
	const { answers } = await visit(port, await ownersRequest(port, target), (soFar) => statusesOf(soFar).length > 0);
	assert.deepEqual(statusesOf(answers), [200]);
}

/**
 * Whether a viewer gets nine tenths of what it gets in a calm moment beside it, in which the attack stands still.
 * @param before the viewer's rate before the attack; a moment with less than half of it is not calm
 * @param rates gets the rate under attack
 */
export async function isUndisturbed(
	watcher: { rate(seconds: number): Promise<number> },
	abuser: ChildProcess | undefined,
	before: number,
	rates: number[],
): Promise<boolean> {
	abuser?.kill("SIGSTOP");
	await pause(1000);
	const calm = Math.min(before, await watcher.rate(2));
	abuser?.kill("SIGCONT");
	const rate = await watcher.rate(3);
	rates.push(rate);
	return calm >= before / 2 && rate >= 0.9 * calm;
}
