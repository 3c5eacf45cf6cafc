import assert from "node:assert/strict";
import { IPV6 } from "../../src/app/ipv6/ipv6-extra";
import type { UdpPeer, UdpSocket } from "../../src/ports/net";
import { VirtualHome } from "../support/virtual-home";

const GATEWAY = "2003:1::1";

/** A PCP server on the router, which grants all; `open` has the ports that are open, by address. */
function pinholeServer(home: VirtualHome) {
	const { machine, inside } = home.gateway.router;
	inside.addIpv6({ address: GATEWAY });
	const open = new Map<string, number>();
	const socket: UdpSocket = machine.network.udp(
		{ address: "::", port: 5351 },
		{
			opened() {},
			failed: (_why, detail) => assert.fail(detail),
			received(bytes: Uint8Array, peer: UdpPeer) {
				const answer = bytes.slice();
				answer[1] |= 0x80;
				answer.fill(0, 8, 24);
				if ((answer[6] | answer[7]) !== 0) open.set(peer.address, (answer[40] << 8) | answer[41]);
				else open.delete(peer.address);
				socket.sendTo(peer, answer, 0, answer.length);
			},
		},
	);
	return open;
}

/** Two cameras with IPv6. */
function scene(settings: Readonly<Record<string, string>> = {}) {
	const home = new VirtualHome(32);
	home.extras = [IPV6];
	const open = pinholeServer(home);
	for (const number of [1, 2]) {
		const { machine } = home.add(settings);
		machine.nics.at(-1)?.addIpv6({ address: `2003:1::1${number}`, gateway: GATEWAY });
	}
	home.neighbour.nics.at(-1)?.addIpv6({ address: "2003:1::9", gateway: GATEWAY });
	home.until(() => open.size === 2 && home.cameras.every(({ port }) => port !== 0), 10_000, "both are open");
	return { home, open };
}

describe("simulation/IPv6", () => {
	it("opens pinholes, serves by IPv6, and leads visitors by the family that they come by (IMG-32)", () => {
		const { home, open } = scene();
		assert.deepEqual([...open].sort(), [
			["2003:1::11", 8000],
			["2003:1::12", 8000],
		]);
		const six = () => home.get("http://[2003:1::11]:8000/portal", home.neighbour);
		home.until(() => six().includes('"http://[2003:1::12]:8000/'), 10_000, "a link by IPv6");
		assert.doesNotMatch(six(), /http:\/\/192\.168/);
		// The one that is not the representative links to the portal there.
		const second = home.get("http://[2003:1::12]:8000/camera", home.neighbour);
		assert.match(second, /href="http:\/\/\[2003:1::11\]:8000\/portal"/);
		const four = home.get("http://192.168.0.11:8000/portal", home.neighbour);
		assert.match(four, /"http:\/\/192\.168\.0\.12:8000\//);
		assert.doesNotMatch(four, /\[2003/);
		const status = home.get("http://[2003:1::11]:8000/api/v1/status", home.neighbour);
		assert.match(
			status,
			/"ipv6":\{"address":"2003:1::11","url":"http:\/\/\[2003:1::11\]:8000\/","outside":"2003:1::11","by":"PCP"/,
		);
	});

	it("tells a stranger nothing by IPv6 either", () => {
		const { home } = scene();
		for (const path of ["", "portal", "camera", "api/v1/cameras", "snapshot.jpg", "x"]) {
			const answer = home.exchange("GET", `http://[2003:1::11]:8000/${path}`, "", "", home.neighbour, 3000);
			assert.match(answer, /^HTTP\/1\.1 401/, path);
		}
	});

	it("shows IPv6 links to a camera only in a network of ours, so that a forged announcement leads nowhere else", () => {
		const { home } = scene();
		const [, second] = home.cameras;
		const nic = second.machine.nics.at(-1);
		nic?.addIpv6({ address: "2003:9::66", gateway: GATEWAY });
		nic?.removeIpv6("2003:1::12");
		home.world.runFor(10_000);
		const page = home.get("http://[2003:1::11]:8000/portal", home.neighbour);
		assert.doesNotMatch(page, /2003:9::66/);
		assert.match(page, /"http:\/\/192\.168\.0\.12:8000\//);
	});

	it("closes pinholes when port assignment is off, and when a camera leaves (IMG-7, IMG-20)", () => {
		const { home, open } = scene();
		const [first, second] = home.cameras;
		first.camera.gateway.setMapping(false);
		home.until(() => !open.has("2003:1::11"), 2000, "the first is closed");
		let isOver = false;
		second.camera.leave(() => {
			isOver = true;
		});
		home.until(() => isOver, 5000, "the second has left");
		assert.equal(open.size, 0);
	});
});
