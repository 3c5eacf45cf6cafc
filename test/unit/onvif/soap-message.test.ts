import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import { findOperation, responseOf } from "../../../src/onvif/dispatch";
import type { EventCall } from "../../../src/onvif/event-service";
import { SOAP, TDS } from "../../../src/onvif/namespaces";
import type { OnvifDevice } from "../../../src/onvif/onvif-device";
import type { OnvifAnswer } from "../../../src/onvif/operation";
import { notSupported, SoapFault } from "../../../src/onvif/soap-fault";
import { numberOf, parseSoap, writeFault, writeSoap } from "../../../src/onvif/soap-message";
import { parseXmlDocument } from "../../../src/wire/xml-document";
import { mutate } from "../../support/mutate";
import { soapRequest } from "../../support/onvif-request";
import { seedsUpTo } from "../../support/seeds";

const parse = (text: string) => parseSoap(utf8Encode(text));

/** A camera with both streams and a drive, without anything behind it. */
function callOf(): EventCall {
	const device: OnvifDevice = {
		name: 'Front <door> & "gate"',
		model: "sim",
		version: "1",
		id: "0123456789abcdef",
		utc: Date.UTC(2026, 10, 27),
		fps: 10,
		httpPort: 8000,
		rtspPort: 8554,
		isSecure: false,
		interfaceOf: () => ({ name: "eth0", address: "192.168.0.2", prefix: 24 }),
		profiles: (host, done) =>
			done([
				{
					token: "h264",
					encoding: "H264",
					width: 640,
					height: 480,
					quality: 80,
					h264Profile: "Main",
					url: `rtsp://${host}/h264`,
				},
				{
					token: "jpeg",
					encoding: "JPEG",
					width: 640,
					height: 480,
					quality: 80,
					h264Profile: "",
					url: `rtsp://${host}/live`,
				},
			]),
		drive: {
			panLimit: 90,
			tiltLimit: 0,
			pan: 45,
			tilt: 0,
			isMoving: false,
			presets: [{ name: "<Gate> & 'door'", pan: -90, tilt: 0 }],
			presetsMax: 16,
			moveTo() {},
			moveBy() {},
			moveContinuously() {},
			stop() {},
			goTo: () => true,
			save: (name) => name.length <= 24,
			remove: () => true,
		},
	};
	const point = { id: "00", until: 60_000 };
	return {
		device,
		origin: "http://192.168.0.2:8000",
		host: "192.168.0.2",
		subscription: "00",
		subscriptions: {
			now: 0,
			create: () => point,
			renew: () => point,
			unsubscribe: () => true,
			synchronize: () => true,
			pull: (_id, _wait, _limit, answer) => {
				answer("");
				return true;
			},
		},
	};
}

/** Requests with arguments; those without are made of the operations' names. */
const REQUESTS: readonly string[] = [
	"<d:GetCapabilities><d:Category>Media</d:Category></d:GetCapabilities>",
	"<d:GetServices><d:IncludeCapability>true</d:IncludeCapability></d:GetServices>",
	"<m:GetStreamUri><m:StreamSetup><t:Stream>RTP-Unicast</t:Stream><t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport></m:StreamSetup><m:ProfileToken>h264</m:ProfileToken></m:GetStreamUri>",
	"<m:GetVideoEncoderConfigurationOptions><m:ConfigurationToken>jpeg</m:ConfigurationToken></m:GetVideoEncoderConfigurationOptions>",
	'<p:AbsoluteMove><p:ProfileToken>jpeg</p:ProfileToken><p:Position><t:PanTilt x="-0.5" y="1" space=""/></p:Position></p:AbsoluteMove>',
	'<p:ContinuousMove><p:ProfileToken>h264</p:ProfileToken><p:Velocity><t:PanTilt x="0.1" y="0"/></p:Velocity><p:Timeout>PT1.5S</p:Timeout></p:ContinuousMove>',
	"<p:SetPreset><p:ProfileToken>jpeg</p:ProfileToken><p:PresetName>a &amp; b</p:PresetName></p:SetPreset>",
	"<p:GetPresets><p:ProfileToken>jpeg</p:ProfileToken></p:GetPresets>",
	"<p:GetStatus><p:ProfileToken>jpeg</p:ProfileToken></p:GetStatus>",
	"<e:CreatePullPointSubscription><e:Filter><n:TopicExpression>tns1:RuleEngine//.|tns1:VideoSource//.</n:TopicExpression></e:Filter><e:InitialTerminationTime>2026-11-27T01:00:00+01:00</e:InitialTerminationTime></e:CreatePullPointSubscription>",
	"<e:PullMessages><e:Timeout>PT5S</e:Timeout><e:MessageLimit>5</e:MessageLimit></e:PullMessages>",
	"<n:Renew><n:TerminationTime>P1D</n:TerminationTime></n:Renew>",
];

