import assert from "node:assert/strict";
import { FleetRelayKeys } from "../../../../src/app/origin/fleet-relay-keys";
import { RegistrationDesk } from "../../../../src/app/origin/registration-desk";
import { Prng } from "../../../../src/base/prng";
import { FleetKey } from "../../../../src/fleet/fleet-key";
import { RegisteredRelays } from "../../../../src/relay/registered-relays";
import {
	checkAnswer,
	formatRegistration,
	type Registration,
	signRegistration,
} from "../../../../src/relay/registration";
import { parseAnswer } from "../../../../src/relay/registration-answer";
import { RelaySigner, relayKeyOf } from "../../../../src/relay/relay-key";
import { mutateOctets } from "../../../support/mutate";

const KEY = "a-key-of-the-whole-home";
const UTC = 1_800_000_000_000;

/** A member of a fleet with these keys, and its clock. */
class Member {
	utc: number | undefined = UTC;
	now = 0;
	readonly keys: FleetRelayKeys;
	readonly relays = new RegisteredRelays();
	readonly desk: RegistrationDesk;
	readonly used: string[] = [];
	/** How often it was asked what a relay is offered. */
	offers = 0;

	constructor(readonly fleetKeys: readonly string[] = [KEY]) {
		this.keys = new FleetRelayKeys({ keys: fleetKeys.map((key) => new FleetKey(key)) });
		this.desk = new RegistrationDesk({
			keys: this.keys,
			relays: this.relays,
			utc: () => this.utc,
			used: (relay, tickets) => void this.used.push(...tickets.map(({ ticket }) => `${relay} ${ticket}`)),
		});
		this.desk.start();
	}

	take(body: Uint8Array, field: string, address = "192.0.2.1") {
		return this.desk.take(this.now, address, field, body, () => {
			this.offers++;
			return { cameras: [], members: [] };
		});
	}

	/** Takes a registration that is signed with this fleet's key. */
	status(more: Partial<Registration> = {}, key = KEY): number {
		this.now += 1000;
		const body = formatRegistration(registration(more));
		const name = more.relay ?? "east";
		return this.take(body, signRegistration(new RelaySigner(relayKeyOf(key, name), "registration"), name, body)).status;
	}
}

function registration(more: Partial<Registration> = {}): Registration {
	const nonce = "0123456789abcdef0123456789abcdef";
	const place = { host: "", httpPort: 8080, rtspPort: 8554, secure: false, prefix: "home/", room: 9, reports: true };
	return { relay: "east", time: UTC + 1, nonce, ...place, used: [], ...more };
}

describe("app/origin/registration-desk", () => {
	it("takes a registration once, and signs its answer (ONE-7)", () => {
		const member = new Member();
		const signer = new RelaySigner(relayKeyOf(KEY, "east"), "registration");
		const one = registration({ used: [{ ticket: "r.1", content: "garage" }] });
		const body = formatRegistration(one);
		const answer = member.take(body, signRegistration(signer, "east", body));
		assert.ok(answer.status === 200);
		assert.equal(checkAnswer(signer, one.nonce, answer.body, answer.signature), true);
		assert.equal(parseAnswer(answer.body)?.valid, 300);
		assert.deepEqual(member.used, ["east r.1"]);
		assert.deepEqual(member.relays.get(0, "east")?.host, "192.0.2.1");
		assert.equal(member.take(body, signRegistration(signer, "east", body)).status, 403, "a copy");
		assert.deepEqual([member.offers, member.used.length], [1, 1]);
		assert.deepEqual(member.desk.counters, { taken: 1, refused: 1 });
	});

	it("refuses what no relay of the fleet has signed, before it looks at it (ONE-7)", () => {
		const member = new Member();
		assert.equal(member.status({}, "a-key-of-another-home"), 403);
		const body = formatRegistration(registration({ relay: "west" }));
		const east = signRegistration(new RelaySigner(relayKeyOf(KEY, "east"), "registration"), "east", body);
		assert.equal(member.take(body, east).status, 400, "signed as another one");
		assert.equal(member.take(body, "").status, 400);
		assert.equal(member.take(body, `signature=${"0".repeat(32)}`).status, 400, "an answer");
		assert.equal(new Member([]).status(), 403, "a fleet without a key");
		assert.equal(member.offers, 0);
	});

	it("takes both keys of a fleet while one is being replaced", () => {
		const member = new Member(["a-key-that-is-new-here", KEY]);
		assert.equal(member.status({ time: UTC + 1 }), 200);
		assert.equal(member.status({ time: UTC + 2 }, "a-key-that-is-new-here"), 200);
	});

	it("needs the date", () => {
		const member = new Member();
		member.utc = undefined;
		assert.equal(member.status(), 503);
		member.utc = UTC + 400_000;
		assert.equal(member.status(), 403, "the clocks differ");
		assert.equal(member.status({ time: UTC + 400_000 }), 200);
	});

	it("lets strangers keep no registered relay from registering again", () => {
		const member = new Member();
		assert.equal(member.status(), 200);
		const body = formatRegistration(registration());
		const field = `relay=east, signature=${"0".repeat(32)}`;
		member.now += 1000;
		const statuses = Array.from({ length: 100 }, (_, i) => member.take(body, field, `198.51.100.${i}`).status);
		assert.deepEqual([statuses[0], statuses[99]], [403, 429]);
		const next = formatRegistration(registration({ time: UTC + 2 }));
		const signer = new RelaySigner(relayKeyOf(KEY, "east"), "registration");
		assert.equal(member.take(next, signRegistration(signer, "east", next)).status, 200);
	});

	it("checks a limited number a second, of all and of one address", () => {
		const member = new Member();
		const body = formatRegistration(registration());
		const statuses = (address: (i: number) => string) =>
			Array.from(
				{ length: 40 },
				(_, i) => member.take(body, `relay=east, signature=${"0".repeat(32)}`, address(i)).status,
			);
		assert.equal(statuses(() => "192.0.2.1").filter((status) => status === 403).length, 10);
		assert.equal(statuses((i) => `192.0.2.${100 + i}`).filter((status) => status === 403).length, 20);
		member.now += 1000;
		assert.equal(member.take(body, "").status, 400);
	});

	it("survives whatever strangers send", () => {
		const member = new Member();
		const body = formatRegistration(registration());
		const field = signRegistration(new RelaySigner(relayKeyOf(KEY, "east"), "registration"), "east", body);
		for (let seed = 0; seed < 500; seed++) {
			const random = new Prng(seed);
			member.now += 1000;
			const changed = mutateOctets(random, body);
			if (changed.join() === body.join()) continue;
			assert.ok([400, 403].includes(member.take(changed, field).status), `seed ${seed}`);
		}
		assert.equal(member.relays.list(0).length, 0);
	});
});
