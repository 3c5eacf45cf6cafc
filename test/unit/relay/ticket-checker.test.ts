import assert from "node:assert/strict";
import { RelaySigner, relayKeyOf } from "../../../src/relay/relay-key";
import { drawTicketId, issueRelayTicket } from "../../../src/relay/relay-ticket";
import type { RelayedContent, RelayOrigin } from "../../../src/relay/relayed-content";
import { TicketChecker } from "../../../src/relay/ticket-checker";

const NOW = 1.8e9;
const LINK = "0badcafe";
const OTHER = "0badcaff";

/** A relay with two origins, and what issues their tickets. */
class Scene {
	readonly checker: TicketChecker;
	private readonly origins = new Map<string, RelayOrigin>();
	private drawn = 0;

	constructor() {
		for (const name of ["home", "cabin"]) this.origins.set(name, { name, url: "", key: relayKeyOf(name, "east") });
		this.checker = new TicketChecker(this.origins);
	}

	content(origin = "home"): RelayedContent {
		return { key: "garage", protocol: "http", url: "", content: "garage", origin, needsLogin: true, tariff: undefined };
	}

	/** The text of a ticket for a visitor with a viewer link. @param link empty: without one */
	ticket(link: string, origin = "home"): string {
		const id = drawTicketId({ fill: (bytes) => void bytes.fill(++this.drawn) }, link);
		const signer = new RelaySigner(relayKeyOf(origin, "east"), "tickets");
		return issueRelayTicket(signer, { id, viewer: "link", content: "garage", until: NOW + 100 });
	}

	isGood(ticket: string, origin = "home", lasts = false): boolean {
		return this.checker.check(ticket, this.content(origin), NOW, lasts) !== undefined;
	}
}

describe("relay/ticket-checker", () => {
	it("refuses tickets of a viewer link that its origin has revoked, also for sessions that last, and no others (REP-12)", () => {
		const scene = new Scene();
		const [one, two, other, none] = [LINK, LINK, OTHER, ""].map((link) => scene.ticket(link));
		const elsewhere = scene.ticket(LINK, "cabin");
		assert.ok(scene.isGood(one));
		scene.checker.revoke("home", [LINK]);
		for (const ticket of [one, two])
			for (const lasts of [false, true]) assert.equal(scene.isGood(ticket, "home", lasts), false);
		assert.ok(scene.isGood(other) && scene.isGood(none));
		assert.ok(scene.isGood(elsewhere, "cabin"), "another origin has not revoked it");
	});

	it("adds what several members of an origin say, and remembers a bounded number", () => {
		const scene = new Scene();
		const links = Array.from({ length: 300 }, (_, i) => i.toString(16).padStart(8, "0"));
		scene.checker.revoke("home", [LINK]);
		scene.checker.revoke("home", [OTHER]);
		scene.checker.revoke("home", []);
		assert.ok(!scene.isGood(scene.ticket(LINK)) && !scene.isGood(scene.ticket(OTHER)));
		for (const link of links) {
			scene.checker.revoke("home", [link]);
			scene.checker.revoke("home", [LINK]);
		}
		assert.ok(!scene.isGood(scene.ticket(LINK)), "it was named last");
		assert.ok(scene.isGood(scene.ticket(OTHER)));
		assert.equal(links.filter((link) => !scene.isGood(scene.ticket(link))).length, 127);
	});
});
