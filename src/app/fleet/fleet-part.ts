import type { LoginRecord } from "../../access/login-record";
import type { EventSink } from "../../core/event-ring";
import { sameNetwork } from "../../core/ipv4";
import type { Path } from "../../core/path";
import type { DatagramHandle } from "../../core/pump";
import type { Millis, Seconds } from "../../core/time";
import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Fleet } from "../../fleet/fleet";
import type { FleetEvent, FleetOutbox } from "../../fleet/fleet-contract";
import type { Outsider } from "../../fleet/fleet-receiver";
import type { Member } from "../../fleet/member";
import type { SelfDescription } from "../../fleet/self-description";
import type { HttpReply } from "../../http/http-request";
import type { FloatingAddress } from "../../ports/floating-address";
import type { ApiAnswer } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { FLEET_MESSAGES } from "../../web/fleet-messages";
import { fleetPage } from "../../web/fleet-page";
import { MESSAGES } from "../../web/messages";
import type { FleetService } from "../../wire/fleet-service";
import type { CredentialListener } from "../access/credential-store";
import { readDrawnPassword } from "../access/first-login";
import type { DeviceTraits } from "../device-facts";
import { keepName } from "../identity";
import type { Node } from "../node";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { VisitorSource } from "../site";
import { AbsentMemory } from "./absent-memory";
import type { FleetCredentials } from "./fleet-credentials";
import { type FleetKeyListener, FleetKeyManager } from "./fleet-key-manager";
import { FLEET_OPERATIONS, type FleetOperator } from "./fleet-operations";
import { FleetSockets } from "./fleet-sockets";
import { fleetMetrics, fleetStatus } from "./fleet-status";
import { type FleetGateway, GatewayFollower, type GatewayFollowerHost } from "./gateway-follower";
import type { FleetPartSettings } from "./make-fleet";
import { RepresentativeRole } from "./representative-role";

/** The least time between two changes of the members that other parts are told of. */
const CHANGES_SPACING: Millis = 100;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/fleet", label: MESSAGES.nav.fleet, need: "owner" as const }),
]);

const ROUTES: readonly Route<FleetPart>[] = Object.freeze([
	get("/fleet", (fleet: FleetPart, request, reply) => fleet.page(request, reply), "owner"),
]);

/**
 * Links this device to the other cameras behind the same gateway: announcements, names, the shared key and accounts,
 * and the choice of the representative (IMG-8 … IMG-13, IMG-15, IMG-20 …).
 */
