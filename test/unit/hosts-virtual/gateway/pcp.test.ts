import assert from "node:assert/strict";
import { UdpRecorder } from "../sinks";
import { Home } from "./home";

const SUCCESS = 0;

/** Writes a PCP MAP request for TCP port 8000. */
function map(n: number, suggested: number, lifetime: number, nonce = n, options: readonly number[] = []): number[] {
	const u16 = (value: number): number[] => [value >> 8, value & 255];
	const address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 168, 0, n];
	const zero = Array(16).fill(0);
	return [
		...[2, 1, 0, 0, 0, 0, ...u16(lifetime), ...address],
		...[...Array(12).fill(nonce), 6, 0, 0, 0, ...u16(8000), ...u16(suggested), ...zero, ...options],
	];
}

/** Result, lifetime and port of a PCP answer. */
function read(answer: readonly number[]): number[] {
	return [answer[3], (answer[6] << 8) | answer[7], (answer[42] << 8) | answer[43]];
}

/** Writes a NAT-PMP request for a TCP port 8000. */
function pmp(suggested: number, lifetime: number, port = 8000): number[] {
	return [0, 2, 0, 0, port >> 8, port & 255, suggested >> 8, suggested & 255, 0, 0, lifetime >> 8, lifetime & 255];
}

describe("hosts-virtual/gateway/pcp", () => {
	it("maps by PCP: a taken port silently becomes the next, the shortest lifetime is 120 s (E5)", () => {
		const home = new Home({ pcp: true });
		home.add(8080, 1);
		const answer = home.ask(map(11, 8080, 60));
		assert.deepEqual(read(answer), [SUCCESS, 120, 8081]);
		assert.deepEqual(answer.slice(0, 2), [2, 129]);
		assert.deepEqual(answer.slice(56, 60), [198, 20, 0, 1]);
		assert.equal(home.holder(8081), "192.168.0.11");
		assert.deepEqual(read(home.ask(map(11, 9999, 600))), [SUCCESS, 600, 8081], "renewal keeps the port");
	});

	it("deletes only for the same address and nonce, and refuses third parties and forged addresses", () => {
		const home = new Home({ pcp: true });
		home.ask(map(11, 8080, 600));
		assert.equal(home.ask(map(12, 8080, 0), 1)[3], 2);
		assert.equal(home.ask(map(11, 8080, 0, 99))[3], 2);
		assert.equal(home.ask(map(11, 8080, 600, 11, [1, 0, 0, 4, 0, 0, 0, 0]))[3], 5);
		assert.equal(home.ask(map(12, 8080, 600))[3], 12);
		assert.deepEqual(read(home.ask(map(11, 8080, 0))), [SUCCESS, 0, 8080]);
		assert.equal(home.holder(8080), "714");
	});

	it("quirk 24: refuses to unmap, and ignores or honours PREFER_FAILURE (E19)", () => {
		const home = new Home({ pcp: true, pcpDeleteFails: true });
		home.add(8080, 1);
		assert.deepEqual(read(home.ask(map(11, 8080, 600, 11, [2, 0, 0, 0]))), [SUCCESS, 600, 8081]);
		assert.equal(home.ask(map(11, 8081, 0))[3], 2);
		home.gateway.quirks.pcpPreferFailure = true;
		assert.equal(home.ask(map(12, 8081, 600, 12, [2, 0, 0, 0]), 1)[3], 11);
	});

	it("maps by NAT-PMP; answers success to another's deletion and ignores it (E5)", () => {
		const home = new Home({ natPmp: true });
		assert.deepEqual(home.ask([0, 0]).slice(8), [198, 20, 0, 1]);
		assert.deepEqual(home.ask(pmp(8080, 600)).slice(8), [0x1f, 0x40, 0x1f, 0x90, 0, 0, 2, 88]);
		assert.deepEqual(home.ask(pmp(8080, 600), 1).slice(10, 12), [0x1f, 0x91]);
		home.cameras.push(home.join(13));
		assert.deepEqual(home.ask(pmp(0, 0), 2).slice(2, 4), [0, 0]);
		assert.equal(home.holder(8080), "192.168.0.11");
		assert.deepEqual(home.ask(pmp(0, 0)).slice(2, 4), [0, 0]);
		assert.deepEqual([home.holder(8080), home.holder(8081)], ["714", "192.168.0.12"]);
	});

	it("answers unknown versions and opcodes, and ignores malformed datagrams", () => {
		const home = new Home({ natPmp: true });
		assert.deepEqual(home.ask(map(11, 8080, 600)).slice(0, 4), [0, 129, 0, 1], "NAT-PMP only: unsupported version");
		assert.deepEqual(home.ask([0, 77]).slice(1, 4), [205, 0, 5]);
		assert.deepEqual(home.ask([0]), []);
		assert.deepEqual(home.ask([0, 128, 0, 0]), [], "an answer is no request");
		const pcp = new Home({ pcp: true });
		assert.deepEqual(pcp.ask([0, 0]).slice(0, 4), [2, 128, 0, 1]);
		assert.equal(pcp.ask([2, 1, 0])[3], 3);
		assert.equal(pcp.ask([...map(11, 1, 1).slice(0, 1), 2, ...map(11, 1, 1).slice(2)])[3], 4);
		assert.deepEqual(new Home().ask([0, 0]), [], "neither is on unless told");
		const hidden = new Home({ natPmp: true });
		hidden.gateway.setWanAddress("100.64.0.9");
		assert.deepEqual(hidden.ask([0, 0]).slice(2, 4), [0, 3]);
	});

	it("quirk 24: starts a new epoch at a reboot, and announces it", () => {
		const home = new Home({ natPmp: true, pcp: true });
		const { network } = home.cameras[0];
		const path = network.paths()[0];
		const ear = new UdpRecorder(network, { port: 5350, path, groups: ["224.0.0.1"] });
		home.world.runFor(100_000);
		assert.equal(home.ask([0, 0])[7], 100);
		home.gateway.restart({ away: 1000 });
		home.world.runFor(5000);
		assert.ok(home.ask([0, 0])[7] < 5);
		assert.deepEqual(
			ear.texts.map((text) => [text.charCodeAt(0), text.charCodeAt(1)]),
			[
				[0, 128],
				[2, 128],
			],
		);
	});
});
