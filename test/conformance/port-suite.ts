import { fanOutSuite } from "./fan-out-suite";
import { localSuite } from "./local-suite";
import type { PortFixture } from "./port-fixture";
import { tcpSuite } from "./tcp-suite";
import { udpSuite } from "./udp-suite";

/**
 * Proves that a host keeps the contracts of src/ports; every host runs the same suite.
 * @param open makes a fresh fixture for each test
 */
export function portSuite(title: string, open: () => Promise<PortFixture>): void {
	describe(`${title} keeps the contracts of src/ports`, () => {
		describe("on the machine", () => localSuite(open));
		describe("UDP", () => udpSuite(open));
		describe("TCP", () => tcpSuite(open));
		describe("fan-out", () => fanOutSuite(open));
	});
}
