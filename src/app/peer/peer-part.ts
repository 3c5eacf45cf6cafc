import { toHex } from "../../base/hex";
import { utf8Encode } from "../../base/text";
import type { Path } from "../../core/path";
import type { GatewayEvent } from "../../gateway/gateway-events";
import type { WantedMapping } from "../../gateway/wanted-mapping";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { HomeKeys, proofOf, ticketKeyOf } from "../../peer/home-keys";
import type { PeerLink } from "../../peer/peer-link";
import { ALL_DEVICES, issuePeerTicket, peerTicketSecret } from "../../peer/peer-ticket";
import { parseRendezvous, parseServers } from "../../peer/rendezvous-address";
import type { PEER_SCHEMA } from "../../settings/peer-schema";
import type { ValuesOf } from "../../settings/schema";
import type { ApiOperation } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import type { Notice } from "../../web/notices";
import { deviceRefusalText, PEER_MESSAGES } from "../../web/peer-messages";
import { PEER_PAGE, peerPage } from "../../web/peer-page";
import type { Appliance, ApplianceSettings } from "../appliance";
import type { DeviceTraits } from "../device-facts";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import { type DeviceKey, loadHomeSecret, loadPeerPort, StoredDeviceKey } from "./device-key";
import type { OwnRecord } from "./own-device";
import { UdpPeerEndpoint } from "./peer-endpoint";
import type { PeerServices, PeerSupply } from "./peer-part-services";
import type { HomeAccess } from "./peer-services";
import { identifierTerms, natTerms, peerState, registrationTerms, type ShownPeer, shownLink } from "./peer-state";
import { RegistrationLog } from "./registration-log";
import { STUN_SERVICE } from "./server-addresses";

/** The settings of the part. */
export type PeerPartSettings = ApplianceSettings & ValuesOf<typeof PEER_SCHEMA>;

/** The mapping on the gateway is asked for this many ports, from the port inside on. */
const CANDIDATES = 8;
/** Octets of the part of a ticket that tells it from others. */
const TICKET_ID_OCTETS = 8;
/** How long the server has to confirm that the registration is withdrawn, when the device leaves. */
const FAREWELL = 1000;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: PEER_PAGE, label: PEER_MESSAGES.nav, need: "owner" as const, isRare: true }),
]);

const ROUTES: readonly Route<PeerPart>[] = Object.freeze([
	get(PEER_PAGE, (part: PeerPart, request, reply) => part.show(request, reply), "owner"),
]);

const OPERATIONS: readonly ApiOperation<PeerPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/peer",
		need: "owner",
		about:
			"Peer to peer: the registration at the rendezvous server, the kind of NAT, the addresses, and the viewers that are connected with the way in use.",
		run: (part: PeerPart) => ({ body: peerState(part) }),
	}),
]);

/**
 * Makes a device reachable behind any NAT: registers it at the rendezvous servers, the representative as the portal's (ONE-6), and
 * takes the links of viewers, for other parts to use. Without the setting `rendezvous` it does nothing.
 */
export class PeerPart implements Part, PeerServices, ShownPeer {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly endpoint: UdpPeerEndpoint;
	readonly deviceKey: DeviceKey;
	/** @see PeerServices */
	watchUrl?: string;
	/** @see PeerServices */
	viewerName?: (link: PeerLink) => string;
	/** @see PeerServices */
	readonly sections: ((request: SiteRequest) => string)[] = [];
	private homeKeys: HomeKeys | undefined;
	/** The text of the fleet's key from which {@link homeKeys} was made; empty: the device's own secret. */
	private madeFrom: string | undefined;
	private mapping: WantedMapping | undefined;
	private published = "";
	private readonly registrationLog: RegistrationLog;
	private readonly settings: PeerPartSettings;

