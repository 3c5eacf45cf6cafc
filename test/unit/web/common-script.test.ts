import assert from "node:assert/strict";
import { COMMON_SCRIPT } from "../../../src/web/common-script";

/** A stream of events as the script sees it. */
interface Source {
	readyState: number;
	onopen?: () => void;
	hears?: (() => void) | undefined;
}

type Follow = (
	name: string,
	url: string,
	every: number,
	take: (state: unknown) => void,
	lost: (at: number) => void,
	back: () => void,
) => () => void;

/** A page that follows changes, and a server that answers or not; the time passes by {@link pass}. */
class Following {
	now = 1000;
	answers = true;
	/** Each request that was not for events: when. */
	readonly asked: number[] = [];
	readonly sources: Source[] = [];
	/** What the page was told, without repetitions. */
	readonly story: string[] = [];
	readonly document = {
		hidden: false,
		getElementById: () => null,
		querySelector: () => null,
		querySelectorAll: () => [],
		addEventListener() {},
		removeEventListener() {},
	};
	private step = () => {};

	constructor() {
		const { sources } = this;
		class EventSource implements Source {
			readyState = 0;
			hears: (() => void) | undefined;
			constructor() {
				sources.push(this);
			}
			addEventListener(name: string, hears: () => void): void {
				if (name === "beat") this.hears = hears;
			}
			close(): void {
				this.readyState = 2;
			}
		}
		const fetch = async () => {
			this.asked.push(this.now);
			if (!this.answers) throw new TypeError("no network");
			return { ok: true, status: 200, json: async () => ({}) };
		};
		const scope = {
			document: this.document,
			addEventListener() {},
			performance: { now: () => this.now },
			setInterval: (step: () => void) => {
				this.step = step;
			},
			clearInterval() {},
			EventSource,
			fetch,
			AbortSignal: {},
		};
		const make = new Function(...Object.keys(scope), `"use strict"; ${COMMON_SCRIPT} return followChanges;`);
		const follow: Follow = make(...Object.values(scope));
		const tell = (text: string) => this.story.at(-1) !== text && this.story.push(text);
		follow(
			"cameras",
			"/x",
			10000,
			() => {},
			(at) => tell(`lost ${at}`),
			() => tell("back"),
		);
	}

	/** The stream of events that is open. */
	get source(): Source {
		return this.sources[this.sources.length - 1];
	}

	/** Lets time pass. @param beats whether heartbeats arrive meanwhile */
	async pass(seconds: number, beats: boolean): Promise<void> {
		for (const end = this.now + seconds * 1000; this.now < end; ) {
			this.now += 250;
			if (beats && this.source.readyState === 0) {
				this.source.readyState = 1;
				this.source.onopen?.();
			} else if (beats && this.now % 5000 === 0 && this.source.readyState === 1) this.source.hears?.();
			this.step();
			// The answer to what was asked comes before the next step.
			for (let i = 0; i < 10; i++) await undefined;
		}
	}
}

describe("web/common-script", () => {
	it("asks for nothing while heartbeats arrive", async () => {
		const page = new Following();
		await page.pass(120, true);
		assert.deepEqual([page.asked, page.sources.length, page.story], [[], 1, ["back"]]);
	});

	it("tells within 10 s that a connection is lost which only falls silent, since when, and goes on by itself", async () => {
		const page = new Following();
		await page.pass(29, true);
		page.answers = false;
		await page.pass(10, false);
		assert.deepEqual(page.story, ["back", "lost 30000"]);
		await page.pass(60, false);
		assert.deepEqual(page.story, ["back", "lost 30000"]);
		assert.ok(page.asked.length < 40, "every two seconds");
		page.answers = true;
		await page.pass(3, true);
		assert.equal(page.story.at(-1), "back");
		const asked = page.asked.length;
		await page.pass(60, true);
		assert.equal(page.asked.length, asked, "a new stream of events serves");
		assert.equal(page.source.readyState, 1);
	});

	it("asks every ten seconds where the server answers but events do not arrive, and tells no loss", async () => {
		const page = new Following();
		await page.pass(1, true);
		await page.pass(60, false);
		assert.deepEqual(page.story, ["back"]);
		assert.ok(page.asked.length >= 4 && page.asked.length <= 8, `${page.asked}`);
	});

	it("does not count the time in which the page was hidden as lost", async () => {
		const page = new Following();
		await page.pass(1, true);
		page.document.hidden = true;
		await page.pass(600, false);
		page.document.hidden = false;
		page.answers = false;
		await page.pass(10, false);
		assert.equal(page.story.at(-1), "lost 602000");
	});
});