/** Carries out a request as the server does. @returns the document of the answer */
function answerTo(text: string): Uint8Array {
	const soap = parse(text);
	if (soap instanceof SoapFault) return writeFault(soap);
	const found = findOperation(soap.operation);
	if (found === undefined) return writeFault(notSupported(soap.operation.name), soap.messageId);
	let result: OnvifAnswer | undefined;
	found.operation.run(callOf(), soap.operation, (answer) => {
		assert.equal(result, undefined);
		result = answer;
	});
	assert.ok(result !== undefined);
	if (result instanceof SoapFault) return writeFault(result, soap.messageId);
	return writeSoap(responseOf(found, soap.operation.name, result), "urn:action", soap.messageId);
}

describe("onvif/soap-message", () => {
	it("knows elements by their namespaces, whatever their prefixes", () => {
		const soap = parse(`<a:Envelope xmlns:a="${SOAP}"><a:Body><GetScopes xmlns="${TDS}"/></a:Body></a:Envelope>`);
		assert.ok(!(soap instanceof SoapFault));
		assert.ok(findOperation(soap.operation) !== undefined);
		const other = parse(
			`<a:Envelope xmlns:a="${SOAP}"><a:Body><tds:GetScopes xmlns:tds="urn:x"/></a:Body></a:Envelope>`,
		);
		assert.ok(!(other instanceof SoapFault));
		assert.equal(findOperation(other.operation), undefined);
	});

	it("reads what gSOAP's clients send, which declare all namespaces that they know", () => {
		const all = Array.from({ length: 80 }, (_, i) => `xmlns:n${i}="urn:n${i}"`).join(" ");
		assert.ok(
			!(parse(soapRequest("<d:GetScopes/>").replace("<s:Envelope", `<s:Envelope ${all}`)) instanceof SoapFault),
		);
	});

	it("refuses what is not SOAP 1.2, an empty body, and a mandatory header that it does not know", () => {
		const table: readonly (readonly [string, string, string])[] = [
			["<", "Sender", "ter:WellFormed"],
			["<x/>", "Sender", "ter:WellFormed"],
			[soapRequest("<d:GetScopes/>").replace(SOAP, "http://schemas.xmlsoap.org/soap/envelope/"), "VersionMismatch", ""],
			[soapRequest(""), "Sender", "ter:WellFormed"],
			[soapRequest("<d:GetScopes/>", '<x xmlns="urn:x" s:mustUnderstand="true"/>'), "MustUnderstand", ""],
		];
		for (const [text, code, subcode] of table) {
			const fault = parse(text);
			assert.ok(fault instanceof SoapFault, text);
			assert.deepEqual([fault.code, fault.subcodes[0] ?? ""], [code, subcode]);
		}
		assert.ok(!(parse(soapRequest("<d:GetScopes/>", '<x xmlns="urn:x"/>')) instanceof SoapFault));
	});

	it("quotes no name in a fault that could be anything else", () => {
		assert.match(notSupported("GetOSDs").reason, /GetOSDs is not implemented/);
		assert.match(notSupported("a:b<").reason, /the operation is not implemented/);
	});

	it("reads numbers", () => {
		for (const [text, value] of [
			["-0.5", -0.5],
			["1", 1],
			["+1e-1", 0.1],
			[".5", 0.5],
			["", undefined],
			["NaN", undefined],
			["1..2", undefined],
			["0x1", undefined],
			["1e999", undefined],
			[undefined, undefined],
		] as const)
			assert.equal(numberOf(text), value, text);
	});

	it("answers each request with one well-formed document, also changed ones (seeded mutations)", () => {
		const prng = new Prng(5);
		const names = ["d", "m", "p", "e", "n"].flatMap((prefix) =>
			["GetScopes", "GetProfiles", "GetNodes", "GetEventProperties", "GetCapabilities", "Nope"].map(
				(name) => `<${prefix}:${name}/>`,
			),
		);
		for (const body of [...REQUESTS, ...names]) {
			const whole = soapRequest(body, "", "urn:uuid:7");
			assert.ok(parseXmlDocument(answerTo(whole)) !== undefined, utf8Decode(answerTo(whole)));
			for (let i = 0; i < seedsUpTo(15) * 4; i++) {
				const changed = prng.chance(0.5)
					? mutate(prng, whole, '<>/":=& x1')
					: whole.replace(body, mutate(prng, body, '<>/":=& PT1.-9'));
				assert.ok(parseXmlDocument(answerTo(changed)) !== undefined, changed);
			}
		}
	});

	it("carries out all of them", () => {
		for (const body of REQUESTS) assert.ok(!utf8Decode(answerTo(soapRequest(body))).includes("Fault"), body);
	});
});
