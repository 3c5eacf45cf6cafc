import assert from "node:assert/strict";
import { NO_TLS, NO_TLS_CLIENT, type Stream, type StreamSink } from "../../../src/ports/net";
import { FakeListener, FakeTcp, turn, withFakeSdk } from "./fake-sdk";

const { SdkNetwork } = withFakeSdk(
	() => require("../../../hosts/sdk/sdk-network") as typeof import("../../../hosts/sdk/sdk-network"),
);

class Recorder implements StreamSink {
	readonly heard: string[] = [];
	stream: Stream | undefined;
	room(): void {
		this.heard.push(`room ${this.stream?.room}`);
	}
	received(bytes: Uint8Array): void {
		this.heard.push(`received ${bytes.join(" ")}`);
	}
	ended(why: string): void {
		this.heard.push(`ended ${why}`);
	}
	gone(): void {
		this.heard.push("gone");
	}
}

const network = new SdkNetwork(() => [{ name: "net", address: "192.168.0.2", prefix: 24 }]);

function connect(address = "192.168.0.1"): { sink: Recorder; stream: Stream; tcp: FakeTcp } {
	const sink = new Recorder();
	const stream = network.connect({ address, port: 80 }, sink);
	sink.stream = stream;
	return { sink, stream, tcp: FakeTcp.made[FakeTcp.made.length - 1] };
}

describe("hosts-xs-sdk/sdk-stream", () => {
	before(() => void network.paths());

	it("reports that an ESP32 has no TLS, and does not listen without it", () => {
		const heard: string[] = [];
		const sink = {
			opened: () => heard.push("opened"),
			accepted: () => undefined,
			failed: (why: string, detail: string) => heard.push(`${why}: ${detail}`),
		};
		network.listen({ port: 443, tls: { certificate: "/c.pem", key: "/k.pem" } }, sink);
		assert.deepEqual(heard, [], "not inside the call");
		turn();
		assert.deepEqual(heard, [`failed: ${NO_TLS}`]);
		assert.equal(connect().stream.secure, false);
	});

	it("ends with tls, without connecting, when TLS is requested", () => {
		const heard: string[] = [];
		const sink = {
			room: () => heard.push("room"),
			received: () => heard.push("received"),
			ended: (why: string, detail?: string) => heard.push(`${why}: ${detail}`),
			gone: () => heard.push("gone"),
		};
		const sockets = FakeTcp.made.length;
		const stream = network.connect({ address: "192.168.0.1", port: 443, tls: { serverName: "a" } }, sink);
		assert.deepEqual([heard, stream.secure, stream.room], [[], false, 0]);
		turn();
		assert.deepEqual([heard, FakeTcp.made.length], [[`tls: ${NO_TLS_CLIENT}`, "gone"], sockets]);
	});

	it("takes an offered frame whole, sends the rest as there is room, and holds its lease until then", () => {
		const { sink, stream, tcp } = connect();
		const lease = { held: 0, retain: () => void lease.held++, release: () => void lease.held-- };
		const frame = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]);
		assert.equal(stream.offer(frame, 1, 8, lease), false, "not open");
		tcp.takes(3);
		assert.equal(stream.offer(frame, 1, 8, lease), true);
		assert.deepEqual([stream.queued, stream.room, lease.held], [4, 0, 1]);
		assert.equal(stream.offer(frame, 0, 1), false, "busy");
		tcp.takes(2);
		assert.deepEqual([stream.queued, sink.heard.length, lease.held], [2, 1, 1]);
		tcp.takes(100);
		assert.deepEqual([stream.queued, lease.held, sink.heard], [0, 0, ["room 3", "room 98"]]);
		assert.deepEqual(tcp.written, [1, 2, 3, 4, 5, 6, 7]);
		assert.equal(stream.offer(frame, 0, 1, lease), true);
		assert.deepEqual([lease.held, tcp.written.length], [0, 8]);
	});

	it("finishes an offered frame before it ends, and releases its lease when it is aborted", () => {
		const lease = { held: 0, retain: () => void lease.held++, release: () => void lease.held-- };
		const ending = connect();
		ending.tcp.takes(1);
		ending.stream.offer(new Uint8Array([1, 2]), 0, 2, lease);
		ending.stream.end();
		turn();
		assert.equal(ending.tcp.closed, false);
		ending.tcp.takes(1);
		turn();
		assert.deepEqual([ending.tcp.written, ending.tcp.closed, lease.held], [[1, 2], true, 0]);
		const aborted = connect();
		aborted.tcp.takes(1);
		aborted.stream.offer(new Uint8Array([1, 2]), 0, 2, lease);
		aborted.stream.abort();
		turn();
		assert.deepEqual([aborted.tcp.written, lease.held], [[1], 0]);
	});

	it("reports its room, and writes no more than that", () => {
		const { sink, stream, tcp } = connect();
		assert.equal(stream.room, 0);
		tcp.takes(4);
		assert.deepEqual(sink.heard, ["room 4"]);
		stream.write(new Uint8Array([1, 2, 3, 4, 5]), 1, 4);
		assert.deepEqual(tcp.written, [2, 3, 4]);
		assert.equal(stream.room, 1);
		tcp.takes(1536);
		assert.deepEqual(sink.heard, ["room 4", "room 1536"]);
	});

	it("stops reading when reading is off, and delivers the waiting octets later", () => {
		const { sink, stream, tcp } = connect();
		tcp.takes(9);
		stream.reading(false);
		tcp.brings(7, 8);
		assert.deepEqual(sink.heard, ["room 9"]);
		stream.reading(true);
		assert.deepEqual(sink.heard, ["room 9"], "not inside the call");
		turn();
		assert.deepEqual(sink.heard, ["room 9", "received 7 8"]);
	});

	it("ends after this turn, and makes no call afterwards", () => {
		const { sink, stream, tcp } = connect();
		tcp.takes(9);
		stream.write(new Uint8Array([1]), 0, 1);
		stream.end();
		assert.equal(stream.room, 0);
		assert.equal(tcp.closed, false, "the socket still has unsent data");
		stream.write(new Uint8Array([2]), 0, 1);
		turn();
		assert.deepEqual([tcp.closed, ...tcp.written], [true, 1]);
		assert.deepEqual(sink.heard, ["room 9", "ended closed", "gone"]);
		stream.abort();
		turn();
		assert.equal(sink.heard.length, 3);
	});

	it("aborts at once, and reports it later", () => {
		const { sink, stream, tcp } = connect();
		tcp.takes(9);
		stream.abort();
		assert.equal(tcp.closed, true);
		assert.deepEqual(sink.heard, ["room 9"]);
		turn();
		assert.deepEqual(sink.heard, ["room 9", "ended reset", "gone"]);
	});

	it("counts the end of an open connection as closed, and of one that never opened as refused", () => {
		const open = connect();
		open.tcp.takes(1);
		open.tcp.fails();
		assert.deepEqual(open.sink.heard.slice(1), ["ended closed", "gone"]);
		const never = connect();
		never.tcp.fails();
		assert.deepEqual(never.sink.heard, ["ended refused", "gone"]);
	});

	it("is unreachable when the socket refuses the address", () => {
		const sink = new Recorder();
		network.connect({ address: "refuse", port: 80 }, sink);
		assert.deepEqual(sink.heard, []);
		turn();
		assert.deepEqual(sink.heard, ["ended unreachable", "gone"]);
	});

	it("resets the connection when a write fails", () => {
		const { sink, stream, tcp } = connect();
		tcp.takes(9);
		tcp.space = 0;
		stream.write(new Uint8Array([1, 2]), 0, 2);
		turn();
		assert.deepEqual(sink.heard, ["room 9", "ended reset", "gone"]);
	});

	it("resets the connection when a write is lost, which the sockets of a PC report in no other way", () => {
		const { sink, stream, tcp } = connect();
		tcp.takes(9);
		tcp.broken = true;
		stream.write(new Uint8Array([1, 2]), 0, 2);
		turn();
		assert.deepEqual(sink.heard, ["room 9", "ended reset", "gone"]);
	});
});

