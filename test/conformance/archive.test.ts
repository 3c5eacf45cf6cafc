import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import S3rver from "s3rver";
import { openArchive } from "../../hosts/node/archive/open-archive";
import { NodeRandom } from "../../hosts/node/random";
import type { ArchiveTarget } from "../../src/ports/archive-target";

const PATH = "recordings/yard/2026-11-26/17-40-00.000_600000ms_3000p_640x480_jpeg.mkv";
const CONTENT = Buffer.alloc(3_000_000, "picture ");

function put(target: ArchiveTarget, size = CONTENT.length): Promise<string | undefined> {
	return new Promise((done) => target.put(PATH, size, done));
}

describe("conformance/archive", () => {
	let folder = "";
	const root = () => join(folder, "storage");

	before(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-archive-"));
		mkdirSync(dirname(join(root(), PATH)), { recursive: true });
		writeFileSync(join(root(), PATH), CONTENT);
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	describe("by S3 (s3rver)", () => {
		let server: S3rver;
		let port = 0;
		const open = (login: string, bucket = "old") =>
			openArchive(`s3+http://${login}@127.0.0.1:${port}/${bucket}/nas%201`, root(), new NodeRandom());

		before(async () => {
			const directory = join(folder, "s3");
			const configureBuckets = [{ name: "old", configs: [] }];
			server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets });
			port = (await server.run()).port;
		});
		after(() => server.close());

		it("copies a recording as it is, under its own path (STR-13)", async () => {
			const target = open("S3RVER:S3RVER");
			assert.equal(target.description, `s3+http://127.0.0.1:${port}/old/nas%201/`);
			assert.equal(await put(target), undefined);
			assert.equal(await put(target), undefined, "again");
			const stored = readFileSync(join(folder, "s3/old/nas 1", `${PATH}._S3rver_object`));
			assert.ok(stored.equals(CONTENT));
		});

		it("says when login or bucket is wrong", async () => {
			// It answers before it has the file, and closes: that of a large file may get lost.
			const put = (target: ArchiveTarget) => new Promise<string | undefined>((done) => target.put(PATH, 100, done));
			assert.match((await put(open("other:wrong"))) ?? "", /does not accept the login \(InvalidAccessKeyId\)/);
			assert.match((await put(open("S3RVER:S3RVER", "none"))) ?? "", /no such folder or bucket \(NoSuchBucket\)/);
		});

		it("says when nothing answers, without the password", async () => {
			const target = openArchive("s3+http://key:secret@127.0.0.1:9/old", root(), new NodeRandom());
			const fault = (await put(target)) ?? "";
			assert.match(fault, /^s3\+http:\/\/127\.0\.0\.1:9\/old\/: .*ECONNREFUSED/);
			assert.doesNotMatch(fault, /secret/);
		});
	});

	describe("by HTTP", () => {
		let server: Server;
		let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
		let url = "";
		before(async () => {
			server = createServer((request, response) => answer(request, response));
			await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
			url = `http://owner:secret@127.0.0.1:${(server.address() as AddressInfo).port}/dav/files`;
		});
		after(() => server.close());

		it("says what a full server answers, and that a file is gone", async () => {
			answer = (_request, response) => response.writeHead(507).end();
			assert.equal(await put(openArchive(url, root(), new NodeRandom())), "The archive is full.");
			answer = (request, response) => request.resume().on("end", () => response.writeHead(201).end());
			assert.match((await put(openArchive(url, folder, new NodeRandom()))) ?? "", /ENOENT/);
		});

		it("never sends the password in the clear where a server offers only Basic without TLS", async () => {
			const seen: (string | undefined)[] = [];
			answer = (request, response) => {
				seen.push(request.headers.authorization);
				response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
			};
			assert.match((await put(openArchive(url, root(), new NodeRandom()))) ?? "", /does not accept the login/);
			assert.deepEqual(seen, [undefined]);
		});

		it("calls nothing after it was closed", async () => {
			let arrived: () => void = () => {};
			const arrival = new Promise<void>((done) => {
				arrived = done;
			});
			answer = () => arrived();
			const target = openArchive(url, root(), new NodeRandom());
			let called = false;
			target.put(PATH, CONTENT.length, () => {
				called = true;
			});
			await arrival;
			target.close();
			await new Promise((done) => setTimeout(done, 50));
			assert.equal(called, false);
		});
	});
});
