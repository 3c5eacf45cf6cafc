import assert from "node:assert/strict";
import { parseHosts, parseServers } from "../../../hosts/linux/adapters/name-files";

const HOSTS = `127.0.0.1 localhost
# 192.0.2.9 commented.example
192.0.2.1\tNas.example nas   # nas2
2001:db8::1 nas
192.0.2.2 nas
nonsense nas
`;

describe("hosts-linux/adapters/name-files", () => {
	it("reads at most three servers, of either family, and nothing else", () => {
		const text = "search example.org\nnameserver 192.0.2.1\r\nnameserver fe80::1%eth0 # link\n;nameserver 192.0.2.9\n";
		assert.deepEqual(
			parseServers(`${text}nameserver nonsense\nnameserver\nnameserver 192.0.2.3\nnameserver 192.0.2.4`),
			["192.0.2.1", "fe80::1%eth0", "192.0.2.3"].map((address) => ({ address, port: 53 })),
		);
		assert.deepEqual(parseServers(""), []);
	});

	for (const [name, family, expected] of [
		["nas", 4, ["192.0.2.1", "192.0.2.2"]],
		["NAS.", 6, ["2001:db8::1"]],
		["nas.example", 4, ["192.0.2.1"]],
		["nas2", 4, []],
		["commented.example", 4, []],
		["localhost", 6, ["::1"]],
		["localhost", 4, ["127.0.0.1"]],
	] as const) {
		it(`finds ${expected.length} IPv${family} addresses of ${name}`, () => {
			assert.deepEqual(parseHosts(HOSTS, name, family), expected);
		});
	}
});