describe("hosts-xs-sdk/sdk-listener", () => {
	it("accepts all pending connections, reports addresses, and refuses with a reset", () => {
		const sinks: (Recorder | undefined)[] = [new Recorder(), undefined];
		const seen: string[] = [];
		const listener = network.listen(
			{ port: 8000 },
			{
				opened: () => void seen.push("opened"),
				accepted: (stream) => {
					seen.push(`${stream.remoteAddress}:${stream.remotePort} at ${stream.localAddress}:${stream.localPort}`);
					const sink = sinks.shift();
					if (sink !== undefined) sink.stream = stream;
					return sink;
				},
				failed: (why) => void seen.push(why),
			},
		);
		const first = sinks[0];
		turn();
		assert.equal(listener.port, 8000);
		const raw = FakeListener.last;
		raw?.comes(new FakeTcp(), new FakeTcp());
		assert.equal(raw?.reads, 2, "a read too many leaves a socket behind in the SDK");
		turn();
		assert.deepEqual(seen, ["opened", ...Array(2).fill("192.168.0.9:4711 at 192.168.0.2:8000")]);
		const [kept, refused] = FakeTcp.made.slice(-2);
		assert.deepEqual([kept.closed, refused.closed], [false, true]);
		kept.takes(5);
		assert.deepEqual(first?.heard, ["room 5"]);
		listener.close();
		assert.equal(raw?.closed, true);
	});

	it("reports later that a port is in use", () => {
		const seen: string[] = [];
		network.listen(
			{ port: 99 },
			{ opened: () => void seen.push("opened"), accepted: () => undefined, failed: (why) => void seen.push(why) },
		);
		assert.deepEqual(seen, []);
		turn();
		assert.deepEqual(seen, ["in-use"]);
	});
});
