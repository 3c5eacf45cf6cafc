import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { digestFor, PASSWORD } from "../support/digest";
import { statusesOf } from "../support/http-abuse";
import { needs } from "../support/needs";
import { ownersRequest, visit } from "../support/raw-visit";
import { pause, until } from "../support/until";

const VIEWER = "only-looking";
const CONNECTIONS = 40;
/** Addresses that the clients come from, from 127.0.0.2 on. */
const ADDRESSES = 6;
const LIMITS = ["--connections", `${CONNECTIONS}`, "--connections-per-address", "30", "--viewers", "100"];
/** Guests may have three quarters of all connections. */
const GUESTS = 30;

/** A client on a connection of its own, which it keeps; it logs in as a viewer, or not at all. */
class Guest {
	text = "";
	over = false;
	readonly socket: Socket;

	constructor(port: number, index: number, path?: string) {
		this.socket = connect({ port, host: "127.0.0.1", localAddress: `127.0.0.${2 + (index % ADDRESSES)}` });
		const ask = (field: string) => this.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${field}\r\n`);
		let asked = false;
		this.socket.on("connect", () => path !== undefined && ask(""));
		this.socket.on("data", (chunk) => {
			if (this.text.length < 2000) this.text += chunk.toString("latin1");
			const challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(this.text)?.[1];
			if (asked || challenge === undefined || path === undefined) return;
			asked = true;
			ask(`Authorization: ${digestFor(challenge, "GET", path, "viewer", VIEWER)}\r\n`);
		});
		this.socket.on("error", () => undefined);
		this.socket.on("close", () => {
			this.over = true;
		});
	}

	get status(): number | undefined {
		return statusesOf(this.text)[1];
	}
}

/** Fails unless the owner gets in, as one client of many. */
async function assertOwnerGetsIn(camera: RunningCamera): Promise<void> {
	const { answers } = await visit(
		camera.port,
		await ownersRequest(camera.port, "/metrics"),
		(soFar) => statusesOf(soFar).length > 0,
	);
	assert.deepEqual(statusesOf(answers), [200], camera.said());
}

for (const program of CAMERA_PROGRAMS) {
	describe(`connection limits: ${program.name}`, function () {
		this.timeout(120_000);
		let camera: RunningCamera | undefined;
		let guests: Guest[] = [];

		before(function () {
			needs(this, program.need);
		});
		afterEach(async () => {
			for (const { socket } of guests) socket.destroy();
			guests = [];
			assert.notEqual(await camera?.stop(), false, camera?.said());
		});

		it("lets the owner in while one viewer's login holds as many connections as it can get", async () => {
			camera = await startCamera(program, "--password", PASSWORD, "--viewer-password", VIEWER, ...LIMITS);
			const { port } = camera;
			guests = Array.from({ length: 2 * CONNECTIONS }, (_, i) => new Guest(port, i, "/stream.mjpeg"));
			const watching = () => guests.filter(({ status, over }) => status === 200 && !over).length;
			await until("viewers have what they may have", 30_000, () => watching() === GUESTS);
			await until("the others have an answer", 30_000, () =>
				guests.every(({ status, over }) => over || status !== undefined),
			);
			await assertOwnerGetsIn(camera);
			assert.equal(watching(), GUESTS, "those who watch stay");
		});

		it("drops idle connections of viewers for others", async () => {
			camera = await startCamera(program, "--password", PASSWORD, "--viewer-password", VIEWER, ...LIMITS);
			const { port } = camera;
			for (let i = 0; i < CONNECTIONS + 10; i++) {
				const guest = new Guest(port, i, "/snapshot.jpg");
				guests.push(guest);
				await until("a picture", 10_000, () => guest.status === 200);
			}
			const open = guests.filter(({ over }) => !over).length;
			assert.ok(open <= GUESTS, `${open} are open`);
			await assertOwnerGetsIn(camera);
		});
	});
}

describe("connection limits: XS with few descriptors", function () {
	this.timeout(120_000);

	it("limits connections to the open files that the process may have, so that the owner gets in among hundreds of strangers", async function () {
		needs(this, "porthole-linux", "setpriv");
		const [, xs] = CAMERA_PROGRAMS;
		const limited = { ...xs, command: ["/bin/sh", "-c", 'ulimit -n 64; exec "$0" "$@"', ...xs.command] };
		const camera = await startCamera(limited, "--password", PASSWORD);
		const strangers: Guest[] = [];
		try {
			for (let i = 0; i < 300; i++) strangers.push(new Guest(camera.port, i));
			await until("most are turned away", 30_000, () => strangers.filter(({ over }) => over).length >= 260);
			await assertOwnerGetsIn(camera);
			// Now there are fewer than it was told at its start.
			const files = readdirSync(`/proc/${camera.pid}/fd`).length;
			execFileSync("prlimit", ["--pid", `${camera.pid}`, `--nofile=${files}:${files}`]);
			for (const { socket } of strangers) socket.destroy();
			for (let i = 0; i < 100; i++) strangers.push(new Guest(camera.port, i));
			await pause(300);
			for (const { socket } of strangers) socket.destroy();
			await assertOwnerGetsIn(camera);
		} finally {
			for (const { socket } of strangers) socket.destroy();
			assert.equal(await camera.stop(), true, camera.said());
		}
	});
});
