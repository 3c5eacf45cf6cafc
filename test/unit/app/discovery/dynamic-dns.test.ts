import assert from "node:assert/strict";
import { DynamicDns, type DynamicDnsEvent, type DynamicDnsOutbox } from "../../../../src/app/discovery/dynamic-dns";
import type { FetchResult } from "../../../../src/ports/url-fetcher";
import type { UpdateRequest } from "../../../../src/wire/dyndns2";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GOOD: FetchResult = { status: 200, body: "good 198.20.0.1\n" };

/** A machine in virtual time, and a service that answers as told. */
class Scene implements DynamicDnsOutbox {
	now = 0;
	readonly sent: string[] = [];
	readonly events: DynamicDnsEvent[] = [];
	/** Until it is set there is no answer. */
	answer: FetchResult | undefined = GOOD;
	private asked = false;
	readonly machine: DynamicDns;

	constructor(template = "https://me:pw@dyn.example/update?host={name}&ip={address}") {
		this.machine = new DynamicDns({ template, name: "cams.example", agent: "test" });
	}

	fetch(request: UpdateRequest): void {
		assert.ok(!request.url.includes("pw"), "the password is in a field of its own");
		const address = request.url.slice(request.url.indexOf("ip=") + 3);
		this.sent.push(`${this.now / MINUTE} ${address}`);
		this.asked = true;
	}
	emit(event: DynamicDnsEvent): void {
		this.events.push(event);
	}
	set(address: string, active = true): void {
		this.machine.set(this.now, address, active);
	}
	/** Lets time pass, from deadline to deadline. */
	pass(time: number): void {
		const end = this.now + time;
		this.reply();
		while (this.machine.deadline <= end) {
			this.now = Math.max(this.now, this.machine.deadline);
			this.machine.expire(this.now, this);
			this.reply();
		}
		this.now = end;
	}
	private reply(): void {
		if (!this.asked || this.answer === undefined) return;
		this.asked = false;
		this.machine.answered(this.now, this.answer, this);
	}
	get state(): string {
		return this.machine.view().state;
	}
}

