import type { LoginRecord } from "../../access/login-record";
import type { EventSink } from "../../core/event-ring";
import { sameNetwork } from "../../core/ipv4";
import type { Path } from "../../core/path";
import type { DatagramHandle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Fleet } from "../../fleet/fleet";
import type { FleetEvent, FleetOutbox } from "../../fleet/fleet-contract";
import { FLEET_GROUP, FLEET_PORT } from "../../fleet/fleet-settings";
import type { Member } from "../../fleet/member";
import type { SelfDescription } from "../../fleet/self-description";
import type { GatewayEvent } from "../../gateway/gateway-events";
import type { Peer } from "../../gateway/mapping-holder";
import type { HttpReply } from "../../http/http-request";
import type { FloatingAddress } from "../../ports/floating-address";
import type { UdpOptions } from "../../ports/net";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { fleetPage } from "../../web/fleet-page";
import { MESSAGES } from "../../web/messages";
import type { FleetService } from "../../wire/fleet-service";
import type { CredentialListener } from "../access/credential-store";
import type { GatewayListener } from "../gateway/gateway-part";
import { keepName } from "../identity";
import type { Node } from "../node";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { VisitorSource } from "../site";
import { UdpBinding } from "../udp-binding";
import { urlOf } from "../url-of";
import { type FleetKeyListener, FleetKeyManager } from "./fleet-key-manager";
import type { FleetPartSettings } from "./make-fleet";
import { RepresentativeRole, type RoleGateway } from "./representative-role";

/** What the fleet does with the gateway. */
export interface FleetGateway extends RoleGateway {
	readonly isMapping: boolean;
	listen(listener: GatewayListener): void;
	rename(name: string): void;
	setPeers(peers: readonly Peer[]): void;
	askSign(): void;
}

/** What the fleet does with the accounts, which all cameras of a sealed fleet share. */
export interface FleetCredentials {
	readonly record: LoginRecord;
	/** True: the passwords stand in the settings, and are this camera's alone. */
	readonly pinned: boolean;
	listen(listener: CredentialListener): void;
	learn(version: number, text: string): void;
	keyChanged(founded: boolean): void;
}

/** The least time between two changes of the members that other parts are told of. */
const CHANGES_SPACING: Millis = 100;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/fleet", label: MESSAGES.nav.fleet, need: "owner" as const }),
]);

const ROUTES: readonly Route<FleetPart>[] = Object.freeze([
	get("/fleet", (fleet: FleetPart, request, reply) => fleet.page(request, reply), "owner"),
]);

const OPERATIONS: readonly ApiOperation<FleetPart>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/cameras/{id}/name",
		need: "owner",
		about: "Renames a camera of the fleet.",
		fields: Object.freeze([
			Object.freeze({ name: "name", type: "string", about: "1 to 48 octets", example: "Garden", needed: true }),
		]),
		run: (
			fleet: FleetPart,
			form: ReadonlyMap<string, string>,
			_request: SiteRequest,
			[id]: readonly string[],
		): ApiAnswer => (fleet.rename(id, (form.get("name") ?? "").trim()) ? DONE : { fault: MESSAGES.wrong.name }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/cameras/{id}/forget",
		need: "owner",
		about: "Removes a camera that is gone from the portal. It has no effect on a camera that is there.",
		run: (
			fleet: FleetPart,
			_form: ReadonlyMap<string, string>,
			_request: SiteRequest,
			[id]: readonly string[],
		): ApiAnswer => {
			fleet.forget(id);
			return DONE;
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/key",
		need: "owner",
		about: "Creates a key for a fleet that has none, and shows a join code.",
		conflict: "the fleet already has a key",
		run: (fleet: FleetPart) => fleet.answer(fleet.keys.makeKey(), MESSAGES.wrong.hasKey),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/invite",
		need: "owner",
		about: "Shows a join code for ten minutes.",
		conflict: "the fleet has no key yet",
		run: (fleet: FleetPart) => fleet.answer(fleet.keys.invite(), MESSAGES.wrong.noKey),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/join",
		need: "owner",
		about: "Joins the fleet of the camera that shows a join code.",
		conflict: "the join code is invalid, or the fleet already has a key",
		fields: Object.freeze([
			Object.freeze({ name: "code", type: "string", about: "as shown", example: "ABCD-EFGH-IJKL-MNOP", needed: true }),
		]),
		run: (fleet: FleetPart, form: ReadonlyMap<string, string>) =>
			fleet.answer(fleet.keys.joinBy(form.get("code") ?? ""), MESSAGES.wrong.code),
	}),
]);

