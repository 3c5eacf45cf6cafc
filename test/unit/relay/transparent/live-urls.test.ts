import assert from "node:assert/strict";
import { type Hops, writeHops } from "../../../../src/relay/hops";
import type { RelayedContent, RelayRefusal } from "../../../../src/relay/relayed-content";
import type { RelayViewer } from "../../../../src/relay/session-monitor";
import type { JudgedRequest } from "../../../../src/relay/transparent/judgement";
import { type LiveUrl, LiveUrls, type LiveUrlsOwner } from "../../../../src/relay/transparent/live-urls";

const ORIGIN = { address: "192.0.2.7", port: 80 };
const OWN = "07".repeat(8);
const OTHER = "09".repeat(8);

/** An owner whose monitor answers as the test says. */
class Rig implements LiveUrlsOwner {
	readonly hop = OWN;
	readonly urls = new LiveUrls(this);
	refusal: RelayRefusal | undefined;
	ticket: RelayedContent | undefined;
	readonly asked: { readonly content: RelayedContent; readonly hops: Hops }[] = [];
	readonly guests = new Set<RelayViewer>();
	private drawn = 0;
	readonly monitor: LiveUrlsOwner["monitor"] = {
		ask: (now, content, hops, answered) => {
			this.asked.push({ content, hops });
			answered(now, this.refusal);
		},
		join: (_now, _content, viewer) => void this.guests.add(viewer),
		leave: (_now, _content, viewer) => void this.guests.delete(viewer),
	};

	terms = () => ({ origin: "home", tariff: undefined });
	ticketed = () => this.ticket;
	draw = () => `id${this.drawn++}`;

	/** What becomes of a candidate. */
	ask(more: Partial<JudgedRequest> = {}, origin = ORIGIN): { fate: string; url: LiveUrl | undefined } {
		const outcome = { fate: "waits", url: undefined as LiveUrl | undefined };
		this.urls.ask(0, origin, candidate(more), (_now, fate, url) => Object.assign(outcome, { fate, url }));
		return outcome;
	}

	/** The origin's answer to a candidate is a live stream. */
	live(more: Partial<JudgedRequest> = {}): { fate: string; url: LiveUrl | undefined } {
		const outcome = { fate: "waits", url: undefined as LiveUrl | undefined };
		this.urls.isLive(0, ORIGIN, candidate(more), (_now, fate, url) => Object.assign(outcome, { fate, url }));
		return outcome;
	}
}

function candidate(more: Partial<JudgedRequest> = {}): JudgedRequest {
	return {
		verdict: "candidate",
		protocol: "http",
		target: "/video?a=1",
		host: "192.0.2.7",
		link: "",
		hops: undefined,
		tells: true,
		...more,
	};
}

