import assert from "node:assert/strict";
import { AccessTokens } from "../../../src/access/access-tokens";
import type { Authentication, Credentials } from "../../../src/access/authentication";
import { Authenticator, type AuthenticatorHost } from "../../../src/access/authenticator";
import { hashPassword, LoginRecord } from "../../../src/access/login-record";
import { permits } from "../../../src/access/role";
import { Tickets } from "../../../src/access/tickets";
import { toBase64 } from "../../../src/base/base64";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { digestFor } from "../../support/digest";

const ID = "0011223344556677";
const REALM = `Porthole ${ID}`;
const OWNER = "an-owner's-password";
const NEAR = "192.168.0.12";
const FAR = "198.51.100.9";
const WEEK = 604800;

const BOTH = new LoginRecord(
	0,
	REALM,
	"0123456789abcdef",
	hashPassword("owner", REALM, OWNER, true),
	hashPassword("viewer", REALM, "only-looking", true),
);

class Scene {
	now = 1000;
	readonly tokens = new AccessTokens("a key");
	readonly tickets = new Tickets({
		sign: (text) => `sig${text.length}${text.slice(-4)}`,
		verify: (text, signature) => signature === `sig${text.length}${text.slice(-4)}`,
	});
	readonly authenticator: Authenticator;

	constructor(more: Partial<AuthenticatorHost> = {}) {
		const random = new Prng(1);
		const owner = hashPassword("owner", REALM, OWNER, true);
		const record = new LoginRecord(0, REALM, "0123456789abcdef", owner, undefined);
		this.authenticator = new Authenticator({
			id: ID,
			random: { fill: (bytes) => bytes.set(bytes.map(() => random.below(256))) },
			withMd5: true,
			tickets: this.tickets,
			openInLan: false,
			record: () => record,
			tokens: () => this.tokens,
			moment: (now) => this.moment(now),
			isNeighbour: (address) => address === NEAR,
			...more,
		});
	}

	moment(now = this.now) {
		return { epoch: "u", seconds: 1.7e9 + now / 1000 };
	}

	ask(credentials: Credentials, address = FAR, method = "GET"): Authentication {
		return this.authenticator.authenticate({ method, target: "/", address, credentials, now: this.now });
	}

	/** The Authorization field for a fresh challenge. */
	digest(password = OWNER, method = "GET", user = "owner"): string {
		const [challenge] = this.authenticator.challenges(this.now);
		return digestFor(challenge, method, "/", user, password);
	}

	link(lifetime = 3600): string {
		return this.authenticator.issueLink(this.now, lifetime);
	}

	session(role: "owner" | "viewer" = "owner"): string {
		return this.authenticator.issueSession(this.now, { role, until: Infinity }).token;
	}

	ticket(camera = ID): string {
		return this.tickets.issue("owner", camera, this.moment(), this.moment().seconds + 3600);
	}
}

/** The outcome in short: proof and role, or the reason. */
function shortOf(result: Authentication): string {
	if (result.outcome === "granted") return `${result.admission.proof} ${result.admission.role}`;
	return result.outcome === "refused" ? result.reason : result.outcome;
}

