import assert from "node:assert/strict";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { addressTableOf, BY_RULE, rtspServer } from "../../src/app/stream/rtsp-extra";
import type { AddressTable } from "../../src/stream/address/address-table";
import { HomePlayer } from "../support/home-player";
import { toyJpeg } from "../support/toy-jpeg";
import { VirtualHome, WAN } from "../support/virtual-home";
import { VirtualRtpPlayer } from "../support/virtual-rtp-player";

const NEXT_WAN = "198.20.0.2";
const CAMERA = "192.168.0.11";

/** A home with one camera, and its port at the gateway. */
function homeWith(table: AddressTable, wan?: string): VirtualHome {
	const home = new VirtualHome(17, {}, {}, wan);
	home.picture = toyJpeg();
	home.extras = [rtspServer({ table })];
	home.add();
	if (wan !== undefined) home.world.run(10_000);
	else home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port");
	return home;
}

/** Sets up a stream by UDP and plays it. @returns the source that the answer names; empty: none */
function play(home: VirtualHome, from: VirtualMachine, host: string, port: number, rtpPort: number): string {
	const url = `rtsp://${host}:${port}/live`;
	const player = new HomePlayer(home, from, host, port);
	const transport = `Transport: RTP/AVP;unicast;client_port=${rtpPort}-${rtpPort + 1}`;
	const answer = player.ask("SETUP", `${url}/trackID=0`, transport);
	const [, session = ""] = /\r\nSession: ([0-9a-f]{32});/.exec(answer) ?? [];
	assert.match(player.ask("PLAY", url, `Session: ${session}`), /^RTSP\/1\.0 200 OK/);
	const [, source = ""] = /\r\nTransport: [^\r]*;source=([^;\r]+)/.exec(answer) ?? [];
	return source;
}

describe("simulation/the advertised address (ONE-4)", () => {
	it("is what the gateway says, for players on the Internet; media come from there, without any table (STR-24)", () => {
		const home = homeWith(BY_RULE);
		const player = new VirtualRtpPlayer(home.visitor, 6000, { interval: 0 });
		assert.equal(play(home, home.visitor, WAN, 8080, 6000), WAN);
		home.world.runFor(2000);
		assert.ok(player.pictures > 5, `${player.pictures} pictures`);
		for (const from of player.mediaFrom) assert.ok(from.startsWith(`${WAN}:`), from);
	});

	it("is left out for players at home, which reach the camera by its own", () => {
		const home = homeWith(BY_RULE);
		const player = new VirtualRtpPlayer(home.neighbour, 6000, { interval: 0 });
		assert.equal(play(home, home.neighbour, CAMERA, 8554, 6000), "");
		home.world.runFor(2000);
		assert.ok(player.pictures > 5, `${player.pictures} pictures`);
		for (const from of player.mediaFrom) assert.ok(from.startsWith(`${CAMERA}:`), from);
	});

	it("follows the gateway to another one", () => {
		const home = homeWith(BY_RULE);
		home.gateway.setWanAddress(NEXT_WAN);
		const [{ camera }] = home.cameras;
		home.until(() => camera.addresses.externalAddress === NEXT_WAN, 75_000, "the new address is known");
		assert.equal(play(home, home.visitor, NEXT_WAN, 8080, 6000), NEXT_WAN);
	});

	it("of a row that names none is that of the gateway too, and that of a row which names one stays", () => {
		const network = `network lan 192.168.0.0/24\ncontrol ${CAMERA}:8554 as ${WAN}\n`;
		const routers = `router internet wan0 ${WAN} via 198.20.0.254\nrouter lan br0 192.168.0.1\n`;
		for (const [as, source] of [
			["", WAN],
			[" as 198.20.0.210", "198.20.0.210"],
		]) {
			const rows = `internet rtp send ${CAMERA}${as}\ninternet rtcp both ${CAMERA}:5000-5999${as}\n`;
			const home = homeWith(addressTableOf("table", () => network + routers + rows, "--address-table"));
			assert.equal(play(home, home.visitor, WAN, 8080, 6000), source, as);
		}
	});

	it("is never a private one that a router behind another router names (STR-19)", () => {
		const home = homeWith(BY_RULE, "100.64.0.9");
		const [{ camera }] = home.cameras;
		assert.equal(camera.addresses.outsideOf(CAMERA), "");
	});
});
