import assert from "node:assert/strict";
import type {
	Candidate,
	FormerRepresentative,
	SuccessionContext,
	SuccessionMessage,
	SuccessionOutbox,
} from "../../../src/fleet/succession-contract";
import { SuccessionElection } from "../../../src/fleet/succession-election";
import type { SuccessionSettings } from "../../../src/fleet/succession-settings";
import type { FleetMessage } from "../../../src/wire/fleet-message";
import { SUCCESSION_SETTINGS } from "../../support/fleet-settings";

const ME = "5000000000000000";
const LEADER = "9000000000000000";
const OTHER = "7000000000000000";

/** One camera and the messages that it sends; the test plays the others. */
class Stage implements SuccessionOutbox, SuccessionContext {
	readonly succession: SuccessionElection;
	readonly sent: { readonly to: string | undefined; readonly message: SuccessionMessage }[] = [];
	readonly roles: { readonly representative: boolean; readonly formers: readonly FormerRepresentative[] }[] = [];
	readonly failed: string[] = [];
	gatewayChecks = 0;
	holds = false;
	externalPort = 8081;
	version = 1;
	now = 0;
	others: Candidate[] = [
		{ id: LEADER, externalPort: 8080, priority: 100, missed: 0 },
		{ id: OTHER, externalPort: 8082, priority: 100, missed: 0 },
	];
	private sequence = 0;

	constructor(settings: Partial<SuccessionSettings> = {}) {
		this.succession = new SuccessionElection({ ...SUCCESSION_SETTINGS, ...settings }, ME, this, {
			unit: () => 0.5,
		});
		this.succession.start(0);
	}

	candidates(): Iterable<Candidate> {
		return this.others;
	}

	send(to: string | undefined, message: SuccessionMessage): void {
		this.sent.push({ to, message });
	}

	role(representative: boolean, formers: readonly FormerRepresentative[]): void {
		this.roles.push({ representative, formers });
	}

	memberFailed(id: string): void {
		this.failed.push(id);
	}

	checkGateway(): void {
		this.gatewayChecks++;
	}

	hear(sender: string, type: FleetMessage["type"], more: Partial<FleetMessage> = {}): this {
		const message: FleetMessage = {
			type,
			fleet: 0,
			sender,
			boot: 1,
			sequence: ++this.sequence,
			term: 1,
			answer: false,
			representative: type === "inquiry",
			holds: false,
			priority: 100,
			...more,
		};
		this.succession.heard(this.now, message, `192.168.0.${sender[0]}`, this);
		return this;
	}

	/** The representative's inquiry, which names this camera first. */
	inquiry(more: Partial<FleetMessage> = {}): this {
		return this.hear(LEADER, "inquiry", { heirs: [ME, OTHER], ...more });
	}

	run(until: number): this {
		while (this.succession.deadline <= until) {
			this.now = Math.max(this.now, this.succession.deadline);
			this.succession.expire(this.now, this);
		}
		this.now = until;
		return this;
	}

	types(to?: string): string[] {
		return this.sent.filter((s) => s.to === to).map((s) => s.message.type);
	}
}

