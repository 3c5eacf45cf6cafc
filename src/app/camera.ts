import type { LoginRecord } from "../access/login-record";
import type { PanTilt } from "../camera/pan-tilt";
import { addressKind, sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import { Pump } from "../core/pump";
import { Fleet } from "../fleet/fleet";
import type { FleetEvent, FleetOutbox } from "../fleet/fleet-contract";
import { UpnpDevice } from "../fleet/upnp-device";
import { GatewayClient } from "../gateway/gateway-client";
import type { GatewayEvent } from "../gateway/gateway-events";
import type { CameraSettings } from "../settings/camera-schema";
import type { CameraHost } from "./camera-host";
import { fleetSettings, gatewaySettings, panTiltOf } from "./camera-parts";
import { CameraReach } from "./camera-reach";
import { CameraSockets } from "./camera-sockets";
import { urlOf } from "./camera-views";
import { CameraWeb } from "./camera-web";
import { CredentialStore } from "./credential-store";
import { DeviceAddresses } from "./device-addresses";
import { FleetKeyManager } from "./fleet-key-manager";
import { GatewayLink } from "./gateway-link";
import { logGateway } from "./gateway-log";
import { type Identity, keepName, loadIdentity } from "./identity";
import { runLater } from "./later";
import { RepresentativeOffice } from "./representative-office";
import { SettingsEditor } from "./settings-editor";
import { feeding } from "./udp-binding";

/** Farewells need a moment to leave before the sockets are closed. */
const FAREWELL = 100;
/** A page's style and script take longer. */
const LAST_PAGE = 2000;

/**
 * A camera: finds the gateway and the other cameras, serves pages and pictures, leaves in order (IMG-1 … IMG-20).
 *
 * {@link start} begins; {@link leave} ends in good order. Whether it is the representative is a matter of which port
 * the gateway gave it (IMG-8).
 */
export class Camera {
	readonly pump: Pump;
	readonly identity: Identity;
	readonly fleet: Fleet;
	readonly gateway: GatewayClient;
	readonly web: CameraWeb;
	readonly reach: CameraReach;
	/** The fleet's key, and how cameras get it. */
	readonly keeper: FleetKeyManager;
	/** Who may log in. */
	readonly credentials: CredentialStore;
	/** The settings that can be changed on a page. */
	readonly desk: SettingsEditor;
	readonly addresses: DeviceAddresses;
	/** Turns the camera. */
	readonly panTilt: PanTilt;
	/** The switch of IMG-7, in software; the one on a pin comes on top. */
	mappingSwitch: boolean;
	private readonly presence: UpnpDevice;
	private readonly link: GatewayLink;
	private readonly office: RepresentativeOffice;
	private readonly fleetOut: FleetOutbox;
	private readonly sockets: CameraSockets;
	private begun = false;
	private leaving = false;
	private left: (() => void) | undefined;

	constructor(
		readonly host: CameraHost,
		readonly settings: CameraSettings,
	) {
		const { clock, network, log, random, store } = host;
		this.pump = new Pump(clock);
		this.identity = loadIdentity(store, random, settings.name);
		this.desk = new SettingsEditor(store, settings);
		this.addresses = new DeviceAddresses(settings.hostName);
		this.panTilt = panTiltOf(host, settings);
		const { id, boot } = this.identity;
		this.mappingSwitch = (store.read("mapping") ?? (settings.mapping ? "on" : "off")) === "on";
		this.gateway = new GatewayClient(
			gatewaySettings(settings, this.identity, host.model),
			random,
			Number(store.read("port") ?? "0"),
		);
		this.link = new GatewayLink(network, this.pump, this.gateway, { on: (event) => this.onGateway(event) });
		const key = settings.fleetKey || (store.read("fleet-key") ?? "");
		this.fleet = new Fleet(fleetSettings(settings, this.identity, host.model, key), random);
		Object.assign(this.fleet.self, {
			name: this.identity.name,
			automaticName: this.identity.automaticName,
			httpPort: settings.httpPort,
			secure: settings.tlsCertificate !== "",
		});
		this.gateway.rename(0, this.identity.name, this.link);
		this.office = new RepresentativeOffice({
			log,
			floating: host.floating,
			floatingAddress: settings.floatingAddress,
			paths: () => this.addresses.paths,
			aim: (aim, gone) => {
				this.gateway.setAim(this.pump.now(), aim, gone, this.link);
				this.pump.ran(this.gateway);
			},
			lead: (address) => this.gateway.setFloating(address),
			standDown: () => this.standDown(),
			after: (delay, run) => runLater(this.pump, delay, run),
		});
		this.presence = new UpnpDevice(id, boot, settings.httpPort, random);
		this.credentials = new CredentialStore(
			host,
			this.identity,
			settings,
			() => this.fleet.receiver.keys,
			(record) => this.shareLogin(record),
			() => this.web.endStreams(),
		);
		this.fleetOut = {
			send: (path, ...datagram) => this.sockets.fleet.send(path, ...datagram),
			emit: (event) => this.pump.post({ on: (e: FleetEvent) => this.onFleet(e) }, event),
		};
		this.reach = new CameraReach(this);
		this.keeper = new FleetKeyManager(
			host,
			this.pump,
			this.fleet,
			() => this.sockets.fleet,
			() => this.web.changed(),
			(founded) => this.credentials.keyChanged(founded),
		);
		this.web = new CameraWeb(this, this.presence);
		this.shareLogin(this.credentials.record);
		const hearFleet = feeding(this.pump, this.fleet, this.fleetOut);
		const hearGateway = feeding(this.pump, this.gateway, this.link);
		this.sockets = new CameraSockets(network, this.pump, log, {
			fleet: (path, ...datagram) => {
				const { paths } = this.addresses;
				const from = paths.find((p) => sameNetwork(p.address, datagram[0], p.prefix)) ?? path;
				this.keeper.receive(from, ...datagram);
				hearFleet(from, ...datagram);
			},
			gateway: hearGateway,
			ssdp: (path, address, port, bytes) => {
				const now = this.pump.now();
				this.gateway.notified(now, path, address, bytes, this.link);
				this.pump.ran(this.gateway);
				if (settings.presence) this.presence.receive(now, path, address, port, bytes, this.sockets.ssdp);
				this.pump.ran(this.presence);
			},
		});
		this.link.udp = this.sockets.gateway;
		this.pump.add(this.fleet, this.fleetOut);
		this.pump.add(this.gateway, this.link);
		this.pump.add(this.presence, this.sockets.ssdp);
		this.pump.add(this.panTilt, undefined);
	}

	/** Begins. Without a network address it waits for one (IMG-1). */
	start(): void {
		const { network, log, source } = this.host;
		log.write("info", "camera", `${this.identity.id} begins; pictures: ${source.description}`);
		this.web.start();
		this.gateway.assign(this.pump.now(), this.isMapping, this.link);
		this.chooseByGateway();
		this.host.switch.watch(() => this.switched());
		network.watch(() => this.setPaths(network.paths()));
		this.setPaths(network.paths());
		if (this.settings.joinCode !== "") this.keeper.joinBy(this.settings.joinCode);
	}

	/** Deletes the mapping, says bye, closes; then calls `done` (IMG-20). */
	leave(done: () => void): void {
		if (this.leaving) return;
		this.leaving = true;
		this.left = done;
		this.host.network.watch(undefined);
		// What leads to the floating address stays for whoever has it next; without others it goes.
		if (this.fleet.registry.size > 0) this.gateway.setFloating("");
		this.gateway.leave(this.pump.now(), this.link);
		this.pump.ran(this.gateway);
	}

	/** True: ports are asked of the gateway. Both switches have to be on (IMG-7). */
	get isMapping(): boolean {
		return this.mappingSwitch && this.host.switch.on;
	}

	/** Throws the switch of IMG-7 by software; it stays so across restarts. */
	setMapping(on: boolean): void {
		this.mappingSwitch = on;
		this.host.store.write("mapping", on ? "on" : "off");
		this.switched();
	}

	/** Gives a camera of the fleet, this one or another, a name (IMG-15). @returns false when that can't be */
	rename(id: string, name: string): boolean {
		const now = this.pump.now();
		const own = id === this.identity.id;
		const fine = own ? this.fleet.rename(now, name, this.fleetOut) : this.fleet.renameMember(id, name, this.fleetOut);
		this.pump.ran(this.fleet);
		return fine;
	}

	/** Leaves, and lets the host begin anew. */
	restart(): void {
		// Who asked for it gets the answer first, and all that its page needs.
		runLater(this.pump, LAST_PAGE, () => this.leave(() => this.host.restart?.()));
	}

	/** The port of the pages is open: from now on the camera speaks to others. */
	opened(): void {
		this.setPaths(this.host.network.paths());
	}

	/** What pages show and what others are told may have changed. */
	private changed(): void {
		this.web.changed();
		if (!this.leaving) this.reach.refresh(this.addresses);
	}

	private switched(): void {
		const now = this.pump.now();
		this.gateway.assign(now, this.isMapping, this.link);
		this.pump.ran(this.gateway);
		if (!this.isMapping) {
			this.office.leave();
			this.fleet.leave(now, this.fleetOut);
		} else {
			this.chooseByGateway();
			this.fleet.start(now, this.addresses.paths, this.fleetOut);
		}
		this.pump.ran(this.fleet);
		this.host.log.write("info", "camera", `port assignment is ${this.isMapping ? "on" : "off"}`);
		this.changed();
	}

	private setPaths(all: readonly Path[]): void {
		const paths = all.filter((path) => addressKind(path.address) !== "loopback");
		const before = this.addresses.paths;
		const same = paths.length === before.length && paths.every((path, i) => path === before[i]);
		// Who can't serve pages must not represent others, nor show itself to them.
		if (this.leaving || !this.web.isOpen || (this.begun && same)) return;
		this.begun = true;
		const now = this.pump.now();
		this.addresses.paths = paths;
		const { httpPort, secure } = this.fleet.self;
		const words = paths.map((p) => `${urlOf(p.address, httpPort, secure)} (${p.name})`).join(", ");
		if (words !== "") this.host.log.write("info", "camera", `its pages are at ${words}`);
		else this.host.log.write("warn", "camera", "no network address yet");
		this.sockets.setPaths(paths);
		this.keeper.setPaths(paths);
		this.fleet.start(now, this.isMapping ? paths : [], this.fleetOut);
		this.gateway.start(now, paths, this.link);
		if (this.settings.presence) this.presence.start(now, paths, this.sockets.ssdp);
		for (const machine of [this.fleet, this.gateway, this.presence]) this.pump.ran(machine);
		this.changed();
	}

	/** Where cameras don't speak to each other, the gateway decides who is the representative: the first that comes. */
	private chooseByGateway(): void {
		if (!this.fleet.settings.announcements) this.gateway.setAim(this.pump.now(), "first-come", [], this.link);
	}

	/** Passwords that stand in the settings are this camera's alone. */
	private shareLogin(record: LoginRecord): void {
		if (this.credentials.pinned) return;
		this.fleet.setLogin(this.pump.now(), record.version, `${record}`, this.fleetOut);
		this.pump.ran(this.fleet);
	}

	private standDown(): void {
		this.fleet.standDown(this.pump.now(), this.fleetOut);
		this.pump.ran(this.fleet);
	}

	private onFleet(event: FleetEvent): void {
		const { store, log } = this.host;
		switch (event.type) {
			case "name":
				keepName(store, event.name, event.automatic);
				log.write("info", "fleet", `this camera is called "${event.name}"`);
				this.gateway.rename(this.pump.now(), event.name, this.link);
				break;
			case "role":
				if (!this.leaving) this.office.chosen(event);
				break;
			case "login":
				this.credentials.learn(event.version, event.text);
				break;
			case "check-gateway":
				this.gateway.askSign(this.link);
				break;
			case "changed": {
				this.keeper.remember();
				const members = [...this.fleet.registry.values()];
				this.gateway.setPeers(
					members.map((member) => member.externalPort),
					members.map((member) => member.address),
				);
				break;
			}
		}
		this.pump.ran(this.gateway);
		this.changed();
	}

	private onGateway(event: GatewayEvent): void {
		logGateway(this.host.log, event, this);
		switch (event.type) {
			case "found":
				this.addresses.gatewayAddress = event.address;
				break;
			case "mapped":
				if (!event.representative) this.host.store.write("port", `${event.externalPort}`);
				this.web.mapped(event.internalPort);
				this.updateFleet({ externalPort: event.externalPort, holds: event.representative });
				break;
			case "lost":
				this.updateFleet({ externalPort: 0, holds: false });
				break;
			case "beaten":
				this.standDown();
				break;
			case "sign":
				this.fleet.gatewayAnswered(this.pump.now(), this.fleetOut);
				this.pump.ran(this.fleet);
				break;
			case "address":
				this.addresses.externalAddress = event.address;
				this.updateFleet({ externalHost: this.addresses.externalHost });
				break;
			case "table":
				this.fleet.table(
					this.pump.now(),
					event.entries.flatMap((e) => (e.ours && e.protocol === "TCP" ? [{ ...e, name: e.ours.name }] : [])),
					this.fleetOut,
				);
				this.pump.ran(this.fleet);
				break;
			case "left":
				this.farewell();
				return;
		}
		this.changed();
	}

	/** The pictures have begun or ceased to fail: the others say so on their pages. */
	troubled(trouble: boolean): void {
		if (trouble !== this.fleet.self.trouble) this.updateFleet({ trouble });
		this.web.changed();
	}

	private updateFleet(change: {
		externalPort?: number;
		externalHost?: string;
		holds?: boolean;
		trouble?: boolean;
	}): void {
		const byGateway = change.holds !== undefined && !this.fleet.settings.announcements;
		const role = byGateway ? { representative: change.holds === true } : {};
		if (!this.leaving)
			this.fleet.update(
				this.pump.now(),
				{ externalHost: this.addresses.externalHost, ...role, ...change },
				this.fleetOut,
			);
		this.pump.ran(this.fleet);
	}

	private farewell(): void {
		this.office.leave(() => this.sayBye());
	}

	private sayBye(): void {
		const now = this.pump.now();
		this.host.log.write("info", "camera", "leaves");
		this.keeper.remember(true);
		this.fleet.leave(now, this.fleetOut);
		this.pump.ran(this.fleet);
		this.presence.leave(this.sockets.ssdp);
		this.web.stop();
		const end = () => {
			this.pump.remove(this.panTilt);
			this.sockets.close();
			this.left?.();
		};
		runLater(this.pump, FAREWELL, () => this.reach.leave(end));
	}
}
