import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { Pump } from "../../../src/core/pump";
import type { Millis } from "../../../src/core/time";
import { type Hops, NO_HOPS } from "../../../src/relay/hops";
import type { Metering } from "../../../src/relay/metering";
import { NO_METERING } from "../../../src/relay/no-metering";
import { RelayMonitor } from "../../../src/relay/relay-monitor";
import type { RelayedContent, RelayProtocol, RelayRefusal } from "../../../src/relay/relayed-content";
import type { RelayViewer } from "../../../src/relay/session-monitor";
import type { Upstream, UpstreamListener, UpstreamMaker } from "../../../src/relay/upstream";

/** A clock that stands still until it is told to go on. */
class FakeAlarm {
	time: Millis = 1000;
	private at: Millis = Infinity;
	private ring = (): void => {};

	now(): Millis {
		return this.time;
	}

	set(at: Millis, ring: () => void): void {
		this.at = at;
		this.ring = ring;
	}

	goOn(time: Millis): void {
		const end = this.time + time;
		while (this.at <= end) {
			this.time = Math.max(this.time, this.at);
			this.at = Infinity;
			this.ring();
		}
		this.time = end;
	}
}

class FakeUpstream implements Upstream {
	readonly hops: Hops = NO_HOPS;
	isOpen = false;
	opens = 0;

	constructor(
		readonly content: RelayedContent,
		readonly listener: UpstreamListener,
	) {}

	open(): void {
		assert.equal(this.isOpen, false);
		this.isOpen = true;
		this.opens++;
	}

	close(): void {
		this.isOpen = false;
	}

	report(): void {}
}

class FakeViewer implements RelayViewer {
	dismissals: string[] = [];

	constructor(readonly ticket = "") {}

	dismissed(_now: Millis, reason: string): void {
		this.dismissals.push(reason);
	}
}

function contentOf(key: string, protocol: RelayProtocol = "http"): RelayedContent {
	const url = `${protocol}://192.0.2.7/${key}`;
	return { key, protocol, url, content: key, origin: "home", needsLogin: false, tariff: undefined };
}

/** A monitor with upstreams and viewers that do as the test says. */
class Stage {
	readonly alarm = new FakeAlarm();
	readonly upstreams: FakeUpstream[] = [];
	readonly answers: (RelayRefusal | "accepted")[] = [];
	readonly lines: string[] = [];
	readonly monitor: RelayMonitor;

	constructor(limits: { viewers?: number; upstreams?: number } = {}, metering: Metering = NO_METERING) {
		const make: UpstreamMaker = (content, listener) => {
			const upstream = new FakeUpstream(content, listener);
			this.upstreams.push(upstream);
			return upstream;
		};
		this.monitor = new RelayMonitor(
			{
				pump: new Pump(this.alarm),
				log: { write: (_level, _area, text) => this.lines.push(text) },
				metering,
				upstreams: new Map([
					["http", make],
					["rtsp", make],
				]),
			},
			{ viewers: 100, upstreams: 10, grace: 5000, breakLimit: 60_000, ...limits },
		);
	}

	ask(content: RelayedContent): this {
		this.monitor.ask(this.alarm.time, content, NO_HOPS, (_now, refusal) => this.answers.push(refusal ?? "accepted"));
		return this;
	}

	join(content: RelayedContent, ticket = ""): FakeViewer {
		const viewer = new FakeViewer(ticket);
		this.monitor.join(this.alarm.time, content, viewer);
		return viewer;
	}

	leave(content: RelayedContent, viewer: FakeViewer): void {
		this.monitor.leave(this.alarm.time, content, viewer);
	}

	/** The last upstream opens, is refused, or breaks. */
	get last(): FakeUpstream {
		return this.upstreams[this.upstreams.length - 1];
	}

	opened(): this {
		this.last.listener.opened(this.alarm.time);
		return this;
	}

	refused(status: number): this {
		this.last.close();
		this.last.listener.refused(this.alarm.time, { status, message: "no" });
		return this;
	}

	broken(): this {
		this.last.listener.broken(this.alarm.time, "lost");
		return this;
	}

	wait(seconds: number): this {
		this.alarm.goOn(seconds * 1000);
		return this;
	}
}

const GARAGE = contentOf("garage");

