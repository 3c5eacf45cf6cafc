import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import type { Path } from "../../../src/core/path";
import { DISCOVERY_GROUP, Discovery } from "../../../src/onvif/discovery";
import { DN, SOAP, TDS, WSA_2004, WSD } from "../../../src/onvif/namespaces";
import { matchesScope, scopesOf } from "../../../src/onvif/scopes";
import { parseXmlDocument } from "../../../src/wire/xml-document";
import { mutate } from "../../support/mutate";

const LAN: Path = { name: "eth0", address: "192.168.0.2", prefix: 24 };
const SCOPES = scopesOf({ name: "Garden door", model: "node", id: "0123456789abcdef", drive: undefined });

interface Sent {
	readonly address: string;
	readonly port: number;
	readonly text: string;
}

class Stage {
	readonly sent: Sent[] = [];
	readonly discovery: Discovery;
	private readonly out = {
		send: (_path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number) =>
			void this.sent.push({ address, port, text: utf8Decode(bytes, start, end) }),
	};

	constructor() {
		const prng = new Prng(3);
		this.discovery = new Discovery({
			endpoint: "urn:uuid:1",
			boot: 7,
			random: { fill: (bytes) => bytes.set(bytes.map(() => prng.below(256))), unit: () => prng.unit() },
			scopes: SCOPES,
			xaddr: ({ address }) => `http://${address}/onvif/device_service`,
			isNeighbour: (address) => address !== "192.168.0.1",
		});
		this.discovery.start([LAN], this.out);
	}

	ask(text: string, now = 0, address = "192.168.0.9"): readonly Sent[] {
		this.sent.length = 0;
		this.discovery.receive(now, LAN, address, 4000, utf8Encode(text));
		this.discovery.expire(now + 500, this.out);
		return this.sent;
	}

	leave(): void {
		this.discovery.leave(this.out);
	}
}

const wrap = (body: string, id = "uuid:9") =>
	`<s:Envelope xmlns:s="${SOAP}" xmlns:a="${WSA_2004}" xmlns:w="${WSD}" xmlns:q="${DN}"><s:Header><a:MessageID>${id}</a:MessageID><a:ReplyTo><a:Address>http://203.0.113.1/</a:Address></a:ReplyTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const probe = (types: string, scopes = "") => wrap(`<w:Probe><w:Types>${types}</w:Types>${scopes}</w:Probe>`);
const scope = (text: string, by = "") => `<w:Scopes${by === "" ? "" : ` MatchBy="${WSD}/${by}"`}>${text}</w:Scopes>`;

describe("onvif/discovery", () => {
	it("says hello and goodbye to the group", () => {
		const stage = new Stage();
		stage.leave();
		assert.deepEqual(
			stage.sent.map(({ address, port, text }) => [address, port, /<d:(Hello|Bye)>/.exec(text)?.[1]]),
			[
				[DISCOVERY_GROUP, 3702, "Hello"],
				[DISCOVERY_GROUP, 3702, "Bye"],
			],
		);
	});

	it("answers searches for cameras, at the address that they come from", () => {
		const name = "onvif://www.onvif.org/name/Garden%20door";
		for (const [text, isFound] of [
			[probe("q:NetworkVideoTransmitter"), true],
			[probe("q:NetworkVideoTransmitter x:Device"), false],
			[probe("t:Device").replace("<s:Envelope", `<s:Envelope xmlns:t="${TDS}"`), true],
			[probe("t:Device"), false],
			[probe("q:Printer"), false],
			[probe(""), true],
			[wrap("<w:Probe/>"), true],
			[wrap("<w:Probe/>", ""), false],
			[wrap("<w:Probe/>", "x".repeat(200)), false],
			[wrap("<Probe/>"), false],
			[probe("", scope("ONVIF://www.ONVIF.org/Profile/Streaming")), true],
			[probe("", scope("onvif://www.onvif.org/Profile/Stream")), false],
			[probe("", scope(`${name} onvif://www.onvif.org/type`)), true],
			[probe("", scope(`${name} onvif://www.onvif.org/type/ptz`)), false],
			[probe("", scope(name, "strcmp0")), true],
			[probe("", scope("onvif://www.onvif.org", "strcmp0")), false],
			[probe("", scope(name, "ldap")), false],
			[
				wrap("<w:Resolve><a:EndpointReference><a:Address>urn:uuid:1</a:Address></a:EndpointReference></w:Resolve>"),
				true,
			],
			[
				wrap("<w:Resolve><a:EndpointReference><a:Address>urn:uuid:2</a:Address></a:EndpointReference></w:Resolve>"),
				false,
			],
		] as const) {
			const sent = new Stage().ask(text);
			assert.equal(sent.length, isFound ? 1 : 0, text);
			for (const { address, port } of sent) assert.deepEqual([address, port], ["192.168.0.9", 4000]);
		}
		const [{ text }] = new Stage().ask(probe(""));
		for (const part of [
			"<a:RelatesTo>uuid:9<",
			"http://192.168.0.2/onvif/device_service",
			`InstanceId="7"`,
			"mac/02:23:45:67:89:ab",
		])
			assert.ok(text.includes(part), part);
	});

	it("answers only hosts in the LAN, and few questions a second", () => {
		const stage = new Stage();
		for (const address of ["203.0.113.7", "192.168.1.9", "192.168.0.1"])
			assert.equal(stage.ask(probe(""), 0, address).length, 0, address);
		let answers = 0;
		for (let i = 0; i < 60; i++) answers += stage.ask(probe(""), 0, `192.168.0.${20 + (i % 5)}`).length;
		assert.equal(answers, 10);
		assert.equal(stage.discovery.counters.ignored, 50);
		assert.equal(stage.ask(probe(""), 2000).length, 1);
	});

	it("answers with well-formed XML or not at all, whatever comes (seeded mutations)", () => {
		const prng = new Prng(8);
		const whole = probe("q:NetworkVideoTransmitter", scope("onvif://www.onvif.org/type"));
		for (let i = 0; i < 2000; i++) {
			const stage = new Stage();
			const sent = stage.ask(mutate(prng, whole, '<>/":=& wqa'));
			assert.ok(sent.length <= 1);
			for (const { text, address } of sent) {
				assert.equal(address, "192.168.0.9");
				assert.ok(parseXmlDocument(utf8Encode(text)) !== undefined, text);
			}
		}
		assert.equal(new Stage().ask(`${whole}${" ".repeat(5000)}`).length, 0);
	});

	it("compares scopes segment by segment", () => {
		assert.ok(matchesScope(SCOPES, "onvif://www.onvif.org"));
		assert.ok(matchesScope(SCOPES, "onvif://www.onvif.org/"));
		assert.ok(!matchesScope(SCOPES, "onvif://www.onvif.com/"));
		assert.ok(!matchesScope(SCOPES, "onvif"));
	});
});
