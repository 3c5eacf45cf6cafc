import assert from "node:assert/strict";
import { ActiveSessions } from "../../../src/relay/active-sessions";
import type { MeteredViewer } from "../../../src/relay/metering-record";
import type { RelayedContent } from "../../../src/relay/relayed-content";
import { NO_METERING } from "../../support/no-metering";

const CONTENT: RelayedContent = {
	key: "garage",
	protocol: "http",
	url: "http://192.0.2.7/",
	content: "garage",
	origin: "",
	needsLogin: false,
	tariff: undefined,
};
const VIEWER: MeteredViewer = {
	content: "garage",
	origin: "",
	protocol: "http",
	framing: "tcp",
	viewer: "anna",
	ticket: "",
	address: "10.0.0.1",
	hops: 0,
};

describe("relay/active-sessions", () => {
	it("lists the sessions that last, and adds up all of them (REP-5)", () => {
		const ends: [string, number][] = [];
		const manager = {
			...NO_METERING,
			begin: () => ({ id: "f".repeat(32), end: (now: number, reason: string) => ends.push([reason, now]) }),
		};
		const sessions = new ActiveSessions(manager);
		const one = { payload: 10, total: 15, packets: 0, frames: 1, drops: 2 };
		const other = { payload: 100, total: 150, packets: 0, frames: 10, drops: 20 };
		const metered = sessions.begin(5, VIEWER, CONTENT, one);
		sessions.begin(6, { ...VIEWER, viewer: "bert" }, CONTENT, other);
		assert.deepEqual(
			sessions.list.map(({ since, viewer }) => [since, viewer.viewer]),
			[
				[5, "anna"],
				[6, "bert"],
			],
		);
		one.frames = 3;
		metered.end(9, "the viewer left");
		metered.end(9, "the viewer left");
		assert.deepEqual(ends, Array(2).fill(["the viewer left", 9]));
		assert.equal(sessions.list.length, 1);
		assert.deepEqual(sessions.totals, { sessions: 2, payload: 110, total: 165, frames: 13, drops: 22 });
	});
});