describe("relay/relay-monitor", () => {
	it("lets all that come meanwhile wait for one request, and later ones in at once (REP-2, REP-3)", () => {
		const stage = new Stage()
			.ask(GARAGE)
			.ask(GARAGE)
			.ask({ ...GARAGE });
		assert.deepEqual(stage.answers, []);
		stage.opened();
		assert.deepEqual(stage.answers, ["accepted", "accepted", "accepted"]);
		stage.ask(GARAGE);
		assert.equal(stage.answers.length, 4);
		assert.equal(stage.upstreams.length, 1);
	});

	it("ends the sessions of tickets that are good no more, and no others (REP-12)", () => {
		const garden = contentOf("garden", "rtsp");
		const stage = new Stage().ask(GARAGE).opened().ask(garden).opened();
		const over = stage.join(GARAGE, "a");
		const others = [stage.join(GARAGE, "b"), stage.join(GARAGE), stage.join(garden, "a")];
		const asked: string[] = [];
		stage.monitor.endTickets(stage.alarm.time, ({ key }, ticket) => {
			asked.push(`${key} ${ticket}`);
			return key === "garage" && ticket === "a";
		});
		assert.deepEqual(over.dismissals, ["the viewer link was revoked"]);
		for (const { dismissals } of others) assert.deepEqual(dismissals, []);
		assert.deepEqual(asked, ["garage a", "garage b", "garden a"]);
	});

	it("keeps contents of the same name apart by protocol", () => {
		const stage = new Stage().ask(GARAGE).ask(contentOf("garage", "rtsp"));
		assert.equal(stage.upstreams.length, 2);
	});

	it("passes a refusal on to all that wait, keeps it for a second, then asks again (REP-2)", () => {
		const stage = new Stage().ask(GARAGE).ask(GARAGE).refused(404);
		assert.deepEqual(stage.answers, Array(2).fill({ status: 404, message: "no" }));
		stage.wait(0.9).ask(GARAGE);
		assert.deepEqual([stage.answers.length, stage.upstreams.length], [3, 1]);
		stage.wait(0.2).ask(GARAGE);
		assert.deepEqual([stage.answers.length, stage.upstreams.length], [3, 2]);
	});

	it("tries no login again for half a minute that the origin has refused", () => {
		const stage = new Stage().ask(GARAGE).refused(401).wait(29).ask(GARAGE);
		assert.deepEqual([stage.answers.length, stage.upstreams.length], [2, 1]);
		stage.wait(2).ask(GARAGE);
		assert.equal(stage.upstreams.length, 2);
	});

	it("gives up an upstream that never answers", () => {
		const stage = new Stage().ask(GARAGE).wait(14);
		assert.deepEqual(stage.answers, [{ status: 504, message: "the origin does not answer" }]);
		assert.equal(stage.last.isOpen, false);
	});

	it("ends the upstream a grace after the last viewer, unless another one comes (REP-7)", () => {
		const stage = new Stage().ask(GARAGE).opened();
		const viewer = stage.join(GARAGE);
		stage.wait(100).leave(GARAGE, viewer);
		stage.wait(4).ask(GARAGE);
		const next = stage.join(GARAGE);
		stage.wait(100);
		assert.equal(stage.last.isOpen, true);
		stage.leave(GARAGE, next);
		stage.leave(GARAGE, next);
		stage.wait(4.9);
		assert.equal(stage.last.isOpen, true);
		stage.wait(0.2);
		assert.equal(stage.last.isOpen, false);
		assert.equal(stage.monitor.list().length, 0);
	});

	it("does not wait for an accepted viewer that never joins", () => {
		const stage = new Stage().ask(GARAGE).opened().wait(9);
		assert.equal(stage.last.isOpen, true);
		stage.wait(2);
		assert.equal(stage.last.isOpen, false);
	});

	it("reports before the upstream ends, and keeps it for somebody who comes meanwhile (REP-6, REP-7)", () => {
		let settled: ((now: Millis) => void) | undefined;
		const metering: Metering = {
			...NO_METERING,
			settle: (_now, _content, done) => {
				settled = done;
			},
		};
		const stage = new Stage({}, metering).ask(GARAGE).opened();
		stage.leave(GARAGE, stage.join(GARAGE));
		stage.wait(20);
		assert.equal(stage.last.isOpen, true);
		stage.ask(GARAGE);
		assert.equal(stage.answers.length, 2, "it is accepted at once");
		const viewer = stage.join(GARAGE);
		settled?.(stage.alarm.time);
		assert.equal(stage.last.isOpen, true);
		stage.leave(GARAGE, viewer);
		settled = undefined;
		stage.wait(6);
		assert.ok(settled !== undefined);
		(settled as (now: Millis) => void)(stage.alarm.time);
		assert.equal(stage.last.isOpen, false);
	});

	it("keeps viewers during a break, lets new ones wait ten seconds, and goes on (REP-10)", () => {
		const stage = new Stage().ask(GARAGE).opened();
		const viewer = stage.join(GARAGE);
		stage.broken().ask(GARAGE).wait(9);
		assert.equal(stage.answers.length, 1);
		stage.wait(2);
		assert.deepEqual(stage.answers[1], { status: 502, message: "the origin can't be reached" });
		stage.ask(GARAGE).wait(5).opened();
		assert.deepEqual([stage.answers[2], viewer.dismissals, stage.upstreams.length], ["accepted", [], 1]);
	});

	it("dismisses viewers after the limit, waits for their end, then reports and closes (REP-10)", () => {
		const events: string[] = [];
		const metering: Metering = {
			...NO_METERING,
			settle: (now, _content, done) => {
				events.push("settle");
				done(now);
			},
		};
		const stage = new Stage({}, metering).ask(GARAGE).ask(GARAGE).opened();
		const [one, other] = [stage.join(GARAGE), stage.join(GARAGE)];
		stage.broken().wait(59);
		assert.deepEqual(one.dismissals, []);
		stage.wait(1.5);
		assert.deepEqual([one.dismissals.length, other.dismissals.length, events], [1, 1, []]);
		stage.leave(GARAGE, one);
		assert.deepEqual(events, []);
		stage.leave(GARAGE, other);
		assert.deepEqual(events, ["settle"]);
		assert.equal(stage.last.isOpen, false);
	});

	it("waits two seconds for a dismissed viewer that does not end", () => {
		const stage = new Stage().ask(GARAGE).opened();
		stage.join(GARAGE);
		let hasStopped = false;
		stage.monitor.stop(stage.alarm.time, () => {
			hasStopped = true;
		});
		stage.wait(1.9);
		assert.equal(hasStopped, false);
		stage.wait(0.2);
		assert.equal(hasStopped, true);
		assert.equal(stage.last.isOpen, false);
	});

	it("refuses everybody once it stops", () => {
		const stage = new Stage().ask(GARAGE);
		stage.monitor.stop(stage.alarm.time, () => {});
		assert.deepEqual(stage.ask(GARAGE).answers, Array(2).fill({ status: 503, message: "the relay is stopping" }));
		assert.equal(stage.last.isOpen, false);
	});

	it("limits viewers, those that wait included, and upstreams", () => {
		const stage = new Stage({ viewers: 2, upstreams: 1 }).ask(GARAGE).ask(contentOf("door"));
		assert.deepEqual(stage.answers.slice(), [{ status: 503, message: "the relay has no room for another content" }]);
		stage.ask(GARAGE).ask(GARAGE).ask(contentOf("garage", "rtsp"));
		assert.deepEqual(
			stage.answers.slice(1).map((answer) => (typeof answer === "string" ? 0 : answer.status)),
			[503, 453],
		);
	});

	it("frees the place of a viewer that only asks and never joins", () => {
		const stage = new Stage({ viewers: 3 }).ask(GARAGE).opened();
		stage.join(GARAGE);
		for (let i = 0; i < 20; i++) stage.ask(GARAGE);
		assert.deepEqual(new Set(stage.answers), new Set(["accepted"]));
		assert.equal(stage.monitor.viewers, 1);
		stage.join(GARAGE);
		stage.join(GARAGE);
		assert.equal(stage.ask(GARAGE).answers.length, 22);
		assert.deepEqual(stage.answers[21], { status: 503, message: "the relay has no room for another viewer" });
	});

	it("frees the place of a viewer that leaves while an origin does not answer", () => {
		const stage = new Stage({ viewers: 3 }).ask(GARAGE).opened();
		stage.join(GARAGE);
		const door = contentOf("door");
		for (let i = 0; i < 20; i++) stage.ask(door);
		assert.equal(stage.answers.length, 18, "three wait");
		assert.equal(stage.ask(GARAGE).answers[18], "accepted");
	});

	it("accepts of those that waited no more than there is room for (REP-2)", () => {
		const stage = new Stage({ viewers: 3 }).ask(GARAGE).opened();
		stage.join(GARAGE);
		const door = contentOf("door", "rtsp");
		const answers: (number | undefined)[] = [];
		for (let i = 0; i < 3; i++)
			stage.monitor.ask(stage.alarm.time, door, NO_HOPS, (_now, refusal) => {
				answers.push(refusal?.status);
				if (refusal === undefined) stage.join(door);
			});
		stage.opened();
		assert.deepEqual(answers, [undefined, undefined, 453]);
		assert.equal(stage.monitor.viewers, 3);
	});

	it("keeps a quarter of the upstreams for contents that no viewer has made up", () => {
		const stage = new Stage({ upstreams: 8 });
		for (let i = 0; i < 10; i++) stage.ask(contentOf(`origin/192.0.2.7:80/live?${i}`)).opened();
		const { length } = stage.answers.filter((answer) => answer === "accepted");
		assert.equal(length, 6);
		stage.ask(GARAGE).opened().ask(contentOf("door")).opened().ask(contentOf("yard"));
		assert.deepEqual(stage.answers.slice(10, 12), ["accepted", "accepted"]);
		assert.deepEqual(stage.answers[12], { status: 503, message: "the relay has no room for another content" });
	});

	it("lets a content that was only refused make room for another one", () => {
		const stage = new Stage({ upstreams: 1 }).ask(GARAGE).refused(404).ask(contentOf("door")).opened();
		assert.deepEqual(stage.answers, [{ status: 404, message: "no" }, "accepted"]);
	});

	it("tells the metering manager of an RTSP upstream that it can report by, and when it can't any more (REP-6)", () => {
		const told: [string, boolean][] = [];
		const metering: Metering = {
			...NO_METERING,
			reach: (_now, { key, protocol }, channel) => told.push([`${protocol} ${key}`, channel !== undefined]),
		};
		const content = contentOf("garage", "rtsp");
		const stage = new Stage({}, metering).ask(content).opened();
		stage.broken().opened();
		stage.wait(20);
		assert.deepEqual(told, [
			["rtsp garage", true],
			["rtsp garage", false],
			["rtsp garage", true],
			["rtsp garage", false],
		]);
	});

	it("names no address and no password in its log", () => {
		const stage = new Stage().ask({ ...GARAGE, url: "http://u:secret@192.0.2.7/x" }).opened();
		stage.broken().wait(100);
		assert.ok(stage.lines.length >= 4);
		assert.doesNotMatch(stage.lines.join("\n"), /secret|192\.0\.2/);
	});

	for (const seed of [1, 2, 3, 4, 5]) {
		it(`answers everybody once and ends with nothing open, whatever happens, seed ${seed}`, () => {
			const random = new Prng(seed);
			const stage = new Stage({ viewers: 30, upstreams: 3 });
			const contents = ["a", "b", "c", "d"].map((key) => contentOf(key, random.chance(0.5) ? "http" : "rtsp"));
			const watching: [RelayedContent, FakeViewer][] = [];
			let asked = 0;
			let answered = 0;
			for (let i = 0; i < 3000; i++) {
				const content = contents[random.below(4)];
				const upstream = stage.upstreams[stage.upstreams.length - 1 - random.below(3)];
				const now = stage.alarm.time;
				switch (random.below(7)) {
					case 0:
					case 1:
						asked++;
						stage.monitor.ask(now, content, NO_HOPS, (_now, refusal) => {
							answered++;
							if (refusal === undefined && random.chance(0.9)) watching.push([content, stage.join(content)]);
						});
						break;
					case 2: {
						const [left] = watching.splice(random.below(watching.length + 1), 1);
						if (left !== undefined) stage.leave(...left);
						break;
					}
					case 3:
						if (upstream?.isOpen === true) upstream.listener.opened(now);
						break;
					case 4:
						if (upstream?.isOpen === true && random.chance(0.3)) upstream.listener.broken(now, "lost");
						break;
					case 5:
						if (upstream?.isOpen === true && random.chance(0.3)) {
							const session = stage.monitor.list().find((one) => one.upstream === upstream);
							if (session?.state !== "opening") break;
							upstream.close();
							upstream.listener.refused(now, { status: 404, message: "no" });
						}
						break;
					default:
						stage.wait(random.below(4000) / 1000);
				}
				assert.ok(stage.upstreams.filter(({ isOpen }) => isOpen).length <= 3);
				const open = stage.upstreams.filter(({ isOpen }) => isOpen).map(({ content: { key } }) => key);
				assert.equal(new Set(open).size, open.length, "one upstream for each content");
			}
			for (const left of watching) stage.leave(...left);
			stage.wait(200);
			assert.equal(answered, asked);
			assert.deepEqual([stage.monitor.viewers, stage.monitor.list().length], [0, 0]);
			assert.ok(stage.upstreams.every(({ isOpen }) => !isOpen));
		});
	}
});