describe("app/dynamic-dns", () => {
	it("reports the address when it is first known, when it changes, and every 25 days (IMG-5)", () => {
		const scene = new Scene();
		scene.pass(HOUR);
		assert.deepEqual([scene.sent, scene.state], [[], "waiting"]);
		scene.set("198.20.0.1");
		scene.pass(2 * HOUR);
		assert.deepEqual([scene.sent, scene.state], [["60 198.20.0.1"], "current"]);
		scene.set("198.20.0.2");
		scene.pass(0);
		assert.deepEqual(scene.sent.slice(1), ["180 198.20.0.2"]);
		assert.equal(scene.machine.view().lastAddress, "198.20.0.2");
		scene.pass(60 * DAY);
		assert.deepEqual(scene.sent.slice(2), [
			`${180 + (25 * DAY) / MINUTE} 198.20.0.2`,
			`${180 + (50 * DAY) / MINUTE} 198.20.0.2`,
		]);
	});

	it("reports another name at once, and heeds no answer for the name before", () => {
		const scene = new Scene("https://me:pw@dyn.example/update?host={name}&ip={address}");
		scene.set("198.20.0.1");
		scene.pass(HOUR);
		scene.machine.rename(scene.now, "other.example");
		assert.equal(scene.state, "updating");
		scene.answer = undefined;
		scene.pass(0);
		assert.equal(scene.sent.length, 2);
		scene.machine.rename(scene.now, "third.example");
		scene.answer = { status: 200, body: "nohost\n" };
		scene.pass(0);
		assert.equal(scene.state, "updating");
		scene.answer = GOOD;
		scene.pass(2 * MINUTE);
		assert.deepEqual([scene.sent.length, scene.state], [3, "current"]);
	});

	it("does nothing without a template", () => {
		const scene = new Scene("");
		scene.set("198.20.0.1");
		scene.pass(DAY);
		assert.deepEqual([scene.sent, scene.state], [[], "off"]);
	});

	it("sends no two requests within a minute, and the last address in the end", () => {
		const scene = new Scene();
		for (let i = 1; i <= 200; i++) {
			scene.set(`198.20.0.${i}`);
			scene.pass(1000);
		}
		scene.pass(MINUTE);
		assert.deepEqual(scene.sent, [
			"0 198.20.0.1",
			"1 198.20.0.60",
			"2 198.20.0.120",
			"3 198.20.0.180",
			"4 198.20.0.200",
		]);
	});

	it("leaves it to the representative, and reports the address when it becomes the representative", () => {
		const scene = new Scene();
		scene.set("198.20.0.1", false);
		scene.pass(DAY);
		assert.deepEqual([scene.sent.length, scene.state], [0, "waiting"]);
		scene.set("198.20.0.1", true);
		scene.pass(0);
		assert.equal(scene.sent.length, 1);
		scene.set("198.20.0.2", false);
		scene.set("198.20.0.1", false);
		scene.set("198.20.0.1", true);
		scene.pass(HOUR);
		assert.equal(scene.sent.length, 2, "another camera may have told another address meanwhile");
	});

	it("waits 1 minute, 2, 4 … 60 after failures, and is prompt again after a change", () => {
		const scene = new Scene();
		scene.answer = { failure: "the server refuses connections" };
		scene.set("198.20.0.1");
		scene.pass(5 * HOUR);
		const minutes = scene.sent.map((line) => Number(line.split(" ")[0]));
		assert.deepEqual(minutes, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
		assert.equal(scene.state, "retrying");
		assert.match(scene.machine.view().message, /refuses connections/);
		scene.answer = GOOD;
		scene.set("198.20.0.2");
		scene.pass(0);
		assert.deepEqual([scene.sent.at(-1), scene.state], ["300 198.20.0.2", "current"]);
	});

	for (const word of ["badauth", "notfqdn", "nohost", "abuse", "badagent", "numhost", "!donator", "!yours", "KO"]) {
		it(`stops at "${word}" until the address changes, with a message and a remedy`, () => {
			const scene = new Scene();
			scene.answer = { status: 200, body: word };
			scene.set("198.20.0.1");
			scene.pass(60 * DAY);
			assert.deepEqual([scene.sent.length, scene.state], [1, "stopped"]);
			const { message, remedy } = scene.machine.view();
			assert.ok(message.length > 20 && remedy.length > 10);
			assert.deepEqual(scene.events, [{ type: "stopped", message, remedy }]);
			scene.answer = GOOD;
			scene.set("198.20.0.2");
			scene.pass(0);
			assert.deepEqual([scene.sent.length, scene.state], [2, "current"]);
		});
	}

	for (const answer of [
		{ status: 200, body: "911" },
		{ status: 200, body: "dnserr" },
		{ status: 200, body: "TOOSOON" },
		{ status: 429, body: "" },
	]) {
		it(`leaves a service alone for half an hour that says ${answer.status} "${answer.body}"`, () => {
			const scene = new Scene();
			scene.answer = answer;
			scene.set("198.20.0.1");
			scene.pass(70 * MINUTE);
			assert.deepEqual(scene.sent, ["0 198.20.0.1", "30 198.20.0.1", "60 198.20.0.1"]);
		});
	}

	it("counts updates from before a restart for an hour, so that crashes don't flood the service", () => {
		const scene = new Scene();
		scene.machine.remember(0, "198.20.0.1", 50 * MINUTE);
		scene.set("198.20.0.1");
		scene.pass(9 * MINUTE);
		assert.deepEqual([scene.sent, scene.state], [[], "current"]);
		scene.pass(2 * MINUTE);
		assert.deepEqual(scene.sent, ["10 198.20.0.1"]);
		for (const age of [-1, Number.NaN, HOUR]) {
			const other = new Scene();
			other.machine.remember(0, "198.20.0.1", age);
			other.set("198.20.0.1");
			other.pass(0);
			assert.equal(other.sent.length, 1, `${age}`);
		}
	});

	it("reports the new address after the answer for the old one", () => {
		const scene = new Scene();
		scene.answer = undefined;
		scene.set("198.20.0.1");
		scene.pass(1000);
		scene.set("198.20.0.2");
		scene.pass(1000);
		assert.equal(scene.sent.length, 1, "one at a time");
		scene.answer = { status: 200, body: "badauth" };
		scene.pass(1000);
		assert.equal(scene.state, "updating", "the refusal was for the old address");
		scene.answer = GOOD;
		scene.pass(MINUTE);
		assert.deepEqual([scene.sent.at(-1), scene.state], ["1 198.20.0.2", "current"]);
	});

	it("gives up on a host without an HTTP client", () => {
		const scene = new Scene();
		scene.answer = { failure: "this host can't fetch from the Internet", final: true };
		for (let i = 1; i < 5; i++) {
			scene.set(`198.20.0.${i}`);
			scene.pass(DAY);
		}
		assert.deepEqual([scene.sent.length, scene.state, scene.events.length], [1, "stopped", 1]);
	});

	it("ignores an answer without a request", () => {
		const scene = new Scene();
		scene.machine.answered(0, GOOD, scene);
		assert.deepEqual([scene.events, scene.state], [[], "waiting"]);
	});
});