describe("fleet/succession-election", () => {
	it("listens before it claims, and becomes the representative when no other camera is there (IMG-3)", () => {
		const stage = new Stage();
		stage.others = [];
		stage.run(620);
		assert.equal(stage.sent.length, 0);
		stage.run(800);
		assert.deepEqual(stage.roles, [{ representative: true, formers: [] }]);
		assert.equal(stage.succession.phase, "representative");
		assert.equal(stage.succession.term, 1);
	});

	it("follows a representative that it hears, and reports it once (IMG-25)", () => {
		const stage = new Stage().inquiry().run(250).inquiry();
		assert.deepEqual(stage.roles, [{ representative: false, formers: [] }]);
		assert.equal(stage.succession.leader, LEADER);
	});

	it("claims at once as the first heir after a bye, three times, and to the other heirs by unicast; the second heir claims after 60 ms (IMG-20)", () => {
		const stage = new Stage()
			.inquiry()
			.hear(LEADER, "bye", { heirs: [ME, OTHER] })
			.run(59);
		assert.deepEqual(stage.types().filter((t) => t === "claim").length, 3);
		assert.equal(stage.types(OTHER).filter((t) => t === "claim").length, 3);
		assert.deepEqual(stage.roles.at(-1), { representative: true, formers: [{ id: LEADER, address: "192.168.0.9" }] });
		const second = new Stage()
			.inquiry({ heirs: [OTHER, ME] })
			.hear(LEADER, "bye", { heirs: [OTHER, ME] })
			.run(59);
		assert.equal(second.sent.length, 0);
		second.run(60);
		assert.equal(second.types()[0], "claim");
	});

	it("does not claim when it hears a claim during its delay (IMG-20)", () => {
		const stage = new Stage()
			.inquiry({ heirs: [OTHER, ME] })
			.hear(LEADER, "bye", { heirs: [OTHER, ME] })
			.run(20);
		stage.hear(OTHER, "claim", { term: 2, representative: true }).run(500);
		assert.equal(stage.succession.leader, OTHER);
		assert.equal(stage.succession.claims, 0);
	});

	it("probes the silent representative and a witness before it claims, and reports the former one only when the claim stands (IMG-23)", () => {
		const stage = new Stage().inquiry().run(874);
		assert.equal(stage.sent.length, 0);
		stage.run(876);
		assert.deepEqual([...stage.types(LEADER), ...stage.types(OTHER)], ["probe", "probe"]);
		const { nonce = 0 } = stage.sent[1].message;
		stage.hear(OTHER, "alive", { nonce, target: LEADER, age: 880, representative: false }).run(1060);
		assert.equal(stage.types(LEADER).length, 3);
		assert.deepEqual(stage.failed, [LEADER]);
		assert.deepEqual(stage.roles.at(-1), { representative: true, formers: [] });
		stage.run(1130);
		assert.equal(stage.roles.at(-1)?.formers[0]?.id, LEADER);
	});

	it("does not claim when a witness has heard the representative recently, or the representative answers (IMG-23)", () => {
		for (const alive of [{ sender: OTHER, age: 100, target: LEADER }, { sender: LEADER }]) {
			const stage = new Stage().inquiry().run(900);
			const { nonce = 0 } = stage.sent.find((s) => s.to === alive.sender)?.message ?? {};
			stage.hear(alive.sender, "alive", { nonce, ...alive, representative: alive.sender === LEADER }).run(1200);
			assert.equal(stage.succession.claims, 0, alive.sender);
		}
	});

	it("does not claim when no camera answers, until the gateway has answered twice (IMG-23)", () => {
		const stage = new Stage().inquiry().run(2500);
		assert.equal(stage.succession.claims, 0);
		assert.ok(stage.gatewayChecks > 2);
		stage.succession.gatewayAnswered(stage.now);
		stage.run(2600);
		assert.equal(stage.succession.claims, 0);
		stage.run(3000);
		stage.succession.gatewayAnswered(stage.now);
		stage.run(3300);
		assert.equal(stage.succession.claims, 1);
		const deserted = new Stage().inquiry().run(6000);
		assert.equal(deserted.succession.claims, 1, "without any gateway after 20 periods");
	});

	it("gives the representative time when its own timer fires late, as it was itself suspended (IMG-25)", () => {
		const stage = new Stage().inquiry();
		stage.now = 60000;
		stage.succession.expire(60000, stage);
		stage.run(60800);
		assert.equal(stage.sent.length, 0);
	});

	it("answers a claim with a larger term while it is the representative", () => {
		const stage = new Stage();
		stage.run(1000);
		stage.sent.length = 0;
		stage.hear(OTHER, "claim", { term: 7, representative: true });
		assert.equal(stage.succession.term, 8);
		assert.deepEqual(
			stage.sent.map((s) => s.to),
			[undefined, OTHER],
		);
		assert.equal(stage.succession.phase, "representative");
	});

	const rivals: [string, Partial<FleetMessage>, boolean, boolean][] = [
		["a larger term", { term: 9 }, false, false],
		["the same term and a higher priority", { term: 1, priority: 200 }, false, false],
		["the same term and priority and a larger identity", { term: 1, sender: LEADER }, false, false],
		["a smaller identity", { term: 1, sender: "1000000000000000" }, false, true],
		["a lower priority", { term: 1, priority: 50 }, false, true],
		["a larger term, but no port, which this one has", { term: 9 }, true, true],
		["the port, though a smaller term", { term: 0, holds: true }, false, false],
		["a term that has wrapped round", { term: 0xffffffff }, false, true],
	];
	for (const [title, rival, holds, stays] of rivals) {
		it(`${stays ? "stays" : "yields"} when another representative has ${title} (IMG-25)`, () => {
			const stage = new Stage();
			stage.run(1000);
			stage.holds = holds;
			stage.hear(rival.sender ?? OTHER, "inquiry", rival);
			assert.equal(stage.succession.phase === "representative", stays);
			if (!stays) assert.deepEqual(stage.roles.at(-1), { representative: false, formers: [] });
		});
	}

	it("treats a restart of the representative as a bye", () => {
		const stage = new Stage().inquiry();
		stage.hear(LEADER, "inquiry", { boot: 2, sequence: 1, representative: false, answer: true }).run(10);
		assert.equal(stage.succession.claims, 1);
	});

	it("does not follow a camera again for messages that it sent before its bye", () => {
		const stage = new Stage().inquiry().hear(LEADER, "bye", { sequence: 10, heirs: [OTHER, ME] });
		stage.hear(LEADER, "inquiry", { sequence: 9 }).run(300);
		assert.equal(stage.succession.claims, 1);
	});

	it("claims in the order of external ports, each camera after the delays of those before it (IMG-23)", () => {
		const stage = new Stage({ mode: "port-order" });
		stage.externalPort = 8083;
		stage.inquiry().hear(LEADER, "bye").run(499);
		assert.equal(stage.succession.claims, 0);
		stage.run(501);
		assert.equal(stage.succession.claims, 1);
	});

	it("probes the representative at random intervals, and suspects it after the set number of missing answers (IMG-24)", () => {
		const stage = new Stage({ mode: "probing", missed: 2 }).inquiry();
		stage.others = stage.others.slice(0, 1);
		stage.run(1500);
		const { nonce = 0 } = stage.sent[0].message;
		stage.hear(LEADER, "alive", { nonce, representative: true }).run(4000);
		assert.equal(stage.types(LEADER).length, 2);
		assert.equal(stage.succession.claims, 0);
		stage.run(6500);
		assert.equal(stage.succession.claims, 1);
	});

	it("names as heirs the cameras that answer, the fittest first, then by port", () => {
		const stage = new Stage();
		stage.others = [
			{ id: "a000000000000000", externalPort: 8085, priority: 100, missed: 0 },
			{ id: "b000000000000000", externalPort: 8084, priority: 100, missed: 0 },
			{ id: "c000000000000000", externalPort: 8086, priority: 200, missed: 0 },
			{ id: "d000000000000000", externalPort: 8083, priority: 250, missed: 1 },
			{ id: "e000000000000000", externalPort: 0, priority: 100, missed: 0 },
		];
		assert.deepEqual(
			stage.succession.nameHeirs().map((id) => id[0]),
			["c", "b", "a"],
		);
	});

	it("gives the role up after a network failure only if another camera has it by then", () => {
		const stage = new Stage();
		stage.run(1000);
		stage.succession.pause();
		assert.equal(stage.roles.length, 1);
		stage.now = 5000;
		stage.succession.start(5000);
		stage.inquiry({ term: 5 });
		assert.deepEqual(stage.roles.at(-1), { representative: false, formers: [] });
	});
});
