import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import {
	checkAnswer,
	formatRegistration,
	parseRegistration,
	parseRegistrationField,
	REGISTRATION_OCTETS_MAX,
	type Registration,
	signAnswer,
	signRegistration,
	USED_TICKETS_MAX,
} from "../../../src/relay/registration";
import { formatAnswer, parseAnswer, type RegistrationAnswer } from "../../../src/relay/registration-answer";
import { RelaySigner, relayKeyOf } from "../../../src/relay/relay-key";
import { mutateOctets } from "../../support/mutate";

const SIGNER = new RelaySigner(relayKeyOf("a-key-that-nobody-guesses", "east"), "registration");
const REGISTRATION: Registration = {
	relay: "east",
	time: 1_800_000_000_000,
	nonce: "0123456789abcdef0123456789abcdef",
	host: "relay.example",
	httpPort: 8080,
	rtspPort: 8554,
	secure: false,
	prefix: "home/",
	room: 488,
	reports: true,
	used: [
		{ ticket: "r.abc.ann@example.org.abcdefgh01234567.0123456789abcdef0123456789abcdef", content: "0011223344556677" },
	],
};
const ANSWER: RegistrationAnswer = {
	valid: 300,
	cameras: [
		{
			id: "0011223344556677",
			name: "Garage & Hof = ä%",
			http: "http://198.20.0.1:8080/stream.mjpeg?pass=p.1.2.3",
			rtsp: "rtsp://198.20.0.1:8554/live?pass=p.1.2.3",
			h264: "",
		},
		{ id: "8899aabbccddeeff", name: "", http: "https://[2001:db8::1]/stream.mjpeg", rtsp: "", h264: "" },
	],
	members: ["http://198.20.0.1:8081/"],
};

/** A registration with members that differ from {@link REGISTRATION}'s. */
function changed(more: Record<string, unknown>): Uint8Array {
	return formatRegistration({ ...REGISTRATION, ...more } as Registration);
}