	constructor(
		readonly node: Appliance<ApplianceSettings>,
		readonly supply: PeerSupply,
	) {
		const { host, memory, pump, identity } = node;
		// Hosts read the settings with the schema of this part.
		this.settings = node.settings as PeerPartSettings;
		this.deviceKey = new StoredDeviceKey(supply.ciphers, host.store, memory);
		this.endpoint = new UdpPeerEndpoint(
			pump,
			{ network: host.network, random: host.random, clock: host.clock, log: host.log, resolver: supply.resolver },
			{
				peer: identity.id,
				kind: node.kind,
				port: this.settings.peerPort || loadPeerPort(host.random, host.store, memory),
				links: this.settings.peerLinks,
				spread: supply.spread ?? 0,
			},
		);
		this.registrationLog = new RegistrationLog(node);
		this.endpoint.changed = () => {
			this.registrationLog.note(this.endpoint.presence);
			node.changed();
		};
		node.gateway.listen(this);
	}

	/** @see ShownPeer */
	get id(): string {
		return this.node.identity.id;
	}

	/** @see ShownPeer */
	get deviceName(): string {
		return this.node.deviceName;
	}

	/** @see ShownPeer */
	get mappedPort(): number {
		return this.mapping?.externalPort ?? 0;
	}

	/** @see PeerServices */
	get rendezvous(): string {
		return this.settings.rendezvous;
	}

	/** @see PeerServices */
	get rendezvousWeb(): string {
		return this.settings.rendezvousWeb;
	}

	/** @see PeerServices */
	keys(): HomeKeys {
		const text = this.node.fleet.receiver.keys[0]?.text ?? "";
		if (this.homeKeys !== undefined && text === this.madeFrom) return this.homeKeys;
		const { host, memory } = this.node;
		const secret = text === "" ? loadHomeSecret(host.random, host.store, memory) : utf8Encode(text);
		this.homeKeys = new HomeKeys(this.supply.ciphers, secret);
		this.madeFrom = text;
		return this.homeKeys;
	}

	/** @see PeerServices */
	access(scope: string, until: number): HomeAccess | undefined {
		const keys = this.keys();
		const address = parseRendezvous(this.rendezvous);
		const accountKey = address === undefined ? undefined : keys.accountKey(address.key);
		if (accountKey === undefined) return undefined;
		const id = new Uint8Array(TICKET_ID_OCTETS);
		this.node.host.random.fill(id);
		const ticket = issuePeerTicket({ home: keys.home, scope: scope || ALL_DEVICES, until, id: toHex(id) });
		const ticketSecret = peerTicketSecret(ticketKeyOf(accountKey), ticket);
		return { home: keys.home, rendezvous: this.rendezvous, ticket, ticketSecret, pinKey: keys.pinKey };
	}

	start(): void {
		const { rendezvous, stunServers, peerMapped } = this.settings;
		if (rendezvous === "") return;
		this.endpoint.start();
		const servers = parseServers(stunServers) ?? [];
		if (servers.length > 0) this.endpoint.setAddressServers(servers, STUN_SERVICE);
		if (!peerMapped) return;
		const internalPort = this.endpoint.options.port;
		const candidates: number[] = [];
		for (let port = internalPort; port <= 65535 && candidates.length < CANDIDATES; port++) candidates.push(port);
		this.mapping = this.node.gateway.want({ protocol: "UDP", internalPort, candidates, service: "peer" });
	}

	pathsChanged(paths: readonly Path[]): void {
		this.endpoint.setPaths(paths);
		if (this.rendezvous !== "") this.publish();
	}

	/** The name, the representative or the key of the fleet may be another one. */
	refresh(): void {
		if (this.published !== "") this.publish();
	}

	/** @see GatewayListener */
	onGateway(event: GatewayEvent): void {
		if (event.type !== "address" && !(event.type === "mapping" && event.mapping === this.mapping)) return;
		this.endpoint.setMapped(this.node.addresses.externalAddress, this.mappedPort);
	}

	leave(done: () => void): void {
		this.published = "";
		let isDone = false;
		const once = (): void => {
			if (!isDone) done();
			isDone = true;
		};
		this.endpoint.withdraw(once);
		if (!isDone) this.node.pump.after(FAREWELL, once);
	}

