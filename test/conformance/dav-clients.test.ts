import assert from "node:assert/strict";
import { type ExecFileOptionsWithStringEncoding, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FILES_MESSAGES } from "../../src/web/files-messages";
import { FRAME, NAS_PROGRAMS, type RunningCamera, startNas } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { fillFolder } from "../support/recordings-folder";
import { until } from "../support/until";
import { type Ran, TlsFolder } from "./tls-fixture";

/** The suites of litmus, and how many tests each has. */
const LITMUS: readonly [string, number][] = [
	["basic", 16],
	["copymove", 13],
	["props", 30],
	["locks", 41],
	["http", 4],
];

/** Commands of cadaver, and what it must say to each. */
const CADAVER: readonly [string, RegExp][] = [
	["cd files", /./],
	["mkcol box", /Creating `box': succeeded/],
	["cd box", /./],
	["put local.txt remote.txt", /Uploading local\.txt to .* succeeded/],
	["lock remote.txt", /Locking `remote\.txt': succeeded/],
	["showlocks", /remote\.txt/],
	["propset remote.txt color blue", /Setting property .* succeeded/],
	["propget remote.txt color", /Value of color is: blue/],
	["put local.txt remote.txt", /Uploading local\.txt to .* succeeded/],
	["copy remote.txt copy.txt", /succeeded/],
	["move copy.txt moved.txt", /succeeded/],
	["unlock remote.txt", /Unlocking `remote\.txt': succeeded/],
	["get remote.txt back.txt", /Downloading .* succeeded/],
	["ls", /moved\.txt\s+\d+[\s\S]*remote\.txt/],
	["delete moved.txt", /Deleting `moved\.txt': succeeded/],
	["cd ..", /./],
	["rmcol box", /Deleting collection `box': succeeded/],
];

/** What npm's `webdav` does; it is an ES module. */
const NPM = `
import { createClient, AuthType } from "webdav";
const [url, password] = process.argv.slice(1);
const client = createClient(url, { authType: AuthType.Auto, username: "owner", password });
const said = [];
await client.createDirectory("/files/js");
said.push(await client.putFileContents("/files/js/a.txt", "hello"));
said.push((await client.getDirectoryContents("/files/js")).map(({ basename, size, mime, type }) => [basename, size, mime, type]));
said.push(await client.getFileContents("/files/js/a.txt", { format: "text" }));
const lock = await client.lock("/files/js/a.txt");
said.push(await client.putFileContents("/files/js/a.txt", "other").catch(({ status }) => status));
await client.unlock("/files/js/a.txt", lock.token);
await client.moveFile("/files/js/a.txt", "/files/js/b.txt");
await client.copyFile("/files/js/b.txt", "/files/js/c.txt");
said.push(await client.exists("/files/js/a.txt"), await client.exists("/files/js/c.txt"));
await client.deleteFile("/files/js");
console.log(JSON.stringify(said));
`;

/** Runs a program to its end. */
function run(
	program: string,
	args: readonly string[],
	options: Partial<ExecFileOptionsWithStringEncoding> = {},
	input = "",
): Promise<Ran> {
	return new Promise((done) => {
		const all = { timeout: 60_000, encoding: "utf8", ...options } as const;
		const child = execFile(program, args, all, (error, out, err) =>
			done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, out, err }),
		);
		child.stdin?.on("error", () => {});
		child.stdin?.end(input);
	});
}

for (const program of NAS_PROGRAMS) {
	describe(`the file server of a NAS on ${program.name}`, function () {
		this.timeout(120_000);
		const folder = mkdtempSync(join(tmpdir(), "porthole-dav-"));
		const store = join(folder, "store");
		const local = join(folder, "local.txt");
		const login = ["-sS", "--digest", "-u", `owner:${PASSWORD}`];
		let nas: RunningCamera;
		let url: string;
		let rtspPort: number;

		before(async function () {
			needs(this, program.need);
			writeFileSync(local, "hello\n");
			fillFolder(store, [{ from: "2026-01-02T03:00:00Z", to: "2026-01-02T03:40:00Z" }]);
			rtspPort = await freePort();
			const flags = ["--password", PASSWORD, "--viewer-password", "only-looking", "--rtsp-port", `${rtspPort}`];
			nas = await startNas(program, store, ...flags);
			url = `http://127.0.0.1:${nas.port}/dav/`;
		});
		after(async () => {
			await nas?.stop();
			rmSync(folder, { recursive: true, force: true });
		});

		it("passes litmus whole (STR-14)", async function () {
			needs(this, "litmus");
			const { out } = await run("litmus", ["-k", `${url}files/`, "owner", PASSWORD], { cwd: folder });
			const passed = [...out.matchAll(/summary for `(\w+)': of (\d+) tests run: (\d+) passed, 0 failed/g)];
			assert.deepEqual(
				passed.map(([, name, count, good]) => [name, Number(count), Number(good)]),
				LITMUS.map(([name, count]) => [name, count, count]),
				out,
			);
			assert.doesNotMatch(out, /WARNING|SKIPPED/);
		});

		it("serves cadaver, with locks and properties (STR-14)", async function () {
			needs(this, "cadaver");
			const home = join(folder, "home");
			mkdirSync(home);
			writeFileSync(join(home, ".netrc"), `machine 127.0.0.1 login owner password ${PASSWORD}\n`, { mode: 0o600 });
			const input = `${CADAVER.map(([command]) => command).join("\n")}\nquit\n`;
			const { out } = await run("cadaver", [url], { cwd: folder, env: { ...process.env, HOME: home } }, input);
			const answers = out.split(/^dav:[^>]*> ?/m).slice(1);
			for (const [i, [command, expected]] of CADAVER.entries())
				assert.match(answers[i], expected, `${command}\n${out}`);
			assert.equal(readFileSync(join(folder, "back.txt"), "utf8"), "hello\n");
		});

		it("serves GNOME's file manager (STR-14)", async function () {
			needs(this, "gvfs");
			const runtime = join(folder, "run");
			mkdirSync(runtime, { mode: 0o700 });
			const place = `dav://owner@127.0.0.1:${nas.port}/dav/`;
			const at = `${place}files/gio`;
			const script = [
				"set -e",
				`printf '%s\\n' '${PASSWORD}' | gio mount ${place} > /dev/null`,
				`gio list ${place}`,
				`gio mkdir ${at}`,
				`gio copy ${local} ${at}/a.txt`,
				`gio list -l ${at}`,
				`gio cat ${at}/a.txt`,
				`gio move ${at}/a.txt ${at}/b.txt`,
				`gio rename ${at}/b.txt c.txt > /dev/null`,
				`gio save ${at}/c.txt < ${local}`,
				`gio info -f ${at} | grep -c filesystem::free`,
				`gio remove ${at}/c.txt`,
				`gio remove ${at}`,
				`gio list ${place}files`,
				`gio mount -u ${place}`,
				"echo done",
			].join("\n");
			const env = { ...process.env, HOME: runtime, XDG_RUNTIME_DIR: runtime, GIO_USE_VOLUME_MONITOR: "unix" };
			const { out, err } = await run("dbus-run-session", ["--", "bash", "--norc", "-c", script], { cwd: folder, env });
			assert.match(out, /^files\nrecordings\na\.txt\t6\t\(regular\)\nhello\n1\n(litmus\n)?done\n$/, err);
		});

		it("serves npm's webdav (STR-14)", async () => {
			const cwd = resolve(__dirname, "../..");
			const { out, err } = await run(process.execPath, ["--input-type=module", "-e", NPM, url, PASSWORD], { cwd });
			assert.equal(
				out.trim(),
				JSON.stringify([true, [["a.txt", 5, "text/plain", "file"]], "hello", 423, false, true]),
				err,
			);
		});

		it("serves curl: ranges, conditions, browsers; and strangers and viewers what is theirs (STR-14)", async function () {
			needs(this, "curl");
			const status = ["-o", "/dev/null", "-w", "%{http_code}"];
			const at = `${url}files/a.txt`;
			const curl = async (...args: string[]): Promise<string> => (await run("curl", args)).out;
			assert.match(await curl(...login, "-T", local, at), /^Stored\. It is not a video/);
			assert.equal(await curl(...login, "-r", "1-3", at), "ell");
			assert.equal(await curl(...login, ...status, "-H", "If-None-Match: *", "-T", local, at), "412");
			assert.match(
				await curl(...login, "-H", "Accept: text/html", `${url}files/`),
				/<a [^>]*href="\.\/a\.txt">a\.txt<\/a>/,
			);
			const viewer = ["-sS", "--digest", "-u", "viewer:only-looking"];
			assert.equal(await curl(...viewer, at), "hello\n");
			const asked = ["GET", "PUT", "DELETE", "PROPFIND", "MKCOL", "OPTIONS", "LOCK", "MOVE", "PROPPATCH"];
			for (const method of asked) {
				assert.equal(await curl("-sS", ...status, "-X", method, at), "401", method);
				const code = await curl("-sS", ...viewer.slice(1), ...status, "-H", "Depth: 0", "-X", method, at);
				const expected =
					method === "GET" ? "200" : method === "OPTIONS" ? "204" : method === "PROPFIND" ? "207" : "403";
				assert.equal(code, expected, method);
			}
			// Without TLS a password is never taken as it is.
			assert.equal(await curl("-sS", ...status, "--basic", "-u", `owner:${PASSWORD}`, at), "401");
			assert.equal(await curl(...login, ...status, "-X", "DELETE", at), "204");
		});

		it("plays an uploaded file at once, and ends the stream when it is deleted (STR-23)", async function () {
			needs(this, "curl", "ffmpeg");
			const video = join(folder, "garden@10.mjpeg");
			writeFileSync(video, Buffer.concat(new Array(200).fill(readFileSync(FRAME))));
			const said = await run("curl", [...login, "-T", video, `${url}files/`]);
			// A machine that is busy may not have looked through it within 3 seconds: then it plays nevertheless.
			const slow = `Stored. ${FILES_MESSAGES.slow}\n`;
			if (said.out !== slow) assert.equal(said.out, "Stored. It can be played as files/garden@10.mjpeg.\n");
			const from = `rtsp://owner:${PASSWORD}@127.0.0.1:${rtspPort}/files/garden@10.mjpeg`;
			const args = ["-v", "error", "-rtsp_transport", "tcp", "-i", from, "-f", "framecrc", "-flush_packets", "1", "-"];
			const player = spawn("ffmpeg", args, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
			let frames = "";
			player.stdout.on("data", (chunk) => (frames += chunk));
			const ended = new Promise<number | null>((done) => player.once("exit", done));
			await until("it plays", 30_000, () => frames.split("\n").length > 15);
			const deleted = await run("curl", [
				...login,
				"-X",
				"DELETE",
				`${url}files/garden@10.mjpeg`,
				"-w",
				"%{http_code}",
			]);
			assert.equal(deleted.out, "204");
			assert.equal(await ended, 0);
			assert.ok(frames.split("\n").length < 150, "it ended early");
			await until("it says why", 5000, () => /the file was deleted or replaced/.test(nas.said()));
		});

		it("says why an uploaded file cannot be played (STR-23)", async function () {
			needs(this, "curl");
			// A machine that is busy may not have looked through it within 3 seconds.
			const said = await until("a verdict", 10_000, async () => {
				const { out } = await run("curl", [...login, "-T", local, `${url}files/a.mjpeg`]);
				return out !== `Stored. ${FILES_MESSAGES.slow}\n` && out;
			});
			assert.match(said, /^Stored\. It can't be played: the file has no pictures\./);
		});

		it("gives recordings as files, and deletes those that are not locked (STR-14, STR-23)", async function () {
			needs(this, "curl");
			const day = "recordings/front-door/2026-01-02";
			const names = readdirSync(join(store, day)).sort();
			assert.equal(names.length, 4);
			const api = `http://127.0.0.1:${nas.port}/api/v1/recordings/front-door`;
			const curl = async (...args: string[]): Promise<string> => (await run("curl", [...login, ...args])).out;
			const coverage = async (): Promise<string> =>
				await curl(`${api}/coverage?from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z&resolution=0`);
			await until("the index is made", 10_000, async () => (await coverage()).includes("JPEG"));
			const span = "from=2026-01-02T03:10:00Z&to=2026-01-02T03:15:00Z";
			await curl("-d", span, `${api}/lock`);
			const wanted = readFileSync(join(store, day, names[2]));
			const back = join(folder, "back.mkv");
			await curl("-o", back, `${url}${day}/${names[2]}`);
			assert.ok(readFileSync(back).equals(wanted));
			const before = await coverage();
			const code = ["-o", "/dev/null", "-w", "%{http_code}", "-X", "DELETE"];
			assert.equal(await curl(...code, `${url}${day}/${names[2]}`), "204");
			assert.equal(await curl(...code, `${url}${day}/${names[1]}`), "423");
			assert.deepEqual(readdirSync(join(store, day)).sort(), [names[0], names[1], names[3]]);
			assert.notEqual(await coverage(), before);
			assert.equal(await curl(...code, `${url}recordings/front-door`), "207");
			assert.deepEqual(readdirSync(join(store, day)), [names[1]]);
		});

		it("shows folders in which other programs have made files of any name (STR-14)", async function () {
			needs(this, "curl");
			const odd = join(store, "files", "odd");
			mkdirSync(odd);
			const names = [
				[0xff, 0xfe],
				[0x61, 0xed, 0xa0, 0x80],
				[0xc0, 0xae],
				[0x61, 0x0a],
				[0x5c],
				[...Buffer.from("<b>é🙂")],
			];
			for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from(name)]), "x");
			const page = await run("curl", [...login, "-H", "Accept: text/html", `${url}files/odd/`]);
			assert.match(page.out, /&lt;b&gt;é🙂/);
			const { out } = await run("curl", [...login, "-X", "PROPFIND", "-H", "Depth: 1", `${url}files/odd/`]);
			assert.deepEqual(
				out.match(/[^/]*(?=<\/D:href>)/g)?.filter((name) => name !== ""),
				["%3Cb%3E%C3%A9%F0%9F%99%82"],
			);
			rmSync(odd, { recursive: true });
		});

		it("neither follows nor shows symbolic links (STR-14)", async function () {
			needs(this, "curl");
			const outside = join(folder, "outside");
			mkdirSync(outside);
			writeFileSync(join(outside, "secret"), "secret");
			symlinkSync(outside, join(store, "files", "link"));
			symlinkSync(join(outside, "secret"), join(store, "files", "secret"));
			const status = async (method: string, path: string, ...more: string[]): Promise<string> =>
				(await run("curl", [...login, "-o", "/dev/null", "-w", "%{http_code}", "-X", method, ...more, `${url}${path}`]))
					.out;
			const { out } = await run("curl", [...login, "-X", "PROPFIND", "-H", "Depth: 1", `${url}files/`]);
			assert.doesNotMatch(out, /link|secret/);
			const to = `Destination: ${url}files/copy`;
			const asked: [string, string, ...string[]][] = [
				["GET", "files/secret"],
				["GET", "files/link/secret"],
				["PUT", "files/secret", "-T", local],
				["PUT", "files/link/new", "-T", local],
				["DELETE", "files/link/secret"],
				["DELETE", "files/secret"],
				["MKCOL", "files/link/new"],
				["COPY", "files/secret", "-H", to],
				["MOVE", "files/link", "-H", to],
				["PROPFIND", "files/link", "-H", "Depth: 1"],
			];
			for (const [method, path, ...more] of asked) {
				const code = await status(method, path, ...more);
				assert.ok(code === "403" || code === "409", `${method} ${path}: ${code}`);
			}
			assert.deepEqual(readdirSync(outside), ["secret"]);
			assert.equal(readFileSync(join(outside, "secret"), "utf8"), "secret");
		});

		it("serves rclone by TLS (STR-14)", async function () {
			needs(this, "rclone", "openssl", "libssl-dev");
			const tls = new TlsFolder();
			tls.make(1);
			const flags = ["--tls-certificate", tls.certificate, "--tls-key", tls.key, "--password", PASSWORD];
			const secure = await startNas(program, join(folder, "secure"), ...flags);
			try {
				const source = join(folder, "source");
				mkdirSync(join(source, "sub"), { recursive: true });
				for (const name of ["one", "two", "sub/drei ä"]) writeFileSync(join(source, name), name.repeat(50_000));
				const obscured = (await run("rclone", ["obscure", PASSWORD])).out.trim();
				const remote = ["--config", "/dev/null", "--ca-cert", tls.certificate, "--retries", "1"];
				remote.push("--webdav-url", `https://127.0.0.1:${secure.port}/dav`, "--webdav-user", "owner");
				const rclone = async (...args: string[]): Promise<string> => {
					const { code, out, err } = await run("rclone", [...remote, "--webdav-pass", obscured, ...args]);
					assert.equal(code, 0, `${args.join(" ")}\n${err}`);
					return out;
				};
				await rclone("copy", source, ":webdav:files/up");
				await rclone("check", "--download", source, ":webdav:files/up");
				await rclone("moveto", ":webdav:files/up/one", ":webdav:files/up/uno");
				await rclone("copy", ":webdav:files/up", ":webdav:files/again");
				await rclone("sync", source, ":webdav:files/up");
				assert.deepEqual((await rclone("lsf", "-R", ":webdav:files")).trim().split("\n").sort(), [
					...["again/", "again/sub/", "again/sub/drei ä", "again/two", "again/uno"],
					...["up/", "up/one", "up/sub/", "up/sub/drei ä", "up/two"],
				]);
				assert.equal(await rclone("cat", "--offset", "3", "--count", "4", ":webdav:files/up/one"), "oneo");
				assert.match(await rclone("about", ":webdav:"), /Free:/);
				await rclone("purge", ":webdav:files/up");
				assert.deepEqual(readdirSync(join(folder, "secure", "files")), ["again"]);
			} finally {
				await secure.stop();
				tls.remove();
			}
		});
	});
}
