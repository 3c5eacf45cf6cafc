import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { needs } from "../support/needs";

const CHILD = resolve(__dirname, "coturn-child.ts");
const SCENES = ["discovery", "channel", "stale nonce", "again", "refused", "closed", "tcp"];

describe("lab/coturn: our STUN and TURN client with coturn, coturn's clients with our server (P2P-1, P2P-12)", function () {
	this.timeout(180_000);

	before(function () {
		needs(this, "root", "ip", "turnserver");
	});

	it("discovers a NAT's behaviour both ways, and relays by indications, by a channel, and by TCP", async () => {
		const words = ["--net", process.execPath, ...TYPESCRIPT, CHILD];
		const child = spawn("unshare", words, { stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (piece) => {
				output += piece;
			});
		}
		const code = await new Promise((done) => child.once("close", done));
		const scenes = Array.from(output.matchAll(/^ok (.*)$/gm), ([, scene]) => scene);
		assert.deepEqual([code, scenes], [0, SCENES], output);
	});
});