describe("relay/registration", () => {
	it("is read as it was written", () => {
		for (const registration of [
			REGISTRATION,
			{ ...REGISTRATION, host: "", rtspPort: 0, secure: true, prefix: "", room: 0, reports: false, used: [] },
			{ ...REGISTRATION, host: "2001:db8::1" },
		])
			assert.deepEqual(parseRegistration(formatRegistration(registration)), registration);
	});

	it("is refused with a member that is malformed", () => {
		for (const more of [
			{ relay: "" },
			{ relay: "a b" },
			{ time: -1 },
			{ time: "soon" },
			{ nonce: "short" },
			{ host: "a b" },
			{ host: "http://x" },
			{ host: "fe80::1%eth0" },
			{ host: "a".repeat(300) },
			{ httpPort: 65536 },
			{ rtspPort: "x" },
			{ prefix: "../" },
			{ prefix: "/home/" },
			{ prefix: "home" },
			{ prefix: "home//" },
			{ prefix: "h?x/" },
			{ room: 1.5 },
			{ used: [{ ticket: "", content: "c" }] },
			{ used: [{ ticket: "x".repeat(97), content: "c" }] },
			{ used: [{ ticket: "r.1", content: "c".repeat(65) }] },
			{ used: Array.from({ length: USED_TICKETS_MAX + 1 }, () => REGISTRATION.used[0]) },
		])
			assert.equal(parseRegistration(changed(more)), undefined, JSON.stringify(more).slice(0, 80));
		assert.equal(parseRegistration(new Uint8Array(REGISTRATION_OCTETS_MAX + 1)), undefined);
		assert.equal(parseRegistration(new Uint8Array()), undefined);
		const text = utf8Decode(formatRegistration(REGISTRATION));
		for (const wrong of [text.replace("reports=yes", "reports=perhaps"), text.replace("&secure=no", "")])
			assert.equal(parseRegistration(utf8Encode(wrong)), undefined, wrong);
	});

	it("has room for as many tickets as it may have", () => {
		const ticket = { ticket: `r.${"x".repeat(94)}`, content: "c".repeat(16) };
		const used = Array.from({ length: USED_TICKETS_MAX }, () => ticket);
		assert.equal(parseRegistration(changed({ used }))?.used.length, USED_TICKETS_MAX);
	});

	it("is signed by the relay, its answer by the origin, and neither can stand for the other", () => {
		const body = formatRegistration(REGISTRATION);
		const field = signRegistration(SIGNER, "east", body);
		const said = parseRegistrationField(field);
		assert.equal(said?.relay, "east");
		assert.ok(said !== undefined && SIGNER.verify(body, said.signature));
		const answer = formatAnswer(ANSWER);
		const signature = signAnswer(SIGNER, REGISTRATION.nonce, answer);
		assert.equal(checkAnswer(SIGNER, REGISTRATION.nonce, answer, signature), true);
		assert.equal(checkAnswer(SIGNER, "f".repeat(32), answer, signature), false, "of another registration");
		assert.equal(checkAnswer(SIGNER, REGISTRATION.nonce, body, field), false, "a registration");
		assert.equal(checkAnswer(SIGNER, REGISTRATION.nonce, answer, ""), false);
		assert.equal(SIGNER.verify(answer, parseRegistrationField(signature)?.signature ?? ""), false);
	});

	it("refuses fields that are malformed", () => {
		const hex = "0".repeat(32);
		for (const text of [
			"",
			"relay=east",
			`relay=east signature=${hex}`,
			`relay=a b, signature=${hex}`,
			`relay=, signature=${hex}`,
			`relay=east, signature=${hex}0`,
			`signature=${hex.slice(1)}g`,
			`signature=${hex}, relay=east`,
			`relay=east,${" ".repeat(100)}signature=${hex}`,
		])
			assert.equal(parseRegistrationField(text), undefined, text);
		assert.deepEqual(parseRegistrationField(`signature=${hex}`), { relay: "", signature: hex });
	});

	it("offers cameras in its answer, which is read as it was written", () => {
		assert.deepEqual(parseAnswer(formatAnswer(ANSWER)), ANSWER);
		const revoked = { ...ANSWER, revoked: ["0badcafe", "00000001"] };
		assert.deepEqual(parseAnswer(formatAnswer(revoked)), revoked);
		const all = Array.from({ length: 50 }, () => "0badcafe");
		assert.equal(parseAnswer(formatAnswer({ ...ANSWER, revoked: all }))?.revoked?.length, 20);
		assert.deepEqual(parseAnswer(utf8Encode("valid=60")), { valid: 60, cameras: [], members: [] });
		for (const text of [
			"",
			"valid=0",
			"valid=x",
			"valid=60\n",
			"valid=60&revoked=0badcaf",
			"valid=60&revoked=0badcafe.",
			"valid=60&revoked=0BADCAFE",
			`valid=60&revoked=${Array(21).fill("0badcafe").join(".")}`,
			"valid=60\nid=a b",
			"valid=60\nid=a&http=ftp://x/",
			"valid=60\nid=a&http=file:///etc/passwd",
			"valid=60\nid=a&rtsp=http://x/",
			"valid=60\nmember=javascript:x",
			"valid=60\nmember=http://x/admin?y=",
			"valid=60\nmember=http://x?y",
		])
			assert.equal(parseAnswer(utf8Encode(text)), undefined, text);
		const many = formatAnswer({ ...ANSWER, cameras: Array.from({ length: 500 }, () => ANSWER.cameras[0]) });
		assert.equal(parseAnswer(many)?.cameras.length, 128);
	});

	it("reads whatever comes without a fault, and nothing that it would not write", () => {
		for (let seed = 0; seed < 1500; seed++) {
			const random = new Prng(seed);
			const registration = parseRegistration(mutateOctets(random, formatRegistration(REGISTRATION)));
			if (registration !== undefined)
				assert.deepEqual(parseRegistration(formatRegistration(registration)), registration, `seed ${seed}`);
			const answer = parseAnswer(mutateOctets(random, formatAnswer({ ...ANSWER, revoked: ["0badcafe"] })));
			if (answer !== undefined) assert.deepEqual(parseAnswer(formatAnswer(answer)), answer, `seed ${seed}`);
			const field = utf8Decode(mutateOctets(random, utf8Encode(signRegistration(SIGNER, "east", new Uint8Array()))));
			const said = parseRegistrationField(field);
			if (said !== undefined) assert.match(said.signature, /^[0-9a-f]{32}$/);
		}
	});
});
