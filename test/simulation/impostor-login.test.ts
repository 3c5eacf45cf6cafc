import assert from "node:assert/strict";
import { Lan } from "../../hosts/virtual/lan";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { CameraVisit } from "../../src/app/doctor/camera-visit";
import type { FoundCamera } from "../../src/app/doctor/found-camera";
import { pairByLogin } from "../../src/app/viewer/pair-by-login";
import { toBase64 } from "../../src/base/base64";
import { latin1, utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import type { StreamSink } from "../../src/ports/net";

const PASSWORD = "open-sesame";
const ADDRESS = "192.168.0.7";
const CAMERA: FoundCamera = {
	id: "14d957c4f6f78bd3",
	name: "Garage",
	address: ADDRESS,
	port: 443,
	secure: true,
	externalPort: 0,
	externalHost: "",
	rtspPort: 0,
	rtspExternalPort: 0,
	takesRelays: false,
	isSealed: true,
	path: undefined,
};

const ANSWER = utf8Encode(
	'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
);

/** Somebody with the address of a camera and any certificate, who asks for the password by Basic. @returns what came in */
function impostor(world: World, lan: Lan): () => string {
	const machine = new VirtualMachine(world, "impostor");
	machine.attach(lan, { address: ADDRESS });
	let heard = "";
	machine.network.listen(
		{ port: 443, tls: { certificate: "mallory", key: "mallory" } },
		{
			opened() {},
			failed() {},
			accepted: (stream): StreamSink => ({
				room() {},
				received(bytes: Uint8Array) {
					heard += latin1(bytes);
					stream.write(ANSWER, 0, ANSWER.length);
					stream.end();
				},
				ended() {},
				gone() {},
			}),
		},
	);
	return () => heard;
}

describe("simulation/impostor at a camera's address", () => {
	for (const kind of ["doctor", "pairing"] as const) {
		it(`gets no password by Basic over TLS with a certificate of its own: ${kind} (ONE-5)`, () => {
			const world = new World(5);
			const lan = new Lan(world, { name: "lan" });
			const heard = impostor(world, lan);
			const machine = new VirtualMachine(world, "owner's");
			machine.attach(lan, { address: "192.168.0.2" });
			const { network, resolver, random, clock } = machine;
			const host = { pump: new Pump(clock), network, resolver, random };
			let isOver = false;
			const done = (): void => {
				isOver = true;
			};
			const login = { user: "owner", password: PASSWORD, home: "Home" };
			if (kind === "doctor") new CameraVisit(host, CAMERA, done).begin("", login);
			else pairByLogin(host, { secure: true, host: ADDRESS, port: 443, target: "/" }, login, done);
			world.runFor(15_000);
			assert.ok(isOver);
			assert.match(heard(), /HTTP\/1\.1\r\n/, "it was asked");
			assert.ok(!heard().includes(toBase64(utf8Encode(`owner:${PASSWORD}`))), heard());
			assert.doesNotMatch(heard(), /Authorization: Basic/);
		});
	}
});
