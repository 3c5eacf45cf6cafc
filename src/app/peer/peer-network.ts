import type { IpFamily } from "../../core/ip-address";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import { addressOfPeer, peerOfAddress } from "../../peer/peer-address";
import { isCalled, type PeerName, parsePeerHost } from "../../peer/peer-name";
import type { TunnelService } from "../../peer/tunnel/tunnel-contract";
import type { ConnectOptions, Network, Stream, StreamSink } from "../../ports/net";
import type {
	AddressRecord,
	Lookup,
	Resolver,
	ResolverAnswer,
	ResolverDone,
	ServiceRecord,
} from "../../ports/resolver";
import { WrappedNetwork } from "../../ports/wrapped-network";
import { type ConnectionHost, PeerConnection } from "./peer-connection";
import type { FoundPeer, HomeAccess, PeerEndpoint } from "./peer-services";
import { WaitingStream } from "./waiting-stream";

/** The name of the own home in host names: `garage.home.peer`. */
export const OWN_HOME = "home";
/** How long a list of devices is used. */
const LIST_AGE: Millis = 30_000;
/** How many devices are remembered with the home at which they were found. */
const PEERS_MAX = 256;
/** The ports that stand for RTSP; all others stand for HTTP, as a tunnel has services and no ports. */
const RTSP_PORTS: readonly number[] = Object.freeze([554, 8554]);

/** A home that names can be in. */
export interface NamedHome {
	readonly name: string;
	readonly access: HomeAccess;
}

/** What peers are found and reached by; a host makes its network before there is any of it. */
export interface PeerReach {
	readonly endpoint: Pick<PeerEndpoint, "find">;
	/** The homes that names can be in, with the own one as {@link OWN_HOME}. */
	homes(): readonly NamedHome[];
	readonly connections: ConnectionHost;
}

/**
 * Connections to devices behind NATs, for programs that know nothing of them: names such as `garage.cabin.peer` have virtual addresses,
 * and to connect to one opens a stream of a tunnel. All else is the host's own network.
 */
export class PeerNetwork extends WrappedNetwork {
	/** Absent until the host's program is composed: then nobody is found. */
	private reach: PeerReach | undefined;
	private readonly known = new Map<string, HomeAccess>();
	private readonly connections = new Map<string, PeerConnection>();
	private readonly lists = new Map<string, { readonly at: Millis; readonly found: readonly FoundPeer[] }>();

	/** @param pump for its answers; it may be another one than that of the connections */
	constructor(
		network: Network,
		private readonly pump: Pump,
	) {
		super(network);
	}

	/** Sets what peers are found by. */
	attach(reach: PeerReach): void {
		this.reach = reach;
	}

	/** This network is used in place of the host's own. */
	override watch(changed?: () => void): void {
		this.network.watch(changed);
	}

	override connect(options: ConnectOptions, sink: StreamSink): Stream {
		const peer = peerOfAddress(options.address);
		if (peer === undefined) return this.network.connect(options, sink);
		const service: TunnelService = RTSP_PORTS.includes(options.port) ? "rtsp" : "http";
		const connection = options.tls === undefined ? this.connectionTo(peer) : undefined;
		if (connection !== undefined) return connection.open(service, sink, options.port);
		const { pump } = this;
		const stream = new WaitingStream(pump, service, sink, { streamGone() {} }, options.address, options.port);
		const [why, detail] =
			options.tls === undefined
				? (["unreachable", "the device is not known, look up its name again"] as const)
				: (["tls", "tunnels to peers are encrypted already: use http:// or rtsp://"] as const);
		pump.after(0, () => stream.fail(why, detail));
		return stream;
	}

	/** Closes all tunnels. */
	close(): void {
		for (const connection of this.connections.values()) connection.close();
		this.connections.clear();
	}

