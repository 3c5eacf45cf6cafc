import { AccessPart } from "../../../src/app/access/access-part";
import { Node } from "../../../src/app/node";
import type { NodeHost } from "../../../src/app/node-host";
import { Site } from "../../../src/app/site";
import { startSettings } from "../../../src/app/start-settings";
import { SystemPart } from "../../../src/app/system/system-part";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { ACCESS_SCHEMA } from "../../../src/settings/access-schema";
import { HTTP_SCHEMA } from "../../../src/settings/http-schema";
import { IDENTITY_SCHEMA } from "../../../src/settings/identity-schema";
import { mergeSchemas, schema, type ValuesOf } from "../../../src/settings/schema";
import { text } from "../../../src/settings/setting";
import { TLS_SCHEMA } from "../../../src/settings/tls-schema";
import { VirtualMachine } from "../../virtual/virtual-machine";
import type { DemoNetwork } from "./demo-network";
import { NETWORK_MESSAGES } from "./network-messages";
import { NetworkPart } from "./network-part";

const SCHEMA = mergeSchemas(
	IDENTITY_SCHEMA,
	ACCESS_SCHEMA,
	TLS_SCHEMA,
	HTTP_SCHEMA,
	schema("Room", { hostName: text({ help: "the host by which the page is called", expected: "a domain name" }) }),
);

/** Serves the page about the network from a machine of its own, which nothing can cut off. The home's login is good there too. */
export class NetworkRoom extends Node<ValuesOf<typeof SCHEMA>> {
	readonly part: NetworkPart;

	private constructor(host: NodeHost, settings: ValuesOf<typeof SCHEMA>, network: DemoNetwork) {
		super(host, settings);
		const access = new AccessPart(this, { keys: [new FleetKey(network.scene.choices.fleetKey)] });
		const { credentials, gate } = access;
		const site = new Site(this, gate, credentials);
		credentials.listen(site);
		this.part = new NetworkPart(network, site);
		this.parts = [this.part, access, site, site.changes, new SystemPart(this, site)];
		for (const part of this.parts) site.serve(part);
	}

	/** Starts it. @param port of its page */
	static open(network: DemoNetwork, port: number): NetworkRoom {
		const { scene, world } = network;
		const { supply, choices } = scene;
		const machine = new VirtualMachine(world, "room");
		machine.attach(scene.internet, { address: ROOM_ADDRESS, prefix: 24, gateway: "198.20.7.1" });
		const { network: sockets, clock, random, store } = machine;
		const given = new Map([
			["name", NETWORK_MESSAGES.device],
			["password", choices.password],
			["host-name", choices.host],
			["http-port", `${port}`],
		]);
		const room = new NetworkRoom(
			{
				network: sockets,
				clock,
				random,
				store,
				log: supply.log,
				...(supply.gzip !== undefined && { gzip: supply.gzip }),
				model: "demo",
				hostNames: [choices.listen],
				tellPassword() {},
			},
			startSettings(SCHEMA, given, store),
			network,
		);
		room.start();
		return room;
	}
}

/** Its address on the virtual Internet. */
export const ROOM_ADDRESS = "198.20.7.8";
