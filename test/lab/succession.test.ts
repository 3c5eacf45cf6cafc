import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { type House, houseFor, outside, WAN } from "./house";
import { Lab, untilPage } from "./lab";

const PORTAL = `http://${WAN}:8080/`;
const FLOATING = "192.168.0.100";

/** The representative's portal, where the first card is its own. */
function served(cameras: string): RegExp {
	const name = `<a href="[^"]*">camera ([${cameras}])</a>`;
	return new RegExp(`^(?:(?!<h2><a)[^])*<h2>${name} <span class="badge">representative</span>`);
}

/** Waits until one camera is the representative, as seen from the Internet and by each camera. @returns its number */
async function settled(house: House, cameras: readonly number[], limit: number): Promise<number> {
	const shown = served(cameras.join(""));
	await untilPage(house.lab, "wan", PORTAL, shown, limit);
	return until("all see the same representative", 20_000, async () => {
		const leader = Number(shown.exec((await house.lab.get("wan", PORTAL, 1)) ?? "")?.[1]);
		for (const n of cameras) {
			const portal = await house.portal("home", `http://${Lab.address(n)}:8000/`);
			const leaders = portal?.cameras.filter((camera) => camera.representative).map((camera) => camera.name);
			if (portal?.cameras.length !== cameras.length || leaders?.join() !== `camera ${leader}`) return undefined;
		}
		return leader;
	});
}

/** Gateways and succession modes; on an idle machine a crash is over after `crash` milliseconds at most. */
const CASES: readonly { title: string; profile: string; flags: readonly string[]; crash: number }[] = [
	{ title: "heirs", profile: "igd1 insecure", flags: [], crash: 5000 },
	{
		title: "contention, by byes, silence and probes to all (IMG-21, IMG-27, IMG-29)",
		profile: "igd2 insecure",
		flags: ["--succession", "contention", "--detection", "bye,silence,probe", "--probe-delivery", "multicast"],
		crash: 6000,
	},
	{ title: "port order (IMG-23)", profile: "igd1 insecure", flags: ["--succession", "port-order"], crash: 6000 },
	{ title: "probing (IMG-24)", profile: "igd1 insecure", flags: ["--succession", "probing"], crash: 15_000 },
	{
		title: "secure gateway, lease 20 s",
		profile: "igd1 secure rules=strict lease_file pcp",
		flags: ["--representative-lease", "20"],
		crash: 25_000,
	},
	{
		title: "floating address on a secure gateway, with a fleet key",
		profile: "igd1 secure",
		flags: ["--floating-address", FLOATING, "--fleet-key", "only-these-three-cameras"],
		crash: 5000,
	},
];

for (const { title, profile, flags, crash } of CASES) {
	describe(`lab/succession: ${title}`, function () {
		this.timeout(300_000);
		const house = houseFor(profile, (context) => needs(context, ...LAB_NEEDS, "build"));
		let leader = 0;

		before(async () => {
			await house().fill(3, ...flags);
			await house().untilListed("wan", PORTAL, outside(8080, 8081, 8082), 5000);
			leader = await settled(house(), [1, 2, 3], 5000);
			assert.equal(leader, 1);
		});

		it("has another camera at the representative's port after its crash (IMG-22, IMG-26)", async () => {
			await house().cameras[1].crash();
			leader = await settled(house(), [2, 3], crash);
			const text = await house().lab.get("home", `http://${Lab.address(leader)}:8000/api/v1/cameras`);
			const { absent } = JSON.parse(text ?? "");
			assert.deepEqual([absent.length, absent[0]?.name], [1, "camera 1"], "the dead camera does not vanish");
			const inside = (await house().lab.mappings()).get(8080);
			assert.equal(inside, `${flags.includes(FLOATING) ? FLOATING : Lab.address(leader)}:8000`);
		});

		it("takes the former representative back as a managed camera (IMG-25)", async () => {
			const before = (await house().lab.mappings()).get(8080);
			house().start(1, ...flags);
			assert.equal(await settled(house(), [1, 2, 3], 5000), leader);
			assert.equal((await house().lab.mappings()).get(8080), before);
		});

		it("has another camera at the representative's port after it has left (IMG-20, IMG-26)", async () => {
			const gone = leader;
			const leaving = house().cameras[gone].leave();
			const others = [1, 2, 3].filter((n) => n !== gone);
			leader = await settled(house(), others, 2000);
			assert.equal(await leaving, 0);
		});
	});
}

describe("lab/succession with a stranger in the LAN", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 insecure", (context) => needs(context, ...LAB_NEEDS, "build"));

	it("ignores cameras without the fleet's key: no claim, no link", async () => {
		const key = ["--fleet-key", "the-key-of-this-very-house"];
		await house().fill(2, ...key);
		await settled(house(), [1, 2], 5000);
		// A camera whose owner mistyped the key.
		house().start(3, "--fleet-key", "the-key-of-this-very-hause", "--priority", "255");
		await house().untilServed(8082, 20_000);
		assert.equal(await settled(house(), [1, 2], 5000), 1);
		const portal = await house().shownPortal("wan", PORTAL);
		assert.deepEqual(portal.cameras.map((camera) => camera.name).sort(), ["camera 1", "camera 2"]);
		const page = await house().lab.get("home", `http://${Lab.address(1)}:8000/fleet`);
		assert.ok(page?.includes(`A device at ${Lab.address(3)} is not in this fleet`), "the owner is told");
	});
});
