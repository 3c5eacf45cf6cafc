import assert from "node:assert/strict";
import { RelaySigner } from "../../src/relay/relay-key";
import type { RelayTable } from "../../src/relay/relay-table";
import { issueRelayTicket } from "../../src/relay/relay-ticket";
import { digestFor } from "../support/digest";
import { CAMERA, openContent, RelayScene, sceneOrigin } from "../support/relay-scene";
import type { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

const HOME = sceneOrigin("home", "");
const OTHER = sceneOrigin("other", "", new Uint8Array(32).fill(9));
const TABLE: Partial<RelayTable> = {
	origins: [HOME, OTHER],
	contents: [
		openContent("garage", `http://${CAMERA}/live`, { needsLogin: true, origin: "home", content: "91f3" }),
		openContent("lobby", `http://${CAMERA}/live`),
	],
	allowed: [
		{
			host: { address: CAMERA, prefix: 32 },
			port: 0,
			protocol: "http",
			origin: "home",
			needsLogin: true,
			tariff: undefined,
		},
	],
};
const ID = "AAAAAAAAAAAAAAAA";

function scene(): RelayScene {
	return new RelayScene(1, { table: TABLE }).run(1);
}

/** Makes a ticket that is good for an hour from now. */
function ticket({ first }: RelayScene, content: string, key = HOME.key, seconds = 3600): string {
	const now = (first.machine.clock.utc() ?? 0) / 1000;
	const signer = new RelaySigner(key, "tickets");
	return issueRelayTicket(signer, { id: ID, viewer: "anna", content, until: now + seconds });
}

function field({ head }: VirtualMjpegViewer, name: string): string {
	return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
}

/** The viewers as the relay's page has them. */
function shown({ first }: RelayScene): unknown {
	const [part] = first.relay.parts as unknown as readonly { readonly state: { readonly viewers: readonly object[] } }[];
	return part.state.viewers.map((viewer) => (viewer as { readonly viewer: string }).viewer);
}

describe("simulation/relay-login", () => {
	it("admits by a ticket without asking the origin, and knows its viewer (REP-12)", () => {
		const one = scene();
		const viewer = one.watch(`/garage?link=${ticket(one, "91f3")}`);
		one.run(2);
		assert.deepEqual([viewer.status, viewer.faults, shown(one)], [200, [], ["anna"]]);
		assert.equal(field(viewer, "Set-Cookie"), "", "a ticket begins no session");
		assert.equal(one.camera.requests.length, 1);
		assert.doesNotMatch(one.camera.requests[0], /link/);
	});

	const REFUSED = [
		["none", () => ""],
		["another content", (one: RelayScene) => `?link=${ticket(one, "lobby")}`],
		["another origin", (one: RelayScene) => `?link=${ticket(one, "91f3", OTHER.key)}`],
		["an end in the past", (one: RelayScene) => `?link=${ticket(one, "91f3", HOME.key, -10)}`],
		["a changed viewer", (one: RelayScene) => `?link=${ticket(one, "91f3").replace("anna", "bert")}`],
		["rubbish", () => "?link=r.x.y.z.w"],
	] as const;
	for (const [what, query] of REFUSED) {
		it(`refuses with 401 a ticket for ${what}, without asking the origin (REP-12)`, () => {
			const one = scene();
			const viewer = one.watch(`/garage${query(one)}`);
			one.run(2);
			assert.equal(viewer.status, 401);
			assert.match(viewer.head, /^WWW-Authenticate: Digest /im);
			assert.equal(one.camera.requests.length, 0);
		});
	}

	it("admits an account of the relay by Digest", () => {
		const one = scene();
		const stranger = one.watch("/garage");
		one.run(1);
		const answer = digestFor(field(stranger, "WWW-Authenticate"), "GET", "/garage");
		const viewer = one.watch("/garage", { fields: `Authorization: ${answer}\r\n` });
		one.run(2);
		assert.deepEqual([viewer.status, viewer.faults, shown(one)], [200, [], ["owner"]]);
	});

	it("lets anyone watch contents that the table opens, without a name (REP-12)", () => {
		const one = scene();
		const viewer = one.watch("/lobby");
		one.run(2);
		assert.deepEqual([viewer.status, shown(one)], [200, [""]]);
	});

	it("asks a client that takes it for a proxy for its login with 407, and never for cookies or a page (REP-1)", () => {
		const one = scene();
		const target = `http://${CAMERA}/live`;
		const stranger = one.watch(target, { fields: "Accept: text/html\r\nAuthorization: Basic eDp5\r\n" });
		one.run(1);
		assert.equal(stranger.status, 407);
		assert.doesNotMatch(stranger.head, /cookie|html/i);
		const challenge = field(stranger, "Proxy-Authenticate");
		const wrong = digestFor(challenge, "GET", target, "owner", "wrong");
		const refused = one.watch(target, { fields: `Proxy-Authorization: ${wrong}\r\n` });
		one.run(2);
		assert.equal(refused.status, 407);
		const right = digestFor(challenge, "GET", target, "owner", undefined, "00000002");
		const viewer = one.watch(target, { fields: `Proxy-Authorization: ${right}\r\n` });
		one.run(3);
		assert.deepEqual([viewer.status, viewer.faults, shown(one)], [200, [], ["owner"]]);
		assert.doesNotMatch(one.camera.requests[0], /proxy-authorization/i);
	});

	it("admits a proxy request by a ticket in its URL, which the origin does not see (REP-1, REP-12)", () => {
		const one = scene();
		const content = `origin/${CAMERA}:80/live?channel=2`;
		const viewer = one.watch(`http://${CAMERA}/live?channel=2&link=${ticket(one, content)}`);
		one.run(2);
		assert.deepEqual([viewer.status, viewer.faults, shown(one)], [200, [], ["anna"]]);
		assert.match(one.camera.requests[0], /^GET \/live\?channel=2 HTTP/);
	});

	it("answers other methods with 405, and strangers as for any content", () => {
		const one = scene();
		const machine = one.addClient();
		let text = "";
		const stream = machine.network.connect(
			{ address: one.first.inside, port: 8080 },
			{
				room: () => {
					const bytes = new Uint8Array(Buffer.from("HEAD /lobby HTTP/1.1\r\nHost: 10.9.0.1:8080\r\n\r\n"));
					if (text === "") stream.write(bytes, 0, bytes.length);
					text = " ";
				},
				received: (bytes) => {
					text += Buffer.from(bytes).toString("latin1");
				},
				ended() {},
				gone() {},
			},
		);
		one.run(2);
		assert.match(text, /^ HTTP\/1\.1 405 /);
		assert.match(text, /Allow: GET/);
		assert.equal(one.camera.requests.length, 0);
	});
});
