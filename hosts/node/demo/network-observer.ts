import type { Site } from "../../../src/app/site";
import type { Millis } from "../../../src/core/time";
import { sizeText } from "../../../src/web/size-text";
import { DemoCamera } from "./demo-camera";
import type { DemoDevice } from "./demo-device";
import type { DemoNas } from "./demo-nas";
import type { DemoNetwork } from "./demo-network";
import { HOME_ADDRESS } from "./demo-scene";
import type { NetworkJournal } from "./network-journal";
import { NETWORK_MESSAGES } from "./network-messages";
import type { NetworkFlow, NetworkNode, NetworkView } from "./network-view";
import { TrafficMeter } from "./traffic-meter";

const SECOND: Millis = 1000;

/** Sees how the network is now, for its drawing. */
export class NetworkObserver {
	/** Called each second. */
	passed: (() => void) | undefined;
	private readonly home: TrafficMeter;
	private readonly internet: TrafficMeter;
	private away: TrafficMeter | undefined;

	constructor(
		private readonly network: DemoNetwork,
		private readonly journal: NetworkJournal,
	) {
		const { scene } = network;
		this.home = new TrafficMeter(scene.home);
		this.internet = new TrafficMeter(scene.internet);
		this.turn();
	}

	/** The network now. */
	get view(): NetworkView {
		const { network, journal } = this;
		const { cameras, nas, switches } = network;
		const { host, port } = network.scene.choices;
		const members: readonly (DemoCamera | DemoNas)[] = nas === undefined ? cameras : [...cameras, nas];
		return {
			home: members.map((device) => this.member(device)),
			router: this.node(network.router, {
				isConnected: network.uplink.isOn,
				facts: this.routerFacts(),
				rate: this.internet.rateOf(HOME_ADDRESS),
			}),
			servers: this.servers(),
			away: this.elsewhere(),
			flows: this.flows(),
			switches,
			events: journal.events,
			portal: `http://${host}:${port}/`,
		};
	}

	private turn(): void {
		this.network.world.after(SECOND, () => {
			const { away } = this.network;
			if (away !== undefined) this.away ??= new TrafficMeter(away.lan);
			for (const meter of [this.home, this.internet, this.away]) meter?.turn();
			this.passed?.();
			this.turn();
		});
	}

	private node(device: DemoDevice, more: Partial<NetworkNode>): NetworkNode {
		const { id, name, isOn } = device;
		const base = { id, name, isOn, isConnected: isOn, isRepresentative: false, facts: [], rate: 0, url: "" };
		return isOn ? { ...base, ...more } : { ...base, facts: [NETWORK_MESSAGES.noPower] };
	}

	private member(device: DemoCamera | DemoNas): NetworkNode {
		const { network } = this;
		const { choices, gateway } = network.scene;
		const { address } = device.machine;
		const mappings = gateway.table
			.all()
			.filter((each) => each.address === address && each.transport === "tcp" && each.port !== choices.rtspPort);
		// A camera that has just taken over still has its own port for a moment.
		const mapping = mappings.find(({ externalPort }) => externalPort === choices.port) ?? mappings[0];
		const port = mapping === undefined ? NETWORK_MESSAGES.noPort : NETWORK_MESSAGES.port(mapping.externalPort);
		return this.node(device, {
			isRepresentative: device.isRepresentative,
			facts: [port, ...(device instanceof DemoCamera ? this.cameraFacts(device) : this.nasFacts())],
			rate: this.home.rateOf(address),
			url: mapping === undefined ? "" : `http://${choices.host}:${mapping.externalPort}/`,
		});
	}

	private cameraFacts({ camera }: DemoCamera): readonly string[] {
		return [NETWORK_MESSAGES.streams(camera?.video.hub.watching ?? 0)];
	}

	private nasFacts(): readonly string[] {
		const { recorded, nas } = this.network;
		const { recordings = 0 } = nas?.nas?.services.store.usage ?? {};
		return [NETWORK_MESSAGES.recording(recorded.size), NETWORK_MESSAGES.kept(sizeText(recordings))];
	}

	private routerFacts(): readonly string[] {
		const { network } = this;
		if (!network.uplink.isOn) return [NETWORK_MESSAGES.notConnected];
		const { gateway } = network.scene;
		return [NETWORK_MESSAGES.ports(gateway.table.size), NETWORK_MESSAGES.sessions(gateway.router.nat.size)];
	}

	private servers(): readonly NetworkNode[] {
		const { rendezvous, relay, visitor, offers } = this.network;
		const { host, relayPort } = this.network.scene.choices;
		const nodes: NetworkNode[] = [];
		const rateOf = (address: string) => this.internet.rateOf(address);
		if (rendezvous !== undefined) {
			const count = rendezvous.server.part.matching?.table.size ?? 0;
			const { address } = rendezvous.machine;
			nodes.push(this.node(rendezvous, { facts: [NETWORK_MESSAGES.registered(count)], rate: rateOf(address) }));
		}
		if (relay !== undefined) {
			const facts = [NETWORK_MESSAGES.viewers(relay.relay?.monitor.viewers ?? 0), NETWORK_MESSAGES.offers(offers)];
			const url = `http://${host}:${relayPort}/`;
			nodes.push(this.node(relay, { facts, rate: rateOf(relay.machine.address), url }));
		}
		nodes.push({
			id: "browser",
			name: NETWORK_MESSAGES.browser,
			isOn: true,
			isConnected: true,
			isRepresentative: false,
			facts: [],
			rate: rateOf(visitor.address),
			url: "",
		});
		return nodes;
	}

	private elsewhere(): NetworkView["away"] {
		const { away, laptop, reached } = this.network;
		if (away === undefined || laptop === undefined) return [];
		const facts: string[] = [];
		for (const [id, path] of reached)
			facts.push(NETWORK_MESSAGES.reaches(this.network.switches.find((each) => each.id === id)?.name ?? id), path);
		if (facts.length === 0) facts.push(NETWORK_MESSAGES.waiting);
		return [
			this.node(away, {
				facts: [NETWORK_MESSAGES.sessions(away.sessions)],
				rate: this.internet.rateOf(away.outside),
			}),
			this.node(laptop, {
				facts,
				rate: this.away?.rateOf(laptop.machine.address) ?? 0,
				url: laptop.url,
			}),
		];
	}

	private flows(): readonly NetworkFlow[] {
		const { network } = this;
		const { recorded, relayed, reached, cameras, nas, visitor } = network;
		const flows: NetworkFlow[] = [];
		for (const id of recorded.keys()) flows.push({ kind: "recorded", from: id, to: "nas" });
		for (const id of relayed.keys()) flows.push({ kind: "relayed", from: id, to: "relay" });
		for (const id of reached.keys()) flows.push({ kind: "tunnel", from: id, to: "laptop" });
		if (!network.router.isOn || !network.uplink.isOn) return flows;
		const members: readonly (DemoCamera | DemoNas)[] = nas === undefined ? cameras : [...cameras, nas];
		for (const { id, isOn, site } of members)
			if (isOn && site !== undefined && hasVisitor(site, visitor.address))
				flows.push({ kind: "watched", from: id, to: "browser" });
		return flows;
	}
}

/** Whether a machine is connected to the pages of a device. */
function hasVisitor({ streams }: Site, address: string): boolean {
	for (const { machine } of streams) if (machine.remoteAddress === address) return true;
	return false;
}
