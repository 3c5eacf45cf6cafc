import assert from "node:assert/strict";
import type { AccessRequest, Authentication } from "../../../../src/access/authentication";
import type { SiteRequest } from "../../../../src/app/part";
import { RelayGate, RelayHttpLogin, RelayRtspLogin, viewerNameOf } from "../../../../src/app/relay/relay-gate";
import { RelaySigner, relayKeyOf } from "../../../../src/relay/relay-key";
import { issueRelayTicket } from "../../../../src/relay/relay-ticket";
import type { RelayedContent, RelayOrigin } from "../../../../src/relay/relayed-content";
import { TicketChecker } from "../../../../src/relay/ticket-checker";

const NOW = 1.8e9;
const HOME: RelayOrigin = { name: "home", url: "", key: relayKeyOf("a-key-that-nobody-guesses", "east") };
const OFFICE: RelayOrigin = { name: "office", url: "", key: relayKeyOf("a-key-of-another-fleet", "east") };
const REFUSED: Authentication = { outcome: "refused", reason: "no-credentials", challenges: [] };

function content(key: string, needsLogin = true, origin = "home"): RelayedContent {
	return { key, protocol: "http", url: "http://192.0.2.7/", content: key, origin, needsLogin, tariff: undefined };
}

function ticket(of: string, { key } = HOME, viewer = "ann"): string {
	return issueRelayTicket(new RelaySigner(key, "tickets"), {
		id: "abcdefgh01234567",
		viewer,
		content: of,
		until: NOW + 60,
	});
}

function gateAt(seconds: number | undefined): RelayGate {
	const checker = new TicketChecker(new Map([HOME, OFFICE].map((origin) => [origin.name, origin])));
	return new RelayGate({
		checkTicket: (text, of, now, lasts) => checker.check(text, of, now, lasts),
		utc: () => (seconds === undefined ? undefined : seconds * 1000),
	});
}

function http(path: string, link?: string, method = "GET"): SiteRequest {
	const query = new Map(link === undefined ? [] : [["link", link]]);
	return { method, path, query } as unknown as SiteRequest;
}

function rtsp(method: string, target: string, link?: string): AccessRequest {
	return { method, target, address: "192.0.2.99", credentials: { link }, now: 0, profile: "rtsp" };
}

describe("app/relay/relay-gate", () => {
	const contents = new Map([
		["garage", content("garage")],
		["garden", content("garden")],
		["square", content("square", false)],
		["desk", content("desk", true, "office")],
	]);
	const login = new RelayHttpLogin(gateAt(NOW), ({ path }) => contents.get(path.slice(1)));

	it("admits a viewer to the content of its ticket, and to no other (REP-12)", () => {
		const result = login.authenticate(http("/garage", ticket("garage")));
		assert.deepEqual(result, {
			outcome: "granted",
			admission: {
				role: "viewer",
				proof: "pass",
				until: NOW + 60,
				relayViewer: "ann",
				relayTicket: "abcdefgh01234567",
			},
		});
		for (const [path, link] of [
			["/garden", ticket("garage")],
			["/", ticket("garage")],
			["/garage", undefined],
			["/garage", "v.u.1.2"],
			["/garage", ticket("garage", OFFICE)],
			["/desk", ticket("desk", HOME)],
		] as const)
			assert.equal(login.authenticate(http(path, link)), undefined, `${path} ${link}`);
		assert.equal(login.authenticate(http("/desk", ticket("desk", OFFICE)))?.outcome, "granted");
	});

	it("admits nobody by a ticket while the date is not known", () => {
		const dateless = new RelayHttpLogin(gateAt(undefined), ({ path }) => contents.get(path.slice(1)));
		assert.equal(dateless.authenticate(http("/garage", ticket("garage"))), undefined);
		assert.equal(dateless.authenticate(http("/square"))?.outcome, "granted", "it is open");
	});

	it("lets no ticket change anything: a ticket is for watching", () => {
		assert.equal(login.authenticate(http("/garage", ticket("garage"), "POST")), undefined);
	});

	it("lets anyone watch contents that the table opens, by name with a ticket", () => {
		const anybody = login.authenticate(http("/square"));
		assert.ok(anybody?.outcome === "granted" && anybody.admission.role === "viewer");
		assert.equal(viewerNameOf(anybody.admission), "");
		const ann = login.authenticate(http("/square", ticket("square")));
		assert.ok(ann?.outcome === "granted");
		assert.equal(viewerNameOf(ann.admission), "ann");
	});

	it("asks the accounts of the relay otherwise", () => {
		const asked: string[] = [];
		const accounts = {
			authenticate: ({ target }: AccessRequest) => {
				asked.push(target);
				return REFUSED;
			},
		};
		const login = new RelayRtspLogin(gateAt(NOW), accounts, ({ target }) => contents.get(target));
		assert.equal(login.authenticate(rtsp("DESCRIBE", "garage")).outcome, "refused");
		assert.equal(login.authenticate(rtsp("DESCRIBE", "cellar", ticket("cellar"))).outcome, "refused");
		assert.deepEqual(asked, ["garage", "cellar"]);
		const result = login.authenticate(rtsp("DESCRIBE", "garage", ticket("garage")));
		assert.ok(result.outcome === "granted" && result.admission.proof === "link", "it counts for the connection");
		assert.equal(asked.length, 2);
	});

	it("keeps an RTSP session beyond the end of its ticket, and begins none (REP-12)", () => {
		const late = new RelayRtspLogin(gateAt(NOW + 61), { authenticate: () => REFUSED }, ({ target }) =>
			contents.get(target),
		);
		const link = ticket("garage");
		for (const [method, outcome] of [
			["DESCRIBE", "refused"],
			["SETUP", "refused"],
			["PLAY", "granted"],
			["GET_PARAMETER", "granted"],
			["TEARDOWN", "granted"],
		])
			assert.equal(late.authenticate(rtsp(method, "garage", link)).outcome, outcome, method);
	});

	it("names the viewer of a record", () => {
		assert.equal(viewerNameOf({ role: "owner", proof: "password", until: 0 }), "owner");
		assert.equal(viewerNameOf({ role: "viewer", proof: "session", until: 0 }), "viewer");
		assert.equal(viewerNameOf({ role: "viewer", proof: "link", until: 0 }), "link");
		assert.equal(viewerNameOf({ role: "viewer", proof: "neighbour", until: 0 }), "");
		assert.equal(viewerNameOf(undefined), "");
	});
});