	/** A resolver that knows the names of peers, and asks another one for all others. */
	resolver(other: Resolver): Resolver {
		return {
			addresses: (name, family, limit, done) => {
				const asked = parsePeerHost(name);
				return asked === undefined
					? other.addresses(name, family, limit, done)
					: this.lookUp(asked, family, limit, done);
			},
			services: (name, limit, done) => {
				if (!name.toLowerCase().endsWith(".peer")) return other.services(name, limit, done);
				return this.later<ServiceRecord>(done, { failure: "not-found", detail: "peers have no such records" });
			},
		};
	}

	private connectionTo(peer: string): PeerConnection | undefined {
		let connection = this.connections.get(peer);
		const access = this.known.get(peer);
		const { reach } = this;
		if (connection === undefined && access !== undefined && reach !== undefined) {
			connection = new PeerConnection(reach.connections, access, peer);
			this.connections.set(peer, connection);
		}
		return connection;
	}

	private lookUp(asked: PeerName, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		if (family === 4) return this.later(done, { failure: "not-found", detail: "peers have IPv6 addresses only" });
		const { reach } = this;
		if (reach === undefined) return this.later(done, { failure: "no-server", detail: "there is no rendezvous server" });
		const home = reach.homes().find(({ name, access }) => isCalled(asked.home, name, access.home));
		if (home === undefined)
			return this.later(done, {
				failure: "not-found",
				detail: `this device is not paired with a home "${asked.home}"`,
			});
		const { access } = home;
		const list = this.lists.get(access.home);
		const { pump } = this;
		if (list !== undefined && pump.now() - list.at < LIST_AGE)
			return this.later(done, this.answer(asked, access, list.found));
		let isOver = false;
		const finish = (answer: ResolverAnswer<AddressRecord>): void => {
			if (isOver) return;
			isOver = true;
			done(answer);
		};
		pump.after(limit, () => finish({ failure: "timeout", detail: `no answer within ${limit} ms` }));
		reach.endpoint.find(access, { name: "", tag: "" }, (found) => {
			if (typeof found === "string") return pump.after(0, () => finish({ failure: "server", detail: found }));
			this.lists.set(access.home, { at: pump.now(), found });
			const answer = this.answer(asked, access, found);
			pump.after(0, () => finish(answer));
		});
		return {
			cancel: () => {
				isOver = true;
			},
		};
	}

	private answer(asked: PeerName, access: HomeAccess, found: readonly FoundPeer[]): ResolverAnswer<AddressRecord> {
		const device = found.find(({ peer, name, isPortal }) =>
			asked.device === "" ? isPortal : isCalled(asked.device, name, peer),
		);
		if (device === undefined)
			return { failure: "not-found", detail: `no device "${asked.device || "portal"}" is registered in that home` };
		if (!this.know(device.peer, access)) {
			return { failure: "not-found", detail: `another home has a device with the identity of "${asked.device}" too` };
		}
		// Another device may have the name later.
		return { records: [{ address: addressOfPeer(device.peer), ttl: LIST_AGE / 1000 }] };
	}

	/**
	 * Remembers the home of a device. Homes give the identities of their devices, so one may give that of another's, to get what is sent to
	 * it: the own home comes first, then the first one.
	 */
	private know(peer: string, access: HomeAccess): boolean {
		const before = this.known.get(peer);
		if (before !== undefined && before.home !== access.home) {
			const homes = this.reach?.homes() ?? [];
			const isOwn = homes.some((home) => home.name === OWN_HOME && home.access.home === access.home);
			if (!isOwn && homes.some((home) => home.access.home === before.home)) return false;
			this.connections.get(peer)?.close();
			this.connections.delete(peer);
		}
		if (this.known.size < PEERS_MAX || before !== undefined) this.known.set(peer, access);
		return true;
	}

	private later<Record>(done: ResolverDone<Record>, answer: ResolverAnswer<Record>): Lookup {
		let isOver = false;
		this.pump.after(0, () => {
			if (!isOver) done(answer);
		});
		return {
			cancel: () => {
				isOver = true;
			},
		};
	}
}
