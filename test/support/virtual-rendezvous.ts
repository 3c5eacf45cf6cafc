import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { startSettings } from "../../src/app/start-settings";
import { RENDEZVOUS_SCHEMA } from "../../src/settings/rendezvous-schema";

/** Starts a rendezvous server on a virtual machine. @param homes those that may use it; absent: all */
export function beginRendezvous(
	machine: VirtualMachine,
	settings: Readonly<Record<string, string>> = {},
	homes?: ReadonlySet<string>,
): Rendezvous {
	const { network, clock, random, store, log, resolver } = machine;
	const given = new Map(Object.entries({ password: "correct horse", ...settings }));
	const host = { network, clock, random, store, log, resolver, model: "virtual", tellPassword() {} };
	const server = new Rendezvous(
		{ ...host, ciphers: new ToyCiphers(random) },
		startSettings(RENDEZVOUS_SCHEMA, given, store),
		homes,
	);
	server.start();
	return server;
}
