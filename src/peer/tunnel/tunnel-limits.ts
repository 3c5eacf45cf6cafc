import type { Octets } from "../../core/time";

/** What tunnels may use of the memory. */
export interface TunnelLimits {
	/** Tunnels that a device accepts at a time; on a board mbedTLS has places for 32 keys, and a tunnel may take six. */
	readonly tunnels: number;
	/** Streams of a tunnel at a time, of both sides together. */
	readonly streams: number;
	/** What the other side may send on a stream ahead of the reader; also what is kept of a stream until it is acknowledged. */
	readonly window: Octets;
	/** What may be kept of all streams together that can't be passed on yet; the side that has asked for the tunnel keeps four times as much. */
	readonly held: Octets;
	/** The room of a stream on which nothing waits to be sent. */
	readonly room: Octets;
	/** Media packets that are kept to send them again; a power of two. */
	readonly repairs: number;
	/** The longest interleaved frame of RTSP that is received, with its head; longer ones count as lost. */
	readonly frame: Octets;
	/** Packets in flight that are remembered; a power of two. */
	readonly flight: number;
	/** Handshakes that are answered in a second, by all tunnels of a program together. */
	readonly handshakesPerSecond: number;
}

/** Hosts with plenty of memory: a stream carries 100 Mbit/s at a round trip of 40 ms, and 20 Mbit/s at 200 ms. */
export const LARGE_TUNNEL: TunnelLimits = Object.freeze({
	tunnels: 128,
	streams: 64,
	window: 1_048_576,
	held: 4_194_304,
	room: 262_144,
	repairs: 512,
	frame: 65_539,
	flight: 2048,
	handshakesPerSecond: 50,
});

/** Boards whose heap has 80 kB: two viewers take about 60 kB while they watch by RTSP. */
export const SMALL_TUNNEL: TunnelLimits = Object.freeze({
	tunnels: 3,
	streams: 6,
	window: 8192,
	held: 16_384,
	room: 4096,
	repairs: 16,
	frame: 2048,
	flight: 64,
	handshakesPerSecond: 4,
});
