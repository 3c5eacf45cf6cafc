import { canonicalIp } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import type { Log } from "../../ports/log";
import type { NetFailure, Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { AddressTable, ClientRows, OutsideAddress } from "../address/address-table";
import type { MediaPath, MediaPathRequest, MediaPaths } from "../media-path";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered } from "../stream-transport";
import { DummyPort } from "./dummy-port";
import { type PairOpening, type PairSocket, PortPairs } from "./port-pairs";
import type { ProcessingUnit } from "./processing-unit";
import { RtcpReceiver } from "./rtcp-receiver";
import { RtcpSender } from "./rtcp-sender";
import { RtcpUnit } from "./rtcp-unit";
import { RtpSender } from "./rtp-sender";
import { SharedSockets } from "./shared-sockets";
import { StreamUnits } from "./stream-units";
import { advertisedRtcp, advertisedRtp, planUnits, type UnitPlace, type UnitPlan } from "./unit-plan";
import { DropCounters, type Now, ReportSocket, type SocketOpening, UnitSocket } from "./unit-socket";

/** With this status players go on by TCP, which needs no units. */
const NO_UDP = Object.freeze(
	new RtspRefusal(
		461,
		"this client gets no UDP (address management table): use RTP/AVP/TCP (interleaved in the RTSP connection)",
	),
);

/** Opens the processing units that the address management table gives to each client (STR-2, STR-4). */
export class ProcessingUnits implements MediaPaths {
	/** What arrived at the units' ports and was dropped. */
	readonly drops = new DropCounters();
	readonly pairs: PortPairs;
	readonly shared: SharedSockets;
	private fault = "";

	/** @param outside what the gateway says. @default not known */
	constructor(
		readonly network: Network,
		readonly clock: Now,
		random: Random,
		readonly table: AddressTable,
		private readonly log: Log,
		private readonly outside?: OutsideAddress,
	) {
		this.pairs = new PortPairs(network, random);
		this.shared = new SharedSockets(network, this.drops, clock);
	}

	open(now: Millis, request: MediaPathRequest, answered: Answered<MediaPath>): void {
		const client = canonicalIp(request.client) ?? "";
		const paths = [...this.network.paths(), ...this.network.ipv6Paths()];
		const rows = this.table.lookup(client, request.local, paths, this.outside);
		if (rows === undefined) {
			answered(now, NO_UDP);
			return;
		}
		const plan = planUnits(rows, client, request.local);
		new UnitsOpening(this, rows, plan, client, request, answered).start();
	}

	/** Sockets could not be opened: the log gets each reason once in a row. */
	failed(detail: string): void {
		if (detail !== this.fault) this.log.write("warn", "stream", detail);
		this.fault = detail;
	}

	/** Sockets were opened. */
	succeeded(): void {
		this.fault = "";
	}
}

/** The opening of one stream's units: first the shared sockets, then a pair for the others. */
class UnitsOpening implements SocketOpening, PairOpening {
	private readonly shared: UnitSocket[] = [];
	private readonly own: PairSocket[] = [];
	/** Shared sockets that are not open yet, and one while more may follow. */
	private pending = 1;
	private failure: string | undefined;
	private rtp!: UnitSocket;
	private sender: UnitSocket | undefined;
	private receiver: UnitSocket | undefined;
	private dummy: UnitSocket | undefined;

	constructor(
		private readonly owner: ProcessingUnits,
		private readonly rows: ClientRows,
		private readonly plan: UnitPlan,
		private readonly client: string,
		private readonly request: MediaPathRequest,
		private readonly answered: Answered<MediaPath>,
	) {}

	start(): void {
		const { owner, plan } = this;
		const { drops, clock } = owner;
		this.rtp = this.place(plan.rtp, 0, () => new UnitSocket(drops));
		const both = plan.sender !== undefined && plan.sender === plan.receiver;
		const receiving = (): UnitSocket => new ReportSocket(drops, clock);
		if (plan.sender !== undefined) {
			this.sender = this.place(plan.sender, 1, both ? receiving : () => new UnitSocket(drops));
		}
		if (both) this.receiver = this.sender;
		else if (plan.receiver !== undefined) this.receiver = this.place(plan.receiver, 1, receiving);
		// A dummy port is bound, so that nobody else uses it; what arrives there is dropped (STR-6, STR-20).
		if (plan.sender === undefined && plan.receiver === undefined) {
			this.dummy = this.place({ address: plan.rtp.address, port: 0 }, 1, () => new UnitSocket(drops));
		}
		this.socketOpened();
	}

	/** One of the shared sockets is open, or all were asked for. */
	socketOpened(): void {
		if (--this.pending > 0) return;
		if (this.failure !== undefined) this.refuse(this.failure);
		else if (this.own.length === 0) this.done(0);
		else this.owner.pairs.open(this.own, this.plan.first, this.plan.last, this);
	}

	socketFailed(why: NetFailure, detail: string): void {
		this.failure = `a port of the address management table can't be opened: ${why}: ${detail}`;
		this.socketOpened();
	}

	pairOpened(even: number): void {
		this.done(even);
	}

	pairFailed(why: NetFailure, detail: string): void {
		this.refuse(`no ports for a stream: ${why}: ${detail}`);
	}

	private place({ address, port }: UnitPlace, offset: 0 | 1, make: () => UnitSocket): UnitSocket {
		if (port === 0) {
			const socket = make();
			this.own.push({ socket, address, offset });
			return socket;
		}
		this.pending++;
		const socket = this.owner.shared.use(address, port, this);
		this.shared.push(socket);
		return socket;
	}

	private done(even: number): void {
		const { owner, request, rows, plan, client, rtp, sender, receiver, dummy } = this;
		const rtpPeer = rtp.socket?.peer(client, request.rtpPort);
		const rtcpPeer = (sender ?? rtp).socket?.peer(client, request.rtcpPort);
		if (rtpPeer === undefined || rtcpPeer === undefined) {
			this.refuse("the client's address and the bound address have different families", even);
			return;
		}
		owner.succeeded();
		const { reports } = request;
		const port = advertisedRtcp(rows, even);
		const apart = receiver === undefined || receiver === sender ? undefined : new RtcpReceiver(receiver, reports, port);
		let rtcp: ProcessingUnit;
		if (sender === undefined) rtcp = apart ?? new DummyPort(dummy as UnitSocket, port);
		else if (sender === receiver) rtcp = new RtcpUnit(sender, rtcpPeer, reports, port);
		else rtcp = new RtcpSender(sender, rtcpPeer, port);
		const { source, expectsReports } = plan;
		const first = new RtpSender(rtp, rtpPeer, advertisedRtp(rows, even));
		const second = rtcp === apart ? undefined : apart;
		const path = new StreamUnits(first, rtcp, second, source, expectsReports, owner.pairs, even);
		this.answered(owner.clock.now(), path);
	}

	private refuse(detail: string, even = 0): void {
		this.owner.failed(detail);
		for (const socket of this.shared) socket.release();
		for (const { socket } of this.own) socket.close();
		if (even > 0) this.owner.pairs.free(even);
		this.answered(this.owner.clock.now(), NO_PORTS);
	}
}

const NO_PORTS = Object.freeze(
	new RtspRefusal(503, "no ports are free for media by UDP: try again later, or use RTP/AVP/TCP"),
);
