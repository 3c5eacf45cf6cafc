import assert from "node:assert/strict";
import { jsonOf, statusOf } from "../support/home-answer";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

/** The owner's password is drawn and then set, as passwords that are set at startup are not shared. */
const KEY = { "fleet-key": "a-key-that-nobody-guesses", password: "" };
const PASSWORD = "open-sesame";
const HTML = "Accept: text/html\r\n";

const url = ({ port }: HomeCamera, path = "") => `http://${WAN}:${port}/${path}`;
const cookieOf = (answer: string) => `Cookie: ${/Set-Cookie: ([^;]+);/.exec(answer)?.[1]}\r\n`;

function settled(count: number, seed: number): VirtualHome {
	const home = new VirtualHome(seed);
	for (let i = 0; i < count; i++) home.add(KEY);
	home.until(
		() => home.cameras.every((c) => c.port !== 0 && c.camera.fleet.registry.size === count - 1),
		20_000,
		"all are known",
	);
	assert.ok(home.cameras[0].camera.access.credentials.setPassword("owner", PASSWORD));
	const version = () => home.cameras.map((c) => `${c.camera.access.credentials.record}`);
	home.until(() => new Set(version()).size === 1, 20_000, "all have the password");
	return home;
}

/** Asks with nothing but these fields, from the Internet. */
function ask(home: VirtualHome, address: string, fields = ""): string {
	return home.exchange("GET", address, "", fields, home.visitor, 3000);
}

interface MadeLink {
	readonly id: string;
	readonly url: string;
	readonly token: string;
}

function make(home: VirtualHome, camera: HomeCamera, form = "hours=240&name=Grandma"): MadeLink {
	return jsonOf(home.post(url(camera, "api/v1/links"), form));
}

function revoke(home: VirtualHome, camera: HomeCamera, id: string): number {
	return statusOf(home.post(url(camera, `api/v1/links/${id}/revoke`), ""));
}

/** Watches live. */
const watch = (home: VirtualHome, { port }: HomeCamera, target: string, fields?: string) =>
	new VirtualMjpegViewer(home.visitor, { address: WAN, port, target, ...(fields !== undefined && { fields }) });

