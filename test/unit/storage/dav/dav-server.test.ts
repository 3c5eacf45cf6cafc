import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { DavRig } from "../../../support/dav-rig";
import { mutate } from "../../../support/mutate";

const FILES = "/dav/files";
const PROPFIND = (content: string): string => `<D:propfind xmlns:D="DAV:">${content}</D:propfind>`;
const PATCH = (content: string): string => `<D:propertyupdate xmlns:D="DAV:">${content}</D:propertyupdate>`;
const SET = (properties: string): string => PATCH(`<D:set><D:prop>${properties}</D:prop></D:set>`);
const LOCK = (scope = "exclusive"): string =>
	`<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`;

/** Locks a path. @returns the token with its angle brackets */
function lock(rig: DavRig, path: string, fields: readonly string[] = [], scope?: string): string {
	const { status, headers } = rig.ask("LOCK", path, fields, LOCK(scope));
	assert.ok(status === 200 || status === 201, `${status}`);
	return headers.get("lock-token") ?? "";
}

describe("storage/dav/dav-server", () => {
	it("takes, gives, and takes back files (STR-14)", () => {
		const rig = new DavRig();
		const created = rig.ask("PUT", `${FILES}/a.txt`, [], "hello");
		assert.equal(created.status, 201);
		assert.equal(created.body, "Stored. It is not a video.\n");
		const got = rig.ask("GET", `${FILES}/a.txt`);
		assert.deepEqual([got.status, got.body, got.headers.get("etag")], [200, "hello", created.headers.get("etag")]);
		assert.equal(got.headers.get("content-security-policy"), "sandbox; default-src 'none'");
		assert.equal(rig.status("PUT", `${FILES}/a.txt`, [], "hello, world"), 204);
		const range = rig.ask("GET", `${FILES}/a.txt`, ["Range: bytes=7-"]);
		assert.deepEqual([range.status, range.body], [206, "world"]);
		const head = rig.ask("HEAD", `${FILES}/a.txt`);
		assert.equal(head.status, 200);
		assert.equal(rig.status("DELETE", `${FILES}/a.txt`), 204);
		assert.equal(rig.status("GET", `${FILES}/a.txt`), 404);
		assert.deepEqual(rig.stage.told, [
			"appeared files/a.txt",
			"gone files/a.txt",
			"appeared files/a.txt",
			"gone files/a.txt",
		]);
	});

	it("answers requests that come before it is ready as soon as it is", () => {
		const rig = new DavRig(1, {}, 0, false);
		assert.equal(rig.status("MKCOL", `${FILES}/a`), 201);
	});

	it("says at once that an upload can be played, or why not (STR-23)", () => {
		const rig = new DavRig();
		assert.equal(rig.ask("PUT", `${FILES}/a.mjpeg`, [], "x").body, "Stored. It can be played as files/a.mjpeg.\n");
		assert.equal(rig.ask("PUT", `${FILES}/a.mjpeg`, [], "y").headers.get("porthole-content"), "files/a.mjpeg");
	});

	it("takes uploads of any size, in chunks too, and gives them back", () => {
		const rig = new DavRig();
		const random = new Prng(2);
		const bytes = new Uint8Array(400_001).map(() => random.below(256));
		assert.equal(rig.status("PUT", `${FILES}/big`, [], bytes), 201);
		assert.ok(rig.ask("GET", `${FILES}/big`).body === Buffer.from(bytes).toString("latin1"));
		assert.equal(rig.ask("GET", `${FILES}/big`, ["Range: bytes=-1"]).body.charCodeAt(0), bytes[400_000]);
		const chunks = Buffer.concat([Buffer.from("61a81\r\n"), bytes.subarray(0, 0x61a81), Buffer.from("\r\n0\r\n\r\n")]);
		assert.equal(rig.status("PUT", `${FILES}/big`, ["Transfer-Encoding: chunked"], chunks), 204);
		assert.equal(rig.ask("HEAD", `${FILES}/big`).headers.get("content-length"), `${0x61a81}`);
	});

	it("keeps the old file when an upload is cut off, and leaves nothing behind", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "old");
		const visit = rig.begin("PUT", `${FILES}/a`, [], new Uint8Array(500_000));
		rig.world.runUntil(() => visit.step(300_000), 500);
		assert.deepEqual(rig.list(".porthole/dav").length, 1);
		visit.connection.ended(rig.stage.now(), "reset");
		rig.world.runUntil(() => false, 500);
		assert.deepEqual(rig.list(".porthole/dav"), []);
		assert.equal(rig.ask("GET", `${FILES}/a`).body, "old");
	});

	const refused: [string, string, string, string[], string, number][] = [
		["a path that leads out", "GET", "/dav/../x", [], "", 400],
		["an encoded path that leads out", "GET", "/dav/files/%2e%2e/x", [], "", 400],
		["an encoded slash", "GET", "/dav/files/a%2fb", [], "", 400],
		["an empty name", "GET", "/dav//files/a", [], "", 400],
		["another folder of the store", "GET", "/dav/.porthole/dav-properties", [], "", 404],
		["an upload into the root", "PUT", "/dav/x", [], "x", 404],
		["an upload as the folder of uploads", "PUT", "/dav/files", [], "x", 403],
		["an upload into a folder that does not exist", "PUT", `${FILES}/no/x`, [], "x", 409],
		["an upload in place of a folder", "PUT", `${FILES}/folder`, [], "x", 405],
		["an upload with a slash at the end", "PUT", `${FILES}/x/`, [], "x", 405],
		["a part of an upload", "PUT", `${FILES}/x`, ["Content-Range: bytes 0-0/2"], "x", 400],
		["an upload among recordings", "PUT", "/dav/recordings/x", [], "x", 403],
		["a folder among recordings", "MKCOL", "/dav/recordings/x", [], "", 403],
		["a folder that exists", "MKCOL", `${FILES}/folder`, [], "", 405],
		["a folder in a file", "MKCOL", `${FILES}/file/x`, [], "", 403],
		["a folder with a body", "MKCOL", `${FILES}/x`, [], "x", 415],
		["a deletion of the root", "DELETE", "/dav/", [], "", 403],
		["a deletion of all files", "DELETE", "/dav/files/", [], "", 403],
		["a deletion of all recordings", "DELETE", "/dav/recordings", [], "", 403],
		["a deletion of nothing", "DELETE", `${FILES}/nothing`, [], "", 404],
		["a copy without a destination", "COPY", `${FILES}/file`, [], "", 400],
		["a copy to another server", "COPY", `${FILES}/file`, ["Destination: http://other/dav/files/x"], "", 502],
		["a copy to outside of the mount", "COPY", `${FILES}/file`, ["Destination: /x"], "", 502],
		["a copy to itself", "COPY", `${FILES}/file`, [`Destination: ${FILES}/file`], "", 403],
		["a copy into itself", "COPY", `${FILES}/folder`, [`Destination: ${FILES}/folder/x`], "", 403],
		["a copy over the folder it is in", "COPY", `${FILES}/folder/in`, [`Destination: ${FILES}/folder`], "", 403],
		[
			"a copy over something, if not wanted",
			"COPY",
			`${FILES}/file`,
			[`Destination: ${FILES}/folder`, "Overwrite: F"],
			"",
			412,
		],
		["a copy of nothing", "COPY", `${FILES}/nothing`, [`Destination: ${FILES}/x`], "", 404],
		["a copy with a strange depth", "COPY", `${FILES}/folder`, [`Destination: ${FILES}/x`, "Depth: 1"], "", 400],
		["a move away from the recordings", "MOVE", "/dav/recordings/cam/1.mkv", [`Destination: ${FILES}/x`], "", 403],
		["a move to the recordings", "MOVE", `${FILES}/file`, ["Destination: /dav/recordings/x"], "", 403],
		["everything at once", "PROPFIND", "/dav/", ["Depth: infinity"], "", 403],
		["a strange depth", "PROPFIND", "/dav/", ["Depth: 2"], "", 400],
		["properties that are not XML", "PROPFIND", "/dav/", ["Depth: 0"], "<x", 400],
		["properties of recordings", "PROPPATCH", "/dav/recordings/cam/1.mkv", [], SET("<x/>"), 403],
		["a lock of recordings", "LOCK", "/dav/recordings/cam/1.mkv", [], LOCK(), 403],
		["a lock of another kind", "LOCK", `${FILES}/file`, [], LOCK("other"), 400],
		["the end of a lock that does not exist", "UNLOCK", `${FILES}/file`, ["Lock-Token: <urn:x>"], "", 409],
		["the end of no lock", "UNLOCK", `${FILES}/file`, [], "", 400],
		["a malformed condition", "DELETE", `${FILES}/file`, ["If: (("], "", 400],
		["a condition that does not hold", "DELETE", `${FILES}/file`, ['If: (["x"])'], "", 412],
		["another state of a file", "PUT", `${FILES}/file`, ['If-Match: "x"'], "x", 412],
		["a file that exists", "PUT", `${FILES}/file`, ["If-None-Match: *"], "x", 412],
		["an unknown method", "REPORT", `${FILES}/file`, [], "", 405],
	];
	it("refuses what must not be done", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/file`, [], "x");
		rig.ask("MKCOL", `${FILES}/folder`);
		rig.ask("PUT", `${FILES}/folder/in`, [], "x");
		for (const [title, method, path, fields, body, expected] of refused)
			assert.equal(rig.status(method, path, fields, body), expected, title);
		assert.equal(rig.ask("GET", `${FILES}/file`).body, "x");
		assert.equal(rig.ask("GET", `${FILES}/folder/in`).body, "x");
	});

	it("copies and moves trees, complete or not at all", () => {
		const rig = new DavRig();
		for (const folder of ["a", "a/b", "a/b/c", "old"]) rig.ask("MKCOL", `${FILES}/${folder}/`);
		for (const file of ["a/1", "a/b/2", "a/b/c/3", "old/x"]) rig.ask("PUT", `${FILES}/${file}`, [], file);
		assert.equal(rig.status("COPY", `${FILES}/a`, [`Destination: http://nas${FILES}/new`]), 201);
		assert.equal(rig.ask("GET", `${FILES}/new/b/c/3`).body, "a/b/c/3");
		assert.equal(rig.status("COPY", `${FILES}/a/`, [`Destination: ${FILES}/shallow/`, "Depth: 0"]), 201);
		assert.deepEqual(rig.list("files/shallow"), []);
		assert.equal(rig.status("MOVE", `${FILES}/a`, [`Destination: ${FILES}/old`]), 204);
		assert.deepEqual(rig.list("files/old"), ["1", "b"]);
		assert.deepEqual(rig.list("files"), ["new", "old", "shallow"]);
		assert.equal(rig.status("DELETE", `${FILES}/new`), 204);
		rig.world.runUntil(() => false, 1000);
		assert.deepEqual(rig.list("files"), ["old", "shallow"]);
		assert.deepEqual(rig.list(".porthole/dav"), []);
		assert.equal(rig.machine.disk.used, rig.stage.server.used);
	});

	it("leaves nothing of a copy that fails", () => {
		const rig = new DavRig();
		rig.ask("MKCOL", `${FILES}/a`);
		for (const name of ["1", "2", "3"]) rig.ask("PUT", `${FILES}/a/${name}`, [], "x");
		rig.machine.disk.fail("write", "full", 1);
		assert.equal(rig.status("COPY", `${FILES}/a`, [`Destination: ${FILES}/b`]), 507);
		rig.world.runUntil(() => false, 1000);
		assert.deepEqual([rig.list("files"), rig.list(".porthole/dav")], [["a"], []]);
	});

	it("goes on with a copy for as long as it takes", () => {
		const rig = new DavRig(1, { rate: 130_000 });
		rig.world.runUntil(() => false, 60_000);
		rig.ask("PUT", `${FILES}/a`, [], new Uint8Array(1_500_000));
		const before = rig.world.now;
		assert.equal(rig.status("COPY", `${FILES}/a`, [`Destination: ${FILES}/b`]), 201);
		assert.ok(rig.world.now - before > 20_000, `${rig.world.now - before}`);
	});

	it("gives recordings to read, to copy and to delete, and keeps those that are locked (STR-14)", () => {
		const rig = new DavRig();
		const { files } = rig.machine;
		files.makeFolder("recordings/cam", () => {});
		for (const name of ["1.mkv", "2-locked.mkv", "3.mkv"])
			files.open(`recordings/cam/${name}`, "create", (answer) => {
				if (answer.failure === undefined)
					answer.value.append(Buffer.from(name), 0, name.length, { completed() {}, failed() {} });
			});
		rig.world.runUntil(() => false, 1000);
		const got = rig.ask("GET", "/dav/recordings/cam/1.mkv");
		assert.deepEqual([got.body, got.headers.get("content-type")], ["1.mkv", "video/x-matroska"]);
		assert.equal(rig.status("COPY", "/dav/recordings/cam/1.mkv", [`Destination: ${FILES}/clip.mkv`]), 201);
		assert.equal(rig.ask("GET", `${FILES}/clip.mkv`).body, "1.mkv");
		assert.equal(rig.status("DELETE", "/dav/recordings/cam/2-locked.mkv"), 423);
		const all = rig.ask("DELETE", "/dav/recordings/cam");
		assert.equal(all.status, 207);
		assert.match(all.body, /<D:href>\/dav\/recordings\/cam\/2-locked.mkv<\/D:href><D:status>HTTP\/1.1 423 Locked/);
		assert.deepEqual(rig.list("recordings/cam"), ["2-locked.mkv"]);
	});

	it("lists files with their properties", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a b&ä.txt`.replace(" ", "%20").replace("ä", "%C3%A4"), [], "12345");
		rig.ask("MKCOL", `${FILES}/folder`);
		const { status, headers, body } = rig.ask("PROPFIND", FILES, ["Depth: 1"]);
		assert.deepEqual([status, headers.get("content-type")], [207, 'application/xml; charset="utf-8"']);
		assert.deepEqual(body.match(/<D:href>[^<]*/g), [
			"<D:href>/dav/files/",
			"<D:href>/dav/files/a%20b%26%C3%A4.txt",
			"<D:href>/dav/files/folder/",
		]);
		assert.match(body, /<D:getcontentlength>5<\/D:getcontentlength><D:getcontenttype>text\/plain/);
		assert.equal(rig.ask("PROPFIND", "/dav", ["Depth: 1"]).body.match(/<D:collection\/>/g)?.length, 3);
		const some = PROPFIND('<D:prop><D:getetag/><D:creationdate/><x xmlns="u:"/></D:prop>');
		const asked = rig.ask("PROPFIND", `${FILES}/folder`, ["Depth: 0"], some).body;
		assert.match(asked, /<D:getetag\/><D:creationdate\/><x xmlns="u:"\/><\/D:prop><D:status>HTTP\/1.1 404/);
		const names = rig.ask("PROPFIND", `${FILES}/folder`, ["Depth: 0"], PROPFIND("<D:propname/>")).body;
		assert.match(names, /<D:resourcetype\/>.*<D:supportedlock\/>/);
	});

	it("lists a large folder while it sends the list, in chunks", () => {
		const rig = new DavRig();
		const names = Array.from({ length: 100 }, (_, i) => `${100 + i}.txt`);
		for (const name of names) rig.machine.files.open(`files/${name}`, "create", () => {});
		const { headers, body } = rig.ask("PROPFIND", FILES, ["Depth: 1"]);
		assert.equal(headers.get("transfer-encoding"), "chunked");
		let xml = "";
		for (let at = 0; ; ) {
			const end = body.indexOf("\r\n", at);
			const length = Number.parseInt(body.slice(at, end), 16);
			xml += body.slice(end + 2, end + 2 + length);
			at = end + 4 + length;
			if (length > 0) continue;
			assert.equal(at, body.length);
			break;
		}
		assert.ok(xml.startsWith("<?xml") && xml.endsWith("</D:multistatus>\n"));
		assert.deepEqual(
			xml.match(/<D:href>\/dav\/files\/[^<]*/g)?.map((href) => href.slice("<D:href>/dav/files/".length)),
			["", ...names],
		);
	});

	it("keeps the properties that clients set, across a restart, a copy and a move", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "x");
		const value = '<x xmlns="u:" xml:lang="en">1 &lt; <y/>2</x>';
		assert.equal(rig.status("PROPPATCH", `${FILES}/a`, [], SET(value)), 207);
		rig.ask("COPY", `${FILES}/a`, [`Destination: ${FILES}/b`]);
		rig.ask("MOVE", `${FILES}/a`, [`Destination: ${FILES}/c`]);
		rig.world.runUntil(() => false, 1000);
		rig.machine.crash();
		rig.machine.powerOn();
		rig.start();
		for (const name of ["b", "c"])
			assert.ok(rig.ask("PROPFIND", `${FILES}/${name}`, ["Depth: 0"]).body.includes(value), name);
		rig.ask("DELETE", `${FILES}/b`);
		rig.ask("PUT", `${FILES}/b`, [], "x");
		assert.ok(!rig.ask("PROPFIND", `${FILES}/b`, ["Depth: 0"]).body.includes(value));
		const protectedOne = rig.ask("PROPPATCH", `${FILES}/c`, [], SET("<D:getetag/><y/>"));
		assert.match(
			protectedOne.body,
			/<D:getetag\/><\/D:prop><D:status>HTTP\/1.1 403.*<y xmlns=""\/><\/D:prop><D:status>HTTP\/1.1 424/,
		);
		assert.equal(rig.status("PROPPATCH", `${FILES}/c`, [], SET(`<y>${"a".repeat(66_000)}</y>`)), 413);
	});

	it("bounds the properties", () => {
		const rig = new DavRig();
		for (let i = 0; i < 18; i++) rig.ask("PUT", `${FILES}/${i}`, [], "x");
		const long = SET(`<y>${"a".repeat(60_000)}</y>`);
		const statuses = Array.from({ length: 18 }, (_, i) => rig.status("PROPPATCH", `${FILES}/${i}`, [], long));
		assert.deepEqual(new Set(statuses.slice(0, 17)), new Set([207]));
		assert.equal(statuses[17], 507);
	});

	it("lets only the holder of a lock write, until it ends", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "x");
		const token = lock(rig, `${FILES}/a`, ["Timeout: Second-100"]);
		assert.equal(rig.status("LOCK", `${FILES}/a`, [], LOCK()), 423);
		const changes: [string, string, string[]][] = [
			["PUT", `${FILES}/a`, []],
			["DELETE", `${FILES}/a`, []],
			["PROPPATCH", `${FILES}/a`, []],
			["MOVE", `${FILES}/a`, [`Destination: ${FILES}/b`]],
			["COPY", `${FILES}/other`, [`Destination: ${FILES}/a`]],
		];
		rig.ask("PUT", `${FILES}/other`, [], "y");
		for (const [method, path, fields] of changes)
			assert.equal(rig.status(method, path, fields, method === "PROPPATCH" ? SET("<x/>") : ""), 423, method);
		assert.equal(rig.status("PUT", `${FILES}/a`, [`If: (${token})`], "y"), 204);
		assert.equal(
			rig.status("PUT", `${FILES}/a`, [`If: <http://nas${FILES}/a> (${token}) (Not <DAV:no-lock>)`], "y"),
			204,
		);
		assert.equal(rig.status("PUT", `${FILES}/a`, ["If: (<urn:uuid:0>)"], "y"), 412);
		rig.world.runUntil(() => false, 90_000);
		assert.equal(rig.status("LOCK", `${FILES}/a`, [`If: (${token})`, "Timeout: Second-100"]), 200);
		rig.world.runUntil(() => false, 90_000);
		assert.equal(rig.status("PUT", `${FILES}/a`, [], "z"), 423);
		rig.world.runUntil(() => false, 20_000);
		assert.equal(rig.status("PUT", `${FILES}/a`, [], "z"), 204);
		assert.equal(rig.stage.server.locks, 0);
	});

	it("locks folders with all in them, and names that do not exist yet", () => {
		const rig = new DavRig();
		rig.ask("MKCOL", `${FILES}/f`);
		rig.ask("PUT", `${FILES}/f/a`, [], "x");
		const token = lock(rig, `${FILES}/f/`, ["Depth: infinity"]);
		assert.equal(rig.status("PUT", `${FILES}/f/a`, [], "y"), 423);
		assert.equal(rig.status("PUT", `${FILES}/f/new`, [], "y"), 423);
		assert.equal(rig.status("DELETE", `${FILES}/f`), 423);
		assert.equal(rig.status("PUT", `${FILES}/f/new`, [`If: <${FILES}/f> (${token})`], "y"), 201);
		assert.equal(rig.status("UNLOCK", `${FILES}/f/a`, [`Lock-Token: ${token}`]), 204);
		const inner = lock(rig, `${FILES}/f/a`, ["Depth: 0"]);
		assert.equal(rig.status("DELETE", `${FILES}/f`), 423);
		assert.equal(rig.status("LOCK", `${FILES}/f`, [], LOCK()), 423);
		assert.equal(rig.status("DELETE", `${FILES}/f`, [`If: <${FILES}/f/a> (${inner})`]), 204);
		const made = rig.ask("LOCK", `${FILES}/new`, [], LOCK());
		assert.equal(made.status, 201);
		assert.equal(rig.ask("GET", `${FILES}/new`).body, "");
	});

	it("shares a lock among clients that ask for it", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "x");
		const one = lock(rig, `${FILES}/a`, [], "shared");
		const two = lock(rig, `${FILES}/a`, [], "shared");
		assert.notEqual(one, two);
		assert.equal(rig.status("LOCK", `${FILES}/a`, [], LOCK()), 423);
		assert.equal(rig.status("PUT", `${FILES}/a`, [], "y"), 423);
		assert.equal(rig.status("PUT", `${FILES}/a`, [`If: (${two})`], "y"), 204);
	});

	it("gives an upload up when somebody has locked the file meanwhile", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "old");
		const visit = rig.begin("PUT", `${FILES}/a`, [], new Uint8Array(100_000));
		rig.world.runUntil(() => visit.step(50_000), 200);
		lock(rig, `${FILES}/a`);
		assert.equal(rig.answer(visit).status, 423);
		assert.equal(rig.ask("GET", `${FILES}/a`).body, "old");
	});

	it("refuses what the medium or the quota has no room for, before it is sent where the length is known", () => {
		const small = new DavRig(1, { capacity: 3_000_000 });
		const visit = small.begin("PUT", `${FILES}/a`, ["Expect: 100-continue"], "");
		assert.equal(small.answer(visit).status, 201);
		assert.equal(small.status("PUT", `${FILES}/a`, [], new Uint8Array(2_500_000)), 507);
		assert.equal(small.status("PUT", `${FILES}/a`, [], new Uint8Array(1_000_000)), 204);
		const limited = new DavRig(1, {}, 1000);
		assert.equal(limited.status("PUT", `${FILES}/a`, [], new Uint8Array(900)), 201);
		const chunks = `c8\r\n${"x".repeat(200)}\r\n0\r\n\r\n`;
		assert.equal(limited.status("PUT", `${FILES}/b`, ["Transfer-Encoding: chunked"], chunks), 507);
		assert.equal(limited.status("COPY", `${FILES}/a`, [`Destination: ${FILES}/b`]), 507);
		assert.equal(limited.status("PUT", `${FILES}/b`, [], new Uint8Array(100)), 201);
		const asks = PROPFIND("<D:prop><D:quota-available-bytes/><D:quota-used-bytes/></D:prop>");
		const { body } = limited.ask("PROPFIND", FILES, ["Depth: 0"], asks);
		assert.match(body, /<D:quota-available-bytes>0<\/D:quota-available-bytes><D:quota-used-bytes>1000</);
		limited.ask("DELETE", `${FILES}/a`);
		limited.world.runUntil(() => false, 1000);
		assert.equal(limited.stage.server.used, 100);
	});

	it("answers 507 when the medium turns out to be full, and keeps the old file", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "old");
		rig.machine.disk.fail("write", "full");
		assert.equal(rig.status("PUT", `${FILES}/a`, [], new Uint8Array(300_000)), 507);
		rig.world.runUntil(() => false, 1000);
		assert.deepEqual([rig.ask("GET", `${FILES}/a`).body, rig.list(".porthole/dav")], ["old", []]);
	});

	it("has the old or the new file after a power cut, whenever it comes (STR-14)", () => {
		const seen = new Set<string>();
		for (let seed = 1; seed <= 60; seed++) {
			const rig = new DavRig(seed);
			rig.ask("PUT", `${FILES}/a`, [], "old");
			const visit = rig.begin("PUT", `${FILES}/a`, [], new Uint8Array(200_000).fill(78));
			const cut = rig.world.now + seed / 2.5;
			rig.world.runUntil(() => visit.step() || rig.world.now >= cut, 1000);
			const wasAnswered = visit.stream.written.length > 0;
			rig.machine.crash();
			rig.machine.powerOn();
			rig.start();
			const { body } = rig.ask("GET", `${FILES}/a`);
			const kind = body === "old" ? "old" : body === "N".repeat(200_000) ? "new" : "broken";
			assert.ok(kind === "new" || (kind === "old" && !wasAnswered), `seed ${seed}: ${kind}`);
			assert.deepEqual(rig.list(".porthole/dav"), []);
			seen.add(kind);
		}
		assert.deepEqual([...seen].sort(), ["new", "old"]);
	});

	it("stays alive and in its folders, whatever it is asked", () => {
		const rig = new DavRig();
		const random = new Prng(9);
		const methods = ["PUT", "DELETE", "MKCOL", "COPY", "MOVE", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "GET"];
		const paths = ["a", "a/b", "b", "b/a", "c%20d", "../x", ".", "a//b", "%2e%2e/x"];
		const bodies = [PROPFIND("<D:allprop/>"), SET("<x>1</x>"), LOCK(), "", "hello"];
		const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
		for (let i = 0; i < 1500; i++) {
			const fields = [
				`Destination: ${FILES}/${pick(paths)}`,
				`Depth: ${pick(["0", "1", "infinity"])}`,
				"Timeout: Second-1",
			];
			if (random.chance(0.3))
				fields.push(
					`If: ${mutate(random, '(<urn:uuid:1> ["x"]) (Not <DAV:no-lock>)', "()<>[] ").replaceAll(/[\r\n]/g, "")}`,
				);
			const body = random.chance(0.3) ? mutate(random, pick(bodies), '<>/&"a:') : pick(bodies);
			const { status } = rig.ask(pick(methods), `${FILES}/${pick(paths)}`, random.chance(0.9) ? fields : [], body);
			assert.ok(status >= 200 && status !== 500 && status !== 504, `${i}: ${status}`);
		}
		assert.deepEqual(rig.list(""), [".porthole", "files", "recordings"]);
		assert.deepEqual(
			rig.stage.told.filter((line) => line.startsWith("failed")),
			[],
		);
	});
});
