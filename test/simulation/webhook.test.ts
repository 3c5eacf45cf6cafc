import assert from "node:assert/strict";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { toHex } from "../../src/base/hex";
import { HmacSha256 } from "../../src/base/sha256";
import { utf8Encode } from "../../src/base/text";
import type { EndReason } from "../../src/core/stream";
import type { Stream, StreamSink } from "../../src/ports/net";
import { VirtualHome } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";

/** A server that records requests and answers as the test says. */
class Receiver {
	readonly requests: string[] = [];
	/** Statuses of the next answers; then 200. -1: it does not answer. */
	readonly statuses: number[] = [];

	constructor(machine: VirtualMachine, port: number) {
		machine.network.listen(
			{ port },
			{
				opened() {},
				accepted: (stream) => new Connection(this, stream),
				failed: (why) => assert.fail(why),
			},
		);
	}
}

class Connection implements StreamSink {
	private text = "";

	constructor(
		private readonly receiver: Receiver,
		private readonly stream: Stream,
	) {}

	room(): void {}

	received(bytes: Uint8Array): void {
		this.text += Buffer.from(bytes).toString("latin1");
		const [, length = ""] = /Content-Length: (\d+)/.exec(this.text) ?? [];
		const body = this.text.split("\r\n\r\n")[1];
		if (body === undefined || body.length < Number(length)) return;
		this.receiver.requests.push(this.text);
		const status = this.receiver.statuses.shift() ?? 200;
		const answer = new Uint8Array(Buffer.from(`HTTP/1.1 ${status} So\r\nContent-Length: 0\r\n\r\n`));
		if (status > 0) this.stream.write(answer, 0, answer.length);
	}

	ended(_why: EndReason): void {
		this.stream.end();
	}

	gone(): void {}
}

function scene(settings: Readonly<Record<string, string>> = {}) {
	const home = new VirtualHome(1);
	const receiver = new Receiver(home.neighbour, 9000);
	const nas = new HomeNas(home, 20, {
		"record-urls": "door=http://192.168.0.77/stream",
		webhook: "http://192.168.0.9:9000/hook?a=b",
		"webhook-secret": "s3cret",
		...settings,
	});
	home.world.runFor(5000);
	const report = (form: string): string =>
		home.post(`${nas.url}/api/v1/recordings/door/event`, form, home.neighbour).split("\r\n\r\n")[1];
	return { home, receiver, nas, report };
}

describe("simulation/webhook", () => {
	it("posts each event twice, signed, with links (STR-26)", () => {
		const { home, receiver, report, nas } = scene();
		const { id } = JSON.parse(report("label=Bell%20%22x%22&seconds=2"));
		home.world.runFor(4000);
		assert.equal(receiver.requests.length, 2);
		for (const [i, type] of ["began", "ended"].entries()) {
			const [head, body] = receiver.requests[i].split("\r\n\r\n");
			assert.match(head, /^POST \/hook\?a=b HTTP\/1\.1\r\nHost: 192\.168\.0\.9:9000\r\n/);
			assert.match(head, new RegExp(`X-Porthole-Delivery: ${nas.nas.identity.id}-${id}-${type}`));
			const [, seconds, code] = /X-Porthole-Signature: t=(\d+),v1=([0-9a-f]{64})/.exec(head) ?? [];
			const hmac = new HmacSha256(utf8Encode("s3cret"));
			assert.equal(toHex(hmac.sign(utf8Encode(`${seconds}.${body}`))), code);
			const message = JSON.parse(body);
			assert.equal(message.type, type);
			assert.equal(message.event.label, 'Bell "x"');
			assert.equal(message.event.to === null, type === "began");
			assert.equal(message.picture, `${nas.url}/events/${id}/picture.jpg`);
		}
	});

	it("tries again, in order, while the server fails or is silent", () => {
		const { home, receiver, report, nas } = scene();
		receiver.statuses.push(500, -1, 503);
		report("seconds=1");
		home.world.runFor(3000);
		const told = nas.nas.parts.flatMap((part) => part.notices?.() ?? []).map(({ message }) => message);
		assert.doesNotMatch(told.join(), /webhook/, "the owner is not told yet");
		home.world.runFor(60_000);
		const names = receiver.requests.map((text) => /Delivery: \S+-(\w+)/.exec(text)?.[1]);
		assert.deepEqual(names, ["began", "began", "began", "began", "ended"]);
	});

	it("gives up what is refused, and after ten minutes what is not accepted; it tells the owner", () => {
		const { home, receiver, report, nas } = scene();
		receiver.statuses.push(400);
		report("seconds=1");
		home.world.runFor(5000);
		assert.equal(receiver.requests.length, 2);
		receiver.statuses.push(...new Array(9).fill(500));
		report("seconds=1");
		home.world.runFor(120_000);
		assert.match(home.get(`${nas.url}/nas`, home.neighbour), /The webhook can&#39;t be told of events: it answers 500/);
		home.world.runFor(600_000);
		assert.equal(receiver.requests.length, 2 + 9 + 1);
		const metrics = home.get(`${nas.url}/metrics`, home.neighbour);
		assert.match(metrics, /porthole_webhook_lost_total 2\n/);
		assert.match(metrics, /porthole_webhook_delivered_total 2\n/);
	});

	it("keeps a bounded number of messages while the server is away", () => {
		const { home, report, nas } = scene({ webhook: "http://192.168.0.9:9/" });
		for (let i = 0; i < 260; i++) report(`label=${i}&seconds=1`);
		home.world.runFor(1000);
		const [, waiting = ""] = /webhook_waiting (\d+)\n/.exec(home.get(`${nas.url}/metrics`, home.neighbour)) ?? [];
		assert.ok(Number(waiting) > 0 && Number(waiting) <= 512, waiting);
	});

	it("is signed only with a secret", () => {
		const { home, receiver, report } = scene({ "webhook-secret": "" });
		report("");
		home.world.runFor(1000);
		assert.doesNotMatch(receiver.requests[0], /Signature/);
	});
});
