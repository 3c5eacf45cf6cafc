import assert from "node:assert/strict";
import { endSetup, isFirstSetup, keepSetup } from "../../../hosts/esp32/first-setup";
import { readCredentials } from "../../../hosts/esp32/wifi-credentials";
import { VirtualStore } from "../../../hosts/virtual/virtual-store";
import { hashPassword } from "../../../src/access/login-record";
import { readLogin } from "../../../src/app/access/first-login";
import { loadIdentity } from "../../../src/app/identity";
import type { Random } from "../../../src/ports/random";

const HOME = { ssid: "home", password: "12345678" };
const SETTINGS = { password: "", viewerPassword: "", digestMd5: false };
const RANDOM: Random = { fill: (bytes) => bytes.fill(0xa5), unit: () => 0 };

function keep(store: VirtualStore, ownerPassword: string | undefined): void {
	keepSetup(store, RANDOM, SETTINGS, { credentials: HOME, ownerPassword });
}

/** True: a password is the owner's. */
function isGood(store: VirtualStore, password: string): boolean {
	const record = readLogin(store);
	assert.ok(record !== undefined);
	return record.owner.sha256 === hashPassword("owner", record.realm, password, false).sha256;
}

describe("hosts-esp32/first-setup", () => {
	it("keeps hashes of the owner's password, and no password, under the identity that the camera will have", () => {
		const store = new VirtualStore();
		assert.ok(isFirstSetup(store, SETTINGS));
		keep(store, "correct horse");
		assert.ok(isGood(store, "correct horse"));
		assert.deepEqual(readCredentials(store), HOME);
		for (const value of store.values.values()) assert.doesNotMatch(value, /horse/);
		assert.equal(readLogin(store)?.realm, `Porthole ${loadIdentity(store, RANDOM, "").id}`);
	});

	it("generates a new password until the camera has joined a network, then keeps it", () => {
		const store = new VirtualStore();
		keep(store, "correct horse");
		assert.ok(isFirstSetup(store, SETTINGS), "the network's password may have been mistyped");
		keep(store, "battery staple");
		assert.ok(isGood(store, "battery staple"));
		endSetup(store);
		assert.ok(!isFirstSetup(store, SETTINGS));
		keep(store, undefined);
		assert.ok(isGood(store, "battery staple"));
		assert.ok(!isFirstSetup(store, SETTINGS));
	});

	it("starts again after a power cut in the middle", () => {
		for (const key of ["set-up", "login", "wifi-ssid"]) {
			const store = new VirtualStore();
			const write = store.write.bind(store);
			store.write = (name, value) => {
				if (name === key) throw new Error("power cut");
				write(name, value);
			};
			assert.throws(() => keep(store, "correct horse"));
			assert.ok(isFirstSetup(store, SETTINGS), key);
			assert.equal(readCredentials(store), undefined);
		}
	});

	it("shows no password when the settings have one", () => {
		assert.ok(!isFirstSetup(new VirtualStore(), { ...SETTINGS, password: "in the manifest" }));
	});
});
