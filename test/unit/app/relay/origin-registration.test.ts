import assert from "node:assert/strict";
import { HttpReport } from "../../../../src/app/relay/http-report";
import { OriginRegistration, type RegistrationOwner } from "../../../../src/app/relay/origin-registration";
import type { ConnectOptions, Network, Stream } from "../../../../src/ports/net";
import { RelayScene } from "../../../support/relay-scene";

const ORIGIN = { name: "home", url: "https://198.20.0.9:8443", key: new Uint8Array(32) };

/** A network that notes with what options connections are opened. */
function notedNetwork(network: Network): { readonly network: Network; readonly opened: ConnectOptions[] } {
	const opened: ConnectOptions[] = [];
	const noted: Network = Object.create(network);
	noted.connect = (options, sink): Stream => {
		opened.push(options);
		const { tls: _tls, ...plain } = options;
		return network.connect(plain, sink);
	};
	return { network: noted, opened };
}

describe("app/relay/origin-registration", () => {
	for (const [certificate, tls] of [
		["", { serverName: "198.20.0.9", verify: true }],
		["any", { serverName: "198.20.0.9", verify: false }],
		["/etc/home.pem", { serverName: "198.20.0.9", verify: true, ca: "/etc/home.pem" }],
	] as const)
		it(`registers and reports with the same certificate, --source-certificate "${certificate}" (ONE-7, REP-6)`, () => {
			const scene = new RelayScene(1, { settings: { "source-certificate": certificate } });
			const { services } = scene.first.relay;
			const { network, opened } = notedNetwork(services.host.network);
			const { node, name } = services;
			const host = { ...services.host, network };
			const owner: RegistrationOwner = {
				node,
				name,
				host,
				place: () => ({ host: "", httpPort: 80, rtspPort: 554, secure: false, prefix: "home/", room: 1 }),
				takeUsed: () => [],
				returnUsed() {},
				answered() {},
				isMissing: () => false,
				changed() {},
			};
			const registration = new OriginRegistration(owner, ORIGIN, ORIGIN.url);
			assert.equal(registration.fault, "");
			registration.stop();
			const server = { secure: true, host: "198.20.0.9", port: 8443, target: "/" };
			new HttpReport({ ...host, pump: node.pump }, server, certificate).report(0, new Uint8Array(2), "x", () => {});
			assert.deepEqual(
				opened.map((options) => options.tls),
				[tls, tls],
			);
		});
});
