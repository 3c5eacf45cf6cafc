import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { NodeServiceAdvertiser, type ServiceThread } from "../../../hosts/node/service-advertiser";
import type { ServiceOrder, ServiceReport } from "../../../hosts/node/service-protocol";
import type { Path } from "../../../src/core/path";
import type { Service, ServiceSink } from "../../../src/ports/service-advertiser";

const ETH0: Path = { name: "eth0", address: "192.168.0.11", prefix: 24 };
const SERVICE: Service = {
	instance: "Front door",
	type: "_http._tcp",
	port: 8000,
	text: { path: "/" },
	host: "porthole-1",
};

class FakeThread extends EventEmitter implements ServiceThread {
	readonly orders: ServiceOrder[] = [];
	ended = false;
	postMessage(order: ServiceOrder): void {
		this.orders.push(order);
	}
	terminate(): void {
		this.ended = true;
	}
	unref(): void {}
	says(report: ServiceReport): void {
		this.emit("message", report);
	}
}

class Recorder implements ServiceSink {
	readonly heard: string[] = [];
	advertised(instance: string, host: string): void {
		this.heard.push(`${instance} at ${host}`);
	}
	failed(words: string): void {
		this.heard.push(`failed: ${words}`);
	}
}

describe("hosts-node/service-advertiser", () => {
	let threads: FakeThread[];
	let advertiser: NodeServiceAdvertiser;
	let sink: Recorder;

	beforeEach(() => {
		threads = [];
		sink = new Recorder();
		advertiser = new NodeServiceAdvertiser(() => {
			threads.push(new FakeThread());
			return threads[threads.length - 1];
		});
	});
	afterEach(() => advertiser.withdraw());

	it("starts a thread when there is an interface, and passes it all services", () => {
		advertiser.advertise(SERVICE, [], sink);
		assert.equal(threads.length, 0);
		advertiser.advertise(SERVICE, [ETH0], sink);
		const other: Service = { ...SERVICE, type: "_rtsp._tcp", port: 8554 };
		advertiser.advertise(other, [ETH0], sink);
		assert.equal(threads.length, 1);
		assert.deepEqual(threads[0].orders, [
			{ interfaces: ["eth0=192.168.0.11"], services: [SERVICE] },
			{ interfaces: ["eth0=192.168.0.11"], services: [SERVICE, other] },
		]);
		threads[0].says({
			type: "advertised",
			service: "_http._tcp",
			instance: "Front door (2)",
			host: "porthole-1.local",
		});
		assert.deepEqual(sink.heard, ["Front door (2) at porthole-1.local"]);
	});

	it("withdraws its services when there is no interface any more", () => {
		advertiser.advertise(SERVICE, [ETH0], sink);
		advertiser.advertise(SERVICE, [], sink);
		assert.deepEqual(threads[0].orders[1], { interfaces: [], services: [] });
	});

	it("waits for the goodbye, then ends the thread", () => {
		let done = 0;
		advertiser.advertise(SERVICE, [ETH0], sink);
		advertiser.withdraw(() => done++);
		assert.deepEqual([threads[0].orders[1].services, done], [[], 0]);
		threads[0].says({ type: "withdrawn" });
		assert.deepEqual([done, threads[0].ended], [1, true]);
		threads[0].emit("exit");
		threads[0].says({ type: "failed", service: "_http._tcp", words: "late" });
		assert.deepEqual([sink.heard, threads.length], [[], 1]);
	});

	it("does not wait for a thread that has ended, nor without a thread", () => {
		let done = 0;
		advertiser.withdraw(() => done++);
		assert.equal(done, 1);
		advertiser.advertise(SERVICE, [ETH0], sink);
		advertiser.withdraw(() => done++);
		threads[0].emit("exit");
		assert.equal(done, 2);
	});

	it("survives a thread that has ended: logs it, and does not start another at once", () => {
		advertiser.advertise(SERVICE, [ETH0], sink);
		threads[0].emit("error", new Error("out of memory"));
		threads[0].emit("exit");
		assert.deepEqual(sink.heard, ["failed: out of memory"]);
		advertiser.advertise({ ...SERVICE, port: 8001 }, [ETH0], sink);
		assert.equal(threads.length, 1, "that would be a loop");
	});
});
