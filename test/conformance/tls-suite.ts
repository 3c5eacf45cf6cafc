import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { HANDSHAKES_MAX, HANDSHAKES_PER_ADDRESS } from "../../src/ports/net";
import { until } from "../support/until";
import {
	client,
	dial,
	openssl,
	type RunningServer,
	readAll,
	type StartServer,
	stateOf,
	TlsFolder,
} from "./tls-fixture";
import { addTo, tlsPattern } from "./tls-server";

/** How often the server looks for new files, in milliseconds. */
const LOOK_EVERY = 50;
/** Time for a handshake: in the test of that limit, and in all others, where even the slowest machine keeps it. */
const HANDSHAKE_TIME = 1500;
const HANDSHAKE_TIME_AMPLE = 300_000;
/** How long a test waits for what must come, in milliseconds. */
const LIMIT = 10_000;
const BIG = 8_000_000;
/** More than kernels, TLS and hosts hold for a reader that does not read. */
const FAR_TOO_MUCH = 48 * 1024 * 1024;

/** Proves that a host's listener keeps what {@link ListenOptions.tls} promises, by clients that nobody here wrote. */
export function tlsSuite(start: StartServer): void {
	const folder = new TlsFolder();
	const opened: (Socket | TLSSocket)[] = [];
	let serial: string;
	let server: RunningServer;
	let ca: string;

	before(() => {
		serial = folder.make(1001);
		ca = readFileSync(folder.certificate, "utf8");
	});
	beforeEach(async () => {
		const { certificate, key } = folder;
		server = await start({ certificate, key, lookEvery: LOOK_EVERY, handshakeTime: HANDSHAKE_TIME_AMPLE });
		assert.equal(server.words, "");
	});
	afterEach(() => {
		for (const socket of opened.splice(0)) socket.destroy();
		server?.stop();
	});
	after(() => folder.remove());

	const curl = (path: string, ...more: string[]) =>
		client("curl", ["-sS", "--cacert", folder.certificate, ...more, `https://127.0.0.1:${server.port}${path}`]);
	const sClient = (words: string, input = "") =>
		client("openssl", ["s_client", "-connect", `127.0.0.1:${server.port}`, ...words.split(" ")], input);
	const seen = async () => (await sClient("-showcerts")).out;
	const serialSeen = async () => {
		const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/.exec(await seen())?.[0] ?? "";
		writeFileSync(join(folder.path, "seen.pem"), pem);
		return pem === "" ? "none" : openssl("x509 -noout -serial", "-in", join(folder.path, "seen.pem")).trim();
	};
	/** Gives a file other content in one step, so that nobody sees it empty. */
	const replace = (path: string, content: string | Uint8Array) => {
		writeFileSync(`${path}.new`, content);
		renameSync(`${path}.new`, path);
	};
	const comes = (look: () => Promise<boolean> | boolean, what: string) => until(what, LIMIT, look);
	async function dialTls(): Promise<TLSSocket> {
		const socket = await dial(server.port, ca);
		opened.push(socket);
		return socket;
	}
	function dialPlain(localAddress = "127.0.0.1"): Socket {
		const socket = connectPlain({ host: "127.0.0.1", port: server.port, localAddress });
		socket.on("error", () => {});
		opened.push(socket);
		return socket;
	}
	async function told(words: RegExp): Promise<void> {
		await comes(async () => (await stateOf(server.port)).told.some((line) => words.test(line)), `${words}`);
	}
	async function remarked(words: RegExp): Promise<void> {
		await comes(async () => (await stateOf(server.port)).remarks.some((line) => words.test(line)), `${words}`);
	}

	it("accepts TLS 1.3 and TLS 1.2 as secure connections", async () => {
		for (const [most, version] of [
			["1.3", /SSL connection using TLSv1\.3/],
			["1.2", /SSL connection using TLSv1\.2/],
		] as const) {
			const { code, out, err } = await curl("/", "-v", "--tls-max", most);
			assert.equal(code, 0, err);
			assert.match(out, /^true 127\.0\.0\.1 \d+ \d+$/);
			assert.match(err, version);
			assert.match(err, /ALPN: server accepted http\/1\.1/);
		}
	});

	it("accepts plain connections on the same port as not secure", async () => {
		const { code, out } = await client("curl", ["-sS", `http://127.0.0.1:${server.port}/`]);
		assert.equal(code, 0);
		assert.equal(out.split(" ")[0], "false");
		assert.equal(out.split(" ")[3], `${server.port}`);
	});

	it("refuses TLS 1.1, renegotiation and clients without HTTP/1.1", async () => {
		const old = await sClient("-tls1_1 -cipher DEFAULT@SECLEVEL=0");
		assert.match(old.err, /alert protocol version/);
		const again = await sClient("-tls1_2", "R\n");
		assert.match(again.err + again.out, /no renegotiation/);
		const other = await sClient("-alpn h2");
		assert.match(other.err, /alert no application protocol/);
		await remarked(/^debug: TLS handshake with 127\.0\.0\.1 failed: /);
	});

	it("transfers large bodies both ways", async () => {
		const pattern = tlsPattern();
		const path = join(folder.path, "body");
		const { code, err } = await curl(`/big/${BIG}`, "-o", path);
		assert.equal(code, 0, err);
		const body = readFileSync(path);
		assert.equal(body.length, BIG);
		for (let at = 0; at < BIG; at += pattern.length) {
			assert.ok(
				Buffer.compare(body.subarray(at, at + pattern.length), pattern.subarray(0, BIG - at)) === 0,
				`at ${at}`,
			);
		}
		const sum = await curl("/sum", "-H", "Expect:", "--data-binary", `@${path}`);
		assert.equal(sum.out, `${BIG} ${addTo(1, body)}`);
	});

	it("has no room while a client does not read, and has room again afterwards", async () => {
		const socket = await dialTls();
		socket.write("GET /endless HTTP/1.1\r\n\r\n");
		let before = -1;
		await comes(async () => {
			const { written } = await stateOf(server.port);
			const still = written > 0 && written === before;
			before = written;
			return still;
		}, "the writer stops");
		assert.ok(before < FAR_TOO_MUCH, `${before} octets are held for a client that does not read`);
		socket.resume();
		await comes(async () => (await stateOf(server.port)).written > before + 1_000_000, "the writer continues");
		socket.destroy();
		await told(/^\/endless gone/);
	});

	it("stops the client while the server does not read, and reads everything later", async () => {
		const body = Buffer.alloc(BIG, tlsPattern());
		const path = join(folder.path, "body");
		writeFileSync(path, body);
		const upload = curl("/slow", "-H", "Expect:", "--data-binary", `@${path}`);
		await comes(async () => (await stateOf(server.port)).asleep === 1, "the upload");
		const { received } = await stateOf(server.port);
		assert.ok(received <= 65536, `${received} octets were received while reading was off`);
		assert.equal((await stateOf(server.port)).received, received);
		await client("curl", ["-sS", `http://127.0.0.1:${server.port}/wake`]);
		assert.equal((await upload).out, `${BIG} ${addTo(1, body)}`);
	});

	it("half-closes: the client ends first, and still receives", async () => {
		const socket = await dialTls();
		const answer = readAll(socket);
		socket.write("GET /rest HTTP/1.1\r\n\r\n");
		const body = Buffer.alloc(300_000, tlsPattern());
		socket.end(body);
		assert.ok((await answer).toString().endsWith(`\r\n\r\n${body.length} ${addTo(1, body)}`));
		await told(/^\/rest gone/);
		const { told: lines } = await stateOf(server.port);
		assert.deepEqual(
			lines.filter((line) => line.startsWith("/rest")),
			["/rest ended closed", `/rest gone, ${body.length} octets`],
		);
	});

	it("half-closes: the server ends first, and still receives", async () => {
		const socket = await dialTls();
		socket.write("GET /bye HTTP/1.1\r\n\r\n");
		assert.ok((await readAll(socket)).toString().endsWith("\r\n\r\nbye"));
		socket.end(Buffer.alloc(200_000));
		await told(/^\/bye gone, 200000 octets$/);
	});

	it("reports a TCP end without close_notify as closed, and a reset as reset", async () => {
		const child = spawn("openssl", ["s_client", "-quiet", "-connect", `127.0.0.1:${server.port}`]);
		child.stdin.write("GET / HTTP/1.1\r\n\r\n");
		const answer = await new Promise<Buffer>((done) => child.stdout.once("data", done));
		assert.match(answer.toString(), /true 127/);
		child.kill("SIGKILL");
		await comes(async () => (await stateOf(server.port)).told.includes(" ended closed"), "the end");
		const reset = await curl("/abort");
		assert.ok([35, 52, 55, 56].includes(reset.code), `${reset.code}: ${reset.err}`);
		await told(/^\/abort ended reset$/);
		await told(/^\/abort gone/);
	});

	it("serves several requests on a connection, and many connections at a time", async () => {
		const urls = Array.from({ length: 30 }, () => `https://127.0.0.1:${server.port}/`);
		const { out } = await client("curl", ["-sS", "--cacert", folder.certificate, ...urls]);
		assert.equal(out.match(/true/g)?.length, 30);
		assert.equal((await stateOf(server.port)).connections, 2);
		const parallel = await client("curl", [
			"-sS",
			"--cacert",
			folder.certificate,
			"-Z",
			"--parallel-immediate",
			...urls,
		]);
		assert.equal(parallel.out.match(/true/g)?.length, 30, parallel.err);
	});

	it("uses a new certificate without a restart, while open connections stay open", async () => {
		const socket = await dialTls();
		assert.equal(await serialSeen(), serial);
		const next = folder.make(Number.parseInt(serial.slice(7), 16) + 1);
		assert.notEqual(next, serial);
		await comes(async () => (await serialSeen()) === next, "the new certificate");
		await remarked(/^info: the TLS certificate has changed and was reloaded/);
		serial = next;
		ca = readFileSync(folder.certificate, "utf8");
		socket.write("GET / HTTP/1.1\r\n\r\n");
		const [answer] = await new Promise<[Buffer]>((done) => socket.once("data", (chunk) => done([chunk])));
		assert.match(answer.toString(), /true 127/);
	});

	it("keeps the old certificate when the new file is broken, and warns", async () => {
		const good = readFileSync(folder.certificate);
		replace(folder.certificate, "no certificate\n");
		await remarked(
			/^warn: the changed TLS files can't be used, the old ones stay in use: .*cert\.pem has no certificate in PEM format$/,
		);
		assert.equal(await serialSeen(), serial);
		replace(folder.certificate, good);
		await remarked(/^info: the TLS certificate has changed and was reloaded/);
		const { remarks } = await stateOf(server.port);
		assert.equal(remarks.filter((line) => line.startsWith("warn")).length, 1, "one warning a change");
	});

	it("keeps working after garbage, cut handshakes and early ends", async () => {
		const noise = (length: number, first: number) => {
			const bytes = Buffer.from(tlsPattern().subarray(100, 100 + length));
			bytes[0] = first;
			return bytes;
		};
		const hello = Buffer.from("160301020001", "hex");
		for (const bytes of [
			noise(1, 0x16),
			noise(1000, 0x16),
			noise(60_000, 0x16),
			hello,
			noise(1, 0),
			noise(1000, 0x80),
		]) {
			for (const end of [true, false]) {
				const socket = dialPlain();
				await new Promise<void>((done) => socket.write(bytes, () => done()));
				if (end) socket.end();
				else socket.resetAndDestroy();
			}
		}
		dialPlain().end();
		await remarked(/^debug: TLS handshake with 127\.0\.0\.1 failed: /);
		assert.equal((await curl("/")).code, 0);
		const { told: lines } = await stateOf(server.port);
		assert.ok(!lines.includes("received before room"));
	});

	it("drops connections that are silent or stop in their handshake, within the time limit", async () => {
		const { certificate, key } = folder;
		server.stop();
		server = await start({ certificate, key, handshakeTime: HANDSHAKE_TIME });
		const begun = performance.now();
		const silent = [dialPlain(), dialPlain()];
		silent[1].write(Buffer.from("1603010200010001fc", "hex"));
		await Promise.all(silent.map((socket) => new Promise<void>((done) => socket.once("close", () => done()).resume())));
		const took = performance.now() - begun;
		assert.ok(took >= HANDSHAKE_TIME - 50 && took < 4 * LIMIT, `${took} ms`);
		assert.equal((await stateOf(server.port)).connections, 1, "nobody was told of them");
	});

	describe("limits connections in their handshake", () => {
		/** A connected client that sends nothing yet. */
		let visitor: Socket;
		let closed: number;

		beforeEach(async () => {
			server.stop();
			const { certificate, key } = folder;
			server = await start({ certificate, key, handshakeTime: HANDSHAKE_TIME_AMPLE });
			closed = 0;
			visitor = dialPlain("127.0.0.2");
			await new Promise((done) => visitor.once("connect", done));
		});
		const flood = (count: number, addressOf: (i: number) => string) => {
			for (let i = 0; i < count; i++) {
				dialPlain(addressOf(i))
					.once("close", () => closed++)
					.resume();
			}
		};
		/** Has the visitor speak at last, and waits for the answer. */
		async function served(): Promise<void> {
			let heard = "";
			const socket = connectTls({ socket: visitor, host: "127.0.0.1", ca });
			opened.push(socket);
			socket.on("error", () => {});
			socket.on("data", (chunk: Buffer) => (heard += chunk));
			socket.write("GET / HTTP/1.1\r\n\r\n");
			await comes(() => heard.includes("\r\n\r\ntrue 127.0.0.2 "), "the visitor is served");
		}

		it(`holds ${HANDSHAKES_PER_ADDRESS} from one address, so that a flood does not lock out slow clients`, async () => {
			const count = 4 * HANDSHAKES_MAX;
			flood(count, () => "127.0.0.1");
			await comes(() => closed >= count - HANDSHAKES_MAX, "the flood's oldest are dropped");
			await served();
			await comes(() => closed >= count - HANDSHAKES_PER_ADDRESS, "the flood's own share is all that it has");
			assert.equal((await curl("/")).code, 0, "others from the flood's address come through too");
			await stateOf(server.port);
			assert.ok(closed <= count - HANDSHAKES_PER_ADDRESS + 2, `${closed} were dropped`);
		});

		it(`holds ${HANDSHAKES_MAX} in all, and drops one of the address with the most`, async () => {
			const count = 100;
			flood(count, (i) => `127.0.0.${3 + (i % 10)}`);
			const excess = count + 1 - HANDSHAKES_MAX;
			await comes(() => closed >= excess - 1, "the oldest are dropped");
			await served();
			assert.equal((await curl("/")).code, 0);
			await stateOf(server.port);
			assert.equal(closed, excess);
		});
	});

	it("keeps open connections when the port is closed, and drops those in their handshake", async () => {
		const socket = await dialTls();
		const silent = dialPlain();
		const gone = new Promise((done) => silent.once("close", done));
		silent.write(Buffer.from([0x16]));
		assert.equal((await curl("/close")).out, "closed");
		await gone;
		socket.write("GET / HTTP/1.1\r\n\r\n");
		const answer = await new Promise<Buffer>((done) => socket.once("data", done));
		assert.match(answer.toString(), /true 127/);
		assert.equal((await curl("/")).code, 7);
	});

	describe("fails to listen with a remedy", () => {
		const path = (name: string) => join(folder.path, name);
		before(() => {
			openssl("genpkey -algorithm ed25519", "-out", path("other.pem"));
			openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1", "-out", path("another.pem"));
			openssl("pkey -aes256 -passout pass:secret", "-in", path("other.pem"), "-out", path("locked.pem"));
			writeFileSync(path("empty.pem"), "");
		});
		for (const [certificate, key, words] of [
			["none.pem", "key.pem", /none\.pem can't be read \(.+\): give the path of a PEM file/],
			["cert.pem", "none.pem", /none\.pem can't be read/],
			["", "key.pem", /is not a PEM file/],
			["empty.pem", "key.pem", /empty\.pem has no certificate in PEM format/],
			["key.pem", "key.pem", /key\.pem has no certificate in PEM format/],
			["cert.pem", "empty.pem", /empty\.pem has no private key in PEM format that can be read without a passphrase/],
			["cert.pem", "locked.pem", /locked\.pem has no private key in PEM format that can be read without a passphrase/],
			["cert.pem", "another.pem", /the key in .*another\.pem does not match the first certificate in .*cert\.pem/],
			["cert.pem", "other.pem", /the key in .*other\.pem does not match the first certificate in .*cert\.pem/],
		] as const) {
			it(`certificate ${certificate || "a folder"}, key ${key}`, async () => {
				const failed = await start({ certificate: path(certificate), key: path(key) });
				failed.stop();
				assert.equal(failed.port, 0);
				assert.match(failed.words, /^failed: /);
				assert.match(failed.words, words);
			});
		}
	});
}
