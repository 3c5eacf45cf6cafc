import assert from "node:assert/strict";
import type { MeteringManager } from "../../../../src/relay/metering-manager";
import type { RelayContentView, RelayView } from "../../../../src/web/relay-page";
import { relayPage } from "../../../../src/web/relay-page";
import { CAMERA, openContent, RelayScene } from "../../../support/relay-scene";

const CONTENT: RelayContentView = {
	key: "garage",
	title: "Garage door",
	protocol: "rtsp",
	url: "rtsp://relay:8554/garage",
	state: "open",
	viewers: 3,
	hops: 2,
};
const VIEW: RelayView = {
	visitor: { owner: true, session: false, links: [] },
	notices: [],
	contents: [CONTENT, { ...CONTENT, key: "<door>", state: undefined, hops: 0 }],
	viewers: [
		{
			content: "garage",
			viewer: "<anna>",
			address: "10.0.0.1",
			protocol: "rtsp over udp",
			time: 7_380_000,
			octets: 12_345_678,
			frames: 99,
			drops: 7,
		},
	],
	totals: { sessions: 4, payload: 1000, total: 2000, frames: 5, drops: 6 },
	facts: [["Name of the relay", "near"]],
};

function html(view: RelayView): string {
	return relayPage(view).body.parts.join("");
}

describe("app/relay/monitor-part", () => {
	it("shows contents, viewers, traffic and facts to the owner, escaped", () => {
		const page = html(VIEW);
		for (const part of [
			"garage",
			"Garage door",
			"&lt;door&gt;",
			"&lt;anna&gt;",
			"12.3 MB",
			"2 h 3 min",
			"rtsp over udp",
			"near",
		])
			assert.ok(page.includes(part), part);
		assert.ok(!page.includes("<door>") && !page.includes("<anna>"));
	});

	it("shows contents alone to a viewer", () => {
		const page = html({ ...VIEW, visitor: { ...VIEW.visitor, owner: false } });
		assert.ok(page.includes("garage"));
		for (const part of ["10.0.0.1", "anna", "near", "2.0 kB"]) assert.ok(!page.includes(part), part);
	});

	it("tells the owner of a break, and programs of sessions and sums (REP-5, REP-10, REP-14)", () => {
		const url = `http://user:secret@${CAMERA}/live`;
		const scene = new RelayScene(1, { table: { contents: [openContent("garage", url)] } });
		scene.run(1);
		const viewer = scene.watch();
		scene.run(5);
		const [part] = scene.first.relay.parts;
		assert.deepEqual(part.notices?.(), []);
		const { state } = part as unknown as { readonly state: Record<string, unknown> };
		const text = JSON.stringify(state);
		assert.match(text, /"state":"open","viewers":1,"hops":0/);
		assert.match(text, /"address":"10\.8\.0\.1"/);
		assert.doesNotMatch(text, /secret|198\.20/);
		const values = new Map(part.metrics?.().map(([name, , , value]) => [name, value]));
		assert.equal(values.get("relay_viewers"), 1);
		assert.ok((values.get("relay_frames_total") ?? 0) >= viewer.pictures);
		assert.ok((values.get("relay_payload_octets_total") ?? 0) >= viewer.payload - 100);
		scene.camera.machine.crash();
		scene.run(15);
		assert.match(JSON.stringify(part.notices?.()), /The origin of garage can't be reached/);
	});

	it("hides the logins in URLs that viewers name: neither pages, nor the log, nor records", () => {
		const rule = { port: 0, protocol: undefined, origin: "home", needsLogin: false, tariff: undefined };
		const allowed = [{ ...rule, host: { address: CAMERA, prefix: 32 } }];
		const origins = [{ name: "home", url: "", key: new Uint8Array(32) }];
		const scene = new RelayScene(1, { table: { allowed, origins } });
		scene.run(1);
		const viewer = scene.watch(`/origin/${CAMERA}/live?channel=2&user=admin&pwd=hunter2`);
		scene.run(5);
		assert.equal(viewer.status, 200);
		assert.match(scene.camera.requests[0], /^GET \/live\?channel=2&user=admin&pwd=hunter2 /);
		const [part] = scene.first.relay.parts;
		const { state } = part as unknown as { readonly state: Record<string, unknown> };
		assert.match(JSON.stringify(state), /live\?channel=2/);
		viewer.leave();
		scene.run(10);
		const { outbox } = scene.first.relay.parts.find((one) => "manager" in one)?.[
			"manager" as never
		] as unknown as MeteringManager;
		const records = outbox.next("home").map(({ json }) => Buffer.from(json).toString());
		assert.equal(records.length, 1);
		assert.match(records[0], /live\?channel=2/);
		for (const text of [JSON.stringify(state), scene.first.log, ...records]) assert.doesNotMatch(text, /hunter2/);
	});

	it("is the relay's first page, and asks for a login", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		const [first, page, api] = [scene.watch("/"), scene.watch("/relay"), scene.watch("/api/v1/relay")];
		scene.run(1);
		assert.deepEqual([first.status, page.status, api.status], [401, 401, 401]);
	});
});
