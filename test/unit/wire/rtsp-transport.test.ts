import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	formatTransport,
	parseTransport,
	parseTransports,
	type RtspTransport,
	specifierOf,
} from "../../../src/wire/rtsp-transport";
import { mutate } from "../../support/mutate";

const UDP = { framing: "udp", specifier: "RTP/AVP", multicast: false } as const;
const TCP = { framing: "tcp", specifier: "RTP/AVP/TCP", multicast: false } as const;

/** Fields as clients and servers send them, and what they say. */
const CASES: readonly (readonly [string, Partial<RtspTransport>])[] = [
	["RTP/AVP;unicast;client_port=5000-5001", { ...UDP, clientPort: { rtp: 5000, rtcp: 5001 } }],
	// ffmpeg, GStreamer, VLC
	[
		"RTP/AVP/UDP;unicast;client_port=24000-24001",
		{ ...UDP, specifier: "RTP/AVP/UDP", clientPort: { rtp: 24000, rtcp: 24001 } },
	],
	['RTP/AVP/TCP;unicast;interleaved=0-1;mode="PLAY"', { ...TCP, interleaved: { rtp: 0, rtcp: 1 }, mode: "PLAY" }],
	[
		"RTP/AVP;unicast;source=203.0.113.9;client_port=5000-5001;server_port=6000-6001;ssrc=0A1B2C3D",
		{
			...UDP,
			source: "203.0.113.9",
			clientPort: { rtp: 5000, rtcp: 5001 },
			serverPort: { rtp: 6000, rtcp: 6001 },
			ssrc: 0x0a1b2c3d,
		},
	],
	[
		"RTP/AVP;multicast;destination=239.1.2.3;port=5004-5005;ttl=16",
		{ ...UDP, multicast: true, destination: "239.1.2.3", port: { rtp: 5004, rtcp: 5005 }, ttl: 16 },
	],
];

const OTHERS: readonly (readonly [string, Partial<RtspTransport>])[] = [
	["rtp/avp ; Unicast ; CLIENT_PORT = 5000", { framing: "udp", clientPort: { rtp: 5000, rtcp: 5001 } }],
	["RTP/AVP;unicast;client_port=5000-5000", { clientPort: { rtp: 5000, rtcp: 5000 } }],
	["RTP/AVP;unicast;client_port=1-2;ssrc= 1a2b", { ssrc: 0x1a2b }],
	["RTP/AVP;destination;client_port=1-2", { destination: undefined }],
	["RTP/SAVP;unicast;client_port=1-2", { framing: undefined, specifier: "RTP/SAVP" }],
	["RAW/RAW/UDP;unicast", { framing: undefined }],
	['RTP/AVP;mode="play, record";layers=2;append', { mode: "PLAY, RECORD" }],
];

const REFUSED = [
	"",
	";unicast",
	"RTP/AVP;client_port=",
	"RTP/AVP;client_port=a-b",
	"RTP/AVP;client_port=70000-70001",
	"RTP/AVP;client_port=5000-5001-5002",
	"RTP/AVP/TCP;interleaved=256-257",
	"RTP/AVP;ttl=256",
	"RTP/AVP;ssrc=123456789",
	"RTP/AVP;ssrc=xyz",
	'RTP/AVP;mode="PLAY',
	`RTP/AVP;destination=${"a".repeat(256)}`,
	"RTP/AVP;destination=a b",
	`RTP/AVP${";x".repeat(24)}`,
];

describe("wire/rtsp-transport", () => {
	for (const [field, wanted] of CASES) {
		it(`reads and writes ${field} (STR-1)`, () => {
			const transport = parseTransport(field);
			assert.deepEqual(transport, wanted);
			assert.equal(transport && formatTransport(transport), field);
		});
	}

	for (const [field, wanted] of OTHERS) {
		it(`reads ${field}`, () => {
			const transport: Record<string, unknown> = { ...parseTransport(field) };
			for (const [name, value] of Object.entries(wanted)) assert.deepEqual(transport[name], value, name);
		});
	}

	for (const field of REFUSED) {
		it(`refuses ${field.slice(0, 50)}`, () => {
			assert.equal(parseTransport(field), undefined);
			assert.equal(parseTransports(field), undefined);
		});
	}

	it("reads the alternatives in the order of preference", () => {
		const list = parseTransports(
			'RTP/AVP;unicast;client_port=1-2;mode="PLAY,RECORD", RTP/AVP/TCP;unicast;interleaved=2-3',
		);
		assert.deepEqual(
			list?.map(({ framing }) => framing),
			["udp", "tcp"],
		);
		assert.equal(list?.[0].mode, "PLAY,RECORD");
		assert.equal(specifierOf("tcp"), list?.[1].specifier);
	});

	it("limits the length and the number of alternatives", () => {
		assert.equal(parseTransports(Array(17).fill("RTP/AVP").join(",")), undefined);
		assert.equal(parseTransports(`RTP/AVP;x=${"y".repeat(2048)}`), undefined);
		assert.equal(parseTransports(Array(16).fill("RTP/AVP").join(","))?.length, 16);
	});

	it("never throws on altered fields, and writes what it reads", () => {
		const random = new Prng(11);
		for (let i = 0; i < 5000; i++) {
			const [field] = CASES[random.below(CASES.length)];
			const list = parseTransports(mutate(random, `${field},${field}`, ';,="-/0123456789aRTP'));
			for (const transport of list ?? []) {
				assert.ok((transport.clientPort?.rtp ?? 0) <= 65535 && (transport.interleaved?.rtcp ?? 0) <= 255);
				const again = parseTransport(formatTransport(transport));
				if (transport.specifier !== "" && !transport.mode?.includes('"')) assert.deepEqual(again, transport);
			}
		}
	});
});
