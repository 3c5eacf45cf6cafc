import assert from "node:assert/strict";
import { DeviceAddresses } from "../../../../src/app/device-addresses";
import { DualStackAddresses } from "../../../../src/app/ipv6/dual-stack-addresses";
import { Ipv6Port } from "../../../../src/app/ipv6/ipv6-port";
import type { Site } from "../../../../src/app/site";
import type { ListenerSink, ListenOptions, Stream } from "../../../../src/ports/net";

/** A port with a site that refuses everybody, and notes who came. */
function scene(tlsCertificate = "") {
	const visitors: string[] = [];
	const listened: ListenOptions[] = [];
	const log: string[] = [];
	let alarm = 0;
	const listen = (options: ListenOptions, _sink: ListenerSink) => {
		listened.push(options);
		return { port: 8000, close() {} };
	};
	const node = {
		host: { network: { listen }, log: { write: (_level: string, _area: string, text: string) => log.push(text) } },
		settings: { httpPort: 8000, tlsCertificate, tlsKey: "key" },
		pump: { add: () => ({ called: () => alarm++, remove() {} }) },
		now: 1000,
	};
	const server = {
		accept: (_now: number, visitor: string) => {
			visitors.push(visitor);
			return undefined;
		},
	};
	const addresses = new DualStackAddresses(new DeviceAddresses(""), "");
	addresses.ipv6Paths = [{ name: "eth0", address: "2a0a:2:0:1::11", prefix: 64 }];
	const port = new Ipv6Port({ node, server } as unknown as Site, addresses);
	return { port, visitors, listened, log, alarms: () => alarm };
}

describe("app/IPv6 port", () => {
	it("listens on all IPv6 addresses, with the certificate if there is one (IMG-32)", () => {
		assert.deepEqual(scene().listened, [{ address: "::", port: 8000 }]);
		const { listened } = scene("cert");
		assert.deepEqual(listened, [{ address: "::", port: 8000, tls: { certificate: "cert", key: "key" } }]);
	});

	it("counts visitors from elsewhere by their /64 network: a host has all of its addresses (IMG-32)", () => {
		const { port, visitors } = scene();
		for (const remoteAddress of ["2a0a:9:8:7:6:5:4:3", "2a0a:9:8:7::1", "2a0a:2:0:1::99", "fe80::5%eth0"]) {
			assert.equal(
				port.accepted({ remoteAddress, localAddress: "", localPort: 8000, secure: false } as Stream),
				undefined,
			);
		}
		assert.deepEqual(visitors, ["2a0a:9:8:7::", "2a0a:9:8:7::", "2a0a:2:0:1::99", "fe80::5%eth0"]);
	});

	it("tries again when the port can't be had, and says so once", () => {
		const { port, listened, log, alarms } = scene();
		port.failed("in-use", "EADDRINUSE");
		assert.deepEqual([port.deadline, alarms()], [6000, 1]);
		port.expire();
		port.failed("in-use", "EADDRINUSE");
		assert.deepEqual([listened.length, log.length, port.deadline], [2, 1, 11_000]);
	});
});
