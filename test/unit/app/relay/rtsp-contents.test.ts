import assert from "node:assert/strict";
import type { RelayServices } from "../../../../src/app/relay/relay-services";
import { RtspContents } from "../../../../src/app/relay/rtsp-contents";
import { NO_HOPS } from "../../../../src/relay/hops";
import type { RelayedContent } from "../../../../src/relay/relayed-content";
import type { ContentHost } from "../../../../src/stream/distribution/playable-content";
import { openContent } from "../../../support/relay-scene";

const GARAGE = openContent("garage", "rtsp://192.0.2.7/live");
const OWN = "0123456789abcdef";

describe("app/relay/rtsp-contents", () => {
	it("lets no request of somebody else change what a viewer enters whose session is being set up", () => {
		const asked: string[] = [];
		const relay = {
			hop: OWN,
			upstreams: new Map(),
			find: ({ path, proxied }: { path: string; proxied: string }) =>
				path === "garage" && proxied === "" ? GARAGE : { status: 403, message: "no" },
			monitor: { ask: (_now: number, { key }: RelayedContent) => asked.push(key) },
		};
		const contents = new RtspContents(relay as unknown as RelayServices, {} as ContentHost, () => {
			throw new Error("no upstream is opened");
		});
		const request = { protocol: "rtsp", path: "garage", query: "", proxied: "" } as const;
		const key = contents.find(request, NO_HOPS);
		const others = [
			contents.find({ ...request, proxied: "203.0.113.1" }, NO_HOPS),
			contents.find(request, undefined),
			contents.find(request, [OWN]),
		];
		const statuses: number[] = [];
		for (const other of others)
			contents.open(0, other, (_now, answer) => statuses.push("status" in answer ? answer.status : 0));
		assert.deepEqual(statuses, [403, 400, 508]);
		assert.equal(contents.content(others[2]), GARAGE, "it may be asked for without a login");
		contents.open(0, key, () => {});
		assert.deepEqual(asked, ["garage"]);
	});
});
