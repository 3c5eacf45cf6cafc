import assert from "node:assert/strict";
import { DavRig } from "../../../support/dav-rig";

const FILES = "/dav/files";
const LOCK = (owner: string): string =>
	`<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype>` +
	`<D:owner>${owner}</D:owner></D:lockinfo>`;

describe("storage/dav: what clients can cost (STR-14)", () => {
	it("answers no question at a thousand times its length: a long namespace is not repeated for each property", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/a`, [], "x");
		const names = "<a:b/>".repeat(900);
		const body = `<D:propfind xmlns:D="DAV:" xmlns:a="urn:${"n".repeat(50_000)}"><D:prop>${names}</D:prop></D:propfind>`;
		const answer = rig.ask("PROPFIND", FILES, ["Depth: 1"], body);
		assert.ok(answer.body.length < 10_000, `${answer.body.length} octets`);
		assert.equal(answer.status, 400);
	});

	it("describes no file at a thousand times its length: so many properties are asked for at once, and no more", () => {
		const rig = new DavRig();
		for (let i = 0; i < 20; i++) rig.ask("PUT", `${FILES}/${i}`, [], "x");
		const ask = (count: number) => {
			const names = `<a:b xmlns:a="urn:${"n".repeat(200)}"/>`.repeat(count);
			return rig.ask(
				"PROPFIND",
				FILES,
				["Depth: 1"],
				`<D:propfind xmlns:D="DAV:"><D:prop>${names}</D:prop></D:propfind>`,
			);
		};
		assert.equal(ask(200).status, 400);
		assert.equal(ask(60).status, 207);
	});

	it("keeps few locks for one path, so that lists of them stay short", () => {
		const rig = new DavRig();
		const statuses = new Map<number, number>();
		for (let i = 0; i < 200; i++) {
			const status = rig.status("LOCK", FILES, ["Timeout: Second-3600"], LOCK("o".repeat(2000)));
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
		}
		assert.ok((statuses.get(200) ?? 0) >= 8);
		assert.ok((statuses.get(507) ?? 0) > 0, JSON.stringify([...statuses]));
		for (let i = 0; i < 30; i++) rig.ask("PUT", `${FILES}/${i}`, [], "x");
		const { body } = rig.ask("PROPFIND", FILES, ["Depth: 0"]);
		assert.ok(body.length < 100_000, `${body.length} octets`);
	});
});
