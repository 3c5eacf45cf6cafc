import assert from "node:assert/strict";
import {
	type DigestAlgorithm,
	DigestAuth,
	type DigestRequest,
	digestResponse,
	isSamePresentation,
} from "../../../src/access/digest-auth";
import { hashPassword, LoginRecord } from "../../../src/access/login-record";
import { toHex } from "../../../src/base/hex";
import { md5 } from "../../../src/base/md5";
import { Prng } from "../../../src/base/prng";
import { sha256 } from "../../../src/base/sha256";
import { utf8Encode } from "../../../src/base/text";
import { parseCredentials } from "../../../src/wire/http-auth";
import { mutate } from "../../support/mutate";

const REALM = "Porthole 0011223344556677";
const SALT = "0123456789abcdef";
const OWNER = "an-owner's-password";
const VIEWER = "only-looking";

function hash(algorithm: DigestAlgorithm, text: string): string {
	return toHex(algorithm === "MD5" ? md5(utf8Encode(text)) : sha256(utf8Encode(text)));
}

function record(ownerMd5 = true, viewerMd5 = ownerMd5): LoginRecord {
	const viewer = hashPassword("viewer", REALM, VIEWER, viewerMd5);
	return new LoginRecord(0, REALM, SALT, hashPassword("owner", REALM, OWNER, ownerMd5), viewer);
}

function digest(withMd5 = true, seed = 1): DigestAuth {
	const random = new Prng(seed);
	return new DigestAuth({ fill: (bytes) => bytes.set(bytes.map(() => random.below(256))) }, withMd5);
}

const HTTP: DigestRequest = {
	now: 1000,
	method: "GET",
	target: "/stream.mjpeg",
	address: "192.168.0.9",
	profile: "http",
};
const RTSP: DigestRequest = { ...HTTP, method: "DESCRIBE", target: "rtsp://cam:554/stream", profile: "rtsp" };

const nonceOf = (challenge: string): string => /nonce="([^"]+)"/.exec(challenge)?.[1] ?? "";

