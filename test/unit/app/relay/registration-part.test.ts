import assert from "node:assert/strict";
import type { OriginRegistration } from "../../../../src/app/relay/origin-registration";
import { RegistrationPart } from "../../../../src/app/relay/registration-part";
import type { RelayServices } from "../../../../src/app/relay/relay-services";
import type { RelayOrigin } from "../../../../src/relay/relayed-content";

const HOME: RelayOrigin = { name: "home", url: "http://192.0.2.1:8080", key: new Uint8Array(32) };

/** A part whose relay has the date, and a network in which nothing comes of anything. */
function makePart(): { part: RegistrationPart; places: string[]; revoked: string[] } {
	const places: string[] = [];
	const revoked: string[] = [];
	const network = {
		ipv6Paths: () => [],
		connect: ({ address, port }: { address: string; port: number }) => {
			places.push(`${address}:${port}`);
			return { abort() {} };
		},
	};
	const handle = { attach() {} };
	const pump = { now: () => 0, after() {}, addStream: () => handle, post() {} };
	const addresses = { isThisMachine: (host: string) => host === "127.0.0.1" || host === "192.0.2.9" };
	const host = { network, resolver: {}, random: { fill() {}, unit: () => 0 }, clock: { utc: () => 1e12 }, log: {} };
	const settings = { hostName: "", httpPort: 8080, rtspPort: 8554 };
	const node = { pump, settings, isSecure: false, addresses, isOurName: () => false, now: 0, changed() {} };
	const services = { node, host, name: "east", sources: [], origins: new Map([["home", HOME]]), find() {} };
	const revokeLinks = (origin: string, links: readonly string[]) => void revoked.push(`${origin} ${links.join(" ")}`);
	return {
		part: new RegistrationPart(
			{ ...services, revokeLinks } as unknown as RelayServices,
			() => 5,
			() => [],
		),
		places,
		revoked,
	};
}

const answer = (members: readonly string[]) => ({ valid: 999_999, cameras: [], members });

describe("app/relay/registration-part", () => {
	it("registers with 16 further members at most, whatever an origin names", () => {
		const { part, places } = makePart();
		part.start();
		for (let i = 0; i < 100; i++) {
			const members = Array.from({ length: 16 }, (_, k) => `http://198.51.100.${k}:${1000 + i}`);
			// Each of them names others, and all that are registered count for long.
			part.answered({ origin: HOME, base: HOME.url, until: 1 } as OriginRegistration, answer(members));
			for (const registration of part["registrations"].values()) registration.until = 1e9;
		}
		assert.equal(places.length, 17);
		assert.equal(part["registrations"].size, 17);
	});

	it("passes on which viewer links any member says are revoked (REP-12)", () => {
		const { part, revoked } = makePart();
		part.start();
		for (const base of [HOME.url, "http://198.51.100.1:8080"])
			part.answered({ origin: HOME, base, until: 1 } as OriginRegistration, { ...answer([]), revoked: ["0badcafe"] });
		assert.deepEqual(revoked, ["home 0badcafe", "home 0badcafe"]);
	});

	it("posts nothing to this machine on the word of an origin that is elsewhere", () => {
		const { part, places } = makePart();
		part.start();
		const members = ["http://127.0.0.1:6379", "http://192.0.2.9:8080", "http://198.51.100.1:8080"];
		part.answered({ origin: HOME, base: HOME.url, until: 1 } as OriginRegistration, answer(members));
		assert.deepEqual(places, ["192.0.2.1:8080", "198.51.100.1:8080"]);
	});
});