	stop(): void {
		this.endpoint.close();
	}

	notices(): readonly Notice[] {
		const registration = this.endpoint.presence?.registration;
		const { notices } = PEER_MESSAGES;
		const list: Notice[] = [];
		const { gateway } = this.node;
		if (gateway.isReached && gateway.notices().length > 0) list.push(notices.pairedOnly);
		if (registration?.state === "trying" && registration.hasFailed) {
			const { refusal } = registration;
			list.push(refusal === 0 ? notices.unreachable : { ...notices.refused, remedy: deviceRefusalText(refusal) });
		}
		if (this.endpoint.addresses.isSymmetric && this.mapping?.state !== "mapped") list.push(notices.symmetric);
		return list;
	}

	facts(): readonly Fact[] {
		if (this.rendezvous === "") return [];
		const { fact, reachable, unreachable } = PEER_MESSAGES;
		const { natKind, natText } = this.endpoint;
		const isRegistered = this.endpoint.presence?.registration.state === "registered";
		return [[fact, isRegistered ? reachable(natKind === "unknown" ? "" : natText) : unreachable]];
	}

	traits(): DeviceTraits {
		if (this.rendezvous === "") return {};
		const { presence, natKind, natText: nat, addresses } = this.endpoint;
		const registration = presence?.registration.state ?? "off";
		const peer = { registration, natKind, nat, symmetric: addresses.isSymmetric };
		return { reach: this.isRegistered ? "punched" : undefined, peer };
	}

	status(): Record<string, unknown> {
		return this.rendezvous === "" ? {} : { peer: peerState(this) };
	}

	metrics(): readonly Metric[] {
		if (this.rendezvous === "") return [];
		const { open, dropped } = this.endpoint;
		let connected = 0;
		for (const { path } of open) if (path !== undefined) connected++;
		return [
			["peer_registered", "gauge", "1: registered at a rendezvous server", this.isRegistered ? 1 : 0],
			["peer_links", "gauge", "Viewers connected by peer to peer", connected],
			[
				"peer_datagrams_dropped_total",
				"counter",
				"Datagrams of the peer-to-peer socket that belong to nobody",
				dropped,
			],
		];
	}

	private get isRegistered(): boolean {
		return this.rendezvous !== "" && this.endpoint.presence?.registration.state === "registered";
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const extra = this.sections.map((section) => section(request)).join("");
		peerPage({
			visitor: this.node.site.visitor(request),
			state: this.rendezvous === "" ? [] : registrationTerms(this),
			identifiers: identifierTerms(this),
			nat: natTerms(this),
			links: [...this.endpoint.open].map((link) => shownLink(link, this.viewerName?.(link))),
			extra,
		}).replyWith(reply, 200, NO_STORE);
	}

	/** Whether the portal is to be found here: at the representative, or without one at the member with the lowest identity. */
	get isPortal(): boolean {
		const { fleet, identity } = this.node;
		if (fleet.self.representative) return true;
		if (fleet.registry.representative() !== undefined) return false;
		for (const { id } of fleet.registry.values()) if (id < identity.id) return false;
		return true;
	}

	private publish(): void {
		if (this.node.isLeaving) return;
		const keys = this.keys();
		const { name } = this.node.fleet.self;
		const { isPortal } = this;
		const described = `${keys.home} ${isPortal} ${name}`;
		if (described === this.published) return;
		const isOtherHome = this.published !== "" && !this.published.startsWith(`${keys.home} `);
		this.published = described;
		const { publicKey: key } = this.deviceKey;
		const { id } = this;
		const own: OwnRecord = {
			name: name || id,
			kind: this.node.kind === "nas" ? "nas" : "camera",
			tags: "",
			isPortal,
			key,
			proof: proofOf(keys.pinKey, id, key),
		};
		// It is in another home now.
		if (isOtherHome) this.endpoint.withdraw(() => {});
		this.endpoint.register(keys, this.rendezvous, own, this.rendezvousWeb);
	}
}