describe("access/digest-auth", () => {
	describe("computes the responses of the specifications", () => {
		const vectors: readonly {
			readonly source: string;
			readonly algorithm: DigestAlgorithm;
			readonly a1: string;
			readonly nonce: string;
			readonly protection: string;
			readonly response: string;
		}[] = [
			{
				source: "RFC 7616 §3.9.1, SHA-256",
				algorithm: "SHA-256",
				a1: "Mufasa:http-auth@example.org:Circle of Life",
				nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
				protection: "00000001:f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth",
				response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
			},
			{
				source: "RFC 7616 §3.9.1, MD5",
				algorithm: "MD5",
				a1: "Mufasa:http-auth@example.org:Circle of Life",
				nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
				protection: "00000001:f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth",
				response: "8ca523f5e9506fed4657c9700eebdbec",
			},
			{
				source: "RFC 2617 §3.5",
				algorithm: "MD5",
				a1: "Mufasa:testrealm@host.com:Circle Of Life",
				nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
				protection: "00000001:0a4f113b:auth",
				response: "6629fae49393a05397450978507c4ef1",
			},
			{
				source: "RFC 2069 §2.4, as corrected by erratum 749",
				algorithm: "MD5",
				a1: "Mufasa:testrealm@host.com:CircleOfLife",
				nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
				protection: "",
				response: "1949323746fe6a43ef61f9606e7febea",
			},
		];
		for (const { source, algorithm, a1, nonce, protection, response } of vectors) {
			it(source, () => {
				const ha1 = hash(algorithm, a1);
				assert.equal(digestResponse(algorithm, ha1, "GET", "/dir/index.html", nonce, protection), response);
			});
		}
	});

	describe("offers SHA-256 first, and MD5 second where it is allowed and a hash is stored", () => {
		const offers: readonly [title: string, withMd5: boolean, accounts: LoginRecord, algorithms: readonly string[]][] = [
			["MD5 is on and both users have a hash", true, record(), ["SHA-256", "MD5"]],
			["MD5 is off", false, record(), ["SHA-256"]],
			["the passwords were set while MD5 was off", true, record(false), ["SHA-256"]],
			["only the viewer has a hash", true, record(false, true), ["SHA-256", "MD5"]],
			["only the owner has a hash", true, record(true, false), ["SHA-256", "MD5"]],
			[
				"there is no viewer and the owner has a hash",
				true,
				record().with("viewer", undefined, SALT),
				["SHA-256", "MD5"],
			],
		];
		for (const [title, withMd5, accounts, algorithms] of offers) {
			it(title, () => {
				for (const profile of ["http", "rtsp"] as const) {
					const list = digest(withMd5).challenges(0, profile, accounts, false);
					assert.deepEqual(
						list.map((challenge) => /algorithm=([^,]+)/.exec(challenge)?.[1]),
						algorithms,
					);
					for (const challenge of list) assert.equal(challenge.includes('qop="auth"'), profile === "http");
				}
			});
		}

		it("puts realm, nonce and stale first, as live555 expects", () => {
			const [first] = digest().challenges(0, "rtsp", record(), true);
			assert.match(first, /^Digest realm="[^"]+", nonce="[^"]+", stale=true, algorithm=SHA-256$/);
		});
	});

	/** Writes what a client sends; `R` stands for the response, `N` for the nonce. */
	type Form = (nonce: string, response: string) => string;
	const forms: readonly {
		readonly client: string;
		readonly profile: "http" | "rtsp";
		readonly algorithm: DigestAlgorithm;
		readonly method: string;
		readonly target: string;
		readonly uri: string;
		readonly protection: string;
		readonly form: Form;
	}[] = [
		{
			client: "curl 7.88",
			profile: "http",
			algorithm: "SHA-256",
			method: "GET",
			target: "/stream.mjpeg?fps=2",
			uri: "/stream.mjpeg?fps=2",
			protection: "00000001:ZGM1ODg4:auth",
			form: (n, r) =>
				`Digest username="viewer",realm="${REALM}",nonce="${n}",uri="/stream.mjpeg?fps=2",cnonce="ZGM1ODg4",nc=00000001,algorithm=SHA-256,qop=auth,response="${r}"`,
		},
		{
			client: "ffmpeg 5.1, HTTP",
			profile: "http",
			algorithm: "MD5",
			method: "GET",
			target: "/stream.mjpeg",
			uri: "/stream.mjpeg",
			protection: "00000001:0f4a1c22:auth",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="/stream.mjpeg", response="${r}", algorithm="MD5", qop="auth", cnonce="0f4a1c22", nc=00000001`,
		},
		{
			client: "wget 1.21",
			profile: "http",
			algorithm: "MD5",
			method: "GET",
			target: "/snapshot.jpg",
			uri: "/snapshot.jpg",
			protection: "00000001:ab12:auth",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="/snapshot.jpg", response="${r}", qop=auth, nc=00000001, cnonce="ab12", algorithm="MD5"`,
		},
		{
			client: "VLC 3.0, HTTP",
			profile: "http",
			algorithm: "MD5",
			method: "GET",
			target: "/stream.mjpeg",
			uri: "/stream.mjpeg",
			protection: "00000001:c0ffee:auth",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="/stream.mjpeg", response="${r}", algorithm="MD5", qop="auth", nc="00000001", cnonce="c0ffee", `,
		},
		{
			client: "Python requests",
			profile: "http",
			algorithm: "SHA-256",
			method: "POST",
			target: "/api/v1/motion",
			uri: "/api/v1/motion",
			protection: "00000001:9f86d081:auth",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="/api/v1/motion", response="${r}", algorithm="SHA-256", qop="auth", nc=00000001, cnonce="9f86d081"`,
		},
		{
			client: "ffmpeg 5.1, RTSP",
			profile: "rtsp",
			algorithm: "MD5",
			method: "DESCRIBE",
			target: "rtsp://cam:554/stream",
			uri: "rtsp://cam:554/stream",
			protection: "",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="rtsp://cam:554/stream", response="${r}", algorithm="MD5"`,
		},
		{
			client: "GStreamer 1.22",
			profile: "rtsp",
			algorithm: "MD5",
			method: "PLAY",
			target: "rtsp://cam:554/stream/",
			uri: "rtsp://cam:554/stream/",
			protection: "",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="rtsp://cam:554/stream/", response="${r}"`,
		},
		{
			client: "live555 (VLC), SETUP of a track with the URI of the presentation",
			profile: "rtsp",
			algorithm: "MD5",
			method: "SETUP",
			target: "rtsp://cam:554/stream/trackID=0",
			uri: "rtsp://cam:554/stream/",
			protection: "",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="rtsp://cam:554/stream/", response="${r}"`,
		},
		{
			client: "an RTSP client that knows SHA-256 and qop",
			profile: "rtsp",
			algorithm: "SHA-256",
			method: "DESCRIBE",
			target: "rtsp://cam:554/stream",
			uri: "rtsp://cam:554/stream",
			protection: "0000000a:77aa:auth",
			form: (n, r) =>
				`Digest username="viewer", realm="${REALM}", nonce="${n}", uri="rtsp://cam:554/stream", response="${r}", algorithm=SHA-256, qop=auth, nc=0000000a, cnonce="77aa"`,
		},
	];

	describe("accepts the requests of real clients", () => {
		for (const { client, profile, algorithm, method, target, uri, protection, form } of forms) {
			it(client, () => {
				const checker = digest();
				const accounts = record();
				const nonce = nonceOf(checker.challenges(1000, profile, accounts, false)[0]);
				const ha1 = hash(algorithm, `viewer:${REALM}:${VIEWER}`);
				const text = form(nonce, digestResponse(algorithm, ha1, method, uri, nonce, protection));
				const parameters = parseCredentials(text)?.parameters ?? new Map();
				const request = { now: 1000, method, target, address: "192.168.0.9", profile };
				assert.equal(checker.check(request, parameters, accounts), "viewer");
				assert.equal(checker.check({ ...request, method: "DELETE" }, parameters, accounts), "wrong");
			});
		}
	});

	/** Answers a challenge. @param change alters or (`""`) removes parameters */
	function answer(
		checker: DigestAuth,
		request: DigestRequest,
		change: Readonly<Record<string, string>> = {},
		algorithm: DigestAlgorithm = "MD5",
		accounts = record(),
	): Map<string, string> {
		const counted = request.profile === "http";
		const parameters = new Map([
			["username", "owner"],
			["realm", REALM],
			["nonce", nonceOf(checker.challenges(request.now, request.profile, accounts, false)[0])],
			["uri", request.target],
			["algorithm", algorithm],
		]);
		if (counted) for (const [name, value] of COUNTED) parameters.set(name, value);
		for (const [name, value] of Object.entries(change)) parameters.set(name, value);
		const get = (name: string) => parameters.get(name) ?? "";
		const ha1 = hash(algorithm, `${get("username")}:${REALM}:${OWNER}`);
		const protection = get("qop") === "" ? "" : `${get("nc")}:${get("cnonce")}:${get("qop")}`;
		if (!("response" in change))
			parameters.set("response", digestResponse(algorithm, ha1, request.method, get("uri"), get("nonce"), protection));
		for (const [name, value] of Object.entries(change)) if (value === "") parameters.delete(name);
		return parameters;
	}
	const COUNTED: readonly (readonly [string, string])[] = [
		["qop", "auth"],
		["nc", "00000001"],
		["cnonce", "0a1b"],
	];

	describe("is strict in the http profile", () => {
		const cases: readonly [title: string, change: Readonly<Record<string, string>>, result: string][] = [
			["what a client should send", {}, "owner"],
			["no algorithm, which means MD5", { algorithm: "" }, "owner"],
			["an algorithm in lower case", { algorithm: "md5" }, "owner"],
			["no qop, as in RFC 2069", { qop: "" }, "malformed"],
			["qop=auth-int", { qop: "auth-int" }, "malformed"],
			["no count", { nc: "" }, "malformed"],
			["a short count", { nc: "1" }, "malformed"],
			["no cnonce", { cnonce: "" }, "malformed"],
			["another realm", { realm: "Porthole" }, "malformed"],
			["another uri", { uri: "/" }, "malformed"],
			["a uri with a slash more", { uri: "/stream.mjpeg/" }, "malformed"],
			["MD5-sess", { algorithm: "MD5-sess" }, "unsupported"],
			["SHA-512-256", { algorithm: "SHA-512-256" }, "unsupported"],
			["an unknown user", { username: "nobody" }, "wrong"],
			["a user named like a member of objects", { username: "__proto__" }, "wrong"],
			["no response", { response: "" }, "wrong"],
			["a short response", { response: "00" }, "wrong"],
			["a nonce that was made up", { nonce: "0-0.00000000000000000000000000000000" }, "stale"],
		];
		for (const [title, change, result] of cases) {
			it(`${title}: ${result}`, () => {
				const checker = digest();
				assert.equal(checker.check(HTTP, answer(checker, HTTP, change), record()), result);
			});
		}
	});

	describe("follows RFC 2069 in the rtsp profile", () => {
		it("accepts a nonce repeatedly for five minutes, only from the address that used it first", () => {
			const checker = digest();
			const parameters = answer(checker, RTSP);
			for (const now of [1000, 2000, 200000])
				assert.equal(checker.check({ ...RTSP, now }, parameters, record()), "owner");
			assert.equal(checker.check({ ...RTSP, address: "192.168.0.66" }, parameters, record()), "stale");
			assert.equal(checker.check({ ...RTSP, now: 400000 }, parameters, record()), "stale");
		});

		it("accepts each count once from clients that send one", () => {
			const checker = digest();
			const parameters = answer(checker, RTSP, Object.fromEntries(COUNTED));
			assert.equal(checker.check(RTSP, parameters, record()), "owner");
			assert.equal(checker.check(RTSP, parameters, record()), "stale");
		});

		it("accepts SHA-256 without qop", () => {
			const checker = digest(false);
			assert.equal(checker.check(RTSP, answer(checker, RTSP, {}, "SHA-256"), record()), "owner");
		});

		it("does not accept a nonce of the http profile, nor the other way round", () => {
			const checker = digest();
			for (const [from, to] of [
				[HTTP, RTSP],
				[RTSP, HTTP],
			]) {
				const [challenge] = checker.challenges(1000, from.profile, record(), false);
				assert.equal(checker.check(to, answer(checker, to, { nonce: nonceOf(challenge) }), record()), "stale");
			}
		});

		const uris: readonly [uri: string, target: string, same: boolean][] = [
			["rtsp://cam/stream", "rtsp://cam/stream", true],
			["rtsp://cam/stream/", "rtsp://cam/stream", true],
			["rtsp://cam/stream", "rtsp://cam/stream/", true],
			["rtsp://cam/stream", "rtsp://cam/stream/trackID=0", true],
			["rtsp://cam/stream/", "rtsp://cam/stream/trackID=0", true],
			["rtsp://cam/stream/", "rtsp://cam/stream/trackID=0/", true],
			["rtsp://cam/stream/trackID=0", "rtsp://cam/stream", true],
			["rtsp://cam/stream?rate=5", "rtsp://cam/stream?rate=5/trackID=0", true],
			["/stream", "/stream/trackID=0", true],
			["rtsp://cam", "rtsp://cam/", true],
			["*", "*", true],
			["rtsp://cam/stream", "rtsp://cam/stream2", false],
			["rtsp://cam/stream", "rtsp://cam/stream/a/b", false],
			["rtsp://cam/", "rtsp://cam/stream", false],
			["rtsp://cam", "rtsp://cam/stream", false],
			["rtsp://cam/stream/trackID=0", "rtsp://cam/stream/trackID=1", false],
			["rtsp://cam/stream", "rtsp://other/stream", false],
			["rtsp://cam/stream", "/stream", false],
			["/", "/stream", false],
			["", "/stream", false],
			["", "", true],
			["*", "rtsp://cam/stream", false],
		];
		for (const [uri, target, same] of uris) {
			it(`${same ? "accepts" : "rejects"} the uri ${JSON.stringify(uri)} for the target ${JSON.stringify(target)}`, () => {
				assert.equal(isSamePresentation(uri, target), same);
				assert.equal(isSamePresentation(target, uri), same);
				const checker = digest();
				const request = { ...RTSP, target };
				assert.equal(checker.check(request, answer(checker, request, { uri }), record()), same ? "owner" : "malformed");
			});
		}
	});

	describe("refuses MD5", () => {
		for (const profile of [HTTP, RTSP]) {
			it(`while it is switched off (${profile.profile})`, () => {
				const checker = digest(false);
				assert.equal(checker.check(profile, answer(checker, profile), record()), "unsupported");
				assert.equal(checker.check(profile, answer(checker, profile, {}, "SHA-256"), record()), "owner");
			});

			it(`of a user whose password has no hash for it (${profile.profile})`, () => {
				const checker = digest();
				const accounts = record(false, true);
				assert.equal(checker.check(profile, answer(checker, profile), accounts), "unsupported");
				assert.equal(checker.check(profile, answer(checker, profile, {}, "SHA-256"), accounts), "owner");
			});
		}
	});

	it("rejects altered credentials and never throws", () => {
		const random = new Prng(5);
		const checker = digest();
		const parameters = answer(checker, HTTP, {}, "SHA-256");
		const text = `Digest ${[...parameters].map(([name, value]) => `${name}="${value}"`).join(", ")}`;
		let accepted = 0;
		for (let i = 0; i < 1000; i++) {
			const altered = mutate(random, text, '", =\\0a1Zqn/-.');
			const credentials = parseCredentials(altered);
			if (credentials === undefined) continue;
			const result = checker.check(HTTP, credentials.parameters, record());
			if (result !== "owner" && result !== "viewer") continue;
			accepted++;
			for (const name of ["username", "realm", "nonce", "uri", "nc", "cnonce", "qop"])
				assert.equal(credentials.parameters.get(name), parameters.get(name), altered);
		}
		assert.ok(accepted <= 1, "each count is good once");
	});
});
