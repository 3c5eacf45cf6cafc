import assert from "node:assert/strict";
import { AccessTokens } from "../../../src/access/access-tokens";
import { Authenticator, type AuthenticatorHost } from "../../../src/access/authenticator";
import { hashPassword, LoginRecord } from "../../../src/access/login-record";
import type { Admission, Need } from "../../../src/access/role";
import { Tickets } from "../../../src/access/tickets";
import { toBase64 } from "../../../src/base/base64";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { HttpServer } from "../../../src/http/http-server";
import { BasicLogin } from "../../../src/web/basic-login";
import { LoginGate, type LoginGateHost } from "../../../src/web/login-gate";
import { renderError, renderRefusal } from "../../../src/web/refusal";
import { digestFor } from "../../support/digest";
import { FakeStream } from "../../support/fake-stream";
import { statusOf } from "../../support/home-answer";
import { HTTP_LIMITS } from "../../support/http-limits";

const REALM = "Porthole 0011223344556677";
const ID = "0011223344556677";
const OWNER = "an-owner's-password";
const VIEWER = "only-looking";
const VISITOR = Object.freeze({
	owner: true,
	session: true,
	links: [{ path: "/portal", url: "/portal", label: "Cameras" }],
});
const SALT = "0123456789abcdef";

/** A server with one route of each kind behind a gate. */
class Scene {
	now = 1000;
	record = new LoginRecord(
		0,
		REALM,
		SALT,
		hashPassword("owner", REALM, OWNER, true),
		hashPassword("viewer", REALM, VIEWER, true),
	);
	readonly authenticator: Authenticator;
	readonly access: LoginGate;
	readonly server: HttpServer<Admission, Need>;
	tokens = new AccessTokens("a key");
	readonly tickets = new Tickets({
		sign: (text) => `sig${text.length}${text.slice(-4)}`,
		verify: (text, signature) => signature === `sig${text.length}${text.slice(-4)}`,
	});

	constructor(more: Partial<AuthenticatorHost & LoginGateHost> = {}) {
		const random = new Prng(1);
		const host: AuthenticatorHost & LoginGateHost = {
			id: ID,
			random: { fill: (bytes) => bytes.set(bytes.map(() => random.below(256))) },
			withMd5: false,
			tickets: this.tickets,
			record: () => this.record,
			tokens: () => this.tokens,
			moment: (now) => ({ epoch: "u", seconds: 1.7e9 + now / 1000 }),
			isNeighbour: (address) => address.startsWith("192.168."),
			openInLan: false,
			isOurName: (name) => name === "cams.example.org",
			...more,
		};
		this.authenticator = new Authenticator(host);
		this.access = new LoginGate(this.authenticator, host);
		this.server = new HttpServer<Admission, Need>(HTTP_LIMITS, {
			now: () => 0,
			utc: () => undefined,
			gate: this.access,
			refuse: (refusal, _request, reply) => renderRefusal(refusal, reply),
			error: (status, message, headers, request, reply) =>
				renderError(status, message, headers, request, reply, request?.visitor && VISITOR),
		});
		this.server.route(
			"GET",
			"/look",
			(request, reply) => reply.send(200, "text/plain", `${request.visitor?.role}`),
			"viewer",
		);
		this.server.route(
			"GET",
			"/rule",
			(request, reply) => reply.send(200, "text/plain", `${request.visitor?.role}`),
			"owner",
		);
		this.server.route(
			"GET",
			"/dav/*",
			(request, reply) => reply.send(200, "text/plain", `${request.visitor?.role}`),
			"viewer",
		);
		this.server.route("POST", "/act", (_request, reply) => reply.redirect("/look"), "owner");
		this.server.route("POST", "/login", (request, reply) => this.access.login(request, reply), "anyone");
	}

