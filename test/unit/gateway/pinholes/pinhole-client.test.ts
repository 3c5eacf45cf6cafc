import assert from "node:assert/strict";
import { latin1, utf8Encode } from "../../../../src/base/text";
import type { Path } from "../../../../src/core/path";
import type { GatewayRequest } from "../../../../src/gateway/gateway-events";
import { PINHOLE_LEASE, PINHOLE_RETRY, PinholeClient } from "../../../../src/gateway/pinholes/pinhole-client";
import type { PinholeEvent, PinholeOutbox } from "../../../../src/gateway/pinholes/pinhole-events";
import { firewallDescription } from "../../../support/firewall-description";

const GATEWAY = "fe80::1%eth0";
const SIX: Path = { name: "eth0", address: "2a0a:2:0:1::11", prefix: 64, gateway: GATEWAY };
const FOUR: Path = { name: "eth0", address: "192.168.0.11", prefix: 24, gateway: "192.168.0.1" };
const ANSWER = "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: http://192.168.0.1:5000/rootDesc.xml\r\n\r\n";

/** A client with a gateway that answers as a test says. */
class Scene implements PinholeOutbox {
	now = 1000;
	/** Answers PCP with this result; `undefined`: it has no PCP. */
	pcp: number | undefined = 0;
	/** Answers a search. */
	upnp = true;
	/** The values, or the error, that actions are answered with. */
	readonly answers = new Map<string, Record<string, string> | number>([
		["GetFirewallStatus", { FirewallEnabled: "1", InboundPinholeAllowed: "1" }],
		["AddPinhole", { UniqueID: "7" }],
		["UpdatePinhole", {}],
		["DeletePinhole", {}],
	]);
	readonly events: PinholeEvent[] = [];
	/** Actions with their lease or identifier, and PCP requests with their lifetime. */
	readonly asked: string[] = [];
	private readonly work: (() => void)[] = [];
	readonly client = new PinholeClient([{ protocol: "TCP", port: 8000 }], { fill: (bytes) => bytes.fill(5) });

	start(path: Path | undefined = SIX): this {
		this.client.start(this.now, path, FOUR, this);
		return this.settle();
	}

	/** What the gateway has: PCP with this result, UPnP. */
	offer(pcp: number | undefined, upnp: boolean): void {
		this.pcp = pcp;
		this.upnp = upnp;
	}

	emit(event: PinholeEvent): void {
		this.events.push(event);
	}

	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (port === 5351) {
			assert.deepEqual([path, address, end - start], [SIX, GATEWAY, 60]);
			const answer = bytes.slice(start, end);
			this.asked.push(`PCP ${(answer[6] << 8) | answer[7]}`);
			if (this.pcp === undefined) return;
			answer[1] |= 0x80;
			answer[3] = this.pcp;
			answer.fill(0, 8, 24);
			this.work.push(() => this.client.receive(this.now, path, GATEWAY, 5351, answer, this));
			return;
		}
		assert.ok(latin1(bytes, start, end).startsWith("M-SEARCH"));
		if (this.upnp && path === FOUR) this.work.push(() => this.found("192.168.0.1"));
	}

	/** An answer to a search comes from an address. */
	found(from: string): void {
		this.client.receive(this.now, FOUR, from, 1900, utf8Encode(ANSWER), this);
	}

	request({ id, path, address, port, method, target, headers, body }: GatewayRequest): void {
		assert.deepEqual([path, address, port], [SIX, GATEWAY, 5000], "from the global address to the router itself");
		if (method === "GET") {
			const text = utf8Encode(target === "/rootDesc.xml" ? firewallDescription("/ctl/IP6FCtl") : "");
			this.work.push(() => this.client.answered(this.now, id, 200, text, this));
			return;
		}
		const [, action = ""] = /#(\w+)"/.exec(headers[1][1]) ?? [];
		const [, detail = ""] = /<(?:New)?(?:LeaseTime|UniqueID)>(\d+)</.exec(latin1(body)) ?? [];
		this.asked.push(`${action} ${detail}`.trim());
		const answer = this.answers.get(action);
		if (answer === undefined) this.work.push(() => this.client.unanswered(this.now, id, this));
		else
			this.work.push(() => this.client.answered(this.now, id, answer === 403 ? 403 : 200, soap(action, answer), this));
	}

	abandon(): void {
		this.asked.push("abandoned");
	}

	/** Delivers all answers. */
	settle(): this {
		for (let next = this.work.shift(); next !== undefined; next = this.work.shift()) next();
		return this;
	}

	pass(time: number): this {
		const end = this.now + time;
		while (this.client.deadline <= end) {
			this.now = Math.max(this.now, this.client.deadline);
			this.client.expire(this.now, this);
			this.settle();
		}
		this.now = end;
		return this;
	}

	get told(): string[] {
		return this.events.map((e) =>
			e.type === "opened" ? `${e.by} ${e.address}` : e.type === "closed" ? e.trouble : e.type,
		);
	}
}

function soap(action: string, answer: Record<string, string> | number): Uint8Array {
	if (answer === 403) return utf8Encode("<html>Forbidden</html>");
	const inner =
		typeof answer === "number"
			? `<s:Fault><detail><UPnPError><errorCode>${answer}</errorCode></UPnPError></detail></s:Fault>`
			: `<u:${action}Response>${Object.entries(answer)
					.map(([name, value]) => `<${name}>${value}</${name}>`)
					.join("")}</u:${action}Response>`;
	return utf8Encode(`<s:Envelope><s:Body>${inner}</s:Body></s:Envelope>`);
}

