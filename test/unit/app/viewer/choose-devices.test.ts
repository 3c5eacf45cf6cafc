import assert from "node:assert/strict";
import type { Pairing } from "../../../../src/app/peer/pairing";
import type { FoundPeer, HomeAccess } from "../../../../src/app/peer/peer-services";
import { type ChosenDevices, chooseDevices } from "../../../../src/app/viewer/choose-devices";

const device = (peer: string, name: string, isPortal = false): FoundPeer => ({ peer, name, kind: "camera", isPortal });
const A = device("00000000000000aa", "Garage");
const B = device("00000000000000bb", "Front door", true);
const C = device("00000000000000cc", "Garage");
const NAMELESS = device("00000000000000dd", "");

function home(name: string, id: string, more: Partial<HomeAccess> = {}): Pairing {
	const access = { home: id.repeat(16), rendezvous: "", ticket: "", ticketSecret: new Uint8Array(32), ...more };
	return { name, pass: "", access };
}

const CABIN = home("Cabin", "11");
const FLAT = home("My flat", "22");
const EMPTY = home("Shed", "33");
const DOWN = home("Office", "44");
const FOUND = new Map<string, readonly FoundPeer[] | string>([
	[CABIN.access.home, [A, B]],
	[FLAT.access.home, [C, NAMELESS]],
	[EMPTY.access.home, []],
	[DOWN.access.home, "no rendezvous server answers"],
]);

function choose(homes: readonly Pairing[], typed: string): ChosenDevices | string {
	let chosen: ChosenDevices | string | undefined;
	chooseDevices(
		{ find: ({ home: id }, _query, done) => done(FOUND.get(id) ?? "") },
		homes,
		typed,
		() => {},
		(result) => {
			assert.equal(chosen, undefined, "once");
			chosen = result;
		},
	);
	assert.ok(chosen !== undefined);
	return chosen;
}

function first(homes: readonly Pairing[], typed: string): string {
	const chosen = choose(homes, typed);
	return typeof chosen === "string"
		? chosen
		: `${chosen.home.name}: ${chosen.devices.map(({ peer }) => peer.slice(-2))}`;
}

describe("app/viewer/choose-devices", () => {
	for (const [typed, wanted] of [
		["cabin", "Cabin: bb,aa"],
		["CABIN", "Cabin: bb,aa"],
		["my-flat", "My flat: cc,dd"],
		["11".repeat(16), "Cabin: bb,aa"],
		["garage.cabin", "Cabin: aa,bb"],
		["garage.cabin.peer", "Cabin: aa,bb"],
		["cabin.peer", "Cabin: bb,aa"],
		["front-door", "Cabin: bb,aa"],
		["Front door", "Cabin: bb,aa"],
		["00000000000000dd", "My flat: dd,cc"],
		["garage", 'Several homes have a device "garage": Cabin, My flat. Name one, as in garage.Cabin.'],
		["cellar", 'There is no home or device "cellar". Homes: Cabin, My flat.'],
		["cellar.cabin", 'Cabin has no device "cellar". It has: Garage, Front door.'],
		["", "Which home? Cabin, My flat."],
	] as const) {
		it(`finds by "${typed.slice(0, 20)}" ${wanted.slice(0, 30)} (P2P-3, ONE-6)`, () => {
			assert.equal(first([CABIN, FLAT], typed), wanted);
		});
	}

	it("puts all representatives first, of which one may be dead, and tells that any device will do (ONE-6)", () => {
		const hall = device("00000000000000ee", "Hall", true);
		let chosen: ChosenDevices | string = "";
		chooseDevices(
			{ find: (_access, _query, done) => done([A, B, hall]) },
			[CABIN],
			"cabin",
			() => {},
			(result) => {
				chosen = result;
			},
		);
		assert.deepEqual(chosen, { home: CABIN, devices: [B, hall, A], isAny: true });
		const named = choose([CABIN], "garage.cabin");
		assert.equal(typeof named !== "string" && named.isAny, false);
	});

	it("takes the only home without a name", () => {
		assert.equal(first([CABIN], ""), "Cabin: bb,aa");
		assert.equal(first([], ""), first([], "x"));
		assert.match(first([], ""), /not paired with a home.*--pair/);
	});

	it("names the devices of the only home when it does not have the wanted one, and tells which homes it asks", () => {
		assert.equal(first([CABIN], "cellar"), 'Cabin has no device "cellar". It has: Garage, Front door.');
		const asked: string[] = [];
		chooseDevices(
			{ find: () => {} },
			[CABIN, FLAT],
			"cellar",
			({ name }) => asked.push(name),
			() => assert.fail(),
		);
		assert.deepEqual(asked, ["Cabin", "My flat"]);
	});

	it("says when no device is registered, and why the server gives no answer", () => {
		assert.match(first([EMPTY], ""), /^Shed: no device is registered/);
		assert.equal(first([DOWN], ""), "Office: no rendezvous server answers");
		assert.equal(first([DOWN, CABIN], "cellar"), "Office: no rendezvous server answers");
		assert.equal(first([DOWN, CABIN], "garage"), "Cabin: aa,bb");
	});

	it("searches nothing for a guest, who knows its one device", () => {
		const guest = home("Garage", "55", { peer: "00000000000000ee" });
		assert.equal(first([guest], ""), "Garage: ee");
	});
});
