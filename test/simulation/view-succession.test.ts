import assert from "node:assert/strict";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { PairingPart } from "../../src/app/peer/pairing-part";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { PeerPart } from "../../src/app/peer/peer-part";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { ToyRendezvous } from "../support/peer-world";
import { seedsUpTo } from "../support/seeds";
import { pairingOf, ViewRun } from "../support/viewed-home";
import { type HomeCamera, VirtualHome } from "../support/virtual-home";

const HTML = "Accept: text/html\r\n";

/** A home of some cameras that a paired viewer on the Internet shows. */
class Scene {
	readonly home: VirtualHome;
	readonly server: ToyRendezvous;
	readonly run: ViewRun;
	private cookie = "";

	constructor(seed: number, count = 3) {
		this.home = new VirtualHome(seed);
		const { world, internet } = this.home;
		const machine = new VirtualMachine(world, "rendezvous");
		machine.attach(internet, { address: "198.20.8.8", prefix: 24, gateway: "198.20.8.1" });
		this.server = new ToyRendezvous(machine);
		const supply = { ciphers: new ToyCiphers(machine.random), resolver: machine.resolver };
		this.home.extras = [
			peerToPeer(supply, [
				(services) => new TunnelDoorPart(services, LARGE_TUNNEL),
				(services) => new PairingPart(services),
			]),
		];
		const settings = { "fleet-key": "a-key-of-the-whole-fleet", rendezvous: this.server.setting };
		for (let i = 0; i < count; i++) this.home.add(settings);
		const { cameras } = this.home;
		this.home.until(() => cameras.every(isRegistered), 30_000, "all registered");
		world.runFor(5000);
		const [camera] = cameras;
		const text = pairingOf(this.home, camera.camera, camera.machine, "kind=viewer&days=30&home=Cabin");
		const paired = new ViewRun(this.home, this.home.visitor, "", { pair: text });
		this.home.until(() => paired.code === 0, 1000, "paired");
		this.run = new ViewRun(this.home, this.home.visitor, "", { "rtsp-port": "0" });
		this.run.until(/^Pages:/);
	}

	/** The camera that shows the home, by what the viewer says. */
	get shownBy(): HomeCamera {
		const { shownBy } = this.state();
		const camera = this.home.cameras.find(({ camera: { identity } }) => identity.id === shownBy);
		assert.ok(camera !== undefined, shownBy);
		return camera;
	}

	/** What the viewer tells programs. */
	state(): { readonly shownBy: string; readonly devices: readonly { readonly id: string; readonly state: string }[] } {
		const answer = this.run.get(8088, `/api/v1/view?link=${this.pass}`, "view.localhost:8088");
		return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
	}

	/** The page that a browser gets at the address of the home. */
	portal(): string {
		if (this.cookie === "") {
			const entered = this.run.get(8088, `/?link=${this.pass}`, undefined, HTML);
			[, this.cookie = ""] = /Set-Cookie: ([^;]+);/.exec(entered) ?? [];
		}
		return this.run.get(8088, "/", undefined, `${HTML}Cookie: ${this.cookie}\r\n`);
	}

	private get pass(): string {
		const [pages] = this.run.until(/^Pages:/);
		return pages.slice(pages.indexOf("=") + 1);
	}
}

function isRegistered({ camera }: HomeCamera): boolean {
	for (const part of camera.parts)
		if (part instanceof PeerPart) return part.endpoint.presence?.registration.state === "registered";
	return false;
}

const representativeOf = ({ cameras }: VirtualHome): HomeCamera | undefined =>
	cameras.find(({ machine, camera }) => machine.on && camera.fleet.self.representative);

/** A page with a card for each camera. */
const isPortal = (page: string): boolean => /^HTTP\/1.1 200 /.test(page) && page.includes('id="cameras"');

describe("simulation/view-succession", () => {
	for (let seed = 1; seed <= seedsUpTo(12); seed++) {
		it(`shows the portal by the new representative when the first one loses its power, seed ${seed} (ONE-6, ONE-8)`, () => {
			const scene = new Scene(seed);
			const { home, run } = scene;
			assert.ok(isPortal(scene.portal()));
			const first = scene.shownBy;
			assert.equal(first, representativeOf(home));
			const before = run.lines.length;
			first.crash();
			const crashed = home.world.now;
			const pages: string[] = [];
			home.until(
				() => {
					const page = scene.portal();
					pages.push(page.slice(0, page.indexOf("\r\n")));
					return isPortal(page);
				},
				30_000,
				`the portal of another camera\n${run.lines.join("\n")}`,
			);
			const took = home.world.now - crashed;
			assert.ok(took < 12_000, `${took} ms: ${pages}\n${run.lines.slice(before).join("\n")}`);
			for (const status of pages) assert.match(status, /^(HTTP\/1.1 (200|503) .*|)$/);
			assert.equal(scene.shownBy, representativeOf(home));
			assert.match(run.lines.slice(before).join("\n"), /: it gives no answer any more\.[\s\S]* takes the place of /);
			first.restart();
			home.until(() => isRegistered(first), 60_000, "the first one is back");
			const id = first.camera.identity.id;
			home.until(
				() => /^HTTP\/1.1 (200|401) /.test(run.get(8088, "/camera", `${id}.localhost:8088`)),
				30_000,
				"it is reached by its own name",
			);
			assert.notEqual(scene.shownBy, first, "the home stays where it is");
			assert.equal(run.code, undefined);
		});
	}

	it("goes on at once when the representative leaves in order (IMG-20)", () => {
		const scene = new Scene(3);
		const first = scene.shownBy;
		first.camera.leave(() => first.crash());
		const took = scene.home.until(() => isPortal(scene.portal()) && scene.shownBy !== first, 20_000, "another one");
		assert.ok(took < 8000, `${took} ms`);
	});

	it("waits for a camera that has no successor, and tells the browser so meanwhile", () => {
		const scene = new Scene(4, 1);
		const { home, run } = scene;
		const camera = scene.shownBy;
		camera.crash();
		home.until(() => scene.portal().startsWith("HTTP/1.1 503 "), 30_000, "the page in its place");
		assert.match(scene.portal(), /is not connected<\/h1>/);
		home.world.runFor(60_000);
		assert.equal(scene.state().devices[0].state === "connected", false);
		camera.restart();
		home.until(() => scene.portal().startsWith("HTTP/1.1 200 "), 60_000, "its own page again");
		assert.equal(run.code, undefined);
	});
});
