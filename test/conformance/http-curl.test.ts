import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { LargeTransfer } from "../support/large-transfer";
import { needs } from "../support/needs";
import { patternOf } from "../support/pattern";
import { client } from "./tls-fixture";

const LENGTH = 3_000_000;

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The pattern of any length. */
function whole(start: number, end: number): Uint8Array {
	const bytes = new Uint8Array(end - start);
	for (let at = start; at < end; at += 50_000) bytes.set(patternOf(at, Math.min(end, at + 50_000)), at - start);
	return bytes;
}

describe("HTTP: curl against the server engine", function () {
	this.timeout(60_000);
	const folder = mkdtempSync(join(tmpdir(), "porthole-curl-"));
	const file = join(folder, "file");
	const got = join(folder, "got");
	let transfer: LargeTransfer;
	let url: string;

	before(async function () {
		needs(this, "curl");
		writeFileSync(file, whole(0, LENGTH));
		transfer = new LargeTransfer(new NodeNetwork(), new NodeClock(), "127.0.0.1");
		await transfer.open();
		transfer.serve(LENGTH);
		url = `http://127.0.0.1:${transfer.port}/file`;
	});
	after(() => {
		transfer?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	/** Runs curl. @returns the status */
	async function curl(...args: string[]): Promise<string> {
		const { code, out, err } = await client("curl", ["-sS", "-o", got, "-w", "%{http_code}", ...args]);
		assert.equal(code, 0, err);
		return out;
	}

	const uploads: [string, string[]][] = [
		["with a length", ["-T", file]],
		["after 100 Continue", ["-H", "Expect: 100-continue", "-T", file]],
		["in chunks", ["-H", "Transfer-Encoding: chunked", "-T", file]],
		["in chunks after 100 Continue", ["-H", "Expect: 100-continue", "-H", "Transfer-Encoding: chunked", "-T", file]],
	];
	for (const [title, args] of uploads) {
		it(`uploads ${title}`, async () => {
			assert.equal(await curl(...args, url), "201");
			const { length, wrongAt, ended } = transfer.received;
			assert.deepEqual([length, wrongAt, ended], [LENGTH, undefined, true]);
		});
	}

	it("does not send a body that is refused before it", async () => {
		const { err } = await client("curl", ["-sSv", "-H", "Expect: 100-continue", "-T", file, `${url}/nowhere`]);
		assert.match(err, /< HTTP\/1\.1 404 Not Found/);
		assert.doesNotMatch(err, /100 Continue/);
	});

	const downloads: [string, string[], string, [number, number]][] = [
		["a file", [], "200", [0, LENGTH]],
		["a range", ["-r", "1000000-1999999"], "206", [1_000_000, 2_000_000]],
		["the end of a file", ["-r", "-500"], "206", [LENGTH - 500, LENGTH]],
	];
	for (const [title, args, status, [start, end]] of downloads) {
		it(`downloads ${title}`, async () => {
			assert.equal(await curl(...args, url), status);
			assert.equal(hash(readFileSync(got)), hash(whole(start, end)));
		});
	}

	it("resumes a download", async () => {
		writeFileSync(got, whole(0, 1_234_567));
		assert.equal(await curl("-C", "-", url), "206");
		assert.equal(hash(readFileSync(got)), hash(whole(0, LENGTH)));
	});

	it("gets 304 for the tag that it has", async () => {
		assert.equal(await curl("-H", 'If-None-Match: "pattern"', url), "304");
	});
});
