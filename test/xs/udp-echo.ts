import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import type { UdpSink, UdpSocket } from "../../src/ports/net";

/** Sends every datagram on to a port of this machine with two octets changed, as a relay of RTP does. For tools/bench/udp. */
class Relay implements UdpSink {
	private readonly socket: UdpSocket;

	constructor(
		port: number,
		private readonly to: number,
	) {
		this.socket = new LinuxNetwork(new LinuxInterfaces()).udp({ address: "127.0.0.1", port }, this);
	}

	opened(): void {
		process.print("open\n");
	}

	received(bytes: Uint8Array): void {
		// A sequence number of its own, as for a receiver that joined late.
		bytes[2] ^= 0x5a;
		bytes[3] ^= 0xa5;
		this.socket.send(bytes, 0, bytes.length, "127.0.0.1", this.to);
	}

	failed(_why: string, detail: string): void {
		process.error(`${detail}\n`);
		process.exit(1);
	}
}

const [port, to] = process.arguments.map(Number);
new Relay(port, to);
process.onSignal(() => {
	process.print(`${JSON.stringify({ slots: process.slots, chunks: process.chunks })}\n`);
	process.exit(0);
});
