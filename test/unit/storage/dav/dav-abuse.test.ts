import assert from "node:assert/strict";
import type { FileDone, FileListSink, Files } from "../../../../src/ports/files";
import { FilesQuota } from "../../../../src/storage/dav/files-quota";
import { deleteTree } from "../../../../src/storage/files/delete-tree";
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

	it("holds few files open for clients that take their time: recordings need some, too", () => {
		const rig = new DavRig();
		rig.ask("PUT", `${FILES}/big`, [], new Uint8Array(300_000));
		rig.room = 2000;
		const visits = Array.from({ length: 200 }, (_, i) => {
			rig.client = `10.0.1.${i}`;
			return rig.begin("GET", `${FILES}/big`);
		});
		for (const visit of visits) visit.step();
		rig.world.runFor(1000);
		assert.ok(rig.machine.files.opened <= 96, `${rig.machine.files.opened} files are open`);
		const refused = visits.filter((visit) => visit.stream.text().startsWith("HTTP/1.1 503"));
		assert.equal(refused.length, 200 - 96);
		for (const visit of visits) visit.connection.ended(rig.stage.now(), "reset");
		rig.world.runFor(1000);
		assert.equal(rig.machine.files.opened, 0);
		rig.room = 1 << 24;
		assert.equal(rig.ask("GET", `${FILES}/big`).status, 200);
		for (let i = 0; i < 200; i++) assert.equal(rig.ask("HEAD", `${FILES}/big`).status, 200);
	});

	it("lists and describes large folders for a few clients at a time", () => {
		const rig = new DavRig();
		rig.ask("MKCOL", `${FILES}/many`);
		let going = 0;
		let most = 0;
		let count = 15_000;
		rig.machine.files.list = (_path: string, sink: FileListSink): void => {
			most = Math.max(most, ++going);
			rig.world.after(50, () => {
				going--;
				for (let i = 0; i < count; i++) sink.entry({ name: `${i}`, kind: "file", size: 1, modified: 0 });
				sink.listed();
			});
		};
		const begin = (i: number) => {
			rig.client = `10.0.1.${i}`;
			return rig.begin("PROPFIND", `${FILES}/many`, ["Depth: 1"]);
		};
		rig.room = 2000;
		const slow = Array.from({ length: 40 }, (_, i) => begin(i));
		for (const visit of slow) visit.step();
		rig.world.runFor(5000);
		assert.ok(most <= 2, `${most} at once`);
		const statuses = slow.map((visit) => visit.stream.text().slice(9, 12));
		assert.deepEqual([statuses.filter((s) => s === "207").length, statuses.filter((s) => s === "503").length], [2, 38]);
		for (const visit of slow) visit.connection.ended(rig.stage.now(), "reset");
		rig.room = 1 << 24;
		count = 300;
		const all = Array.from({ length: 16 }, (_, i) => begin(i));
		assert.ok(rig.world.runUntil(() => all.every((visit) => visit.step()), 60_000));
		for (const visit of all) assert.match(visit.stream.text(), /^HTTP\/1.1 207.*<\/D:multistatus>/s);
	});

	it("keeps the quota when several copies are made at once", () => {
		const rig = new DavRig(1, {}, 1_000_000);
		rig.ask("PUT", `${FILES}/a`, [], new Uint8Array(400_000));
		const visits = ["b", "c", "d"].map((name) => rig.begin("COPY", `${FILES}/a`, [`Destination: ${FILES}/${name}`]));
		assert.ok(rig.world.runUntil(() => visits.every((visit) => visit.step()), 60_000));
		const statuses = visits.map((visit) => Number(visit.stream.text().slice(9, 12)));
		assert.ok(statuses.filter((status) => status === 201).length <= 1, `${statuses}`);
		assert.ok(statuses.includes(507), `${statuses}`);
		rig.world.runFor(2000);
		assert.ok(rig.stage.server.used <= 1_000_000);
		assert.deepEqual(rig.list(".porthole/dav"), []);
		rig.ask("DELETE", `${FILES}/b`);
		rig.ask("DELETE", `${FILES}/c`);
		rig.ask("DELETE", `${FILES}/d`);
		rig.world.runFor(2000);
		assert.equal(
			rig.status("COPY", `${FILES}/a`, [`Destination: ${FILES}/e`]),
			201,
			"what was set aside is given back",
		);
		assert.equal(rig.stage.server.used, 800_000);
	});

	it("counts and deletes folders of any size", () => {
		let left = 150_000;
		const entry = (name: string) => ({ name, kind: "file" as const, size: 10, modified: 0 });
		const later = (run: () => void): void => void queue.push(run);
		const queue: (() => void)[] = [];
		const files = {
			list: (_path: string, sink: FileListSink) =>
				later(() => {
					for (let i = 0; i < left; i++) if (!sink.entry(entry(`${i}`))) return;
					sink.listed();
				}),
			delete: (path: string, done: FileDone<undefined>) =>
				later(() => {
					if (path === "files" && left > 0) return done({ failure: "busy", detail: "not empty" });
					left--;
					done({ value: undefined });
				}),
		} as unknown as Files;
		const run = (): void => {
			for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
		};
		const quota = new FilesQuota(files, "files", 0);
		quota.count();
		run();
		assert.equal(quota.used, 1_500_000);
		let isDone = false;
		deleteTree(files, "files", ({ failure }) => {
			isDone = failure === undefined;
		});
		run();
		assert.deepEqual([isDone, left], [true, -1]);
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