/**
 * Links this device to the other cameras behind the same gateway: announcements, names, the shared key and accounts,
 * and the choice of the representative (IMG-8 … IMG-13, IMG-15, IMG-20 …).
 */
export class FleetPart implements Part, FleetOutbox, EventSink<FleetEvent>, GatewayListener, FleetKeyListener {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly keys: FleetKeyManager;
	readonly role: RepresentativeRole;
	private readonly handle: DatagramHandle<Fleet, FleetOutbox>;
	/** What this camera says, and what others answer. */
	private readonly own: UdpBinding;
	/** What is said to all. */
	private readonly group: UdpBinding;
	/** When the other parts were told last that members have changed, and whether they know all of it. */
	private toldAt: Millis = -Infinity;
	private isTold = true;
	/** How far the bye of a camera that leaves has come, and what follows it. */
	private farewell: "" | "begun" | "said" = "";
	private resigned: () => void = () => {};
	/** The version of the absent cameras that is stored. */
	private keptAbsent = 0;

	/** @param fleet from make-fleet.ts */
	constructor(
		private readonly node: Node<FleetPartSettings>,
		readonly fleet: Fleet,
		private readonly gateway: FleetGateway,
		private readonly credentials: FleetCredentials,
		floating: FloatingAddress,
		private readonly visitors: VisitorSource,
	) {
		const { host, pump, settings } = node;
		this.handle = pump.addDatagram(fleet, this as FleetOutbox);
		// Two sockets: several cameras on one machine share the port that all are called at, and each is answered at one of
		// its own. All is said by the latter, whose address the fleet's seal covers: so it is bound to one.
		this.own = new UdpBinding(host.network, pump, host.log, "fleet", ownSocket, this);
		this.group = new UdpBinding(host.network, pump, host.log, "fleet", groupSocket, this);
		this.keys = new FleetKeyManager(node, this.handle, this.own, this);
		this.role = new RepresentativeRole(node, gateway, this, floating, settings.floatingAddress);
		gateway.listen(this);
		credentials.listen(this as CredentialListener);
		this.recordChanged(credentials.record);
		const { absent } = fleet.registry;
		if (fleet.sealed) absent.load(node.now, node.memory.read("absent") ?? "");
		this.keptAbsent = absent.version;
	}

	/** What this device says of itself. */
	get self(): Readonly<SelfDescription> {
		return this.fleet.self;
	}

	/** The host that leads to a member from the Internet; empty while it is not known. */
	outsideOf(member: Member): string {
		const { settings, addresses } = this.node;
		return settings.hostName || member.externalHost || addresses.externalHost;
	}

	/** Gives a camera of the fleet, this one or another, a name (IMG-15). @returns false when it cannot have it */
	rename(id: string, name: string): boolean {
		const own = id === this.node.identity.id;
		return this.handle.call((fleet, now, out) =>
			own ? fleet.rename(now, name, out) : fleet.renameMember(id, name, out),
		);
	}

	/** The cameras that fell silent without a bye, those heard most recently last. */
	absent(): readonly AbsentCamera[] {
		const { registry } = this.fleet;
		const utc = this.node.host.clock.utc();
		if (utc !== undefined) registry.absent.date(this.node.now, utc);
		registry.expire(this.node.now, utc);
		return [...registry.absent.values()];
	}

	/** Forgets an absent camera. */
	forget(id: string): void {
		this.handle.call((fleet, _now, out) => fleet.forget(id, out));
	}

	/** The pictures have begun to fail, or work again: the others show it on their pages. */
	setTrouble(trouble: boolean): void {
		if (trouble !== this.self.trouble) this.update({ trouble });
	}

	/** Gives up the representative's role. */
	standDown(): void {
		this.handle.call((fleet, now, out) => fleet.standDown(now, out));
	}

	/** Shows the page on which the owner manages the fleet's key. */
	page(request: SiteRequest, reply: HttpReply): void {
		fleetPage(this.keys.view, this.visitors.visitor(request), this.node.identity.id).reply(reply);
	}

