import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { authorityOf, isHostValue, originFormOf } from "../../../src/wire/http-host";
import { parseForm, parseTarget } from "../../../src/wire/http-target";

describe("wire/http-target", () => {
	const paths: [string, string | undefined][] = [
		["/", "/"],
		["/a/b", "/a/b"],
		["/a/", "/a/"],
		["/a%20b", "/a b"],
		["/%C3%A9", "/é"],
		["/a;b=c", "/a;b=c"],
		["http://cam/a", "/a"],
		["HTTP://cam/a", "/a"],
		["https://cam:443/a", "/a"],
		["http://cam", "/"],
		["http://cam?q=1", "/"],
		// Decoded once and no more: what looks like a way up is a name.
		["/%252e%252e/a", "/%2e%2e/a"],
		["/...", "/..."],
		["/..", undefined],
		["/../etc/passwd", undefined],
		["/a/../../etc/passwd", undefined],
		["/a/./b", undefined],
		["/%2e%2e/etc/passwd", undefined],
		["/%2E./etc/passwd", undefined],
		["/.%2e/etc/passwd", undefined],
		["/..%2fetc%2fpasswd", undefined],
		["/a%2Fb", undefined],
		["/..%5c..%5cboot.ini", undefined],
		["/..\\..\\boot.ini", undefined],
		["//etc/passwd", undefined],
		["/a//b", undefined],
		["//evil.example/", undefined],
		["http://cam//evil.example/", undefined],
		["/a%00.jpg", undefined],
		["/a%0d%0aSet-Cookie:x", undefined],
		["/a%7f", undefined],
		["/%", undefined],
		["/%2", undefined],
		["/%zz", undefined],
		["/%u002e%u002e/", undefined],
		["", undefined],
		["*", undefined],
		["a", undefined],
		["cam:443", undefined],
		["ftp://cam/a", undefined],
		["file:///etc/passwd", undefined],
		["?a=b", undefined],
	];
	for (const [target, path] of paths) {
		it(`${path === undefined ? "refuses" : "reads"} ${JSON.stringify(target)}`, () =>
			assert.equal(parseTarget(target)?.path, path));
	}

	it("reads overlong and malformed UTF-8 as neither a dot nor a slash", () => {
		for (const target of ["/%c0%ae%c0%ae/etc", "/%e0%80%ae./etc", "/..%c0%af..%c0%afetc", "/%ff"]) {
			const path = parseTarget(target)?.path ?? "";
			assert.ok(path.includes("\ufffd"), target);
			assert.equal(path.split("/").length, target.split("/").length, target);
			assert.ok(!path.split("/").includes(".."), target);
		}
	});

	it("reads queries with at most 32 parameters, of which the first with a name counts", () => {
		const query = parseTarget("/?a=1&a=2&b=%26+c&d&=e")?.query;
		assert.deepEqual(
			[...(query ?? [])],
			[
				["a", "1"],
				["b", "& c"],
				["d", ""],
				["", "e"],
			],
		);
		assert.equal(parseForm("a=b&".repeat(31))?.size, 2);
		assert.equal(parseForm("a=b&".repeat(32)), undefined);
		assert.equal(parseForm("a=%"), undefined);
	});

	const hosts: [string, boolean][] = [
		["", true],
		["cam", true],
		["cam:8080", true],
		["cam:", true],
		["cam_1.local", true],
		["192.168.0.11:8000", true],
		["[fe80::1]", true],
		["[::ffff:10.0.0.1]:80", true],
		[":80", false],
		["cam:80:80", false],
		["cam:999999", false],
		["cam:-1", false],
		["[::1", false],
		["[::1]x", false],
		["[::1]x:80", false],
		["[cam]/", false],
		["a b", false],
		["a,b", false],
		["a@b", false],
		["a/b", false],
		["a\\b", false],
		["a?b", false],
		["a%00b", false],
		["<script>", false],
		['"', false],
		["caf\u00e9", false],
		["x".repeat(300), false],
	];
	for (const [host, fine] of hosts) {
		it(`${fine ? "takes" : "refuses"} ${JSON.stringify(host.slice(0, 30))} for a Host`, () =>
			assert.equal(isHostValue(host), fine));
	}

	it("returns the authority only for a target in absolute-form", () => {
		assert.equal(authorityOf("HTTP://User@Cam:80/a"), "user@cam:80");
		assert.equal(authorityOf("https://cam?a"), "cam");
		for (const target of ["/http://cam/", "cam:443", "*", "ftp://cam/"]) {
			assert.equal(authorityOf(target), undefined);
			assert.equal(originFormOf(target), target);
		}
	});

	it("never throws, and never returns a path with `..`, for any input", () => {
		const alphabet = "/.%25cefa?&=#\\:;+ \u0000\u00ff";
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			let text = random.chance(0.7) ? "/" : random.chance(0.5) ? "http://" : "";
			for (let n = random.below(24); n > 0; n--) text += alphabet[random.below(alphabet.length)];
			isHostValue(text);
			const path = parseTarget(text)?.path;
			if (path === undefined) continue;
			const segments = path.split("/");
			assert.ok(!segments.includes("..") && !segments.includes("."), `seed ${seed}`);
			assert.ok(path[0] === "/" && path[1] !== "/" && !path.includes("\\"), `seed ${seed}`);
		}
	});
});
