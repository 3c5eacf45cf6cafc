import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { NodeCiphers } from "../../hosts/node/ciphers";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import { openTunnel } from "../../src/peer/tunnel/peer-tunnel";
import type { LinkedTunnel, TunnelSink } from "../../src/peer/tunnel/tunnel-contract";
import { tunnelHost } from "../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import type { StreamSink } from "../../src/ports/net";
import { InterleavedPlayer } from "../support/interleaved-player";
import { UdpLink } from "../support/udp-tunnel";
import { until } from "../support/until";

/** The private key of the cameras in these tests, in hexadecimal. */
export const CAMERA_KEY = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893";
/** How many pictures are waited for, and how many octets. */
const PICTURES = 45;
export const BULK = 2_000_000;

/** A camera that sends to a port of this machine. */
export interface RunningCamera {
	readonly port: number;
	stop(): void;
}

/** Two UDP ports that pass everything on to each other, with delay and losses. */
class LossyWire {
	lost = 0;
	private isClosed = false;
	/** The port that the viewer sends to, and the camera. */
	ports: readonly number[] = [];
	private readonly random = new Prng(7);

	private constructor(
		private readonly sockets: readonly Socket[],
		private readonly loss: number,
	) {}

	/** @param delay in each direction, in milliseconds @param loss the part that is lost */
	static async open(delay: number, loss: number): Promise<LossyWire> {
		const sockets = [createSocket("udp4"), createSocket("udp4")];
		const wire = new LossyWire(sockets, loss);
		for (const socket of sockets) await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
		wire.ports = sockets.map((socket) => socket.address().port);
		const far = [0, 0];
		for (const [i, socket] of sockets.entries()) {
			socket.on("message", (bytes, { port }) => {
				far[i] = port;
				if (wire.loses()) return;
				setTimeout(() => {
					if (!wire.isClosed && far[1 - i] !== 0) sockets[1 - i].send(bytes, far[1 - i], "127.0.0.1", () => undefined);
				}, delay);
			});
		}
		wire.learn = (i, port) => {
			far[i] = port;
		};
		return wire;
	}

	/** Tells where an end is before it has sent. */
	learn: (end: number, port: number) => void = () => undefined;

	close(): void {
		this.isClosed = true;
		for (const socket of this.sockets) socket.close();
	}

	private loses(): boolean {
		const isLost = this.random.chance(this.loss);
		if (isLost) this.lost++;
		return isLost;
	}
}

/** A viewer of Node.js with its tunnel to a camera. */
class Viewer implements TunnelSink {
	tunnel!: LinkedTunnel;
	ending: string | undefined;
	readonly player = new InterleavedPlayer(() => performance.now());
	octets = 0;
	isBulkOver = false;

	opened(): void {
		const { player } = this;
		const rtsp = this.tunnel.open("rtsp", {
			room: () => undefined,
			received: (bytes) => player.take(bytes),
			ended: () => undefined,
			gone: () => undefined,
		});
		this.ask = (text) => {
			const bytes = new TextEncoder().encode(text);
			if (rtsp.room > 0) rtsp.write(bytes, 0, bytes.length);
		};
		this.tunnel.open("http", this.bulk);
	}

	ask: (text: string) => void = () => undefined;

	accepted(): undefined {}

	ended(why: string, detail: string): void {
		this.ending = `${why} ${detail}`;
	}

	private readonly bulk: StreamSink = {
		room: () => undefined,
		received: (bytes) => {
			this.octets += bytes.length;
		},
		ended: () => {
			this.isBulkOver = true;
		},
		gone: () => undefined,
	};
}

/**
 * Proves that a tunnel carries video of 8 Mbit/s and a download over UDP with losses, between a viewer of Node.js and a camera.
 * @param start starts a camera that sends to a port
 */
export function tunnelUdpSuite(start: (to: number) => Promise<RunningCamera>): void {
	for (const loss of [0, 0.02]) {
		it(`carries video of 8 Mbit/s, its control and a download over UDP at ${loss * 100} % loss (P2P-13)`, async function () {
			this.timeout(120_000);
			const wire = await LossyWire.open(20, loss);
			const camera = await start(wire.ports[1]);
			wire.learn(1, camera.port);
			const pump = new Pump(new NodeClock());
			const ciphers = new NodeCiphers();
			const deviceKey = ciphers.publicKeyOf(Buffer.from(CAMERA_KEY, "hex"));
			const viewer = new Viewer();
			const offer = { own: ciphers.drawKey(), deviceKey: () => deviceKey, payload: new Uint8Array(0) };
			viewer.tunnel = openTunnel(tunnelHost(pump, ciphers, LARGE_TUNNEL), offer, viewer);
			const link = new UdpLink(new NodeNetwork(), pump, 0, wire.ports[0], () => link.connect(viewer.tunnel));
			viewer.tunnel.attach(link);
			let asked = 0;
			const asking = setInterval(() => {
				if (viewer.player.frames > 0 && asked < 10) viewer.ask(`OPTIONS * RTSP/1.0\r\nCSeq: ${++asked}\r\n\r\n`);
			}, 200);
			try {
				await until("pictures", 5000, () => viewer.ending ?? viewer.player.whole >= PICTURES);
				await until("the download", 5000, () => viewer.ending ?? viewer.isBulkOver);
				await until("answers", 5000, () => viewer.player.text.split("200 OK").length > 10);
			} finally {
				clearInterval(asking);
				viewer.tunnel.close();
				camera.stop();
				wire.close();
			}
			const { counters } = viewer.tunnel;
			assert.equal(viewer.octets, BULK);
			assert.equal(viewer.player.wrong, undefined);
			if (loss > 0) assert.ok(wire.lost > 10);
			// A machine that is busy with other things may give some up.
			assert.ok(counters.lost < counters.received / 20, `${counters.lost} of ${counters.received} were given up`);
		});
	}
}
