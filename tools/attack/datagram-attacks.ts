import { ByteWriter } from "../../src/base/byte-writer";
import { FLEET_GROUP, FLEET_PORT } from "../../src/fleet/fleet-settings";
import {
	encodeFleetMessage,
	FLEET_MESSAGE_MAX,
	FLEET_MESSAGE_TYPES,
	type FleetMessage,
} from "../../src/wire/fleet-message";
import { PCP_PORT } from "../../src/wire/pcp";
import { buildAlive, buildByebye, buildSearch, SSDP_GROUP, SSDP_PORT } from "../../src/wire/ssdp";
import { mutate } from "../../test/support/mutate";
import { FORGER, type Forger } from "./forger";
import type { Attack, Place, Scene } from "./scene";

const FORGERS: readonly Place[] = ["forger"];
const ROUTER = "192.168.0.1";
const BROADCAST = "192.168.0.255";
const NUMBERS = [0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const DEVICES = [
	"urn:schemas-upnp-org:device:InternetGatewayDevice:1",
	"urn:schemas-upnp-org:service:WANIPConnection:1",
	"upnp:rootdevice",
	"ssdp:all",
	"uuid:0",
];
const encoder = new ByteWriter(FLEET_MESSAGE_MAX);

/** An address in the LAN that a datagram claims to come from: a stranger's, a camera's or the router's. */
function anyone(scene: Scene): string {
	const { random } = scene;
	const kind = random.below(6);
	if (kind === 0) return scene.target().host;
	if (kind === 1) return ROUTER;
	return kind === 2 ? `192.168.0.${2 + random.below(250)}` : `192.168.0.${100 + random.below(60)}`;
}

function number(scene: Scene): number {
	return scene.random.chance(0.5) ? scene.pick(NUMBERS) : scene.random.u32();
}

function id(scene: Scene): string {
	return `${scene.random.u32().toString(16).padStart(8, "0")}${scene.random.u32().toString(16).padStart(8, "0")}`;
}

/** A number of bytes, mostly changed in some places. */
function spoil(scene: Scene, bytes: Uint8Array): Uint8Array {
	const { random } = scene;
	const spoiled = Uint8Array.from(bytes);
	for (let n = random.below(6); n > 0 && spoiled.length > 0; n--)
		spoiled[random.below(spoiled.length)] = random.below(256);
	return random.chance(0.2) ? spoiled.subarray(0, random.below(spoiled.length + 1)) : spoiled;
}

function noise(scene: Scene, most: number): Uint8Array {
	return Uint8Array.from({ length: scene.random.below(most) }, () => scene.random.below(256));
}

/** A message that is well formed, from a camera that does not exist or in the name of one that does. */
function fleetMessage(scene: Scene, forger: Forger): Uint8Array {
	const { random } = scene;
	const heard =
		scene.random.chance(0.4) && forger.overheard.length > 0 ? scene.pick(forger.overheard).bytes : undefined;
	const sender = heard === undefined ? id(scene) : Buffer.from(heard.subarray(12, 20)).toString("hex");
	const message: FleetMessage = {
		type: scene.pick(FLEET_MESSAGE_TYPES),
		fleet: random.chance(0.95) ? 0 : number(scene),
		sender: sender.padEnd(16, "0").slice(0, 16),
		boot: number(scene),
		sequence: number(scene),
		term: random.chance(0.7) ? random.below(5) : number(scene),
		answer: random.chance(0.5),
		representative: random.chance(0.4),
		holds: random.chance(0.4),
		trouble: random.chance(0.1),
		automaticName: random.chance(0.5),
	};
	const text = random.chance(0.7)
		? `forged ${random.below(1e6)}`
		: scene.pick(["<script>", "__proto__", "a\u0301\u202e\u{1f4a9}", "&\"'<>"]);
	if (random.chance(0.7)) message.name = text;
	if (random.chance(0.5)) message.model = "forged";
	if (random.chance(0.4)) message.externalHost = random.chance(0.5) ? "203.0.113.9" : "evil.example";
	if (random.chance(0.4)) message.target = id(scene);
	if (random.chance(0.4)) message.priority = random.below(256);
	if (random.chance(0.4)) message.heirs = [id(scene), id(scene)];
	if (random.chance(0.4)) message.nonce = number(scene);
	if (random.chance(0.4)) message.age = random.below(65536);
	if (random.chance(0.3)) [message.login, message.loginCheck] = [number(scene), number(scene)];
	if (random.chance(0.3)) message.secret = noise(scene, 500);
	if (random.chance(0.6)) {
		const port = 1 + random.below(65535);
		message.services = [
			{ kind: "http", port, externalPort: random.below(65536), path: "/", secure: random.chance(0.2) },
		];
	}
	// The number of the cameras' key is in their messages.
	const key = forger.overheard.at(-1)?.bytes[4] ?? 0;
	if (!encodeFleetMessage(message, encoder, random.chance(0.8) ? key : random.below(256))) return noise(scene, 600);
	const bytes = encoder.copy();
	if (bytes[4] !== 0) for (let i = 1; i <= 16; i++) bytes[bytes.length - i] = random.below(256);
	return random.chance(0.8) ? bytes : spoil(scene, bytes);
}

/** Attacks by datagrams, with forged source addresses. */
export function datagramAttacks(forger: Forger): readonly Attack[] {
	const send = (scene: Scene, from: string, fromPort: number, to: string, port: number, bytes: Uint8Array): void => {
		scene.sends(`${to}:${port} from ${from}`, bytes);
		forger.send(from, fromPort, to, port, bytes);
	};
	const toFleet = (scene: Scene, from: string, bytes: Uint8Array): void => {
		const to = scene.pick([FLEET_GROUP, BROADCAST, scene.target().host, scene.target().host]);
		send(scene, from, FLEET_PORT, to, FLEET_PORT, bytes);
	};
	return [
		{
			name: "udp-noise",
			places: FORGERS,
			pause: 20,
			together: 1,
			act(scene) {
				const port = scene.pick([FLEET_PORT, SSDP_PORT, PCP_PORT, 5350, 5353, scene.random.below(65536)]);
				const to = scene.pick([scene.target().host, FLEET_GROUP, SSDP_GROUP, "224.0.0.251", "224.0.0.1"]);
				send(scene, anyone(scene), port, to, port, noise(scene, scene.pick([8, 64, 600, 1472])));
			},
		},
		{
			name: "fleet-forged",
			places: FORGERS,
			pause: 30,
			together: 1,
			act(scene) {
				toFleet(scene, anyone(scene), fleetMessage(scene, forger));
			},
		},
		{
			name: "fleet-flood",
			places: FORGERS,
			pause: 1000,
			together: 1,
			act(scene) {
				const from = anyone(scene);
				for (let n = scene.random.below(500); n >= 0; n--) {
					toFleet(scene, scene.random.chance(0.5) ? from : anyone(scene), fleetMessage(scene, forger));
				}
			},
		},
		{
			name: "fleet-replayed",
			places: FORGERS,
			pause: 30,
			together: 1,
			act(scene) {
				if (forger.overheard.length === 0) return;
				const { from, bytes } = scene.pick(forger.overheard);
				const origin = scene.pick([from, from, FORGER, anyone(scene)]);
				toFleet(scene, origin, scene.random.chance(0.6) ? bytes : spoil(scene, bytes));
			},
		},
		{
			name: "ssdp-searches",
			places: FORGERS,
			pause: 40,
			together: 1,
			act(scene) {
				const search = buildSearch(SSDP_GROUP, scene.pick(DEVICES), scene.random.below(130));
				const text = Buffer.from(search).toString("latin1");
				const bytes = scene.random.chance(0.6)
					? search
					: Buffer.from(mutate(scene.random, text, "\r\n:*MXST\0\xff"), "latin1");
				const to = scene.pick([SSDP_GROUP, scene.target().host]);
				send(scene, anyone(scene), 1024 + scene.random.below(60_000), to, SSDP_PORT, bytes);
			},
		},
		{
			name: "ssdp-notifies",
			places: FORGERS,
			pause: 60,
			together: 1,
			act(scene) {
				const { random } = scene;
				const from = anyone(scene);
				const host = scene.pick([from, "[::1]", "evil.example", "127.0.0.1", `${from}:${random.below(70_000)}`]);
				const path = scene.pick(["/", "/rootDesc.xml", `/${"a".repeat(random.below(1500))}`, "/a?b=http://c/d"]);
				const device = { location: `http://${host}${path}`, server: "x/1", bootId: number(scene) };
				const type = scene.pick(DEVICES);
				const bytes = (random.chance(0.7) ? buildAlive : buildByebye)(device, type, `uuid:${id(scene)}::${type}`);
				const text = Buffer.from(bytes).toString("latin1");
				const sent = random.chance(0.6) ? bytes : Buffer.from(mutate(random, text, "\r\n:/*LOCATION\0\xff"), "latin1");
				send(scene, from, SSDP_PORT, scene.pick([SSDP_GROUP, scene.target().host]), SSDP_PORT, sent);
			},
		},
		{
			name: "pcp-noise",
			places: FORGERS,
			pause: 40,
			together: 1,
			act(scene) {
				const { random } = scene;
				const bytes = noise(scene, 70);
				// NAT-PMP has version 0, PCP has 2; answers have the highest bit of the operation set.
				if (bytes.length > 3) {
					bytes[0] = scene.pick([0, 2, 2, 1]);
					bytes[1] = 0x80 | random.below(3);
					bytes[2] = 0;
					bytes[3] = random.below(14);
				}
				const port = scene.pick([5350, PCP_PORT, 1024 + random.below(64_000)]);
				send(
					scene,
					scene.pick([ROUTER, anyone(scene)]),
					PCP_PORT,
					scene.pick(["224.0.0.1", scene.target().host]),
					port,
					bytes,
				);
			},
		},
	];
}
