import assert from "node:assert/strict";
import { VirtualGateway } from "../../../../hosts/virtual/gateway/virtual-gateway";
import { Lan } from "../../../../hosts/virtual/lan";
import { dial, ListenRecorder, UdpRecorder } from "../sinks";
import { argumentOf, codeOf, Home, mapping } from "./home";

describe("hosts-virtual/gateway/virtual-gateway", () => {
	it("forwards visitors to mapped TCP and UDP ports, and reports mappings to its watcher", () => {
		const home = new Home();
		const log: string[] = [];
		home.gateway.onMapping((added, removed) => {
			for (const one of added) log.push(`+${one.transport} ${one.externalPort} ${one.address}:${one.port}`);
			for (const one of removed) log.push(`-${one.transport} ${one.externalPort}`);
		});
		const camera = new ListenRecorder(home.cameras[0].network, 8000);
		const udp = new UdpRecorder(home.cameras[0].network, { port: 8000 });
		home.add(8080, 0, { NewLeaseDuration: 60 });
		home.add(9000, 0, { NewProtocol: "UDP" });
		home.add(8080, 0, { NewLeaseDuration: 60 });
		const visitor = dial(home.visitor.network, "198.20.0.1", 8080);
		const caller = new UdpRecorder(home.visitor.network, { port: 0 });
		visitor.write("GET /");
		home.world.runFor(50);
		caller.say("datagram", "198.20.0.1", 9000);
		camera.accepts[0].write("page");
		home.world.runFor(50);
		assert.equal(camera.accepts[0].text, "GET /");
		assert.equal(camera.accepts[0].stream.remoteAddress, "8.0.0.1");
		assert.deepEqual([visitor.text, udp.texts], ["page", ["datagram"]]);
		home.world.runFor(60_000);
		assert.deepEqual(log, ["+tcp 8080 192.168.0.11:8000", "+udp 9000 192.168.0.11:8000", "-tcp 8080"]);
		assert.equal(dialled(home, 8080), "refused");
	});

	it("quirk 5: keeps a port of the router itself closed; forwards visitors by manual rules first", () => {
		const manualForwards = [{ externalPort: 8080, address: "192.168.0.12", port: 80 }];
		const home = new Home({ routerPorts: [8081], manualForwards, ignoresManualForwards: true });
		const other = new ListenRecorder(home.cameras[1].network, 80);
		home.add(8080);
		home.add(8081);
		assert.equal(dialled(home, 8080), undefined);
		assert.equal(dialled(home, 8081), "refused");
		assert.equal(other.accepts.length, 1);
	});

	it("quirk 7: loses the table at a restart, unless there is a lease file (E9)", () => {
		for (const leaseFile of [false, true]) {
			const home = new Home({ leaseFile });
			home.add(8080, 0, { NewLeaseDuration: 100 });
			home.gateway.restart({ away: 10_000, graceful: false });
			home.world.runFor(5000);
			assert.equal(home.exchange("GET / HTTP/1.1\r\n\r\n", 5000, 0, 3000).why, undefined, "silent while away");
			home.world.runFor(5000);
			assert.equal(home.gateway.bootId, 2);
			assert.equal(home.holder(8080), leaseFile ? "192.168.0.11" : "714");
			home.world.runFor(90_000);
			assert.equal(home.holder(8080), "714");
		}
	});

	it("keeps working at a new WAN address (E10), and is unreachable without one", () => {
		const home = new Home();
		const camera = new ListenRecorder(home.cameras[0].network, 8000);
		home.add(8080);
		home.gateway.setWanAddress(undefined);
		assert.equal(dialled(home, 8080), undefined);
		home.gateway.setWanAddress("198.20.0.9");
		assert.equal(dialled(home, 8080, "198.20.0.9"), undefined);
		assert.equal(camera.accepts.length, 1);
		assert.equal(argumentOf(home.call("GetExternalIPAddress"), "NewExternalIPAddress"), "198.20.0.9");
		const out = new UdpRecorder(home.cameras[0].network, { port: 0 });
		const peer = new UdpRecorder(home.visitor.network, { port: 7 });
		home.world.runFor(1);
		out.say("from behind", "8.0.0.1", 7);
		home.world.runFor(50);
		assert.ok(peer.heard[0].startsWith("198.20.0.9:"));
	});

	it("quirk 25: hairpins only where that is switched on", () => {
		const home = new Home();
		const camera = new ListenRecorder(home.cameras[0].network, 8000);
		home.add(8080);
		const from = (): string | undefined => {
			const stream = dial(home.cameras[1].network, "198.20.0.1", 8080);
			home.world.runFor(100);
			return stream.why;
		};
		assert.equal(from(), "refused");
		home.gateway.quirks.hairpin = true;
		assert.equal(from(), undefined);
		assert.equal(camera.accepts.length, 1);
	});

	it("works behind another router (double NAT)", () => {
		const home = new Home();
		const lan = new Lan(home.world);
		const outside = { address: "192.168.0.50", gateway: "192.168.0.1" };
		const inner = new VirtualGateway(home.world, { lan, wan: home.lan, outside, inside: { address: "10.0.0.1" } });
		assert.equal(inner.wanAddress, "192.168.0.50");
		home.world.runFor(50);
		const machine = home.join(60);
		machine.nics[0].link.up = false;
		machine.attach(lan, { address: "10.0.0.11", gateway: "10.0.0.1" });
		const peer = new UdpRecorder(home.visitor.network, { port: 7 });
		const out = new UdpRecorder(machine.network, { port: 5000 });
		home.world.runFor(1);
		out.say("through both", "8.0.0.1", 7);
		home.world.runFor(50);
		assert.deepEqual(peer.heard, ["198.20.0.1:5000 through both"]);
	});

	it("switches its services off and on while running", () => {
		const home = new Home();
		home.gateway.quirks.upnp = false;
		home.gateway.applyServices();
		assert.equal(home.call("GetStatusInfo").why, "refused");
		home.gateway.quirks.upnp = true;
		home.gateway.applyServices();
		assert.equal(codeOf(home.call("GetStatusInfo")), 200);
	});

	it("gives a port to exactly one of three clients that ask at once, 20 times (E12)", () => {
		const home = new Home();
		home.cameras.push(home.join(13));
		for (let round = 0; round < 20; round++) {
			const port = 9000 + round;
			const tries = home.cameras.map((camera) => {
				const stream = dial(camera.network, "192.168.0.1", 5000);
				const args = Object.entries(mapping(port, camera.address));
				const inner = args.map(([name, value]) => `<${name}>${value}</${name}>`).join("");
				const body = `<Body><AddPortMapping>${inner}</AddPortMapping></Body>`;
				const head = `POST /ctl/IPConn HTTP/1.1\r\nSOAPAction: "x#AddPortMapping"\r\n`;
				stream.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
				return stream;
			});
			home.world.runFor(500);
			assert.equal(tries.filter((one) => one.text.startsWith("HTTP/1.1 200")).length, 1);
			assert.equal(tries.filter((one) => one.text.includes("718")).length, 2);
		}
	});
});

function dialled(home: Home, port: number, address = "198.20.0.1"): string | undefined {
	const stream = dial(home.visitor.network, address, port);
	home.world.runFor(500);
	return stream.why;
}
