import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { readFirewallControl } from "../../../../src/gateway/pinholes/firewall-control";
import { firewallDescription } from "../../../support/firewall-description";
import { mutateOctets } from "../../../support/mutate";

const FROM = { port: 5000, target: "/upnp/rootDesc.xml" };
const TYPE = "urn:schemas-upnp-org:service:WANIPv6FirewallControl:1";

describe("gateway/firewall-control", () => {
	const cases: [string, string, { port: number; target: string } | undefined][] = [
		["an absolute path", "/ctl/IP6FCtl", { port: 5000, target: "/ctl/IP6FCtl" }],
		["a relative path", "IP6FCtl", { port: 5000, target: "/upnp/IP6FCtl" }],
		["a URL with another port", "http://192.168.0.1:49000/six", { port: 49000, target: "/six" }],
		["a URL with a foreign host, which is not used", "http://203.0.113.9/six", { port: 80, target: "/six" }],
		["https", "https://192.168.0.1/six", undefined],
		["a path with a line break", "/six\r\nX: y", undefined],
	];
	for (const [title, control, expected] of cases) {
		it(`finds the service at ${title} (IMG-32)`, () => {
			const found = readFirewallControl(utf8Encode(firewallDescription(control)), FROM);
			assert.deepEqual(found, expected && { type: TYPE, ...expected });
		});
	}

	it("finds nothing in the description of a gateway without the service", () => {
		const text = firewallDescription("/six").replaceAll("WANIPv6FirewallControl", "WANIPConnection");
		assert.equal(readFirewallControl(utf8Encode(text), FROM), undefined);
		assert.equal(readFirewallControl(utf8Encode(""), FROM), undefined);
	});

	it("survives 2,000 mutated descriptions, and finds targets that are safe in a request only", () => {
		const random = new Prng(7);
		const text = utf8Encode(firewallDescription("/ctl/IP6FCtl"));
		for (let i = 0; i < 2000; i++) {
			const found = readFirewallControl(mutateOctets(random, text), FROM);
			if (found !== undefined) assert.match(`${found.target}${found.type}`, /^[\x21-\x7e]*$/);
		}
	});
});
