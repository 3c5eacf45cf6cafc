import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { SoapFault } from "../../../src/onvif/soap-fault";
import { parseSoap } from "../../../src/onvif/soap-message";
import { UsedTokens } from "../../../src/onvif/used-tokens";
import { parseUsernameToken, provesPassword, type UsernameToken } from "../../../src/onvif/username-token";
import { mutate } from "../../support/mutate";
import { soapRequest, usernameToken } from "../../support/onvif-request";

const CREATED = "2026-11-27T17:40:00Z";
const AT = Date.UTC(2026, 10, 27, 17, 40);

function tokenOf(header: string): UsernameToken | undefined {
	const soap = parseSoap(utf8Encode(soapRequest("<d:GetScopes/>", header)));
	if (soap instanceof SoapFault || soap.security === undefined) return undefined;
	return parseUsernameToken(soap.security);
}

function token(nonce: string, created = CREATED): UsernameToken {
	const read = tokenOf(usernameToken("onvif", "secret", created, nonce));
	assert.ok(read !== undefined);
	return read;
}

describe("onvif/username-token", () => {
	it("computes the digest as the profile's formula has it", () => {
		// ONVIF Application Programmer's Guide §6.1.1.3: nonce, time, password and digest.
		const header = usernameToken("user", "userpassword", "2010-09-16T07:50:45Z", "LKqI6G/AikKCQrN0zqZFlg==")
			.replace(/<wsse:Nonce>[^<]*/, "<wsse:Nonce>LKqI6G/AikKCQrN0zqZFlg==")
			.replace(/(#PasswordDigest">)[^<]*/, "$1tuOSpGlFlIXsozq4HFNeeGeFLEI=");
		const read = tokenOf(header);
		assert.ok(read !== undefined && provesPassword(read, "userpassword"));
		assert.ok(!provesPassword(read, "userpasswort"));
	});

	it("refuses plain passwords, and tokens without a nonce or a time", () => {
		const whole = usernameToken("onvif", "secret", CREATED, "n");
		assert.ok(tokenOf(whole) !== undefined);
		for (const broken of [
			whole.replace("#PasswordDigest", "#PasswordText"),
			whole.replace(/ Type="[^"]*"/, ""),
			whole.replace(/<wsse:Nonce>.*<\/wsse:Nonce>/, ""),
			whole.replace(/<wsu:Created>.*<\/wsu:Created>/, ""),
			whole.replace(CREATED, "yesterday"),
			whole.replace("<wsse:Username>onvif", "<wsse:Username>"),
			whole.replace(/(#PasswordDigest">)./, "$1"),
		])
			assert.equal(tokenOf(broken), undefined, broken);
	});

	it("reads no changed request as another login (seeded mutations)", () => {
		const prng = new Prng(16);
		const header = usernameToken("onvif", "secret", CREATED, "a nonce of some length");
		for (let i = 0; i < 3000; i++) {
			const read = tokenOf(mutate(prng, header, '<>/"=:&;#abcTZ019+-. '));
			if (read === undefined || read.user !== "onvif") continue;
			const isSame = read.created === CREATED && String.fromCharCode(...read.nonce) === "a nonce of some length";
			assert.equal(provesPassword(read, "secret") && !isSame, false);
		}
	});
});

describe("onvif/used-tokens", () => {
	it("accepts each token once, within five minutes", () => {
		const used = new UsedTokens();
		assert.equal(used.use(AT, token("a")), undefined);
		assert.equal(used.use(AT, token("a")), "used");
		assert.equal(used.use(AT, token("a", "2026-11-27T17:40:01Z")), undefined);
		assert.equal(used.use(AT + 300_000, token("b")), undefined);
		assert.equal(used.use(AT + 300_001, token("c")), "clock");
		assert.equal(used.use(AT - 300_001, token("c")), "clock");
	});

	it("accepts a token of any time once while the date is not known", () => {
		const used = new UsedTokens();
		assert.equal(used.use(undefined, token("a", "1970-01-01T00:00:07Z")), undefined);
		assert.equal(used.use(undefined, token("a", "1970-01-01T00:00:07Z")), "used");
	});

	it("never accepts a token twice, however many there are", () => {
		const used = new UsedTokens();
		const first = token("first");
		assert.equal(used.use(AT, first), undefined);
		let accepted = 0;
		for (let i = 0; i < 3000; i++) {
			const createdAt = AT + i * 50;
			const one = { ...first, nonce: utf8Encode(`${i}`), created: `${createdAt}`, createdAt };
			if (used.use(createdAt, one) === undefined) accepted++;
			assert.equal(used.use(createdAt, one), "used");
			if (i % 500 === 0) assert.notEqual(used.use(createdAt, first), undefined);
		}
		assert.equal(accepted, 3000);
	});
});