export class FleetPart
	implements Part, FleetOutbox, EventSink<FleetEvent>, FleetOperator, GatewayFollowerHost, FleetKeyListener
{
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = FLEET_OPERATIONS;
	readonly keys: FleetKeyManager;
	readonly role: RepresentativeRole;
	private readonly follower: GatewayFollower;
	private readonly handle: DatagramHandle<Fleet, FleetOutbox>;
	private readonly sockets: FleetSockets;
	/** When the other parts were told last that members have changed, and whether they know all of it. */
	private toldAt: Millis = -Infinity;
	private isTold = true;
	/** How far the bye of a camera that leaves has come, and what follows it. */
	private farewell: "" | "begun" | "said" = "";
	private resigned: () => void = () => {};
	private readonly gone: AbsentMemory;

	/** @param fleet from make-fleet.ts */
	constructor(
		private readonly node: Node<FleetPartSettings>,
		readonly fleet: Fleet,
		private readonly gateway: FleetGateway,
		private readonly credentials: FleetCredentials,
		floating: FloatingAddress,
		private readonly visitors: VisitorSource,
	) {
		this.handle = node.pump.addDatagram(fleet, this as FleetOutbox);
		this.sockets = new FleetSockets(node, this);
		this.keys = new FleetKeyManager(node, this.handle, this.sockets, this);
		this.role = new RepresentativeRole(node, gateway, this, floating, node.settings.floatingAddress);
		this.follower = new GatewayFollower(gateway, this.handle, this);
		gateway.listen(this.follower);
		credentials.listen(this as CredentialListener);
		this.recordChanged(credentials.record);
		this.gone = new AbsentMemory(node, fleet);
	}

	/** What this device says of itself. */
	get self(): Readonly<SelfDescription> {
		return this.fleet.self;
	}

	/** The host that leads to a member from the Internet; empty while it is not known. */
	outsideOf(member: Member): string {
		const { addresses } = this.node;
		return addresses.hostName || member.externalHost || addresses.externalHost;
	}

	/** Gives a camera of the fleet, this one or another, a name (IMG-15). @returns false when it cannot have it */
	rename(id: string, name: string): boolean {
		const own = id === this.node.identity.id;
		return this.handle.call((fleet, now, out) =>
			own ? fleet.rename(now, name, out) : fleet.renameMember(id, name, out),
		);
	}

	/** @see AbsentMemory.list */
	absent(): readonly AbsentCamera[] {
		return this.gone.list();
	}

	/** Forgets an absent camera. */
	forget(id: string): void {
		this.handle.call((fleet, _now, out) => fleet.forget(id, out));
	}

	/** The pictures have begun to fail, or work again: the others show it on their pages. */
	setTrouble(trouble: boolean): void {
		if (trouble !== this.self.trouble) this.update({ trouble });
	}

	/** @see GatewayFollowerHost */
	standDown(): void {
		this.handle.call((fleet, now, out) => fleet.standDown(now, out));
	}

	/** @see Part.takeSetting */
	takeSetting(name: string, value: string): boolean {
		if (name === "group") this.update({ group: value });
		else if (name === "host-name") {
			this.node.addresses.hostName = value;
			this.update({});
		} else return false;
		return true;
	}

	/** Shows the page on which the owner manages the fleet's key. */
	page(request: SiteRequest, reply: HttpReply): void {
		fleetPage(this.keys.view, this.visitors.visitor(request), this.node.identity.id).reply(reply);
	}

	/** The answer of an operation on the key, with what stands beside the form's button. The owner stays logged in. */
	answer(done: boolean, fault: string): ApiAnswer {
		if (!done) return { fault, status: 409 };
		const { view } = this.keys;
		const message = view.code === "" ? view.outcome : FLEET_MESSAGES.codeIs(view.code);
		return { body: { ...view, message }, renew: true };
	}

	start(): void {
		this.follower.start();
		const { joinCode } = this.node.settings;
		if (joinCode !== "") this.keys.joinBy(joinCode);
	}

	pathsChanged(paths: readonly Path[]): void {
		this.sockets.setPaths(paths);
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
			const { host, noun } = this.node;
			host.log.write("info", noun.toLowerCase(), "stopped");
			done();
		});
	}

	stop(): void {
		this.sockets.close();
	}

	facts(): readonly Fact[] {
		const { facts } = MESSAGES;
		return [
			[facts.role, this.self.representative ? facts.representative : facts.managed],
			[facts.fleet, this.fleet.sealed ? facts.sealed : facts.open],
		];
	}

	traits(): DeviceTraits {
		return { reach: this.node.outsideUrl === "" ? undefined : "mapped" };
	}

	status(): Record<string, unknown> {
		return fleetStatus(this.fleet, this.node.addresses, this.absent());
	}

	metrics(): readonly Metric[] {
		return fleetMetrics(this.fleet, this.absent().length);
	}

	/** @see DatagramReceiver */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		const { paths } = this.node.addresses;
		const from = paths.find((p) => sameNetwork(p.address, address, p.prefix)) ?? path;
		this.keys.receive(from, address, port, bytes);
		this.handle.receive(from, address, port, bytes);
	}

	/** @see FleetOutbox */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sockets.send(path, address, port, bytes, start, end);
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
				this.node.host.log.write("info", "fleet", `this ${this.node.noun} is now called "${event.name}"`);
				this.gateway.rename(event.name);
				break;
			case "role":
				if (!this.node.isLeaving) this.role.chosen(event);
				break;
			case "login":
				this.credentials.learn(event.version, event.text);
				break;
			case "logout":
				this.credentials.heardLogout(event.session, event.until);
				return;
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
		this.gone.save();
		// Only a camera that was heard is known to be alive.
		this.gateway.setPeers([...this.fleet.registry.values()].filter((member) => !member.isFromTable));
		this.node.changed();
	}

	/** @see CredentialListener */
	recordChanged(record: LoginRecord): void {
		if (this.credentials.pinned) return;
		this.handle.call((fleet, now, out) => fleet.setLogin(now, record.version, `${record}`, out));
	}

	/** @see CredentialListener */
	loggedOut(session: string, until: Seconds): void {
		this.handle.call((fleet, now, out) => fleet.tellLogout(now, { session, until }, out));
	}

	/** @see FleetKeyListener */
	keyed(founded: boolean, keepsSessions: boolean): void {
		this.credentials.keyChanged(founded, keepsSessions);
	}

	/** @see FleetKeyListener */
	get drawnSecret(): string {
		return this.credentials.drawnSecret;
	}

	/** Devices in the LAN that are not in this fleet, as far as they say the truth. */
	outside(): readonly Outsider[] {
		return this.fleet.receiver.outside(this.node.now);
	}

	/** Takes a device of the LAN into this fleet. */
	add(id: string, password: string): ApiAnswer {
		const { registry, receiver, sealed } = this.fleet;
		const member = sealed ? undefined : registry.get(id);
		const device = member ?? receiver.outside(this.node.now).find((outsider) => outsider.id === id);
		if (device === undefined || member?.isFromTable === true) return { fault: MESSAGES.wrong.noDevice, status: 404 };
		if (password === "") return { fault: MESSAGES.wrong.addPassword, field: "password" };
		// A stranger in the LAN may pose as the device, or record the message and guess the password. Only drawn passwords resist that.
		const drawn = readDrawnPassword(password);
		if (drawn === undefined || this.credentials.isChosen(drawn))
			return { fault: MESSAGES.wrong.addDrawn, field: "password" };
		this.keys.add(id, device.name || device.address, drawn);
		return { body: { done: true, message: this.keys.outcome } };
	}

	/** Gives the role up, then says bye, once. @param done called when that is done @see GatewayFollowerHost */
	resign(done?: () => void): void {
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

	/** A camera that asks for no port takes no part in the fleet, but hears of it. @see GatewayFollowerHost */
	begin(): void {
		const paths = this.gateway.isMapping ? this.node.addresses.paths : [];
		this.handle.call((fleet, now, out) => fleet.start(now, paths, out));
	}

	/** @see GatewayFollowerHost */
	update(change: Partial<SelfDescription>): void {
		if (this.node.isLeaving) return;
		const { externalHost } = this.node.addresses;
		const byGateway = change.holds !== undefined && !this.fleet.settings.announcements;
		const role = byGateway ? { representative: change.holds === true } : {};
		this.handle.call((fleet, now, out) => fleet.update(now, { externalHost, ...role, ...change }, out));
	}
}
