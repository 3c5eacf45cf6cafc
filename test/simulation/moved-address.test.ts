import assert from "node:assert/strict";
import { PASSWORD } from "../support/digest";
import { bodyOf, jsonOf, statusOf } from "../support/home-answer";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";

const KEY = { "fleet-key": "a-key-that-nobody-guesses" };
const HTML = "Accept: text/html\r\n";
const PORTAL = `http://${WAN}:8080/`;

/** Two cameras, of which the representative is replaced by the other while a user has its pages open. */
class Scene {
	readonly home: VirtualHome;
	readonly before: HomeCamera;
	readonly after: HomeCamera;
	readonly cookie: string;
	/** The forms of the former representative's pages. */
	readonly forms: { readonly action: string; readonly fields: string; readonly page: string }[] = [];

	constructor(seed: number, settings: Readonly<Record<string, string>> = KEY) {
		const home = new VirtualHome(seed, { secure: false });
		for (let i = 0; i < 2; i++) home.add(settings);
		home.until(
			() => home.cameras.every((c) => c.port !== 0 && c.camera.fleet.registry.size === 1),
			20000,
			"both are up",
		);
		const first = home.cameras.find((c) => c.port === 8080);
		const second = home.cameras.find((c) => c !== first);
		assert.ok(first !== undefined && second !== undefined);
		[this.home, this.before, this.after] = [home, first, second];
		const answer = home.exchange("POST", `${PORTAL}login`, `user=owner&password=${PASSWORD}`, HTML, home.visitor, 3000);
		this.cookie = `Cookie: ${/Set-Cookie: ([^;]+);/.exec(answer)?.[1]}\r\n`;
		for (const page of ["settings", "camera", "fleet"]) {
			const html = bodyOf(this.ask("GET", page, "", HTML));
			for (const [, action, body] of html.matchAll(
				/<form method="post" action="[/](api[^"]*)"[^>]*>(.*?)<[/]form>/gs,
			)) {
				const inputs = [...body.matchAll(/name="([^"]+)"(?: value="([^"]*)")?/g)];
				const fields = inputs.map(([, name, value = ""]) => `${name}=${encodeURIComponent(value)}`).join("&");
				this.forms.push({ action, fields, page });
			}
		}
	}

	ask(method: string, path: string, form = "", fields = ""): string {
		return this.home.exchange(method, `${PORTAL}${path}`, form, this.cookie + fields, this.home.visitor, 3000);
	}

	/** The representative loses its power, and the other camera takes its port. */
	change(): void {
		this.before.crash();
		this.home.until(() => this.after.port === 8080, 60000, "the other camera has the port");
		this.home.until(() => this.home.knock(PORTAL, 1000), 10000, "it answers");
	}

	/** The former representative has power again, at another port. */
	comeBack(): void {
		this.before.restart();
		this.home.until(() => this.before.port > 8080, 60000, "it is back");
		this.home.until(() => this.after.camera.fleet.registry.size === 1, 20000, "it is known again");
	}
}

/** What forms could change. */
function stateOf({ camera, machine }: HomeCamera): unknown {
	const { access, gateway, identity, fleet } = camera;
	const read = (key: string) => machine.store.read(key);
	return [
		`${access.credentials.record}`,
		gateway.mappingSwitch,
		identity.boot,
		fleet.self.name,
		read("settings"),
		camera.isLeaving,
	];
}

describe("simulation/moved-address", () => {
	it("refuses forms that another camera has made, and changes nothing (C3)", () => {
		const scene = new Scene(11);
		assert.ok(scene.forms.length >= 7, `${scene.forms.length} forms`);
		scene.change();
		scene.comeBack();
		const before = stateOf(scene.after);
		const named = scene.forms.filter(({ action }) => !action.endsWith("/name"));
		for (const { action, fields, page } of named) {
			const referer = `Referer: ${PORTAL}${page}\r\n`;
			const answer = scene.ask("POST", action, `${fields}&note=8123`, HTML + referer);
			assert.equal(statusOf(answer), 409, `${action} ${fields}`);
			const html = bodyOf(answer);
			assert.match(html, /Nothing has been changed/);
			assert.ok(html.includes(`href="http://${WAN}:${scene.before.port}/${page}?pass=`), html);
			assert.ok(html.includes("<dd>8123</dd>"), html);
			assert.equal(statusOf(scene.ask("POST", action, fields)), 409, "a program");
		}
		assert.deepEqual(stateOf(scene.after), before);
	});

	it("carries out forms of its own, and those without a camera", () => {
		const scene = new Scene(12);
		const id = scene.before.camera.identity.id;
		for (const field of ["", `&camera=${id}`])
			assert.equal(statusOf(scene.ask("POST", "api/v1/settings", `priority=7${field}`)), 200, field);
		assert.equal(scene.before.machine.store.read("settings"), "priority 7");
		assert.equal(statusOf(scene.ask("POST", "api/v1/settings", "priority=8&camera=0123456789abcdef")), 409);
		const missing = scene.ask("POST", "api/v1/settings", "priority=8&camera=0123456789abcdef", HTML);
		assert.match(bodyOf(missing), /can&#39;t be reached at the moment/);
		assert.equal(scene.before.machine.store.read("settings"), "priority 7");
	});

	it("renames a camera wherever it is, as the form names it", () => {
		const scene = new Scene(13);
		const form = scene.forms.find(({ action }) => action.endsWith("/name"));
		scene.change();
		scene.comeBack();
		assert.equal(statusOf(scene.ask("POST", form?.action ?? "", "name=Garden")), 200);
		scene.home.until(() => scene.before.camera.fleet.self.name === "Garden", 5000, "it has the name");
	});

	it("tells the page that waits for a restart which camera answers, and where the restarted one is", () => {
		const scene = new Scene(14);
		const { id, boot } = scene.before.camera.identity;
		scene.change();
		const there = jsonOf(scene.ask("GET", "api/v1/status"));
		assert.notEqual(there.id, id, "so it is not taken for the one that restarts");
		const find = () => jsonOf(scene.ask("GET", "api/v1/cameras")).cameras.find((c: { id: string }) => c.id === id);
		assert.ok(!(find()?.boot > boot), "not back yet");
		scene.comeBack();
		const entry = find();
		assert.ok(entry.boot > boot);
		assert.match(entry.link, new RegExp(`^http://${WAN}:${scene.before.port}/\\?pass=`));
	});
});
