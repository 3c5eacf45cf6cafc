import assert from "node:assert/strict";
import { hashPassword, LOGIN_RECORD_MAX, LoginRecord } from "../../../src/access/login-record";
import {
	isRevoked,
	isRevokedList,
	joinRevoked,
	linksOf,
	missingOf,
	REVOKED_MAX,
	withRevoked,
} from "../../../src/access/revoked-links";
import { Prng } from "../../../src/base/prng";
import { LOGIN_TEXT_MAX } from "../../../src/fleet/login-record-sync";
import { mutate } from "../../support/mutate";

const NOW = 1.79e9;
const HOUR = 3600;
const ID = (n: number) => n.toString(16).padStart(8, "0");

/** A list that must have room for one more. */
function add(list: string, n: number, until: number, now = NOW): string {
	const more = withRevoked(list, ID(n), until, now);
	assert.ok(more !== undefined);
	return more;
}

describe("access/revoked-links", () => {
	it("keeps a revoked link until it has expired", () => {
		let list = add("", 1, NOW + HOUR);
		list = add(list, 2, NOW + 10 * HOUR);
		assert.deepEqual([isRevoked(list, ID(1)), isRevoked(list, ID(2)), isRevoked(list, ID(3))], [true, true, false]);
		assert.deepEqual(linksOf(list), [ID(1), ID(2)]);
		list = add(list, 3, NOW + 20 * HOUR, NOW + 3 * HOUR);
		assert.deepEqual(linksOf(list), [ID(2), ID(3)]);
		assert.ok(isRevokedList(list));
	});

	it("keeps a link whose end is not known, and one that was revoked twice only once", () => {
		let list = add("", 1, Infinity, 0);
		list = add(list, 1, Infinity, 0);
		list = add(list, 2, NOW + HOUR, NOW + 1e9);
		assert.deepEqual(linksOf(list), [ID(1), ID(2)]);
	});

	it("does not take a part of one entry for another link", () => {
		const list = add(add("", 0x12345678, NOW + HOUR), 0x9abcdef0, NOW + HOUR);
		for (let at = 1; at < list.length - 7; at++) {
			const part = list.slice(at, at + 8);
			if (at % 12 !== 0) assert.ok(!isRevoked(list, part), part);
		}
	});

	it("refuses more than there is room for, and never forgets one that is valid", () => {
		let list = "";
		for (let n = 0; n < REVOKED_MAX; n++) list = add(list, n, NOW + HOUR);
		assert.equal(withRevoked(list, ID(99), NOW + HOUR, NOW), undefined);
		assert.deepEqual(linksOf(list).length, REVOKED_MAX);
		assert.deepEqual(linksOf(add(list, 99, NOW + 9 * HOUR, NOW + 2 * HOUR)), [ID(99)]);
	});

	it("finds the links that another list lacks, and joins both in either order", () => {
		const one = add(add("", 1, NOW + HOUR), 2, NOW + 9 * HOUR);
		const other = add(add("", 2, NOW + 9 * HOUR), 3, NOW + 9 * HOUR);
		const missing = missingOf(one, other, NOW);
		assert.deepEqual(linksOf(missing), [ID(1)]);
		assert.equal(missingOf(one, other, NOW + 2 * HOUR), "", "one that has expired is not missing");
		assert.deepEqual(linksOf(joinRevoked(other, missing, NOW) ?? ""), [ID(1), ID(2), ID(3)]);
		assert.equal(
			joinRevoked(other, missingOf(one, other, NOW), NOW),
			joinRevoked(one, missingOf(other, one, NOW), NOW),
		);
	});

	it("keeps valid links when two lists are joined: expired ones make room, or there is none", () => {
		let old = "";
		for (let n = 0; n < REVOKED_MAX; n++) old = add(old, n, NOW + HOUR);
		const more = add("", 0xffffffff, NOW + 9 * HOUR);
		assert.equal(joinRevoked(old, more, NOW), undefined);
		assert.deepEqual(linksOf(joinRevoked(old, more, NOW + 2 * HOUR) ?? ""), [ID(0xffffffff)]);
	});

	it("fits into a login record with a camera's realm, which survives being written and read", () => {
		const realm = "Porthole 0123456789abcdef";
		const owner = hashPassword("owner", realm, "an-owner's-password", true);
		let record = new LoginRecord(7, realm, "0123456789abcdef", owner, owner);
		for (let n = 0; n < REVOKED_MAX; n++) {
			const next = record.withRevoked(add(record.revoked, n, NOW + HOUR));
			assert.ok(next !== undefined, `${n} links`);
			record = next;
		}
		const text = `${record}`;
		assert.ok(text.length <= Math.min(LOGIN_RECORD_MAX, LOGIN_TEXT_MAX), `${text.length}`);
		assert.deepEqual(LoginRecord.parse(record.version, text), record);
		assert.equal(record.changed(9).revoked, record.revoked);
		assert.equal(record.changed(9, "fedcba9876543210").revoked, "", "a new salt ends all links anyway");
		assert.equal(record.with("viewer", undefined, "fedcba9876543210").revoked, "");
		const long = new LoginRecord(7, "r".repeat(64), "0123456789abcdef", owner, owner);
		assert.equal(long.withRevoked(record.revoked), undefined, "one that would be too long is refused");
	});

	it("refuses damaged lists in a record, for 3000 of them", () => {
		const random = new Prng(5);
		const realm = "Porthole 0123456789abcdef";
		const owner = hashPassword("owner", realm, "an-owner's-password", true);
		const record = new LoginRecord(7, realm, "0123456789abcdef", owner, undefined, add("", 0xabcdef, NOW + HOUR));
		for (let i = 0; i < 3000; i++) {
			const text = mutate(random, `${record}`, "0123456789abcdefz \n");
			const read = LoginRecord.parse(7, text);
			if (read === undefined) continue;
			assert.ok(isRevokedList(read.revoked), JSON.stringify(text));
			assert.equal(`${read}`, text);
		}
		assert.equal(LoginRecord.parse(7, `${record.withRevoked("")}\n`), undefined);
	});
});
