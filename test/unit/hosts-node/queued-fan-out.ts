import { createSocket, Socket } from "node:dgram";
import { once } from "node:events";
import { NodeNetwork } from "../../../hosts/node/network";
import type { UdpSink, UdpSocket } from "../../../src/ports/net";

const RECEIVERS = 3;
const PACKETS = 20;
const SIZE = 100;

/** Sends a burst to several receivers, each with its own numbers, and prints how many packets arrived as they should. */
async function main(): Promise<void> {
	const group = new NodeNetwork().fanOut();
	const counts = { queued: false, right: 0, wrong: 0 };
	const ends: Socket[] = [];
	const socket = await open();
	for (let ssrc = 0; ssrc < RECEIVERS; ssrc++) {
		const end = createSocket("udp4");
		ends.push(end);
		let sequence = 0;
		end.on("message", (packet) => {
			const isRight =
				packet.length === SIZE &&
				packet.readUInt16BE(2) === sequence++ &&
				packet.readUInt32BE(8) === ssrc &&
				packet[20] === 7;
			counts[isRight ? "right" : "wrong"]++;
		});
		end.bind(0, "127.0.0.1");
		await once(end, "listening");
		const peer = socket.peer("127.0.0.1", end.address().port);
		if (peer === undefined) throw new Error("no peer");
		group.addPeer(socket, peer, { ssrc, sequence: 0 });
	}
	const bytes = new Uint8Array(PACKETS * SIZE).fill(7);
	const { send } = Socket.prototype;
	Socket.prototype.send = function (this: Socket, ...args: unknown[]) {
		Reflect.apply(send, this, args);
		if (this.getSendQueueCount() > 0) counts.queued = true;
	} as typeof send;
	group.sendBatch(
		bytes,
		Uint32Array.from({ length: PACKETS + 1 }, (_, i) => i * SIZE),
		PACKETS,
	);
	bytes.fill(0);
	// Only ends the wait: the test ends it after a minute.
	const limit = Date.now() + 50_000;
	while (counts.right + counts.wrong < RECEIVERS * PACKETS && Date.now() < limit) {
		await new Promise((done) => setTimeout(done, 10));
	}
	socket.close();
	for (const end of ends) end.close();
	console.log(JSON.stringify(counts));
}

function open(): Promise<UdpSocket> {
	return new Promise((done) => {
		const sink: UdpSink = {
			opened: () => done(socket),
			received: () => {},
			failed: (why) => {
				throw new Error(why);
			},
		};
		const socket = new NodeNetwork().udp({ address: "127.0.0.1", port: 0 }, sink);
	});
}

main();