describe("simulation/viewer links", () => {
	it("are listed with name and times, are good at every camera of the fleet, and end alone when one is revoked", () => {
		const home = settled(3, 21);
		const [first, second, third] = home.cameras;
		const grandma = make(home, first);
		const frigate = make(home, first, "hours=8760&name=Frigate");
		const { links } = jsonOf(home.get(url(first, "api/v1/links")));
		assert.deepEqual(
			links.map(({ id, name, used }: Record<string, unknown>) => [id, name, used]),
			[
				[grandma.id, "Grandma", null],
				[frigate.id, "Frigate", null],
			],
		);
		assert.equal(links[1].until - links[1].made, 8760 * 3600_000);
		// A browser at the camera that made it, by a session; programs at others, by the token; a browser there by a ticket.
		const visit = ask(home, grandma.url, HTML);
		assert.equal(statusOf(visit), 303);
		const cookie = cookieOf(visit);
		const portal = jsonOf(ask(home, url(first, "api/v1/cameras"), cookie));
		const { link: ticket } = portal.cameras.find((c: { id: string }) => c.id === third.camera.identity.id);
		const elsewhere = ask(home, ticket, HTML);
		assert.equal(statusOf(elsewhere), 303);
		const there = cookieOf(elsewhere);
		const uses = (link: MadeLink) => [
			ask(home, url(first, "camera"), cookie),
			ask(home, url(second, `snapshot.jpg?link=${link.token}`)),
			ask(home, url(third, "camera"), there),
			ask(home, url(second, "api/v1/cameras"), `Authorization: Bearer ${link.token}\r\n`),
		];
		assert.deepEqual(uses(grandma).map(statusOf), [200, 200, 200, 200]);
		const streams = [
			watch(home, first, "/stream.mjpeg", cookie),
			watch(home, second, `/stream.mjpeg?link=${grandma.token}`),
			watch(home, third, "/stream.mjpeg", there),
		];
		const others = watch(home, second, `/stream.mjpeg?link=${frigate.token}`);
		home.world.runFor(2000);
		for (const stream of [...streams, others]) assert.ok(stream.octets > 5000 && !stream.over);
		const used = jsonOf(home.get(url(first, "api/v1/links"))).links[0].used;
		assert.ok(used > 0, "its use is known");

		assert.equal(revoke(home, first, grandma.id), 200);
		home.world.runFor(2000);
		assert.deepEqual(uses(grandma).map(statusOf), [401, 401, 401, 401]);
		assert.equal(statusOf(ask(home, ticket, HTML)), 401, "a ticket that was made before");
		for (const stream of streams) assert.ok(stream.over, "what runs ends, at each camera");
		assert.ok(!others.over);
		assert.equal(statusOf(ask(home, url(third, `snapshot.jpg?link=${frigate.token}`))), 200);
		assert.deepEqual(
			jsonOf(home.get(url(first, "api/v1/links"))).links.map(({ name }: { name: string }) => name),
			["Frigate"],
		);
		assert.equal(revoke(home, first, grandma.id), 404);
	});

	it("stay revoked at a camera that was off meanwhile, and after a restart", () => {
		const home = settled(2, 22);
		const [first, second] = home.cameras;
		const link = make(home, first);
		second.crash();
		home.world.runFor(1000);
		assert.equal(revoke(home, first, link.id), 200);
		second.restart();
		home.until(() => second.camera.access.credentials.isRevoked(link.id), 30_000, "the other one has learned of it");
		first.crash();
		first.restart();
		home.until(() => first.port !== 0, 30_000, "it is back");
		assert.equal(statusOf(ask(home, url(first, `snapshot.jpg?link=${link.token}`))), 401);
		assert.equal(statusOf(ask(home, url(second, `snapshot.jpg?link=${link.token}`))), 401);
	});

	it("stay revoked when two cameras revoke at the same moment", () => {
		const home = settled(2, 23);
		const [first, second] = home.cameras;
		const [one, other] = [make(home, first), make(home, second)];
		const [a, b] = home.cameras.map((c) => c.camera.access);
		assert.ok("fault" in first.camera.links.revoke("no-link", 0));
		first.camera.links.revoke(one.id, first.camera.now);
		second.camera.links.revoke(other.id, second.camera.now);
		const knowBoth = (c: HomeCamera) => [one, other].every((link) => c.camera.access.credentials.isRevoked(link.id));
		home.until(() => home.cameras.every(knowBoth), 30_000, "both know both");
		assert.equal(`${a.credentials.record}`, `${b.credentials.record}`);
	});

	it("of a camera whose password was set at startup end there, and stay ended after a restart", () => {
		const home = new VirtualHome(24);
		const camera = home.add();
		home.until(() => camera.port !== 0, 20_000, "it has its port");
		const link = make(home, camera);
		assert.equal(statusOf(ask(home, url(camera, `snapshot.jpg?link=${link.token}`))), 200);
		assert.equal(revoke(home, camera, link.id), 200);
		camera.crash();
		camera.restart();
		home.until(() => camera.port !== 0, 30_000, "it is back");
		assert.equal(statusOf(ask(home, url(camera, `snapshot.jpg?link=${link.token}`))), 401);
	});

	it("refuse a name that is too long, a time that is too long, and a 21st link", () => {
		const home = new VirtualHome(25);
		const camera = home.add();
		home.until(() => camera.port !== 0, 20_000, "it has its port");
		const answer = (form: string) => statusOf(home.post(url(camera, "api/v1/links"), form));
		for (const form of [`hours=1&name=${"x".repeat(41)}`, "hours=1&name=a%0Ab", "hours=8785", "hours=0", "hours=x", ""])
			assert.equal(answer(form), 400, form);
		for (let i = 0; i < 20; i++) assert.equal(answer("hours=1"), 200);
		assert.equal(answer("hours=1"), 409);
		assert.equal(statusOf(ask(home, url(camera, "api/v1/links"))), 401, "a stranger sees nothing of it");
	});
});
