import assert from "node:assert/strict";
import { hashPassword, LOGIN_RECORD_MAX, LoginRecord, type PasswordHashes } from "../../../src/access/login-record";
import { isHex } from "../../../src/base/hex";
import { Prng } from "../../../src/base/prng";
import { assertLinearTime } from "../../support/linear-time";
import { mutate } from "../../support/mutate";

const SALT = "0123456789abcdef";
const SHA256 = "0a".repeat(32);
const MD5 = "1b".repeat(16);
const HASHES: PasswordHashes = { sha256: SHA256, md5: MD5 };
const WITHOUT_MD5: PasswordHashes = { sha256: SHA256, md5: "" };

/** True: a record accepts it. */
function isFine(hashes: PasswordHashes): boolean {
	return isHex(hashes.sha256, 64) && (hashes.md5 === "" || isHex(hashes.md5, 32));
}

describe("access/login-record", () => {
	it("parses the records that it writes, and rejects other text", () => {
		const record = new LoginRecord(
			3,
			"Porthole 0011223344556677",
			SALT,
			hashPassword("owner", "Porthole 0011223344556677", "an-owner's-password", true),
			undefined,
		);
		const text = record.toString();
		assert.ok(text.length <= 512 && !text.includes("an-owner's-password"));
		assert.deepEqual(LoginRecord.parse(3, text), record);
		const both = record.with(
			"viewer",
			hashPassword("viewer", "Porthole 0011223344556677", "only-looking", false),
			SALT,
		);
		assert.deepEqual(LoginRecord.parse(4, both.toString()), both);
		for (const broken of [
			"",
			text.slice(1),
			text.slice(0, 100),
			`${text}"`,
			text.replace("  ", " x "),
			"x ".repeat(300),
		])
			assert.equal(LoginRecord.parse(3, broken), undefined, broken);
		for (const version of [-1, 1.5, Number.NaN]) assert.equal(LoginRecord.parse(version, text), undefined);
	});

	const records = [
		new LoginRecord(3, "Porthole 0011223344556677", SALT, HASHES, undefined),
		new LoginRecord(3, "Porthole 0011223344556677", SALT, WITHOUT_MD5, HASHES),
		new LoginRecord(3, "a realm  of several words ", SALT, HASHES, WITHOUT_MD5),
		new LoginRecord(3, "~".repeat(64), SALT, WITHOUT_MD5, undefined),
	];
	for (const record of records) {
		it(`parses its own text of ${`${record}`.length} characters`, () => {
			assert.ok(`${record}`.length <= LOGIN_RECORD_MAX);
			assert.deepEqual(LoginRecord.parse(3, `${record}`), record);
		});
	}

	it("reports whether any user can log in with MD5", () => {
		const cases: readonly (readonly [PasswordHashes, PasswordHashes | undefined, boolean])[] = [
			[HASHES, undefined, true],
			[WITHOUT_MD5, undefined, false],
			[WITHOUT_MD5, HASHES, true],
			[WITHOUT_MD5, WITHOUT_MD5, false],
			[HASHES, WITHOUT_MD5, true],
		];
		for (const [owner, viewer, can] of cases)
			assert.equal(new LoginRecord(0, "realm", SALT, owner, viewer).hasMd5, can);
	});

	const line = (...fields: string[]) => fields.join(" ");
	const broken: [string, string][] = [
		["a salt in upper case", line(SALT.toUpperCase(), SHA256, "", "", "", "realm")],
		["a short salt", line("0123", SHA256, "", "", "", "realm")],
		["no owner password", line(SALT, "", "", "", "", "realm")],
		["a long hash", line(SALT, `${SHA256}0`, "", "", "", "realm")],
		["an MD5 hash without a viewer password", line(SALT, SHA256, "", "", MD5, "realm")],
		["no realm", line(SALT, SHA256, "", "", "")],
		["an empty realm", line(SALT, SHA256, "", "", "", "")],
		["a long realm", line(SALT, SHA256, "", "", "", "r".repeat(65))],
		["a quotation mark in the realm", line(SALT, SHA256, "", "", "", 'a"b')],
		["a backslash in the realm", line(SALT, SHA256, "", "", "", "a\\b")],
		["a line break in the realm", line(SALT, SHA256, "", "", "", "a\r\nb")],
		["a non-ASCII character in the realm", line(SALT, SHA256, "", "", "", "ü")],
	];
	for (const [title, text] of broken) it(`rejects ${title}`, () => assert.equal(LoginRecord.parse(3, text), undefined));

	it("never throws on altered text, and returns only valid records", () => {
		let taken = 0;
		for (let seed = 0; seed < 6000; seed++) {
			const random = new Prng(seed);
			const text = mutate(random, `${records[random.below(records.length)]}`, '0123456789abcdefABCDEFg "\\\n\u0000');
			const record = LoginRecord.parse(seed, text);
			if (record === undefined) continue;
			taken++;
			assert.equal(`${record}`, text, `seed ${seed}`);
			assert.equal(record.version, seed);
			assert.ok(isHex(record.salt, 16) && isFine(record.owner), `seed ${seed}`);
			assert.ok(record.viewer === undefined || isFine(record.viewer), `seed ${seed}`);
			assert.doesNotMatch(record.realm, /^$|["\\]|[^ -~]|.{65}/, `seed ${seed}`);
			assert.equal(record.hashesOf(text), undefined);
		}
		assert.ok(taken > 100 && taken < 3000, `${taken} were still records`);
	});

	it("rejects overlong text in linear time", () => {
		assertLinearTime(() => {
			for (const piece of [" ", "a", "0 ", `${records[1]} `]) {
				const text = piece.repeat(100000);
				for (let i = 0; i < 100; i++) assert.equal(LoginRecord.parse(3, text), undefined);
			}
		});
		const long = new LoginRecord(3, `r${" r".repeat(150)}`, SALT, HASHES, HASHES);
		assert.equal(LoginRecord.parse(3, `${long}`), undefined);
	});
});
