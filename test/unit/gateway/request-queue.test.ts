import assert from "node:assert/strict";
import { type GatewayAnswer, RequestQueue } from "../../../src/gateway/request-queue";
import { PATH, RecordingOutbox } from "./recording-outbox";

const OK: GatewayAnswer = { status: 200, fields: [], body: new Uint8Array(0) };

function request(target: string) {
	return {
		path: PATH,
		address: "192.168.0.1",
		port: 80,
		method: "GET" as const,
		target,
		headers: [],
		body: new Uint8Array(0),
	};
}

describe("gateway/request-queue", () => {
	let out: RecordingOutbox;
	let queue: RequestQueue;
	let answers: string[];

	beforeEach(() => {
		out = new RecordingOutbox();
		queue = new RequestQueue();
		answers = [];
	});

	function ask(target: string): void {
		queue.ask(request(target), (_, answer) => void answers.push(`${target} ${answer?.status}`), out);
	}

	it("sends one request at a time, in order (quirk 15)", () => {
		for (const target of ["/a", "/b", "/c"]) ask(target);
		assert.deepEqual(out.names, ["GET /a"]);
		queue.answered(0, out.last.id, OK, out);
		queue.answered(0, out.last.id, undefined, out);
		assert.deepEqual(
			[out.names, answers],
			[
				["GET /a", "GET /b", "GET /c"],
				["/a 200", "/b undefined"],
			],
		);
	});

	it("ignores answers to other requests, and a second answer to the same", () => {
		ask("/a");
		ask("/b");
		const { id } = out.last;
		queue.answered(0, id + 1, OK, out);
		queue.answered(0, id, OK, out);
		queue.answered(0, id, OK, out);
		assert.deepEqual(answers, ["/a 200"]);
	});

	it("puts a request that relies on an answer ahead of those that wait", () => {
		queue.ask(request("/read"), (_now, _answer, next) => queue.askNext(request("/delete"), () => {}, next), out);
		ask("/b");
		queue.answered(0, out.last.id, OK, out);
		assert.equal(out.names.at(-1), "GET /delete");
		queue.answered(0, out.last.id, OK, out);
		assert.equal(out.names.at(-1), "GET /b");
	});

	it("continues with the request under way when those that wait are dropped", () => {
		ask("/a");
		ask("/b");
		queue.clearWaiting();
		queue.answered(0, out.last.id, OK, out);
		assert.deepEqual([answers, out.names], [["/a 200"], ["GET /a"]]);
	});

	it("ignores the answer to a request that was dropped, and continues with the next", () => {
		ask("/a");
		const { id } = out.last;
		queue.clear();
		ask("/b");
		queue.answered(0, id, OK, out);
		assert.deepEqual([answers, out.names], [[], ["GET /a", "GET /b"]]);
	});

	it("cancels the pending request, which then counts as unanswered", () => {
		queue.abandon(0, out);
		assert.equal(out.abandoned, 0);
		ask("/a");
		ask("/b");
		queue.abandon(0, out);
		assert.deepEqual([out.abandoned, answers, out.names.at(-1)], [1, ["/a undefined"], "GET /b"]);
	});

	it("throws a RangeError when more than 64 requests wait", () => {
		for (let i = 0; i < 65; i++) ask(`/${i}`);
		assert.throws(() => ask("/x"), RangeError);
		assert.throws(() => queue.askNext(request("/x"), () => {}, out), RangeError);
	});
});
