import assert from "node:assert/strict";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { statusesOf } from "../support/http-abuse";
import { needs } from "../support/needs";
import { ownersRequest, visit } from "../support/raw-visit";

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
