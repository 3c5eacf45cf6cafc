import assert from "node:assert/strict";
import { drawNetwork } from "../../hosts/node/demo/network-drawing";
import { DemoWorld } from "../support/demo-world";
import { seedsUpTo } from "../support/seeds";

/** The element of a device in the drawing. */
function boxOf(demo: DemoWorld, id: string): string {
	const [, box = ""] =
		new RegExp(`<a (class="node[^>]*data-id="${id}"[\\s\\S]*?)</a>`).exec(drawNetwork(demo.observer.view)) ?? [];
	return box;
}

describe("simulation/network of the demo", () => {
	for (let seed = 1; seed <= seedsUpTo(2); seed++) {
		it(`records, offers by a relay, and punches through to another network within 10 s, seed ${seed} (ONE-11)`, () => {
			const demo = new DemoWorld(seed);
			const took = demo.untilWhole();
			assert.ok(took < 10_000, `${took} ms`);
			assert.deepEqual([...demo.network.reached.values()], ["through both NATs"]);
			assert.ok(demo.said.includes("Camera 1 has port 8080 and represents the home."), demo.said.join("\n"));
			demo.world.runFor(2000);
			const { home, servers, flows } = demo.observer.view;
			for (const { name, rate } of home) assert.ok(rate > 0, `${name} sends pictures`);
			assert.deepEqual(
				servers.map(({ name }) => name),
				["Rendezvous", "Relay", "Your browser"],
			);
			assert.deepEqual(
				flows.map(({ kind, from, to }) => `${kind} ${from} ${to}`),
				["recorded 1 nas", "recorded 2 nas", "recorded 3 nas", "tunnel 1 laptop"],
			);
		});

		it(`draws and tells how another camera takes over when the representative is cut off, seed ${seed} (ONE-11)`, () => {
			const demo = new DemoWorld(seed);
			demo.untilWhole();
			assert.match(boxOf(demo, "1"), /class="node first"[\s\S]*crown[\s\S]*port 8080/);
			demo.network.turn("1", false);
			const tells = /^Camera 1 is gone; (Camera [23]) took over port 8080 after (\d+\.\d) s\.$/;
			demo.until("it is told", () => demo.said.some((text) => tells.test(text)), 5000);
			const [, name, seconds] = tells.exec(demo.said.find((text) => tells.test(text)) ?? "") ?? [];
			assert.ok(Number(seconds) <= 2, `${seconds} s`);
			assert.match(boxOf(demo, "1"), /class="node off"[\s\S]*no power/);
			const next = demo.network.cameras.find((camera) => camera.name === name);
			assert.match(boxOf(demo, next?.id ?? ""), /class="node first"[\s\S]*crown[\s\S]*port 8080/);
			demo.network.turn("1", true);
			demo.untilWhole();
			assert.doesNotMatch(boxOf(demo, "1"), /crown|off/);
			assert.ok(demo.said.includes("Camera 1 was plugged in."));
		});
	}

	for (const id of ["router", "uplink", "nas", "relay", "rendezvous", "away", "laptop"]) {
		it(`works again after ${id} was off for 30 s (ONE-11)`, () => {
			const demo = new DemoWorld(11);
			demo.untilWhole();
			const what = demo.network.turn(id, false);
			assert.equal(what?.isOn, false);
			demo.world.runFor(30_000);
			demo.network.turn(id, true);
			assert.equal(what?.isOn, true);
			demo.world.runFor(1000);
			demo.untilWhole();
		});
	}

	for (const seconds of [9, 30, 75]) {
		it(`opens port 8080 within 2 s of a break of ${seconds} s in the connection to the Internet (ONE-11)`, () => {
			const demo = new DemoWorld(14);
			demo.untilWhole();
			const { table } = demo.network.scene.gateway;
			demo.network.turn("uplink", false);
			demo.world.runFor(seconds * 1000);
			demo.network.turn("uplink", true);
			// A page counts as open while its device still believes it; the table is what lets browsers in.
			const isOpen = (): boolean => demo.openPages === 4 && table.all().some((each) => each.externalPort === 8080);
			const took = demo.until("all pages are open", isOpen);
			assert.ok(took <= 2000, `${took} ms`);
			demo.world.runFor(70_000);
			assert.ok(isOpen(), "they stay open");
		});
	}

	it("shows that a router which opens no ports keeps browsers out, but not the laptop (ONE-11)", () => {
		const demo = new DemoWorld(12);
		demo.untilWhole();
		demo.network.turn("opening", false);
		assert.equal(demo.openPages, 0);
		demo.network.turn("laptop", false);
		demo.world.runFor(5000);
		demo.network.turn("laptop", true);
		demo.until("the laptop is in", () => demo.network.reached.size > 0, 30_000);
		assert.equal(demo.openPages, 0);
		demo.network.turn("opening", true);
		demo.untilWhole();
	});

	it("draws any number of cameras within the drawing", () => {
		for (const cameras of [1, 2, 12]) {
			const demo = new DemoWorld(13, cameras);
			demo.untilWhole();
			const svg = drawNetwork(demo.observer.view);
			const [, height] = /viewBox="0 0 400 (\d+)"/.exec(svg) ?? [];
			const bottoms = [...svg.matchAll(/<rect [^>]*y="([\d.]+)"[^>]*height="([\d.]+)"/g)].map(
				([, y, h]) => Number(y) + Number(h),
			);
			assert.ok(Math.max(...bottoms) <= Number(height), `${cameras}: ${bottoms} in ${height}`);
			assert.equal(svg.match(/class="node/g)?.length, cameras + 7);
		}
	});
});
