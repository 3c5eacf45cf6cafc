import assert from "node:assert/strict";
import { playerRowsOf, waysOf } from "../../../../src/app/doctor/camera-ways";
import type { CameraState, FoundCamera, SeenCamera } from "../../../../src/app/doctor/found-camera";
import type { Diagnosis } from "../../../../src/gateway/diagnosis";

const CAMERA: FoundCamera = {
	id: "0123456789abcdef",
	name: "Garage",
	address: "192.168.0.11",
	port: 8000,
	secure: false,
	externalPort: 8081,
	externalHost: "",
	rtspPort: 8554,
	rtspExternalPort: 8555,
	takesRelays: true,
	isSealed: true,
	path: { name: "eth0", address: "192.168.0.2", prefix: 24, gateway: "192.168.0.1" },
};
const STATE: CameraState = {
	mapping: true,
	rendezvous: true,
	registration: "registered",
	natKind: "cone",
	nat: "a cone NAT",
	symmetric: false,
	relays: 1,
};
const SEEN: SeenCamera = { camera: CAMERA, lan: { millis: 12 }, mapped: { millis: 15 }, state: STATE };

/** The verdict and the text of a way, with what differs from a home where all of them work. */
function way(
	name: string,
	seen: Partial<SeenCamera>,
	camera: Partial<FoundCamera> = {},
	gateway: { address?: string; problems?: readonly Diagnosis[] } = {},
): string {
	const all = { ...SEEN, ...seen, camera: { ...CAMERA, ...camera } };
	const found = waysOf(all, { address: "198.20.0.1", problems: [], ...gateway }).find((each) => each.way === name);
	return `${found?.works}: ${found?.text}`;
}

describe("app/doctor/camera-ways (ONE-10)", () => {
	it("says where each way leads in a home in which all of them work", () => {
		assert.deepEqual(
			waysOf(SEEN, { address: "198.20.0.1", problems: [] }).map(({ works }) => works),
			[true, true, true, true],
		);
		assert.equal(way("lan", {}), "true: it answers in 12 ms at http://192.168.0.11:8000/");
		assert.equal(way("mapped", {}), "true: it answers at http://198.20.0.1:8081/");
	});

	for (const [title, name, seen, camera, gateway, expected] of [
		[
			"a camera that does not answer",
			"lan",
			{ lan: { failure: "it does not answer" } },
			{},
			{},
			/^false: http:.*: it does not/,
		],
		[
			"a router that does not loop back",
			"mapped",
			{ mapped: { failure: "it refuses" } },
			{},
			{},
			/^undefined: the router has opened http:\/\/198\.20\.0\.1:8081\/, which does not answer from inside/,
		],
		["no port", "mapped", {}, { externalPort: 0 }, {}, /^false: the router has opened no port for it$/],
		[
			"no port, and why",
			"mapped",
			{},
			{ externalPort: 0 },
			{ problems: ["no-gateway"] },
			/^false: .* no port for it: No router was found/,
		],
		[
			"a harmless problem",
			"mapped",
			{},
			{ externalPort: 0 },
			{ problems: ["permanent-leases"] },
			/^false: the router has opened no port for it$/,
		],
		[
			"mapping that is off",
			"mapped",
			{ state: { ...STATE, mapping: false } },
			{ externalPort: 0 },
			{},
			/^false: .*--mapping on/,
		],
		[
			"a router behind another one",
			"mapped",
			{},
			{},
			{ address: "192.168.178.2" },
			/^false: the router's address 192\.168\.178\.2 is not one of the Internet/,
		],
		[
			"carrier-grade NAT",
			"mapped",
			{},
			{},
			{ address: "100.64.3.4" },
			/^false: .*100\.64\.3\.4 is not one of the Internet/,
		],
		["no address", "mapped", {}, {}, { address: "" }, /^false: the router's address on the Internet is not known$/],
		[
			"a domain name",
			"mapped",
			{},
			{ externalHost: "home.example" },
			{ address: "" },
			/^true: it answers at http:\/\/home\.example:8081\/$/,
		],
		[
			"no rendezvous server",
			"punched",
			{ state: { ...STATE, rendezvous: false } },
			{},
			{},
			/^false: no rendezvous server is set/,
		],
		[
			"no registration",
			"punched",
			{ state: { ...STATE, registration: "trying" } },
			{},
			{},
			/^false: it is not registered .*\(trying\)/,
		],
		[
			"a symmetric router",
			"punched",
			{ state: { ...STATE, symmetric: true } },
			{},
			{},
			/^true: .*another symmetric router need a TURN server/,
		],
		[
			"an unknown kind of NAT",
			"punched",
			{ state: { ...STATE, natKind: "unknown", nat: "not known: two address servers are needed" } },
			{},
			{},
			/^true: .*not known yet/,
		],
		["a stranger who asks", "punched", { state: "pass it" }, {}, {}, /^undefined: .*not shown to strangers: pass it$/],
		["no relay", "relayed", { state: { ...STATE, relays: 0 } }, {}, {}, /^false: no relay is registered with it/],
		["a fleet without a key", "relayed", {}, { takesRelays: false }, {}, /^false: .*a fleet that has a key/],
		["a stranger who asks for relays", "relayed", { state: "pass it" }, {}, {}, /^undefined: .*: pass it$/],
	] as const) {
		it(`explains ${title}`, () => {
			assert.match(way(name, seen as Partial<SeenCamera>, camera, gateway), expected);
		});
	}

	it("names the row that holds for video players, and why the others do not (STR-18, STR-22, STR-24)", () => {
		const [lan, internet] = playerRowsOf(SEEN);
		assert.match(lan.text, /from 192\.168\.0\.11 to players in 192\.168\.0\.0\/24, .* the row for the home network$/);
		assert.match(
			internet.text,
			/port 8555 of the router.*\(row 0\.0\.0\.0\/0\); .*over TCP; .*\(192\.168\.0\.0\/24\) is for players at home only$/,
		);
		assert.deepEqual([lan.works, internet.works], [true, true]);
	});

	for (const [title, camera, lan, internet] of [
		["no RTSP", { rtspPort: 0 }, /no RTSP/, /no RTSP/],
		[
			"an RTSP port that is not mapped",
			{ rtspExternalPort: 0 },
			/row for the home network/,
			/the router has opened no port for it/,
		],
		["a camera in another network", { path: undefined }, /no network of this machine/, /no network of this machine/],
	] as const) {
		it(`says that no row holds with ${title}`, () => {
			const rows = playerRowsOf({ ...SEEN, camera: { ...CAMERA, ...camera } });
			assert.match(rows[0].text, lan);
			assert.match(rows[1].text, internet);
			assert.equal(rows[1].works, false);
		});
	}
});