	ask(
		head: string,
		fields: readonly string[] = [],
		from = "198.51.100.9",
		body = "",
		host = "198.20.0.1:8080",
		secure = false,
	): string {
		const connection = this.server.accept(this.now, from, "192.168.0.11", 8000, secure)!;
		const stream = new FakeStream();
		connection.room(this.now, stream);
		const lines = [`${head} HTTP/1.1`, `Host: ${host}`, ...fields];
		if (body !== "") lines.push(`Content-Length: ${body.length}`);
		connection.feed(this.now, new Uint8Array(Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`)), stream);
		const text = stream.text();
		connection.ended(this.now, "reset");
		return text;
	}

	/** Asks with Digest. @returns the whole answer */
	digest(user: string, password: string, head = "GET /look", from = "198.51.100.9", count = "00000001"): string {
		const [method, target] = head.split(" ");
		const challenge = /WWW-Authenticate: (Digest [^\r]+)/.exec(this.ask(head, [], from))?.[1] ?? "";
		const field = digestFor(challenge, method, target, user, password, count);
		return this.ask(head, [`Authorization: ${field}`], from);
	}
}

const cookieOf = (answer: string) => /Set-Cookie: ([^;]+);/.exec(answer)?.[1] ?? "";
const HTML = "Accept: text/html,*/*";

describe("web/login-gate", () => {
	it("answers 401 without credentials on every path and method, so routes cannot be probed", () => {
		const scene = new Scene();
		for (const path of ["/look", "/rule", "/act", "/login", "/nothing", "/../etc"]) {
			for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
				const code = statusOf(scene.ask(`${method} ${path}`));
				assert.ok(code === 401 || (path === "/../etc" && code === 400), `${method} ${path}: ${code}`);
			}
		}
	});

	it("challenges programs by Digest with SHA-256, and browsers with the login page", () => {
		const scene = new Scene();
		const program = scene.ask("GET /look");
		assert.match(
			program,
			/WWW-Authenticate: Digest realm="Porthole 0011223344556677", nonce="[^"]+", algorithm=SHA-256, qop="auth"\r\n/,
		);
		assert.doesNotMatch(program, /MD5/);
		const person = scene.ask("GET /look", [HTML]);
		assert.equal(statusOf(person), 401);
		assert.match(person, /WWW-Authenticate: Cookie /);
		assert.match(person, /<form method="post" action="\/login">/);
		assert.match(person, /script-src 'sha256-/);
		assert.doesNotMatch(person, /unsafe-inline/);
		assert.doesNotMatch(scene.ask("GET /look", ["User-Agent: Mozilla/5.0"]), /Digest/, "not the browser's own dialog");
	});

	it("takes Basic from clients of the file server, and only over TLS (STR-14)", () => {
		const scene = new Scene();
		scene.access.other = new BasicLogin(scene.authenticator, "/dav");
		const basic = (user: string, password: string): string =>
			`Authorization: Basic ${toBase64(utf8Encode(`${user}:${password}`))}`;
		const ask = (path: string, secure: boolean, ...fields: string[]): string =>
			scene.ask(`GET ${path}`, fields, "198.51.100.9", "", "198.20.0.1:8080", secure);
		const owner = basic("owner", OWNER);
		assert.match(ask("/dav/files/x", true, owner), /200 OK[\s\S]*owner$/);
		assert.match(ask("/dav/files/x", true, basic("viewer", VIEWER)), /200 OK[\s\S]*viewer$/);
		assert.match(
			ask("/dav/files/x", true),
			/Digest realm[\s\S]*Basic realm="Porthole 0011223344556677", charset="UTF-8"/,
		);
		for (const [path, secure] of [
			["/dav/files/x", false],
			["/look", true],
			["/davx", true],
		] as const) {
			const answer = ask(path, secure, owner);
			assert.equal(statusOf(answer), 401, path);
			assert.doesNotMatch(answer, /Basic/);
		}
		for (const field of [basic("owner", "wrong"), basic("nobody", OWNER)]) {
			const answer = ask("/dav/files/x", true, field);
			assert.equal(statusOf(answer), 401);
			assert.match(answer, /Digest realm/);
		}
		assert.equal(scene.authenticator.wrongPasswords, 2);
		// KDE's file manager calls itself a browser.
		assert.match(ask("/dav/files/x", false, "User-Agent: Mozilla/5.0 (X11; Linux) Konqueror/22.12"), /Digest realm/);
		assert.equal(statusOf(ask("/dav/files/x", true, "Authorization: Basic !!")), 401);
		for (let i = 0; i < 30; i++) ask("/dav/files/x", true, basic("owner", `guess ${i}`));
		assert.equal(statusOf(ask("/dav/files/x", true, basic("owner", "one more"))), 429);
	});

	const JAVA = ["User-Agent: Java/11", "Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"];
	const SHELL = ["User-Agent: Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1"];
	const MODE = "Sec-Fetch-Mode: no-cors";
	const OURS = "Referer: http://198.20.0.1:8080/portal";
	const challenged: [title: string, path: string, fields: string[], schemes: string[]][] = [
		["Java, for a picture", "/snapshot.jpg", JAVA, ["Cookie", "Digest"]],
		["PowerShell, for a picture", "/snapshot.jpg", SHELL, ["Cookie", "Digest"]],
		["Java, for the API", "/api/v1/status", JAVA, ["Cookie", "Digest"]],
		["PowerShell, for the API", "/api/v1/nothing", SHELL, ["Cookie", "Digest"]],
		["curl, for a picture", "/snapshot.jpg", ["User-Agent: curl/8"], ["Digest"]],
		["curl, for a page", "/look", ["User-Agent: curl/8"], ["Digest"]],
		["a program that looks like a browser, for a page", "/look", SHELL, ["Cookie"]],
		["a browser, for a page", "/look", [...SHELL, HTML], ["Cookie"]],
		["a browser that says so, for a picture", "/snapshot.jpg", [...SHELL, MODE], ["Cookie"]],
		["a browser that says so, for the API", "/api/v1/status", [...SHELL, "Sec-Fetch-Site: same-origin"], ["Cookie"]],
		[
			"a browser that says so, for a picture as a page",
			"/snapshot.jpg",
			[HTML, "Sec-Fetch-Dest: document"],
			["Cookie"],
		],
		["a page of ours, for a picture", "/snapshot.jpg", [...SHELL, OURS], ["Cookie"]],
		[
			"a portal's picture of another camera, without a Referer",
			"/snapshot.jpg",
			[...SHELL, "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"],
			["Cookie"],
		],
		["a page of ours, for the API", "/api/v1/status", [...SHELL, OURS], ["Cookie"]],
	];
	for (const [title, path, fields, schemes] of challenged) {
		it(`challenges ${title} by ${schemes.join(", then by ")}`, () => {
			const scene = new Scene();
			scene.server.route("GET", "/snapshot.jpg", (_request, reply) => reply.send(200, "a/b", "c"), "pictures");
			const answer = scene.ask(`GET ${path}`, fields);
			assert.equal(statusOf(answer), 401);
			assert.deepEqual(
				Array.from(answer.matchAll(/WWW-Authenticate: (\w+)/g), ([, scheme]) => scheme),
				schemes,
			);
			if (!schemes.includes("Digest")) return;
			const challenge = /WWW-Authenticate: (Digest [^\r]+)/.exec(answer)?.[1] ?? "";
			const field = `Authorization: ${digestFor(challenge, "GET", path, "owner", OWNER)}`;
			assert.notEqual(statusOf(scene.ask(`GET ${path}`, [...fields, field])), 401, "and lets it in");
		});
	}

	const matrix: [user: string, password: string, head: string, code: number][] = [
		["owner", OWNER, "GET /look", 200],
		["owner", OWNER, "GET /rule", 200],
		["owner", OWNER, "POST /act", 303],
		["viewer", VIEWER, "GET /look", 200],
		["viewer", VIEWER, "GET /rule", 403],
		["viewer", VIEWER, "POST /act", 403],
		["owner", OWNER, "GET /nothing", 404],
		["owner", OWNER, "PUT /look", 405],
		["viewer", OWNER, "GET /look", 401],
		["owner", VIEWER, "GET /look", 401],
		["owner", "", "GET /look", 401],
		["nobody", OWNER, "GET /look", 401],
		["", "", "GET /look", 401],
	];
	for (const [user, password, head, code] of matrix) {
		it(`answers ${head} by ${user || "nobody"} with ${password === "" ? "no password" : "a password"} with ${code}`, () =>
			assert.equal(statusOf(new Scene().digest(user, password, head)), code));
	}

	it("has no viewer account without a viewer password", () => {
		const scene = new Scene();
		scene.record = scene.record.with("viewer", undefined, SALT);
		assert.equal(statusOf(scene.digest("viewer", VIEWER)), 401);
		assert.equal(statusOf(scene.digest("viewer", "")), 401);
		assert.equal(statusOf(scene.digest("owner", OWNER)), 200);
	});

	it("accepts each count of a nonce once, in nearly any order, for five minutes (RFC 7616 §3.3)", () => {
		const scene = new Scene();
		const challenge = /WWW-Authenticate: (Digest [^\r]+)/.exec(scene.ask("GET /look"))?.[1] ?? "";
		const use = (count: string) =>
			scene.ask("GET /look", [`Authorization: ${digestFor(challenge, "GET", "/look", "owner", OWNER, count)}`]);
		for (const [count, code] of [
			["00000001", 200],
			["00000001", 401],
			["00000005", 200],
			["00000003", 200],
			["00000003", 401],
			["00000005", 401],
			["000000ff", 200],
			["00000004", 401],
		] as const)
			assert.equal(statusOf(use(count)), code, count);
		assert.match(use("00000001"), /stale=true/);
		scene.now += 300001;
		assert.match(use("00000100"), /stale=true/);
		assert.equal(scene.access.counters.wrongPasswords, 0, "a right password is not throttled");
	});

	it("accepts a response only for its own method and target", () => {
		const scene = new Scene();
		const challenge = () => /WWW-Authenticate: (Digest [^\r]+)/.exec(scene.ask("GET /look"))?.[1] ?? "";
		const other = digestFor(challenge(), "GET", "/look", "owner", OWNER);
		assert.equal(statusOf(scene.ask("GET /rule", [`Authorization: ${other}`])), 401);
		assert.equal(statusOf(scene.ask("POST /look", [`Authorization: ${other}`])), 401);
		const foreign = challenge().replace(/nonce="[^"]+"/, 'nonce="abc.def"');
		assert.match(
			scene.ask("GET /look", [`Authorization: ${digestFor(foreign, "GET", "/look", "owner", OWNER)}`]),
			/stale=true/,
		);
	});

	it("accepts MD5 only if it is switched on, and offers it last", () => {
		const on = new Scene({ withMd5: true });
		const fields = [...on.ask("GET /look").matchAll(/WWW-Authenticate: Digest [^\r]*algorithm=([\w-]+)/g)];
		assert.deepEqual(
			fields.map(([, algorithm]) => algorithm),
			["SHA-256", "MD5"],
		);
		const off = new Scene();
		const challenge = /WWW-Authenticate: (Digest [^\r]+)/.exec(off.ask("GET /look"))?.[1] ?? "";
		const field = digestFor(challenge, "GET", "/look", "owner", OWNER).replace("SHA-256", "MD5");
		assert.equal(statusOf(off.ask("GET /look", [`Authorization: ${field}`])), 401);
	});

	it("doubles the wait after each wrong password of an address, and no other", () => {
		const scene = new Scene();
		for (let i = 0; i < 4; i++) assert.equal(statusOf(scene.digest("owner", `guess ${i}`)), 401);
		const waiting = scene.digest("owner", OWNER);
		assert.equal(statusOf(waiting), 429, "not even the right one counts");
		assert.match(waiting, /Retry-After: 1\r\n/);
		assert.equal(statusOf(scene.digest("owner", OWNER, "GET /look", "198.51.100.10")), 200);
		scene.now += 1001;
		assert.equal(statusOf(scene.digest("owner", "guess")), 401);
		assert.match(scene.digest("owner", OWNER), /Retry-After: 2\r\n/);
		scene.now += 2001;
		assert.equal(statusOf(scene.digest("owner", OWNER)), 200);
	});

	it("limits all addresses together, except neighbours and those that have logged in before", () => {
		const scene = new Scene();
		assert.equal(statusOf(scene.digest("owner", OWNER, "GET /look", "203.0.113.1")), 200);
		for (let i = 0; i < 60; i++) scene.digest("owner", "guess", "GET /look", `198.51.100.${i}`);
		assert.equal(statusOf(scene.digest("owner", OWNER, "GET /look", "203.0.113.2")), 429);
		assert.equal(statusOf(scene.digest("owner", OWNER, "GET /look", "203.0.113.1")), 200);
		assert.equal(statusOf(scene.digest("owner", OWNER, "GET /look", "192.168.0.77")), 200);
		scene.now += 5001;
		assert.equal(statusOf(scene.digest("owner", OWNER, "GET /look", "203.0.113.2")), 200);
	});

	it("starts a session by the form, and returns to the requested page", () => {
		const scene = new Scene();
		const form = (body: string) =>
			scene.ask("POST /login", [HTML, "Referer: http://198.20.0.1:8080/rule?a=b"], undefined, body);
		const wrong = form("user=owner&password=wrong");
		assert.equal(statusOf(wrong), 401);
		assert.match(wrong, /role="alert">Wrong password/);
		const right = form(`user=owner&password=${encodeURIComponent(OWNER)}`);
		assert.equal(statusOf(right), 303);
		assert.match(right, /Location: \/rule\?a=b\r\n/);
		assert.match(right, /Set-Cookie: [^\r]*Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax\r\n/);
		const cookie = cookieOf(right);
		assert.equal(statusOf(scene.ask("GET /rule", [`Cookie: other=1; ${cookie}`])), 200);
		scene.now += 604801 * 1000;
		assert.equal(statusOf(scene.ask("GET /rule", [`Cookie: ${cookie}`])), 401, "a week later");
	});

	it("redirects to its own first page, never to another site, after the login", () => {
		for (const referer of ["http://evil.example/", "http://198.20.0.1:8080//evil.example/", "nonsense"]) {
			const answer = new Scene().ask(
				"POST /login",
				[HTML, `Referer: ${referer}`],
				undefined,
				`user=viewer&password=${VIEWER}`,
			);
			assert.match(answer, /Location: \/\r\n/, referer);
		}
	});

	it("starts a session by Digest from the login page's script, so the password is not sent", () => {
		const scene = new Scene();
		const first = scene.ask("POST /login", ["Accept: application/json"]);
		assert.equal(statusOf(first), 401);
		assert.doesNotMatch(first, /WWW-Authenticate: Digest/);
		const { realm, nonce } = JSON.parse(first.slice(first.indexOf("\r\n\r\n")));
		const field = digestFor(`Digest realm="${realm}", nonce="${nonce}"`, "POST", "/login", "viewer", VIEWER);
		const answer = scene.ask("POST /login", ["Accept: application/json", `Authorization: ${field}`]);
		assert.equal(statusOf(answer), 200);
		assert.match(answer, /\{"role":"viewer"\}$/);
		assert.equal(statusOf(scene.ask("GET /look", [`Cookie: ${cookieOf(answer)}`])), 200);
		assert.equal(statusOf(scene.ask("GET /rule", [`Cookie: ${cookieOf(answer)}`])), 403);
	});

	it("ends all sessions and links when the key changes, and rejects altered tokens", () => {
		const scene = new Scene();
		const cookie = cookieOf(scene.ask("POST /login", [HTML], undefined, `user=viewer&password=${VIEWER}`));
		const asked = (text: string) => statusOf(scene.ask("GET /look", [`Cookie: ${text}`]));
		assert.equal(asked(cookie), 200);
		for (let i = cookie.indexOf("=") + 1; i < cookie.length; i++) {
			const other = cookie[i] === "o" ? "p" : "o";
			assert.equal(asked(cookie.slice(0, i) + other + cookie.slice(i + 1)), 401, `letter ${i}`);
		}
		assert.equal(asked(cookie.replace("=v", "=o")), 401, "a viewer does not become the owner");
		scene.tokens = new AccessTokens("another key");
		assert.equal(asked(cookie), 401);
	});

	it("accepts a viewer link until it expires: a browser gets a session as long, a program sends the token", () => {
		const scene = new Scene();
		const link = scene.authenticator.issueLink(scene.now, 3600);
		const person = scene.ask(`GET /look?fps=5&link=${link}`, [HTML]);
		assert.equal(statusOf(person), 303);
		assert.match(person, /Location: \/look\?fps=5\r\n/);
		assert.match(person, /Max-Age=3600;/);
		assert.equal(statusOf(scene.ask("GET /look", [`Cookie: ${cookieOf(person)}`])), 200);
		assert.equal(statusOf(scene.ask(`GET /look?link=${link}`)), 200);
		assert.equal(statusOf(scene.ask("GET /look", [`Authorization: Bearer ${link}`])), 200);
		assert.equal(statusOf(scene.ask("GET /rule", [`Authorization: Bearer ${link}`])), 403);
		assert.equal(statusOf(scene.ask("GET /look", [`Cookie: ${scene.tokens.name}=${link}`])), 401, "no session");
		scene.now += 3600001;
		assert.equal(statusOf(scene.ask(`GET /look?link=${link}`)), 401);
		assert.equal(statusOf(scene.ask("GET /look", [`Cookie: ${cookieOf(person)}`])), 401);
	});

	describe("answers a viewer link that does not count", () => {
		const PATHS = ["/look", "/rule", "/act", "/login", "/nothing", "/dav/files", "/api/v1/status", "/a/b/c"];
		const PAGE = "This viewer link has ended or is wrong. Ask the owner for a new one, or log in.";
		const TEXT = "This viewer link has ended or is wrong. Ask the owner for a new one.";
		const REVOKED = "00ff00ff00ff00ff";

		/** A scene with links that have ended in all ways, or never were any. */
		function endedLinks(): { scene: Scene; links: Readonly<Record<string, string>>; valid: string } {
			const scene = new Scene({ isRevoked: (link) => link === REVOKED });
			const { authenticator, now } = scene;
			const expired = authenticator.issueLink(now, 60);
			const revoked = authenticator.issueLink(now, 36_000, false, REVOKED);
			const guest = new AccessTokens("a key").issue(
				"guest link ffffffffffffffff",
				"viewer",
				{ epoch: "u", seconds: 1.7e9 },
				36_000,
			);
			const ended = new AccessTokens("the key before").issue("link", "viewer", { epoch: "u", seconds: 1.7e9 }, 36_000);
			const valid = authenticator.issueLink(now, 36_000);
			scene.now += 60_001;
			const forged = valid.slice(0, -1) + (valid.endsWith("0") ? "1" : "0");
			const links = {
				empty: "",
				nonsense: "x",
				long: "a".repeat(400),
				markup: "%3Cb%3Ehello%3C/b%3E",
				forged,
				"an owner's": valid.replace(/^v/, "o"),
				expired,
				revoked,
				ended,
				guest,
			};
			return { scene, links, valid };
		}

		/** An answer without what differs each time. */
		const masked = (answer: string) => answer.replace(/nonce="[^"]+"/g, 'nonce=""');

		it("with the login page and its reason for a browser, and with the reason for a program", () => {
			const { scene, links } = endedLinks();
			for (const [name, link] of Object.entries(links)) {
				const page = scene.ask(`GET /look?link=${link}`, [HTML]);
				assert.equal(statusOf(page), 401, name);
				assert.ok(page.includes(`role="alert">${PAGE}`), name);
				assert.match(page, /<form method="post" action="\/login">/);
				assert.match(page, /\r\nCache-Control: no-store\r\n/);
				const text = scene.ask(`GET /look?link=${link}`);
				assert.equal(statusOf(text), 401, name);
				assert.ok(text.endsWith(`\r\n\r\n401 Unauthorized\n${TEXT}\n`), text);
				assert.match(text, /WWW-Authenticate: Digest /, "it may log in");
			}
			assert.ok(!scene.ask("GET /look", [HTML]).includes(PAGE), "without a link it is the plain login page");
			assert.ok(!scene.ask("GET /look").includes(TEXT));
		});

		it("in the same way whatever is wrong with it, so that a revoked one can't be told from one that never was", () => {
			const { scene, links } = endedLinks();
			for (const fields of [[HTML], []]) {
				for (const path of PATHS) {
					const answers = Object.values(links).map((link) => masked(scene.ask(`GET ${path}?link=${link}`, fields)));
					assert.equal(new Set(answers).size, 1, `${path}: ${[...new Set(answers)].join("\n---\n")}`);
				}
			}
		});

		it("in the same way at paths that exist and at others, by any method, and says nothing beyond", () => {
			const { scene, links, valid } = endedLinks();
			for (const fields of [[HTML], []]) {
				const answers = new Map<string, Set<string>>();
				for (const path of PATHS) {
					for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"]) {
						// The form of the login page is not a stranger's path.
						if (path === "/login" && method === "POST") continue;
						const answer = masked(scene.ask(`${method} ${path}?link=${links["expired"]}`, fields));
						assert.equal(statusOf(answer), 401, `${method} ${path}`);
						// Programs that may look like browsers are asked by Digest where programs go.
						const key = `${method === "HEAD"} ${/^\/(api|dav)\//.test(path)}`;
						answers.set(key, (answers.get(key) ?? new Set()).add(answer));
						assert.doesNotMatch(answer, /Set-Cookie|Location/);
						for (const secret of [links["expired"] ?? "", valid, "192.168.0.11", OWNER])
							assert.ok(!answer.includes(secret), `${method} ${path} tells ${secret}`);
					}
				}
				for (const [key, distinct] of answers) assert.equal(distinct.size, 1, [key, ...distinct].join("\n---\n"));
			}
		});

		it("not at all where other credentials count, and not as a wrong password", () => {
			const { scene, links, valid } = endedLinks();
			const login = scene.ask("POST /login", [HTML], undefined, `user=owner&password=${encodeURIComponent(OWNER)}`);
			const cookie = `Cookie: ${cookieOf(login)}`;
			for (const link of Object.values(links)) {
				assert.equal(statusOf(scene.ask(`GET /rule?link=${link}`, [cookie])), 200);
				assert.equal(statusOf(scene.digest("viewer", VIEWER, `GET /look?link=${link}`)), 200);
				assert.equal(statusOf(scene.ask(`GET /look?link=${link}`, [`Authorization: Bearer ${valid}`])), 200);
			}
			assert.equal(scene.authenticator.wrongPasswords, 0);
			const refused = scene.ask(`GET /rule?link=${valid}`);
			assert.equal(statusOf(refused), 403);
			assert.ok(!refused.includes(TEXT), "a link that counts has not ended");
		});

		it("with a wait, not with its reason, after too many wrong passwords", () => {
			const { scene, links } = endedLinks();
			for (let i = 0; i < 4; i++) scene.digest("owner", `guess ${i}`);
			const answer = scene.digest("owner", OWNER, `GET /look?link=${links["expired"]}`);
			assert.equal(statusOf(answer), 429);
			assert.ok(!answer.includes(TEXT));
		});
	});

	it("accepts sessions of the key before where they go on, no links, and ends both at a logout", () => {
		let former: AccessTokens | undefined;
		const ended: string[] = [];
		const scene = new Scene({ formerTokens: () => former, sessionEnded: (session) => void ended.push(session) });
		scene.server.route("POST", "/logout", (request, reply) => scene.access.logout(request, reply), "viewer");
		const logIn = () =>
			cookieOf(scene.ask("POST /login", [HTML], undefined, `user=owner&password=${encodeURIComponent(OWNER)}`));
		const before = logIn();
		const link = scene.authenticator.issueLink(scene.now, 3600, false, "0123456789abcdef");
		const byLink = cookieOf(scene.ask(`GET /look?link=${link}`, [HTML]));
		former = scene.tokens;
		scene.tokens = new AccessTokens("another key");
		const look = (...cookies: string[]) => statusOf(scene.ask("GET /look", [`Cookie: ${cookies.join("; ")}`]));
		assert.equal(look(before), 200);
		assert.equal(look(byLink), 401, "its link can no longer be revoked");
		assert.equal(cookieOf(scene.ask("GET /look", [`Cookie: ${byLink}`])), "");
		assert.equal(statusOf(scene.ask(`GET /look?link=${link}`)), 401);
		const after = logIn();
		assert.notEqual(after.split("=")[0], before.split("=")[0]);
		assert.equal(look(before, after), 200);
		const over = scene.ask("POST /logout", [`Cookie: ${before}; ${after}`]);
		assert.equal(statusOf(over), 303);
		assert.equal(over.split("Max-Age=0").length, 3, "both cookies are deleted");
		assert.deepEqual([look(before), look(after), ended.length], [401, 401, 3], "the successor of the first too");
		const third = logIn();
		former = undefined;
		assert.deepEqual([look(third), look(before)], [200, 401]);
	});

	it("gives a browser with a session of the key before one of the present key, of the same role and end, and ends both", () => {
		for (const role of ["owner", "viewer"] as const) {
			let former: AccessTokens | undefined;
			const ended: string[] = [];
			const scene = new Scene({ formerTokens: () => former, sessionEnded: (session) => void ended.push(session) });
			scene.server.route("POST", "/logout", (request, reply) => scene.access.logout(request, reply), "viewer");
			const password = encodeURIComponent(role === "owner" ? OWNER : VIEWER);
			const before = cookieOf(scene.ask("POST /login", [HTML], undefined, `user=${role}&password=${password}`));
			const guestLink = scene.authenticator.issueLink(scene.now, 3600, true);
			const guest = cookieOf(scene.ask(`GET /look?link=${guestLink}`, [HTML]));
			assert.notEqual(guest, "");
			former = scene.tokens;
			scene.tokens = new AccessTokens("another key");
			scene.now += 3_600_500;
			const ask = (...cookies: string[]) => scene.ask("GET /look", [`Cookie: ${cookies.join("; ")}`]);
			const answer = ask(before);
			const after = cookieOf(answer);
			assert.match(answer, /Set-Cookie: [^;]+; Path=[/]; Max-Age=(601199|601200); HttpOnly; SameSite=Lax\r\n/);
			assert.equal(cookieOf(ask(before)), after, "the same for each request");
			assert.equal(cookieOf(ask(before, after)), "", "once is enough");
			assert.equal(cookieOf(ask(guest)), "", "guests get nothing");
			assert.equal(statusOf(ask(guest)), 401);
			// As after a restart.
			const old = former;
			former = undefined;
			assert.deepEqual([statusOf(ask(after)), statusOf(ask(before))], [200, 401]);
			assert.ok(ask(after).endsWith(role));
			assert.equal(statusOf(scene.ask("GET /rule", [`Cookie: ${after}`])), role === "owner" ? 200 : 403);
			former = old;
			const [, token] = after.split("=");
			const until = Number.parseInt(token.split(".")[1], 36);
			assert.equal(until, Number.parseInt(before.split("=")[1].split(".")[1], 36));
			if (role === "owner") {
				// Even where the browser has not stored it yet.
				const over = scene.ask("POST /logout", [`Cookie: ${before}`]);
				assert.ok(over.lastIndexOf(`${after.split("=")[0]}=;`) > over.indexOf(after), "deleted last");
				assert.equal(ended.length, 2);
			} else {
				scene.authenticator.endElsewhere(token[0] + token.slice(-16), until, scene.now);
			}
			assert.deepEqual([statusOf(ask(before)), statusOf(ask(after)), cookieOf(ask(before))], [401, 401, ""]);
		}
	});

	it("accepts a ticket of the fleet for this camera, for a few minutes", () => {
		const scene = new Scene();
		const moment = () => ({ epoch: "u", seconds: 1.7e9 + scene.now / 1000 });
		const until = moment().seconds + 7200;
		const pass = scene.tickets.issue("owner", ID, moment(), until);
		const person = scene.ask(`GET /rule?pass=${pass}`, [HTML]);
		assert.equal(statusOf(person), 303);
		assert.match(person, /Location: \/rule\r\n/);
		assert.equal(statusOf(scene.ask("GET /rule", [`Cookie: ${cookieOf(person)}`])), 200);
		assert.equal(statusOf(scene.ask(`GET /look?pass=${pass}`)), 200, "a picture, without a session");
		const other = scene.tickets.issue("owner", "ffffffffffffffff", moment(), until);
		assert.equal(statusOf(scene.ask(`GET /look?pass=${other}`)), 401);
		assert.equal(scene.tickets.issue("owner", ID, moment(), 0), "", "nothing to hand on");
		scene.now += 300001;
		assert.equal(statusOf(scene.ask(`GET /look?pass=${pass}`)), 401);
		assert.equal(statusOf(scene.ask("GET /rule", [`Cookie: ${cookieOf(person)}`])), 200, "the session continues");
		scene.now += 7200000;
		const late = scene.ask("GET /rule", [`Cookie: ${cookieOf(person)}`]);
		assert.equal(statusOf(late), 401, "no longer than the visitor's own");
		assert.equal(scene.tickets.issue("owner", ID, { epoch: "b1-", seconds: 1 }, until), "", "no date, no pass");
	});

	it("accepts a pass for pictures there and nowhere else, and begins no session with it", () => {
		const scene = new Scene();
		scene.server.route(
			"GET",
			"/picture",
			(request, reply) => reply.send(200, "a/b", `${request.visitor?.role}`),
			"pictures",
		);
		const now = { epoch: "u", seconds: 1.7e9 };
		const pass = scene.tickets.issue("pictures", ID, now, 1.8e9);
		for (const fields of [[], [HTML]]) {
			const picture = scene.ask(`GET /picture?pass=${pass}`, fields);
			assert.equal(statusOf(picture), 200);
			assert.match(picture, /viewer$/);
			assert.doesNotMatch(picture, /Set-Cookie/);
			for (const head of ["GET /look", "GET /rule", "POST /act", "POST /login", "GET /nothing"]) {
				const answer = scene.ask(`${head}?pass=${pass}`, fields);
				assert.equal(statusOf(answer), 401, head);
				assert.doesNotMatch(answer, /Set-Cookie/);
			}
		}
		assert.equal(statusOf(scene.ask("GET /picture")), 401);
		assert.equal(statusOf(scene.digest("viewer", VIEWER, "GET /picture")), 200);
		const ticket = scene.tickets.issue("viewer", ID, now, 1.8e9);
		assert.equal(statusOf(scene.ask(`GET /picture?pass=${ticket}`)), 200, "an older camera's link");
	});

	it("starts no session of a week without a password", () => {
		const scene = new Scene({ openInLan: true });
		const link = scene.authenticator.issueLink(scene.now, 3600);
		const person = scene.ask(`GET /look?link=${link}`, [HTML]);
		for (const from of ["198.51.100.9", "192.168.0.7"]) {
			for (const field of [`Authorization: Bearer ${link}`, "Authorization: x y"]) {
				const answer = scene.ask("POST /login", [field, `Cookie: ${cookieOf(person)}`], from);
				assert.equal(statusOf(answer), 401, field);
				assert.doesNotMatch(answer, /Set-Cookie/);
			}
		}
	});

	it("does not turn an owner who follows a viewer link into a viewer", () => {
		const scene = new Scene();
		const pass = scene.tickets.issue("owner", ID, { epoch: "u", seconds: 1.7e9 }, 1.8e9);
		const owner = scene.ask(`GET /rule?pass=${pass}`, [HTML]);
		const answer = scene.ask(`GET /look?link=${scene.authenticator.issueLink(scene.now, 3600)}`, [
			HTML,
			`Cookie: ${cookieOf(owner)}`,
		]);
		assert.equal(statusOf(answer), 303);
		assert.doesNotMatch(answer, /Set-Cookie/);
	});

	it("refuses unknown host names (DNS rebinding)", () => {
		const scene = new Scene();
		for (const [host, code] of [
			["evil.example", 421],
			["192.168.0.11.evil.example", 421],
			["192.168.0.11:8000", 401],
			["localhost:8080", 401],
			["[fd00::11]:8000", 401],
			["[::1]", 401],
			["[evil.example]", 421],
			["[dead]:80", 421],
			["CAMS.example.org:8080", 401],
		] as const)
			assert.equal(statusOf(scene.ask("GET /look", [], undefined, "", host)), code, host);
	});

	it("answers an unknown host name with a page that says which address to open, and nothing else", () => {
		const ports: number[] = [];
		const scene = new Scene({
			addressFor: (_request, port) => {
				ports.push(port);
				return port === 1 ? "" : `http://192.168.0.11:${port}/`;
			},
		});
		const page = scene.ask("GET /look", [HTML], "192.168.0.12", "", "evil.example:8000");
		assert.equal(statusOf(page), 421);
		assert.match(page, /<a class="button" href="http:\/\/192\.168\.0\.11:8000\/">http/);
		assert.match(page, /Content-Security-Policy: default-src 'none'; style-src 'sha256-/);
		assert.doesNotMatch(page, /evil|<nav|<script|<form|0011223344556677|Digest/);
		const text = scene.ask("GET /look", [], "192.168.0.12", "", "evil.example");
		assert.match(text, /Use http:\/\/192\.168\.0\.11:80\//);
		assert.doesNotMatch(text, /WWW-Authenticate/);
		assert.doesNotMatch(scene.ask("GET /look", [HTML], "192.168.0.12", "", "evil.example:1"), /<a /);
		for (const host of ["evil.example:0", "evil.example:65536", "evil.example:8e3x", 'evil.example:"><script>'])
			assert.doesNotMatch(scene.ask("GET /look", [HTML], "192.168.0.12", "", host), /evil|<script/, host);
		for (const port of ports) assert.ok(port >= 1 && port <= 65535);
	});

	it("refuses forms of other sites, even with a session (CSRF)", () => {
		const scene = new Scene();
		const login = scene.ask("POST /login", [HTML], undefined, `user=owner&password=${encodeURIComponent(OWNER)}`);
		const cookie = `Cookie: ${cookieOf(login)}`;
		assert.equal(statusOf(scene.ask("POST /act", [cookie, "Origin: http://198.20.0.1:8080"])), 303);
		for (const field of [
			"Origin: http://198.20.0.1:8081",
			"Origin: https://198.20.0.1:8080",
			"Origin: http://evil.example",
			"Origin: null",
			"Sec-Fetch-Site: cross-site",
		])
			assert.equal(statusOf(scene.ask("POST /act", [cookie, field])), 403, field);
	});

	it("redirects requests without TLS to https://, and accepts no login there", () => {
		const scene = new Scene({ onlySecure: true, openInLan: true });
		scene.server.route("GET", "/description.xml", (_request, reply) => reply.send(200, "text/xml", "<a/>"), "anyone");
		for (const [head, host, location] of [
			["GET /look?a=b%20c", "198.20.0.1:8080", "https://198.20.0.1:8080/look?a=b%20c"],
			["GET /", "cams.example.org", "https://cams.example.org/"],
			["POST /login", "198.20.0.1:8080", "https://198.20.0.1:8080/login"],
			["GET /no-such-page", "198.20.0.1:8080", "https://198.20.0.1:8080/no-such-page"],
			["GET http://198.20.0.1/look", "198.20.0.1", "https://198.20.0.1/look"],
			["GET /look", "", "https://192.168.0.11:8000/look"],
		] as const) {
			const answer = scene.ask(head, [], "192.168.0.12", "", host);
			assert.equal(statusOf(answer), 308, head);
			assert.equal(/^Location: (.*)\r$/m.exec(answer)?.[1], location);
		}
		assert.equal(statusOf(scene.ask("GET /look", [], "192.168.0.12", "", "198.20.0.1:80@evil.example")), 400);
		assert.equal(statusOf(scene.ask("GET http://evil.example/look", [], "192.168.0.12", "", "198.20.0.1")), 400);
		assert.equal(statusOf(scene.ask("GET /look", [], "192.168.0.12", "", "evil.example")), 421);
		assert.equal(statusOf(scene.ask("GET /description.xml", [], "192.168.0.12")), 200, "UPnP knows no TLS");
		assert.equal(statusOf(scene.ask("GET /look", [], "192.168.0.12", "", "cams.example.org", true)), 200);
	});

	it("admits neighbours without a password only where that is switched on", () => {
		const open = new Scene({ openInLan: true });
		assert.equal(statusOf(open.ask("GET /rule", [], "192.168.0.12")), 200);
		assert.equal(statusOf(open.ask("GET /rule", [], "198.51.100.9")), 401);
		assert.equal(statusOf(open.ask("GET /rule", [], "192.168.0.12", "", "evil.example")), 421);
		assert.equal(statusOf(new Scene().ask("GET /rule", [], "192.168.0.12")), 401);
	});
});