describe("relay/transparent/live urls", () => {
	it("the first viewer finds out, those that come meanwhile wait for it, later ones are relayed at once (REP-2, REP-3)", () => {
		const rig = new Rig();
		assert.equal(rig.ask().fate, "probe");
		const waiting = [rig.ask(), rig.ask()];
		assert.equal(waiting[0].fate, "waits");
		const first = rig.live();
		for (const { fate } of [first, ...waiting, rig.ask()]) assert.equal(fate, "relay");
		assert.equal(rig.asked.length, 4);
		const { content } = rig.asked[0];
		assert.equal(content.key, "origin/192.0.2.7:80/video?a=1");
		assert.equal(content.url, "http://192.0.2.7:80/video?a=1");
		assert.deepEqual([content.origin, content.needsLogin, content.address], ["home", false, undefined]);
		assert.equal(rig.urls.find(first.url?.id ?? ""), content);
	});

	it("a request that is not for a live stream passes, and is checked again the next time", () => {
		const rig = new Rig();
		rig.ask();
		const waiting = rig.ask();
		rig.urls.isNotLive(0, ORIGIN, candidate(), true);
		assert.equal(waiting.fate, "pass");
		assert.equal(rig.urls.size, 0);
		assert.equal(rig.ask().fate, "probe");
	});

	it("the next one finds out when the first has left", () => {
		const rig = new Rig();
		rig.ask();
		const [second, third] = [rig.ask(), rig.ask()];
		rig.urls.isNotLive(0, ORIGIN, candidate(), false);
		assert.deepEqual([second.fate, third.fate], ["probe", "waits"]);
	});

	it("passes a viewer that the monitor refuses, so that the origin says why, and forgets the URL (REP-2)", () => {
		const rig = new Rig();
		rig.ask();
		rig.refusal = { status: 401, message: "no" };
		assert.equal(rig.live().fate, "pass");
		assert.equal(rig.urls.size, 0);
	});

	it("keeps a place at the monitor until the viewer has been handed over", () => {
		const rig = new Rig();
		rig.ask();
		const { url } = rig.live();
		assert.equal(rig.guests.size, 1);
		url?.release(0);
		url?.release(0);
		assert.equal(rig.guests.size, 0);
	});

	it("answers OPTIONS where the stream is known, and passes them where it is not", () => {
		const rig = new Rig();
		assert.equal(rig.ask({ tells: false }).fate, "pass");
		rig.ask();
		rig.live();
		assert.equal(rig.ask({ tells: false }).fate, "relay");
		assert.equal(rig.asked.length, 1, "OPTIONS asks for nothing");
	});

	it("a name that a viewer gives is only its word: another name or the address is another content, and nothing is resolved", () => {
		const rig = new Rig();
		rig.ask({ host: "cam.example" });
		rig.live({ host: "cam.example" });
		const { key, url, address } = rig.asked[0].content;
		assert.deepEqual(
			[key, url, address],
			["origin/192.0.2.7:80/video?a=1#cam.example", "http://cam.example:80/video?a=1", "192.0.2.7"],
		);
		assert.equal(rig.ask().fate, "probe");
		assert.equal(rig.ask({ host: "other.example" }).fate, "probe");
		assert.equal(rig.ask({ host: "192.0.2.8" }).fate, "pass", "a proxy request");
	});

	it("another token than a good ticket passes: only the origin can check it (REP-12)", () => {
		const rig = new Rig();
		assert.equal(rig.ask({ link: "abc" }).fate, "pass");
		rig.ticket = { ...contentOf("garage"), needsLogin: true };
		const { fate, url } = rig.ask({ link: "r.good" });
		assert.deepEqual([fate, url?.link], ["relay", "r.good"]);
		assert.equal(rig.asked[0].content, rig.ticket, "the content of the origin's own, with its login");
		rig.ticket = undefined;
		assert.equal(rig.ask({ link: "r.good" }).fate, "pass", "a ticket is checked each time");
	});

	it("asks no origin for a request that has passed this relay before, and passes hops on (REP-11)", () => {
		const rig = new Rig();
		const { fate, url } = rig.ask({ hops: writeHops([OWN], OTHER) });
		assert.equal(fate, "relay");
		assert.equal(rig.asked.length, 0);
		assert.notEqual(rig.urls.find(url?.id ?? ""), undefined, "the server refuses it by its hops");
		rig.ask({ hops: OTHER });
		rig.live({ hops: OTHER });
		assert.deepEqual(rig.asked[0].hops, [OTHER]);
	});

	it("remembers a bounded number of URLs, and never forgets one whose answer is awaited", () => {
		const rig = new Rig();
		rig.ask({ target: "/awaited" });
		for (let i = 0; i < 1500; i++) {
			rig.ask({ target: `/${i}` });
			rig.live({ target: `/${i}` });
		}
		assert.equal(rig.urls.size, 1024);
		assert.equal(rig.ask({ target: "/awaited" }).fate, "waits");
		assert.equal(rig.ask({ target: "/1499" }).fate, "relay");
		assert.equal(rig.ask({ target: "/0" }).fate, "probe");
	});
});

function contentOf(key: string): RelayedContent {
	return {
		key,
		protocol: "http",
		url: "http://192.0.2.7/x",
		content: key,
		origin: "",
		needsLogin: false,
		tariff: undefined,
	};
}