describe("access/authenticator", () => {
	const cases: readonly [
		title: string,
		credentials: (scene: Scene) => Credentials,
		result: string,
		address?: string,
	][] = [
		["nothing", () => ({}), "no-credentials"],
		["nothing, from the LAN", () => ({}), "no-credentials", NEAR],
		["Digest with the right password", (s) => ({ authorization: s.digest() }), "password owner"],
		["Digest with a wrong password", (s) => ({ authorization: s.digest("wrong") }), "wrong-password"],
		[
			"Digest of an account that does not exist",
			(s) => ({ authorization: s.digest("x", "GET", "viewer") }),
			"wrong-password",
		],
		["Digest for another method", (s) => ({ authorization: s.digest(OWNER, "POST") }), "wrong-password"],
		["Digest that can't be read", () => ({ authorization: 'Digest username="owner' }), "no-credentials"],
		["Digest without parameters", () => ({ authorization: 'Digest username="owner"' }), "malformed"],
		[
			"Digest with an unknown algorithm",
			(s) => ({ authorization: s.digest().replace("SHA-256", "SHA-1") }),
			"unsupported",
		],
		[
			"Basic with the right password",
			() => ({ authorization: `Basic ${toBase64(utf8Encode(`owner:${OWNER}`))}` }),
			"no-credentials",
		],
		["a link", (s) => ({ link: s.link() }), "link viewer"],
		["a link that has expired", (s) => ({ link: s.link(-1) }), "no-credentials"],
		["a link as Bearer", (s) => ({ authorization: `Bearer ${s.link()}` }), "link viewer"],
		["a session as Bearer", (s) => ({ authorization: `Bearer ${s.session()}` }), "no-credentials"],
		["a session", (s) => ({ session: s.session() }), "session owner"],
		["a viewer's session", (s) => ({ session: s.session("viewer") }), "session viewer"],
		["a link as session", (s) => ({ session: s.link() }), "no-credentials"],
		["a ticket", (s) => ({ ticket: s.ticket() }), "ticket owner"],
		["a ticket for another camera", (s) => ({ ticket: s.ticket("ffffffffffffffff") }), "no-credentials"],
		["a link beside a bad ticket", (s) => ({ ticket: "x", link: s.link() }), "link viewer"],
		["a session beside a bad link", (s) => ({ link: "x", session: s.session() }), "session owner"],
		["a session beside a bad Bearer", (s) => ({ authorization: "Bearer x", session: s.session() }), "session owner"],
		[
			"a session beside a wrong password",
			(s) => ({ authorization: s.digest("x"), session: s.session() }),
			"wrong-password",
		],
	];
	for (const [title, credentials, result, address] of cases) {
		it(`${title}: ${result}`, () => {
			const scene = new Scene();
			assert.equal(shortOf(scene.ask(credentials(scene), address)), result);
		});
	}

	it("sends challenges with every refusal, and marks those after a used nonce as stale", () => {
		const scene = new Scene();
		const authorization = scene.digest();
		const results = [scene.ask({}), scene.ask({ authorization: scene.digest("x") }), scene.ask({ authorization })];
		results.push(scene.ask({ authorization }));
		assert.deepEqual(results.map(shortOf), ["no-credentials", "wrong-password", "password owner", "stale"]);
		for (const result of results) {
			if (result.outcome !== "refused" && result.outcome !== "stale") continue;
			assert.equal(result.challenges.length, 2);
			for (const challenge of result.challenges)
				assert.equal(challenge.includes("stale=true"), result.outcome === "stale");
		}
	});

	it("limits credentials derived from a proof to the proof's own end", () => {
		const scene = new Scene();
		const { seconds } = scene.moment();
		const untilOf = (result: Authentication) => (result.outcome === "granted" ? result.admission.until : Number.NaN);
		assert.equal(untilOf(scene.ask({ authorization: scene.digest() })), seconds + WEEK);
		assert.equal(untilOf(scene.ask({ link: scene.link(60) })), Math.floor(seconds + 60));
		const { lifetime } = scene.authenticator.issueSession(scene.now, { role: "viewer", until: seconds + 60 });
		assert.equal(lifetime, 60);
		const open = new Scene({ openInLan: true });
		assert.equal(untilOf(open.ask({}, NEAR)), 0);
	});

	it("admits neighbours without a password only where the LAN is open", () => {
		const open = new Scene({ openInLan: true });
		assert.equal(shortOf(open.ask({}, NEAR)), "neighbour owner");
		assert.equal(shortOf(open.ask({}, FAR)), "no-credentials");
		assert.equal(shortOf(open.ask({ session: open.session("viewer") }, NEAR)), "session viewer");
	});

	it("throttles an address after wrong passwords, and checks nothing meanwhile", () => {
		const scene = new Scene();
		for (let i = 0; i < 4; i++)
			assert.equal(shortOf(scene.ask({ authorization: scene.digest("x") })), "wrong-password");
		assert.equal(scene.authenticator.wrongPasswords, 4);
		const throttled: Authentication = { outcome: "throttled", retryAfter: 1 };
		assert.deepEqual(scene.ask({ authorization: scene.digest() }), throttled);
		assert.deepEqual(scene.authenticator.logIn(scene.now, FAR, "owner", OWNER), throttled);
		assert.equal(shortOf(scene.ask({ session: scene.session() })), "session owner", "sessions are not passwords");
		assert.equal(shortOf(scene.ask({ authorization: scene.digest() }, NEAR)), "password owner", "another address");
		scene.now += 1000;
		assert.equal(shortOf(scene.ask({ authorization: scene.digest() })), "password owner");
	});

	it("lets the owner in from a known browser at an address where somebody guesses", () => {
		const scene = new Scene();
		const { token: browser } = scene.authenticator.issueBrowser(scene.now, "owner");
		const { token: viewers } = scene.authenticator.issueBrowser(scene.now, "viewer");
		for (let i = 0; i < 10; i++) scene.authenticator.logIn(scene.now, FAR, "owner", "x");
		const logIn = (known?: string) => shortOf(scene.authenticator.logIn(scene.now, FAR, "owner", OWNER, known));
		for (const known of [undefined, "", viewers, `${browser}0`, scene.session(), scene.link()])
			assert.equal(logIn(known), "throttled");
		assert.equal(shortOf(scene.ask({ authorization: scene.digest() })), "throttled");
		assert.equal(shortOf(scene.ask({ authorization: scene.digest(), browser })), "password owner");
		assert.equal(logIn(browser), "password owner");
		assert.equal(logIn(), "throttled", "which does not help who guesses");
		assert.equal(shortOf(scene.ask({ session: browser, browser })), "no-credentials", "it grants nothing");
	});

	it("does not let a viewer's right password reset the count of guesses at the owner's", () => {
		const scene = new Scene({ record: () => BOTH });
		let checked = 0;
		for (let i = 0; i < 1000; i++) {
			assert.equal(shortOf(scene.authenticator.logIn(scene.now, FAR, "viewer", "only-looking")), "password viewer");
			if (shortOf(scene.authenticator.logIn(scene.now, FAR, "owner", `guess ${i}`)) !== "throttled") checked++;
			scene.now += 1000;
		}
		assert.ok(checked < 20, `${checked} guesses`);
	});

	it("takes a pass for pictures where there is nothing better, and only there", () => {
		const scene = new Scene({ openInLan: true });
		const pass = scene.tickets.issue("pictures", ID, scene.moment(), scene.moment().seconds + 3600);
		const ask = (credentials: Credentials, address: string, pictures: boolean) => {
			const request = { method: "GET", target: "/", address, credentials, now: scene.now, pictures };
			return shortOf(scene.authenticator.authenticate(request));
		};
		assert.equal(ask({ ticket: pass }, FAR, true), "pass viewer");
		assert.equal(ask({ ticket: pass }, FAR, false), "no-credentials");
		assert.equal(ask({ ticket: pass, session: scene.session() }, FAR, true), "session owner");
		assert.equal(ask({ ticket: pass }, NEAR, true), "neighbour owner");
		assert.equal(ask({ ticket: scene.ticket() }, FAR, true), "ticket owner");
	});

	it("refuses a session that its user has ended, and no other", () => {
		const scene = new Scene();
		const [session, other] = [scene.session(), scene.session()];
		scene.authenticator.endSession(session, scene.now);
		scene.authenticator.endSession("nonsense", scene.now);
		assert.equal(shortOf(scene.ask({ session })), "no-credentials");
		assert.equal(shortOf(scene.ask({ session: other })), "session owner");
	});

	it("refuses a session that its user has ended elsewhere, and remembers nothing that is no session's end", () => {
		const scene = new Scene();
		const [session, other] = [scene.session(), scene.session()];
		const name = session[0] + session.slice(-16);
		const { seconds } = scene.moment();
		for (const until of [0, seconds, Infinity, Number.NaN, seconds + 20 * 86_400])
			scene.authenticator.endElsewhere(name, until, scene.now);
		assert.equal(shortOf(scene.ask({ session })), "session owner");
		for (let i = 0; i < 2; i++) scene.authenticator.endElsewhere(name, seconds + 86_400, scene.now);
		assert.equal(shortOf(scene.ask({ session })), "no-credentials");
		assert.equal(shortOf(scene.ask({ session: other })), "session owner");
	});

	it("does not count malformed or unsupported credentials as wrong passwords", () => {
		const scene = new Scene({ withMd5: false });
		for (let i = 0; i < 10; i++) {
			assert.equal(shortOf(scene.ask({ authorization: 'Digest username="owner"' })), "unsupported");
			assert.equal(shortOf(scene.ask({ authorization: scene.digest().replace('uri="/"', 'uri="/x"') })), "malformed");
		}
		assert.equal(shortOf(scene.ask({ authorization: scene.digest() })), "password owner");
	});

	for (const [user, password, result] of [
		["owner", OWNER, "password owner"],
		["owner", "", "wrong-password"],
		["viewer", OWNER, "wrong-password"],
		["viewer", "", "wrong-password"],
		["nobody", OWNER, "wrong-password"],
		["", "", "wrong-password"],
	] as const) {
		it(`logs "${user}" in with ${password === "" ? "no" : "the owner's"} password: ${result}`, () => {
			const scene = new Scene();
			assert.equal(shortOf(scene.authenticator.logIn(scene.now, FAR, user, password)), result);
		});
	}

	it("uses the rtsp profile where it is asked to", () => {
		const scene = new Scene();
		const request = {
			method: "DESCRIBE",
			target: "rtsp://cam/a",
			address: FAR,
			now: scene.now,
			profile: "rtsp" as const,
		};
		const result = scene.authenticator.authenticate({ ...request, credentials: {} });
		assert.ok(result.outcome === "refused");
		assert.ok(result.challenges.every((challenge) => !challenge.includes("qop")));
	});

	it("permits viewers only to view, and owners everything", () => {
		const allowed = (["anyone", "viewer", "owner"] as const).map((need) =>
			([undefined, "viewer", "owner"] as const).filter((role) => permits(role, need)),
		);
		assert.deepEqual(allowed, [[undefined, "viewer", "owner"], ["viewer", "owner"], ["owner"]]);
	});

	it("accepts the link of a guest, and the session that it begins, at this device only (ONE-5)", () => {
		const scene = new Scene();
		const { authenticator, now, tokens } = scene;
		// A camera of the same fleet accepts all other tokens.
		const other = new Scene({ id: "8899aabbccddeeff", tokens: () => tokens });
		const link = authenticator.issueLink(now, 3600, true);
		const answer = scene.ask({ link });
		assert.ok(answer.outcome === "granted");
		const { admission } = answer;
		assert.deepEqual([admission.role, admission.proof, admission.isGuest], ["viewer", "link", true]);
		const session = authenticator.issueSession(now, admission).token;
		const again = scene.ask({ session });
		assert.ok(again.outcome === "granted" && again.admission.isGuest === true && again.admission.role === "viewer");
		for (const credentials of [{ link }, { session }, { authorization: `Bearer ${link}` }]) {
			assert.equal(other.ask(credentials).outcome, "refused");
		}
		assert.equal(other.ask({ link: scene.link() }).outcome, "granted");
		assert.equal(scene.ask({ link: session }).outcome, "refused");
		assert.equal(authenticator.endSession(session, now) === undefined, false);
		assert.equal(scene.ask({ session }).outcome, "refused");
	});

	it("lets one more account in as a viewer that is named, by Digest and by proofs of other kinds", () => {
		const scene = new Scene();
		scene.authenticator.programAccount = { user: "onvif", hashes: hashPassword("onvif", REALM, "a program's", true) };
		const result = scene.ask({ authorization: scene.digest("a program's", "GET", "onvif") });
		assert.ok(result.outcome === "granted");
		const { role, proof, user } = result.admission;
		assert.deepEqual([role, proof, user], ["viewer", "password", "onvif"]);
		const owner = scene.ask({ authorization: scene.digest() });
		assert.ok(owner.outcome === "granted" && owner.admission.user === undefined);
		assert.equal(scene.ask({ authorization: scene.digest(OWNER, "GET", "onvif") }).outcome, "refused");
		assert.equal(scene.ask({ authorization: scene.digest("a program's", "GET", "other") }).outcome, "refused");
		assert.equal(scene.authenticator.logIn(scene.now, FAR, "onvif", "a program's").outcome, "refused");
		assert.equal(scene.authenticator.logInProgram(scene.now, NEAR, () => true).outcome, "granted");
	});

	it("does not check proofs of a client that must wait after wrong ones", () => {
		const scene = new Scene();
		scene.authenticator.programAccount = { user: "onvif", hashes: hashPassword("onvif", REALM, "a program's", true) };
		for (let i = 0; i < 4; i++)
			assert.equal(scene.authenticator.logInProgram(scene.now, FAR, () => false).outcome, "refused");
		const never = () => assert.fail("it is checked");
		assert.equal(scene.authenticator.logInProgram(scene.now, FAR, never).outcome, "throttled");
		assert.equal(scene.authenticator.wrongPasswords, 4);
	});
});
