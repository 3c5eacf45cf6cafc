import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { Handle } from "../../src/core/pump";
import { Pump } from "../../src/core/pump";
import type { FanOutGroup, FanOutReceiver } from "../../src/ports/net";
import type { AddressRow } from "../../src/stream/address/address-row";
import { AddressTable } from "../../src/stream/address/address-table";
import type { MediaPath } from "../../src/stream/media-path";
import { BandwidthManager } from "../../src/stream/reports/bandwidth-manager";
import { MediaClock } from "../../src/stream/reports/media-clock";
import { RtcpContext, type RtcpOutbox, RtcpSession } from "../../src/stream/reports/rtcp-session";
import { RtspRefusal } from "../../src/stream/rtsp-refusal";
import { ProcessingUnits } from "../../src/stream/units/processing-units";
import { UdpReachability } from "../../src/stream/units/udp-reachability";
import { RTP_HEADER, writeRtpHeader } from "../../src/wire/rtp";

/** One stream of a {@link UnitRig}, from SETUP to its end. */
export class RigStream {
	readonly session: RtcpSession;
	readonly manager: BandwidthManager;
	readonly handle: Handle<RtcpSession, RtcpOutbox>;
	path: MediaPath | undefined;
	refusal: RtspRefusal | undefined;
	receiver: FanOutReceiver | undefined;
	playingSince = Infinity;
	/** What came in, in order, without repetitions: `alive`, `report`, `goodbye`. */
	readonly arrivals: string[] = [];
	ended = "";

	constructor(
		private readonly rig: UnitRig,
		readonly client: string,
		local: string,
		rtpPort: number,
		readonly ssrc: number,
	) {
		this.session = new RtcpSession(this, rig.context);
		this.manager = new BandwidthManager("JPEG", "udp", rig.rate);
		this.handle = rig.pump.add(this.session, {
			sendReport: (bytes, start, end) => this.path?.sendReport(bytes, start, end),
		});
		const reports = {
			client,
			ssrc,
			report: (now: number, bytes: Uint8Array, start: number, end: number) => this.arrived(now, bytes, start, end),
		};
		const request = { client, rtpPort, rtcpPort: rtpPort + 1, local, reports };
		rig.units.open(rig.pump.now(), request, (_now, answer) => {
			if (answer instanceof RtspRefusal) this.refusal = answer;
			else this.path = answer;
		});
	}

	/** @see SentStream */
	readonly overhead = RTP_HEADER;

	get packets(): number {
		return this.receiver?.packets ?? 0;
	}

	get octets(): number {
		return this.receiver?.octets ?? 0;
	}

	timestampAt(now: number): number {
		return this.rig.mediaClock.timestampAt(now);
	}

	/** Begins to send. */
	play(): void {
		const { rig, path } = this;
		if (path === undefined) throw new Error("no path");
		this.receiver = rig.group.addPeer(path.socket, path.peer, { ssrc: this.ssrc, sequence: 65_500 });
		this.playingSince = rig.pump.now();
		this.handle.call((session, now) => session.play(now));
	}

	/** Ends the stream. */
	end(reason = "teardown"): void {
		if (this.ended !== "") return;
		this.ended = reason;
		this.handle.call((session, now, out) => session.end(now, out));
		this.handle.remove();
		if (this.receiver !== undefined) this.rig.group.remove(this.receiver);
		this.path?.close();
	}

	private arrived(now: number, bytes: Uint8Array, start: number, end: number): void {
		const arrival = this.handle.call((session) => session.receive(now, bytes, start, end));
		if (this.arrivals[this.arrivals.length - 1] !== arrival) this.arrivals.push(arrival);
		if (arrival === "report") this.manager.reported(now, this.session);
		else if (arrival === "goodbye") this.end("goodbye");
	}
}

/** A stream server without control and contents: sends pictures of a fixed size by processing units to any number of clients. */
export class UnitRig {
	readonly pump: Pump;
	readonly units: ProcessingUnits;
	readonly context: RtcpContext;
	readonly group: FanOutGroup;
	readonly mediaClock = new MediaClock();
	readonly reachability = new UdpReachability();
	readonly streams: RigStream[] = [];
	private readonly bytes: Uint8Array;
	private readonly offsets: Uint32Array;
	private picture = 0;

	/**
	 * @param rate pictures per second
	 * @param packets of each picture, of 1,400 octets
	 */
	constructor(
		private readonly machine: VirtualMachine,
		rows: readonly AddressRow[],
		byRule = false,
		readonly rate = 15,
		private readonly packets = 8,
	) {
		const { network, clock, random, log } = machine;
		this.pump = new Pump(clock);
		this.units = new ProcessingUnits(network, this.pump, random, new AddressTable(rows, byRule), log);
		this.context = new RtcpContext(clock, random, "k7Jq2bXz");
		this.group = network.fanOut();
		this.bytes = new Uint8Array(1400 * packets);
		this.offsets = new Uint32Array(packets + 1);
		for (let i = 0; i <= packets; i++) this.offsets[i] = 1400 * i;
		this.tick();
		this.send();
	}

	/** Sets a stream up; its path is there a moment later. */
	open(client: string, local: string, rtpPort: number, ssrc: number): RigStream {
		const stream = new RigStream(this, client, local, rtpPort, ssrc);
		this.streams.push(stream);
		return stream;
	}

	private send(): void {
		const { machine, pump, group, mediaClock, streams, bytes, offsets, packets } = this;
		machine.world.after(1000 / this.rate, () => this.send());
		const timestamp = (Math.round(machine.world.now * 90) + 0xfffff000) >>> 0;
		mediaClock.set(pump.now(), timestamp);
		for (let i = 0; i < packets; i++) writeRtpHeader(bytes, offsets[i], 26, i === packets - 1, 0, timestamp, 0);
		for (const { manager, receiver } of streams) if (receiver !== undefined) receiver.hold = !manager.takes(true);
		this.picture++;
		group.sendBatch(bytes, offsets, packets);
	}

	private tick(): void {
		this.machine.world.after(1000, () => this.tick());
		const now = this.pump.now();
		for (const stream of this.streams) {
			const { manager, receiver, session, path, client } = stream;
			if (receiver === undefined || path === undefined || stream.ended !== "") continue;
			manager.tick(now, receiver.delivered, receiver.missed);
			if (this.reachability.isUnreachable(now, client, path.expectsReports, stream.playingSince, session.at)) {
				stream.end("unreachable");
			}
		}
	}
}
