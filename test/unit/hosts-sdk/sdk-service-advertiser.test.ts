import assert from "node:assert/strict";
import type { SdkResponder, SdkService } from "../../../hosts/sdk/sdk-service-advertiser";
import type { Path } from "../../../src/core/path";
import type { Service, ServiceSink } from "../../../src/ports/service-advertiser";
import { turn, withFakeSdk } from "./fake-sdk";

const { SdkServiceAdvertiser } = withFakeSdk(
	() =>
		require("../../../hosts/sdk/sdk-service-advertiser") as typeof import("../../../hosts/sdk/sdk-service-advertiser"),
);

const PATHS: readonly Path[] = [{ name: "wlan0", address: "192.168.0.11", prefix: 24 }];
const DOOR: Service = {
	instance: "Front door",
	type: "_http._tcp",
	port: 8000,
	text: { path: "/", representative: "no" },
	host: "porthole-00112233",
};

/** The responder of the SDK, which adds nothing before a name is claimed, and serializes text as the SDK does. */
class FakeResponder implements SdkResponder {
	static made: FakeResponder[] = [];
	/** How many are refused at their making. */
	static refuses = 0;
	readonly said: string[] = [];
	private readonly services: SdkService[] = [];
	private claimed = "";
	closed = false;

	constructor(
		readonly options: { hostName: string },
		private readonly callback: (message: number, name?: string) => void,
	) {
		if (FakeResponder.refuses-- > 0) throw new Error("no socket");
		FakeResponder.made.push(this);
	}
	claims(name: string): void {
		this.callback(1, "");
		this.claimed = name;
		this.callback(1, name);
	}
	fails(): void {
		this.callback(-1);
	}
	add(service: SdkService): void {
		if (this.claimed === "" || this.closed) throw new Error("not ready");
		this.services.push(service);
		this.said.push(`add ${service.name}/${service.protocol} ${service.port} ${wire(service.txt)}`);
	}
	update(service: SdkService): void {
		if (!this.services.includes(service)) throw new Error("service not found");
		this.said.push(`update ${wire(service.txt)}`);
	}
	remove(service: SdkService): void {
		const at = this.services.indexOf(service);
		if (at < 0) throw new Error("service not found");
		this.services.splice(at, 1);
		this.said.push(`remove ${service.port}`);
	}
	close(): void {
		this.closed = true;
	}
}

/** The SDK's serializer in short: it goes through the names of arrays, and through the letters of other objects' names. */
function wire(txt: unknown): string {
	const pairs: string[] = [];
	if (!Array.isArray(txt)) return "spoilt";
	for (const name in txt) pairs.push(`${name}=${(txt as unknown as Record<string, string>)[name]}`);
	return pairs.join(" ");
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

describe("hosts-xs-sdk/sdk-service-advertiser", () => {
	let sink: Recorder;
	let advertiser: InstanceType<typeof SdkServiceAdvertiser>;
	const last = () => FakeResponder.made[FakeResponder.made.length - 1];

	beforeEach(() => {
		FakeResponder.made = [];
		FakeResponder.refuses = 0;
		sink = new Recorder();
		advertiser = new SdkServiceAdvertiser(FakeResponder);
	});
	afterEach(() => {
		advertiser.withdraw();
		turn();
	});

	function advertised(): FakeResponder {
		advertiser.advertise(DOOR, PATHS, sink);
		last().claims("front-door");
		turn();
		return last();
	}

	it("claims a name like the camera's, then announces the service with the whole name in its text", () => {
		advertiser.advertise(DOOR, [], sink);
		assert.equal(FakeResponder.made.length, 0, "not without a network");
		advertiser.advertise(DOOR, PATHS, sink);
		advertiser.advertise(DOOR, PATHS, sink);
		assert.deepEqual(
			FakeResponder.made.map(({ options }) => options.hostName),
			["front-door"],
		);
		last().claims("front-door-2");
		assert.deepEqual(last().said, [], "not inside its own call");
		turn();
		assert.deepEqual(last().said, ["add http/tcp 8000 path=/ representative=no name=Front door"]);
		assert.deepEqual(sink.heard, ["front-door-2 at front-door-2.local"]);
	});

	it("falls back to a default name when the camera's name has no valid characters", () => {
		advertiser.advertise({ ...DOOR, instance: "玄関" }, PATHS, sink);
		assert.equal(last().options.hostName, "porthole-00112233");
	});

	it("updates the text", () => {
		const responder = advertised();
		advertiser.advertise({ ...DOOR, text: { representative: "yes" } }, PATHS, sink);
		assert.deepEqual(responder.said.slice(1), ["update representative=yes name=Front door"]);
	});

	it("says goodbye under the old name, and claims the new one", () => {
		const old = advertised();
		advertiser.advertise({ ...DOOR, instance: "Hall" }, PATHS, sink);
		assert.deepEqual([old.said.slice(1), old.closed], [["remove 8000"], true]);
		assert.equal(last().options.hostName, "hall");
		old.claims("late");
		last().claims("hall");
		turn();
		assert.deepEqual(last().said, ["add http/tcp 8000 path=/ representative=no name=Hall"]);
		assert.equal(old.said.length, 2);
	});

	it("starts again with another address, and pauses without one", () => {
		const old = advertised();
		advertiser.advertise(DOOR, [], sink);
		assert.deepEqual([old.closed, FakeResponder.made.length], [true, 1]);
		advertiser.advertise(DOOR, PATHS, sink);
		assert.equal(FakeResponder.made.length, 2);
	});

	it("has one name for services of several types", () => {
		const responder = advertised();
		advertiser.advertise({ ...DOOR, type: "_rtsp._tcp", port: 8554, text: {} }, PATHS, sink);
		assert.deepEqual(responder.said.slice(-1), ["add rtsp/tcp 8554 name=Front door"]);
	});

	it("takes leave", () => {
		const responder = advertised();
		let done = 0;
		advertiser.withdraw(() => done++);
		assert.deepEqual([responder.said.slice(1), responder.closed, done], [["remove 8000"], true, 1]);
		advertiser.withdraw(() => done++);
		assert.equal(done, 2);
	});

	it("tries again after a failure, and logs it", () => {
		FakeResponder.refuses = 1;
		advertiser.advertise(DOOR, PATHS, sink);
		assert.deepEqual(sink.heard, [], "not inside the call");
		turn();
		assert.deepEqual([sink.heard, FakeResponder.made.length], [["failed: no socket"], 1]);
		last().fails();
		turn();
		assert.deepEqual([sink.heard.length, FakeResponder.made.length], [2, 2]);
		last().claims("front-door");
		turn();
		assert.equal(sink.heard.at(-1), "front-door at front-door.local");
	});

	it("stops retrying a host that throws at once, until the network or the name changes", () => {
		FakeResponder.refuses = Infinity;
		advertiser.advertise(DOOR, PATHS, sink);
		for (let i = 0; i < 20; i++) turn();
		for (let i = 0; i < 20; i++) advertiser.advertise(DOOR, PATHS, sink);
		turn();
		assert.equal(sink.heard.length, 4);
		assert.equal(sink.heard[3], "failed: no socket; not tried again on this network");
		FakeResponder.refuses = 0;
		turn();
		assert.equal(FakeResponder.made.length, 0);
		advertiser.advertise(DOOR, [{ ...PATHS[0], address: "192.168.1.11" }], sink);
		assert.equal(FakeResponder.made.length, 1);
	});
});
