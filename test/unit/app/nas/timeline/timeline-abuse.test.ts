import assert from "node:assert/strict";
import type { Role } from "../../../../../src/access/role";
import { RecordedFiles } from "../../../../../src/app/nas/timeline/recorded-files";
import { coverageAnswer } from "../../../../../src/app/nas/timeline/timeline-answers";
import type { SiteRequest } from "../../../../../src/app/part";
import type { HttpReply } from "../../../../../src/http/http-request";
import type { Files } from "../../../../../src/ports/files";
import type { ContentStore, Coverage } from "../../../../../src/storage/content-store";
import type { EventLog } from "../../../../../src/storage/recorded-event";
import { StoreIndex } from "../../../../../src/storage/store/store-index";

const NO_EVENTS = { events: () => [] } as unknown as EventLog;
const YEAR = 365 * 86_400_000;

/** A year of segments of a few seconds with pauses, as a camera has that records events. */
function pauses(count: number, locks = false): StoreIndex {
	const index = new StoreIndex();
	const table = index.table("a");
	const facts = { duration: 5000, pictures: 1, width: 8, height: 8, encoding: "JPEG", gap: "waiting" } as const;
	for (let i = 0; i < count; i++) {
		table.add({ ...facts, start: i * 10_000 }, 1, false);
		if (locks) table.setLocked(i, i % 2 === 0);
	}
	return index;
}

describe("app/nas/timeline: who may have how much", () => {
	it("leaves a quarter of the files that are made at once to owners", () => {
		const files = { stat() {} } as unknown as Files;
		const store = { segments: () => [] } as unknown as ContentStore;
		const made = new RecordedFiles(files, store, () => {});
		const ask = (role: Role): number => {
			let refused = 0;
			const reply = { error: (status: number) => (refused = status) } as unknown as HttpReply;
			const request = { path: "/", visitor: { role }, message: { fields: [] } } as unknown as SiteRequest;
			made.answer({ camera: "a", title: "A", from: 0, to: 1, format: "mkv", isDownload: true }, request, reply);
			return refused;
		};
		for (let i = 0; i < 18; i++) assert.equal(ask("viewer"), 0);
		assert.equal(ask("viewer"), 503);
		for (let i = 0; i < 6; i++) assert.equal(ask("owner"), 0);
		assert.equal(ask("owner"), 503);
	});
});

describe("app/nas/timeline: what viewers can cost", () => {
	for (const locks of [false, true])
		it(`gathers no more stretches than it sends, however fine the question is (STR-11${locks ? ", locked clips" : ""})`, () => {
			const index = pauses(200_000, locks);
			let most = 0;
			const store = {
				coverage(...query: Parameters<ContentStore["coverage"]>): readonly Coverage[] {
					const stretches = index.coverage(...query);
					most = Math.max(most, stretches.length);
					return stretches;
				},
			} as ContentStore;
			const answer = coverageAnswer(store, NO_EVENTS, "a", 0, YEAR, 0) as { coverage: { to: number }[]; to: number };
			assert.ok(most <= 2001, `${most} stretches`);
			assert.ok(answer.coverage.length <= 2000 && answer.coverage.length > 0);
			// What is not said is not said to be empty.
			if (locks) assert.equal(answer.to, answer.coverage[answer.coverage.length - 1].to);
			else assert.equal(answer.to, YEAR);
		});
});