describe("gateway/pinhole-client", () => {
	it("opens the port by PCP and renews it at half of its lease (IMG-32)", () => {
		const scene = new Scene().start();
		assert.deepEqual(scene.told, [`PCP ${SIX.address}`]);
		scene.pass(PINHOLE_LEASE * 500);
		assert.deepEqual(scene.asked, [`PCP ${PINHOLE_LEASE}`, `PCP ${PINHOLE_LEASE}`]);
		assert.deepEqual([scene.told.length, scene.client.method], [1, "PCP"]);
	});

	it("opens the port by UPnP where the gateway has no PCP, and updates it (IMG-32)", () => {
		const scene = new Scene();
		scene.pcp = undefined;
		scene.start().pass(4000);
		assert.deepEqual(scene.told, [`UPnP ${SIX.address}`]);
		assert.deepEqual(scene.asked.slice(4), ["GetFirewallStatus", "AddPinhole 600"]);
		scene.pass(PINHOLE_LEASE * 500);
		assert.equal(scene.asked.at(-1), "UpdatePinhole 7");
		scene.answers.set("UpdatePinhole", 704);
		scene.pass(PINHOLE_LEASE * 500);
		assert.deepEqual([scene.asked.at(-1), scene.told.length], ["AddPinhole 600", 1], "a router that has restarted");
	});

	const troubles: [string, (scene: Scene) => void, string][] = [
		["neither PCP nor UPnP", (scene) => scene.offer(undefined, false), "no-answer"],
		[
			"a firewall that is off",
			(scene) => scene.answers.set("GetFirewallStatus", { FirewallEnabled: "0" }),
			`firewall-off ${SIX.address}`,
		],
		[
			"pinholes that are not allowed",
			(scene) => scene.answers.set("GetFirewallStatus", { FirewallEnabled: "1", InboundPinholeAllowed: "0" }),
			"not-allowed",
		],
		["error 606", (scene) => scene.answers.set("AddPinhole", 606), "not-allowed"],
		["error 703", (scene) => scene.answers.set("AddPinhole", 703), "not-allowed"],
		["HTTP status 403", (scene) => scene.answers.set("AddPinhole", 403), "not-allowed"],
		["error 701", (scene) => scene.answers.set("AddPinhole", 701), "refused"],
		["error 702", (scene) => scene.answers.set("AddPinhole", 702), `firewall-off ${SIX.address}`],
		["no answer to an action", (scene) => scene.answers.delete("AddPinhole"), "refused"],
		["PCP's NOT_AUTHORIZED, and no UPnP", (scene) => scene.offer(2, false), "not-allowed"],
	];
	for (const [title, set, expected] of troubles) {
		it(`reports ${title} as ${expected}, and tries again in a minute (IMG-32)`, () => {
			const scene = new Scene();
			scene.pcp = undefined;
			set(scene);
			scene.start().pass(8000);
			assert.deepEqual(scene.told, [expected]);
			const asked = scene.asked.length;
			scene.pass(expected.includes(" ") ? PINHOLE_LEASE * 500 : PINHOLE_RETRY);
			assert.ok(scene.asked.length > asked);
		});
	}

	it("reports the loss when the gateway stops answering, and the success when it does again", () => {
		const scene = new Scene().start();
		scene.pcp = undefined;
		scene.upnp = false;
		scene.pass(PINHOLE_LEASE * 500 + 8000);
		scene.pcp = 0;
		scene.pass(PINHOLE_RETRY);
		assert.deepEqual(scene.told, [`PCP ${SIX.address}`, "no-answer", `PCP ${SIX.address}`]);
	});

	it("takes answers of the gateway only", () => {
		const scene = new Scene();
		scene.pcp = undefined;
		scene.upnp = false;
		scene.start().pass(3900);
		scene.found("192.168.0.66");
		scene.settle();
		assert.ok(!scene.asked.some((text) => text.startsWith("Get")));
		scene.found("192.168.0.1");
		scene.settle();
		assert.deepEqual(scene.told, [`UPnP ${SIX.address}`]);
	});

	it("closes pinholes when port assignment is turned off, and opens them again (IMG-7, IMG-32)", () => {
		const scene = new Scene();
		scene.pcp = undefined;
		scene.start().pass(4000);
		scene.client.assign(scene.now, false, scene);
		scene.settle();
		assert.equal(scene.asked.at(-1), "DeletePinhole 7");
		assert.equal(scene.client.deadline, Infinity);
		scene.client.assign(scene.now, true, scene);
		scene.settle().pass(4000);
		assert.deepEqual(scene.told, [`UPnP ${SIX.address}`, `UPnP ${SIX.address}`]);
	});

	it("leaves with its pinholes closed, by either protocol, and within two seconds where nobody answers (IMG-20)", () => {
		const scene = new Scene().start();
		scene.client.leave(scene.now, scene);
		assert.deepEqual([scene.asked.slice(1), scene.told.at(-1)], [["PCP 0", "PCP 0"], "left"]);
		const other = new Scene();
		other.pcp = undefined;
		other.start().pass(4000);
		other.client.leave(other.now, other);
		other.settle();
		assert.deepEqual([other.asked.at(-1), other.told.at(-1)], ["DeletePinhole 7", "left"]);
		const silent = new Scene();
		silent.pcp = undefined;
		silent.start().pass(4000);
		silent.request = () => {};
		silent.client.leave(silent.now, silent);
		silent.pass(2000);
		assert.deepEqual([silent.asked.at(-1), silent.told.at(-1)], ["abandoned", "left"]);
	});

	it("starts again when the address changes, and waits while there is none", () => {
		const scene = new Scene().start();
		scene.client.start(scene.now, undefined, undefined, scene);
		assert.deepEqual([scene.client.deadline, scene.client.method], [Infinity, ""]);
		scene.client.start(scene.now, SIX, FOUR, scene);
		scene.settle();
		assert.equal(scene.told.length, 2);
	});
});
