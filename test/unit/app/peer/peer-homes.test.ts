import assert from "node:assert/strict";
import { VirtualStore } from "../../../../hosts/virtual/virtual-store";
import type { Pairing } from "../../../../src/app/peer/pairing";
import { HOMES_MAX, PeerHomes } from "../../../../src/app/peer/peer-homes";

const SERVER = `${"ab".repeat(32)}@meet.example.org`;

function pairing(number: number, name = `Home ${number}`): Pairing {
	const home = number.toString(16).padStart(8, "0").repeat(4);
	return {
		name,
		pass: "",
		access: {
			home,
			rendezvous: SERVER,
			ticket: `p.${home}.*.t9k3.a1`,
			ticketSecret: new Uint8Array(32).fill(number),
			pinKey: new Uint8Array(32).fill(number + 1),
		},
	};
}

describe("app/peer/peer-homes", () => {
	it("keeps the homes in the store, and finds them by name in any spelling or by identifier", () => {
		const store = new VirtualStore();
		const homes = new PeerHomes(store);
		assert.ok(homes.add(pairing(1, "Beach house")));
		assert.ok(homes.add(pairing(2)));
		const again = new PeerHomes(store);
		assert.deepEqual(again.all, [pairing(1, "Beach house"), pairing(2)]);
		for (const typed of ["beach-house", "Beach House", pairing(1).access.home])
			assert.equal(again.find(typed)?.name, "Beach house", typed);
		assert.equal(again.find("beach"), undefined);
	});

	it("replaces a home that is paired again, and learns the keys of its devices again", () => {
		const homes = new PeerHomes(new VirtualStore());
		const { home } = pairing(1).access;
		homes.add(pairing(1));
		homes.keep(home, "0123456789abcdef", "aa");
		assert.equal(homes.of(home, "0123456789abcdef"), "aa");
		homes.add(pairing(1, "New name"));
		assert.equal(homes.of(home, "0123456789abcdef"), undefined);
		assert.deepEqual(
			homes.all.map(({ name }) => name),
			["New name"],
		);
	});

	it("remembers keys across restarts, and forgets them with the home", () => {
		const store = new VirtualStore();
		const homes = new PeerHomes(store);
		const { home } = pairing(1).access;
		homes.add(pairing(1));
		homes.keep(home, "0123456789abcdef", "aa");
		homes.keep(home, "fedcba9876543210", "bb");
		const again = new PeerHomes(store);
		assert.equal(again.of(home, "fedcba9876543210"), "bb");
		again.remove(home);
		assert.deepEqual(new PeerHomes(store).all, []);
		assert.equal(again.of(home, "fedcba9876543210"), undefined);
		again.keep(home, "fedcba9876543210", "bb");
		assert.equal(again.of(home, "fedcba9876543210"), undefined, "no keys of guests");
	});

	it("says how many stored homes are damaged, and keeps the others", () => {
		const store = new VirtualStore();
		const homes = new PeerHomes(store);
		homes.add(pairing(1));
		homes.add(pairing(2));
		store.write(`home-${pairing(1).access.home.slice(0, 10)}`, "porthole:nonsense");
		store.write("homes", `${store.read("homes")}\n../../etc/passwd`);
		const again = new PeerHomes(store);
		assert.equal(again.damaged, 2);
		assert.deepEqual(again.all, [pairing(2)]);
	});

	it(`knows ${HOMES_MAX} homes at most`, () => {
		const homes = new PeerHomes(new VirtualStore());
		for (let i = 1; i <= HOMES_MAX; i++) assert.ok(homes.add(pairing(i)));
		assert.ok(!homes.add(pairing(99)));
		assert.ok(homes.add(pairing(3, "again")));
	});
});