	/** The answer of an operation on the key. The owner stays logged in. */
	answer(done: boolean, fault: string): ApiAnswer {
		return done ? { body: this.keys.view, renew: true } : { fault, status: 409 };
	}

	start(): void {
		this.chooseByGateway();
		const { joinCode } = this.node.settings;
		if (joinCode !== "") this.keys.joinBy(joinCode);
	}

	pathsChanged(paths: readonly Path[]): void {
		this.own.setPaths(paths);
		this.group.setPaths(paths);
		this.keys.setPaths(paths);
		this.begin();
	}

	refresh(): void {
		const services: FleetService[] = [];
		for (const part of this.node.parts) for (const service of part.services?.() ?? []) services.push(service);
		const before = this.self.otherServices;
		if (services.length === before.length && services.every((service, i) => service === before[i])) return;
		this.update({ otherServices: services });
	}

	leave(done: () => void): void {
		this.resign(() => {
			this.node.host.log.write("info", "camera", "stopped");
			done();
		});
	}

	stop(): void {
		this.own.close();
		this.group.close();
	}

	facts(): readonly Fact[] {
		const { facts } = MESSAGES;
		return [
			[facts.role, this.self.representative ? facts.representative : facts.managed],
			[facts.fleet, this.fleet.sealed ? facts.sealed : facts.open],
		];
	}

	status(): Record<string, unknown> {
		const { fleet, node } = this;
		const { addresses } = node;
		const { self } = fleet;
		return {
			name: self.name,
			representative: self.representative,
			externalUrl: urlOf(addresses.externalHost, self.externalPort, self.secure),
			lanUrl: urlOf(addresses.lanAddress(), self.httpPort, self.secure),
			fleet: {
				sealed: fleet.sealed,
				strangeDatagrams: fleet.receiver.strange,
				refusedDatagrams: fleet.receiver.refused,
				term: fleet.succession.term,
				heirs: fleet.succession.heirs,
				cameras: fleet.registry.sorted().map(memberStatus),
				absent: this.absent(),
			},
		};
	}

	metrics(): readonly Metric[] {
		const { registry, self, succession, receiver } = this.fleet;
		return [
			["fleet_cameras", "gauge", "Cameras of the fleet, this one included", registry.size + 1],
			["fleet_representative", "gauge", "1: this camera is the representative", self.representative ? 1 : 0],
			["fleet_absent_cameras", "gauge", "Cameras that fell silent and were not forgotten", registry.absent.size],
			["fleet_term", "gauge", "Successions so far", succession.term],
			["fleet_refused_datagrams_total", "counter", "Messages whose seal was wrong", receiver.refused],
			["external_port", "gauge", "Port on the Internet gateway; 0: none", self.externalPort],
		];
	}

