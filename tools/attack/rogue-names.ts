import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { mutate } from "../../test/support/mutate";
import { FORGER } from "./forger";
import type { Attack, Scene } from "./scene";

/** The DNS server that the cameras are told to use, and the service for dynamic DNS behind it: both hostile. */
export class RogueNames implements Attack {
	readonly name = "dns";
	readonly places = ["forger"] as const;
	readonly pause = 2000;
	readonly together = 1;
	private udp: UdpSocket | undefined;
	private server: Server | undefined;
	private readonly sockets = new Set<Socket>();

	act(scene: Scene): void {
		if (this.udp !== undefined) return;
		const udp = createSocket("udp4");
		this.udp = udp;
		udp.on("message", (query, from) => {
			for (let n = scene.pick([0, 1, 1, 1, 5, 100]); n > 0; n--) {
				const reply = answerTo(scene, query);
				scene.sends(from.address, reply);
				udp.send(reply, from.port, from.address);
			}
		});
		udp.on("error", () => undefined);
		udp.bind(53, FORGER);
		this.server = createServer((socket) => this.serve(scene, socket)).on("error", () => undefined);
		this.server.listen(80, FORGER);
	}

	stop(): void {
		this.udp?.close();
		this.server?.close();
		for (const socket of this.sockets) socket.destroy();
		this.udp = undefined;
		this.server = undefined;
	}

	private serve(scene: Scene, socket: Socket): void {
		this.sockets.add(socket);
		socket.on("close", () => this.sockets.delete(socket));
		socket.on("error", () => undefined);
		socket.on("data", () => {
			const words = scene.pick([
				"good",
				"nochg",
				"911",
				"badauth",
				"<xml>good</xml>",
				"x".repeat(scene.random.below(300_000)),
			]);
			const good = `HTTP/1.1 ${scene.pick([200, 302, 401, 500])} X\r\nLocation: http://${FORGER}/\r\nContent-Length: ${scene.pick([words.length, 1e9, -1])}\r\n\r\n${words}`;
			const answer = mutate(scene.random, good, "\r\n: \0\xff0a");
			scene.sends("a camera", answer);
			scene.answered("asked");
			socket.write(answer, "latin1");
			if (scene.random.chance(0.7)) socket.end();
		});
	}
}

/** A DNS answer with pointers, counts and lengths that may be wrong. @see RFC 1035 §4 */
function answerTo(scene: Scene, query: Buffer): Buffer {
	const { random } = scene;
	const head = Buffer.from(query.subarray(0, 12));
	if (random.chance(0.1)) head.writeUInt16BE(random.below(65536), 0);
	head.writeUInt16BE(0x8180 | (random.chance(0.8) ? 0 : random.below(16)), 2);
	const count = scene.pick([0, 1, 1, 3, 65535]);
	head.writeUInt16BE(count, 6);
	const address = FORGER.split(".").map(Number);
	const record = () =>
		Buffer.from([
			0xc0,
			scene.pick([0x0c, 0x0c, 0x0c, random.below(256)]),
			0,
			scene.pick([1, 1, 5, 28, 33]),
			0,
			1,
			random.below(256),
			0,
			0,
			60,
			0,
			scene.pick([4, 4, 4, random.below(256)]),
			...address,
		]);
	const records = Array.from({ length: Math.min(count, 30) }, record);
	const reply = Buffer.concat([head, query.subarray(12), ...records]);
	for (let n = random.chance(0.5) ? random.below(5) : 0; n > 0; n--)
		reply[random.below(reply.length)] = random.below(256);
	return random.chance(0.9) ? reply : reply.subarray(0, random.below(reply.length));
}
