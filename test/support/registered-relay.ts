import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Relay } from "../../src/app/relay/relay";
import { startSettings } from "../../src/app/start-settings";
import { EMPTY_RELAY_TABLE } from "../../src/relay/relay-table";
import type { RelayedContent, RelayOrigin } from "../../src/relay/relayed-content";
import { RELAY_SCHEMA } from "../../src/settings/relay-schema";
import { PASSWORD } from "./digest";
import type { VirtualHome } from "./virtual-home";

/** A relay on the Internet that registers with the members of a virtual home. */
export class RegisteredRelay {
	readonly machine: VirtualMachine;
	relay: Relay;

	constructor(
		home: VirtualHome,
		readonly name: string,
		readonly address: string,
		readonly origins: readonly RelayOrigin[],
		private readonly settings: Readonly<Record<string, string>> = {},
	) {
		this.machine = new VirtualMachine(home.world, name);
		this.machine.attach(home.internet, {
			address,
			prefix: 24,
			gateway: `${address.slice(0, address.lastIndexOf("."))}.254`,
		});
		this.relay = this.build();
		this.relay.start();
	}

	/** The cameras that it knows from its origins. */
	get contents(): readonly RelayedContent[] {
		return this.relay.services.sources.flatMap((source) => source.contents());
	}

	get log(): string {
		return this.machine.log.lines.map((line) => JSON.stringify(line)).join("\n");
	}

	restart(): void {
		this.machine.powerOn();
		this.relay = this.build();
		this.relay.start();
	}

	private build(): Relay {
		const { network, clock, random, store, log, files, resolver } = this.machine;
		const given = new Map(Object.entries({ password: PASSWORD, "relay-name": this.name, ...this.settings }));
		const settings = startSettings(RELAY_SCHEMA, given, store);
		const host = {
			network,
			clock,
			random,
			store,
			log,
			resolver,
			storage: files,
			sendsAsOthers: true,
			model: "sim",
			tellPassword() {},
		};
		return new Relay(host, settings, { ...EMPTY_RELAY_TABLE, origins: this.origins });
	}
}