	/** Takes a datagram of either socket. */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		const { paths } = this.node.addresses;
		const from = paths.find((p) => sameNetwork(p.address, address, p.prefix)) ?? path;
		this.keys.receive(from, address, port, bytes);
		this.handle.receive(from, address, port, bytes);
	}

	/** @see FleetOutbox */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.own.send(path, address, port, bytes, start, end);
	}

	/** @see FleetOutbox */
	emit(event: FleetEvent): void {
		this.node.pump.post(this, event);
	}

	/** @see EventSink */
	on(event: FleetEvent): void {
		switch (event.type) {
			case "name":
				keepName(this.node.memory, event.name, event.automatic);
				this.node.host.log.write("info", "fleet", `this camera is now called "${event.name}"`);
				this.gateway.rename(event.name);
				break;
			case "role":
				if (!this.node.isLeaving) this.role.chosen(event);
				break;
			case "login":
				this.credentials.learn(event.version, event.text);
				break;
			case "check-gateway":
				this.gateway.askSign();
				break;
			case "changed":
				this.membersChanged();
				return;
		}
		this.node.changed();
	}

	/** The members have changed. A flood of changes is passed on only at intervals, as each makes all pages stale. */
	private membersChanged(): void {
		const { now, pump } = this.node;
		const wait = this.toldAt + CHANGES_SPACING - now;
		if (wait > 0) {
			if (this.isTold) pump.after(wait, () => this.membersChanged());
			this.isTold = false;
			return;
		}
		this.toldAt = now;
		this.isTold = true;
		this.keys.remember();
		this.keepAbsent();
		// Only a camera that was heard is known to be alive.
		this.gateway.setPeers([...this.fleet.registry.values()].filter((member) => !member.isFromTable));
		this.node.changed();
	}

	/** @see GatewayListener */
	onGateway(event: GatewayEvent): void {
		switch (event.type) {
			case "mapped":
				this.update({ externalPort: event.externalPort, holds: event.representative });
				break;
			case "lost":
				this.update({ externalPort: 0, holds: false });
				break;
			case "beaten":
				this.standDown();
				break;
			case "released":
				this.resign();
				break;
			case "sign":
				this.handle.call((fleet, now, out) => fleet.gatewayAnswered(now, out));
				break;
			case "address":
				this.update({});
				break;
			case "table": {
				const entries = event.entries.flatMap((e) =>
					e.ours && e.protocol === "TCP" ? [{ ...e, id: e.ours.id, name: e.ours.name }] : [],
				);
				this.handle.call((fleet, now, out) => fleet.table(now, entries, out, event.complete));
				break;
			}
		}
	}

	/** @see GatewayListener */
	assignmentChanged(on: boolean): void {
		if (on) {
			this.chooseByGateway();
			this.begin();
		} else {
			this.role.resign();
			this.handle.call((fleet, now, out) => fleet.leave(now, out));
		}
	}

	/** @see GatewayListener */
	leaving(): void {
		// What leads to the floating address stays for the next representative; the last camera deletes it (IMG-20).
		if (this.fleet.registry.size > 0) this.gateway.setFloating("");
	}

	/** @see CredentialListener */
	recordChanged(record: LoginRecord): void {
		if (this.credentials.pinned) return;
		this.handle.call((fleet, now, out) => fleet.setLogin(now, record.version, `${record}`, out));
	}

	/** @see FleetKeyListener */
	keyed(founded: boolean): void {
		this.credentials.keyChanged(founded);
	}

	/** Stores the absent cameras of a sealed fleet: in an open one, anybody can make cameras up. */
	private keepAbsent(): void {
		const { absent } = this.fleet.registry;
		if (!this.fleet.sealed || absent.version === this.keptAbsent) return;
		this.keptAbsent = absent.version;
		this.absent();
		this.node.memory.write("absent", absent.save());
	}

	/** Gives the role up, then says bye, once. @param done called when that is done */
	private resign(done?: () => void): void {
		if (this.farewell === "said") return done?.();
		if (done !== undefined) this.resigned = done;
		if (this.farewell !== "") return;
		this.farewell = "begun";
		this.role.resign(() => {
			this.farewell = "said";
			this.keys.remember(true);
			this.handle.call((fleet, now, out) => fleet.leave(now, out));
			this.resigned();
		});
	}

	/** A camera that asks for no port takes no part in the fleet, but hears of it. */
	private begin(): void {
		const paths = this.gateway.isMapping ? this.node.addresses.paths : [];
		this.handle.call((fleet, now, out) => fleet.start(now, paths, out));
	}

	/** Where cameras do not speak to each other, the gateway decides who is the representative: the first that comes. */
	private chooseByGateway(): void {
		if (!this.fleet.settings.announcements) this.gateway.setAim("first-come", []);
	}

	private update(change: Partial<SelfDescription>): void {
		if (this.node.isLeaving) return;
		const { externalHost } = this.node.addresses;
		const byGateway = change.holds !== undefined && !this.fleet.settings.announcements;
		const role = byGateway ? { representative: change.holds === true } : {};
		this.handle.call((fleet, now, out) => fleet.update(now, { externalHost, ...role, ...change }, out));
	}
}

function memberStatus(member: Member): unknown {
	const { id, name, address, httpPort, externalPort, externalHost, representative, inTable } = member;
	return { id, name, address, httpPort, externalPort, externalHost, representative, inTable: inTable ?? null };
}

function ownSocket(path: Path): UdpOptions {
	return { address: path.address, port: 0, path, broadcast: true };
}

function groupSocket(path: Path): UdpOptions {
	return { port: FLEET_PORT, reuse: true, path, groups: [FLEET_GROUP], broadcast: true };
}
