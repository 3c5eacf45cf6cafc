import assert from "node:assert/strict";
import { originWay } from "../../../../src/app/relay/origin-guard";
import type { RelayServices } from "../../../../src/app/relay/relay-services";
import type { EndReason } from "../../../../src/core/stream";
import type { ConnectOptions, StreamSink } from "../../../../src/ports/net";
import type { RelayedContent } from "../../../../src/relay/relayed-content";

/** Tells whether the way to the origin of a content leads to an address. @param base of the origin's pages */
function leads(
	content: Partial<RelayedContent>,
	to: string,
	base = "http://192.0.2.1:8080",
	local = "192.0.2.9",
): boolean {
	let isOpen = false;
	const ends: EndReason[] = [];
	let opened: StreamSink | undefined;
	const network = {
		ipv6Paths: () => [],
		connect: ({ address }: ConnectOptions, sink: StreamSink) => {
			opened = sink;
			return { localAddress: local, remoteAddress: address, abort: () => sink.ended("reset") };
		},
	};
	const addresses = { isThisMachine: (host: string) => host === "127.0.0.1" || host === "192.0.2.9" };
	const node = { pump: { after: (_time: number, run: () => void) => run() }, addresses, isOurName: () => false };
	const origins = new Map([["home", { name: "home", url: base, key: new Uint8Array() }]]);
	const relay = { node, host: { network, resolver: {} }, origins, find: () => ({ status: 403, message: "no" }) };
	const whole = { key: "home/a", protocol: "http", url: "http://192.0.2.7/", origin: "home", ...content };
	const { network: guarded } = originWay(relay as unknown as RelayServices, whole as RelayedContent);
	const sink: StreamSink = {
		room: () => {
			isOpen = true;
		},
		received() {},
		ended: (why) => ends.push(why),
		gone() {},
	};
	const [address, port] = to.split(" ");
	guarded.connect({ address, port: Number(port) }, sink);
	(opened as StreamSink | undefined)?.room();
	assert.deepEqual(ends, isOpen ? [] : ["refused"]);
	return isOpen;
}

describe("app/relay/origin-guard", () => {
	it("leads to no service of this machine on the word of an origin, unless it is here, too (REP-11)", () => {
		const offered = { isOffered: true, url: "http://127.0.0.1:80/" };
		assert.equal(leads(offered, "127.0.0.1 80"), false);
		assert.equal(leads(offered, "192.0.2.9 80"), false);
		assert.equal(leads(offered, "192.0.2.7 80"), true);
		assert.equal(leads(offered, "127.0.0.1 80", "http://127.0.0.1:8080"), true);
		assert.equal(leads(offered, "127.0.0.1 80", "http://192.0.2.9:8080"), true);
	});

	it("leads to this machine where the table says so, and to that port alone (REP-11)", () => {
		const here = { url: "http://127.0.0.1:81/live" };
		assert.equal(leads(here, "127.0.0.1 81"), true);
		assert.equal(leads(here, "127.0.0.1 80"), false);
		assert.equal(leads({}, "127.0.0.1 81"), false);
		assert.equal(leads({}, "203.0.113.1 81"), true);
	});

	it("ends a connection that turns out to be with this machine, by an address that is not known (REP-11)", () => {
		assert.equal(leads({}, "10.0.0.1 80", undefined, "10.0.0.1"), false);
		assert.equal(leads({ url: "http://10.0.0.1/" }, "10.0.0.1 80", undefined, "10.0.0.1"), true);
	});

	it("leads from a server that a viewer has named to no other that is not allowed (REP-11)", () => {
		const named = { key: "origin/192.0.2.7:80/live" };
		assert.equal(leads(named, "192.0.2.7 80"), true);
		assert.equal(leads(named, "192.0.2.7 81"), false);
		assert.equal(leads(named, "203.0.113.1 80"), false);
	});
});
