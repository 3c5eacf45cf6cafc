import assert from "node:assert/strict";
import { ClientLogin } from "../../../src/access/client-login";
import { hashPassword } from "../../../src/access/login-record";
import type { HttpChallenge } from "../../../src/wire/http-challenge";

const random = { fill: (bytes: Uint8Array) => void bytes.fill(7) };
const { sha256, md5 } = hashPassword("viewer", "home", "let me watch", true);
/** Knows the hashes of one realm only. */
const SECRET = {
	hashOf: (algorithm: "MD5" | "SHA-256", user: string, realm: string): string | undefined =>
		realm === "home" && user === "viewer" ? (algorithm === "MD5" ? md5 : sha256) : undefined,
};

function digest(realm: string, algorithm: string): HttpChallenge {
	return { scheme: "digest", parameters: new Map(Object.entries({ realm, algorithm, nonce: "n", qop: "auth" })) };
}

describe("access/client-login", () => {
	for (const algorithm of ["MD5", "SHA-256"]) {
		it(`answers by ${algorithm} with hashes as with the password itself`, () => {
			const [byPassword, byHashes] = ["let me watch", SECRET].map((secret) => {
				const login = new ClientLogin("viewer", secret, random, false);
				assert.equal(login.challenged([digest("home", algorithm)]), "retry");
				return login.authorization("GET", "/live");
			});
			assert.ok(byHashes?.includes("response="));
			assert.equal(byHashes, byPassword);
		});
	}

	it("gives no proof of hashes in another realm, and none by Basic", () => {
		for (const challenge of [digest("elsewhere", "MD5"), { scheme: "basic", parameters: new Map() }]) {
			const login = new ClientLogin("viewer", SECRET, random, true);
			assert.notEqual(login.challenged([challenge]), "retry");
			assert.equal(login.authorization("GET", "/live"), undefined);
		}
	});
});
