import { Relay } from "../../../src/app/relay/relay";
import { Rendezvous } from "../../../src/app/rendezvous/rendezvous";
import { startSettings } from "../../../src/app/start-settings";
import { relayKeyOf } from "../../../src/relay/relay-key";
import { EMPTY_RELAY_TABLE } from "../../../src/relay/relay-table";
import { RELAY_SCHEMA } from "../../../src/settings/relay-schema";
import { RENDEZVOUS_SCHEMA } from "../../../src/settings/rendezvous-schema";
import { VirtualMachine } from "../../virtual/virtual-machine";
import { DemoHost } from "./demo-device";
import { type DemoScene, HOME_ADDRESS } from "./demo-scene";
import { NETWORK_MESSAGES } from "./network-messages";

const RENDEZVOUS_ADDRESS = "198.20.3.3";
/** The relay's address on the virtual Internet. */
export const RELAY_ADDRESS = "198.20.5.5";
/** Its name, from which its key is derived. */
const RELAY_NAME = "relay";

/** The rendezvous server on the virtual Internet. */
export class DemoRendezvous extends DemoHost {
	/** The one that ran last, while it has no power. */
	server: Rendezvous;

	constructor(private readonly scene: DemoScene) {
		super("rendezvous", "rendezvous", new VirtualMachine(scene.world, "rendezvous"));
		this.machine.attach(scene.internet, { address: RENDEZVOUS_ADDRESS, prefix: 24, gateway: "198.20.3.254" });
		this.server = this.make();
		this.server.start();
	}

	get name(): string {
		return NETWORK_MESSAGES.rendezvous;
	}

	/** What devices have as the setting of this server. */
	get setting(): string {
		return this.server.part.setting;
	}

	/** @see DemoHost */
	begin(): void {
		this.server = this.make();
		this.server.start();
	}

	private make(): Rendezvous {
		const { network, clock, random, store, resolver } = this.machine;
		const { supply, choices } = this.scene;
		const given = new Map([
			["password", choices.password],
			["host-name", RENDEZVOUS_ADDRESS],
		]);
		return new Rendezvous(
			{
				network,
				clock,
				random,
				store,
				resolver,
				log: supply.log,
				ciphers: supply.ciphers,
				model: "demo",
				tellPassword() {},
				restart: () => this.begin(),
			},
			startSettings(RENDEZVOUS_SCHEMA, given, store),
		);
	}
}

/** The relay on the virtual Internet, near its viewers. */
export class DemoRelay extends DemoHost {
	/** The one that ran last, while it has no power. */
	relay: Relay | undefined;

	constructor(private readonly scene: DemoScene) {
		super("relay", "relay", new VirtualMachine(scene.world, "relay"));
		this.machine.attach(scene.internet, { address: RELAY_ADDRESS, prefix: 24, gateway: "198.20.5.254" });
		this.begin();
	}

	get name(): string {
		return NETWORK_MESSAGES.relay;
	}

	/** The identities of the cameras whose pictures it gets. */
	get relayed(): readonly string[] {
		const sessions = this.isOn ? (this.relay?.monitor.list() ?? []) : [];
		return sessions.flatMap(({ state, content }) => (state === "open" ? [content.content] : []));
	}

	/** How many cameras it offers. */
	get offers(): number {
		if (!this.isOn || this.relay === undefined) return 0;
		// Each camera's pictures can be had in several ways.
		const cameras = new Set<string>();
		for (const source of this.relay.services.sources) for (const { content } of source.contents()) cameras.add(content);
		return cameras.size;
	}

	/** @see DemoHost */
	begin(): void {
		const { network, clock, random, store, resolver, files } = this.machine;
		const { supply, choices } = this.scene;
		const { password, host, listen, relayPort, port, fleetKey } = choices;
		const given = new Map([
			["password", password],
			["host-name", host],
			["http-port", `${relayPort}`],
			// Video players have no port for it here.
			["rtsp-port", "0"],
			["relay-name", RELAY_NAME],
		]);
		const key = relayKeyOf(fleetKey, RELAY_NAME);
		const origins = [{ name: "home", url: `http://${HOME_ADDRESS}:${port}`, key }];
		this.relay = new Relay(
			{
				network,
				clock,
				random,
				store,
				resolver,
				log: supply.log,
				storage: files,
				sendsAsOthers: false,
				...(supply.gzip !== undefined && { gzip: supply.gzip }),
				model: "demo",
				hostNames: [listen],
				tellPassword() {},
				restart: () => this.begin(),
			},
			startSettings(RELAY_SCHEMA, given, store),
			{ ...EMPTY_RELAY_TABLE, origins },
		);
		this.relay.start();
	}
}
