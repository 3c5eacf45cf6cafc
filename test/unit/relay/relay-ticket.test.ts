import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { RelaySigner, relayKeyOf } from "../../../src/relay/relay-key";
import {
	checkRelayTicket,
	drawTicketId,
	isOfLink,
	issueRelayTicket,
	isTicketId,
	isTicketViewer,
	RELAY_TICKET_LIFE_MAX,
	type RelayTicket,
} from "../../../src/relay/relay-ticket";
import { assertLinearTime } from "../../support/linear-time";
import { mutate, splice } from "../../support/mutate";

const NOW = 1.8e9;
const HERE = new RelaySigner(relayKeyOf("a-key-that-nobody-guesses", "east"), "tickets");
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz.-_@r\n";
const TICKET: RelayTicket = { id: "abcdefgh01234-_Z", viewer: "ann@example.org", content: "garage", until: NOW + 3600 };

/** Draws a ticket; viewers' names with dots in many places are among them. */
function draw(random: Prng): RelayTicket {
	const letters = "ab.Z9_-@";
	let viewer = "";
	for (let n = 1 + random.below(32); n > 0; n--) viewer += letters[random.below(letters.length)];
	const id = drawTicketId({ fill: (bytes) => void bytes.set(bytes.map(() => random.below(256))) });
	return { id, viewer, content: `camera ${random.below(3)}`, until: NOW + 1 + random.below(RELAY_TICKET_LIFE_MAX) };
}

describe("relay/relay-ticket", () => {
	it("admits a viewer to one content until its end, offline (REP-12)", () => {
		const text = issueRelayTicket(HERE, TICKET);
		assert.match(text, /^r\.[0-9a-z]+\.ann@example\.org\.abcdefgh01234-_Z\.[0-9a-f]{32}$/);
		assert.deepEqual(checkRelayTicket(HERE, text, "garage", NOW), TICKET);
		assert.deepEqual(checkRelayTicket(HERE, text, "garage", TICKET.until - 1), TICKET);
		assert.equal(checkRelayTicket(HERE, text, "garage", TICKET.until), undefined, "expired");
		assert.equal(checkRelayTicket(HERE, text, "garden", NOW), undefined, "another content");
		assert.equal(checkRelayTicket(HERE, text, "garage", Number.NaN), undefined, "no date");
	});

	it("does not end a session that began before its end", () => {
		const text = issueRelayTicket(HERE, TICKET);
		assert.deepEqual(checkRelayTicket(HERE, text, "garage", TICKET.until + 1e6, true), TICKET);
		assert.equal(checkRelayTicket(HERE, text, "garden", NOW, true), undefined, "another content");
	});

	it("names the viewer link of its visitor, so that it can be ended with that (REP-12)", () => {
		const random = { fill: (bytes: Uint8Array) => void bytes.fill(0x5a) };
		const id = drawTicketId(random, "0badcafe");
		assert.ok(isTicketId(id), id);
		assert.ok(isOfLink(id, "0badcafe"));
		assert.ok(!isOfLink(id, "0badcaff"));
		assert.ok(!isOfLink(drawTicketId(random), "0badcafe"));
		assert.ok(isTicketId(drawTicketId(random)));
	});

	it("is good at one relay, and of one fleet (REP-12)", () => {
		const text = issueRelayTicket(HERE, TICKET);
		for (const [key, name] of [
			["a-key-that-nobody-guesses", "west"],
			["a-key-of-another-fleet", "east"],
		])
			assert.equal(checkRelayTicket(new RelaySigner(relayKeyOf(key, name), "tickets"), text, "garage", NOW), undefined);
		const other = new RelaySigner(relayKeyOf("a-key-that-nobody-guesses", "east"), "registration");
		assert.equal(checkRelayTicket(other, text, "garage", NOW), undefined, "a key for another purpose");
	});

	it("does not outlive the longest lifetime, as it was issued while a clock was wrong", () => {
		const text = issueRelayTicket(HERE, { ...TICKET, until: NOW + RELAY_TICKET_LIFE_MAX + 301 });
		assert.equal(checkRelayTicket(HERE, text, "garage", NOW), undefined);
		assert.notEqual(checkRelayTicket(HERE, text, "garage", NOW + 1), undefined);
	});

	it("refuses to issue a ticket that could not be checked", () => {
		for (const wrong of [
			{ viewer: "" },
			{ viewer: "a b" },
			{ viewer: "x".repeat(33) },
			{ id: "short" },
			{ id: "a.cdefgh01234-_Z" },
		])
			assert.throws(() => issueRelayTicket(HERE, { ...TICKET, ...wrong }), RangeError);
		for (const until of [0, -5, Number.NaN, Infinity])
			assert.throws(() => issueRelayTicket(HERE, { ...TICKET, until }), RangeError);
	});

	it("survives the round trip whatever the viewer is called", () => {
		for (let seed = 0; seed < 500; seed++) {
			const ticket = draw(new Prng(seed));
			assert.ok(isTicketViewer(ticket.viewer) && isTicketId(ticket.id));
			const text = issueRelayTicket(HERE, ticket);
			assert.ok(text.length <= 96, text);
			assert.deepEqual(checkRelayTicket(HERE, text, ticket.content, NOW), ticket, `seed ${seed}`);
		}
	});

	it("rejects every ticket that was changed or put together of two", () => {
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const one = draw(random);
			const two = draw(random);
			const issued = [issueRelayTicket(HERE, one), issueRelayTicket(HERE, two)];
			const text = random.chance(0.5) ? mutate(random, issued[0], LETTERS) : splice(random, issued[0], issued[1]);
			for (const { content } of [one, two]) {
				const found = checkRelayTicket(HERE, text, content, NOW);
				const same = text === issued[0] ? one : text === issued[1] ? two : undefined;
				assert.deepEqual(found, same?.content === content ? same : undefined, `seed ${seed}`);
			}
		}
	});

	it("looks at long texts only to refuse them", () => {
		const text = `r.${".".repeat(100_000)}`;
		assertLinearTime(() => {
			for (let i = 0; i < 1000; i++) assert.equal(checkRelayTicket(HERE, text, "garage", NOW), undefined);
		});
	});
});
