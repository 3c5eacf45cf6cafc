import assert from "node:assert/strict";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { relayKeyOf } from "../../src/relay/relay-key";
import { PASSWORD } from "../support/digest";
import { jsonOf, loginFor } from "../support/home-answer";
import { RegisteredRelay } from "../support/registered-relay";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";

const KEY = "a-key-of-the-whole-home";
const VIEWER = "only-looking";
const SETTINGS = { "fleet-key": KEY, "viewer-password": VIEWER };

/** Asks a camera in the LAN as one of the two users. @param form absent: it is a question */
function ask(
	home: VirtualHome,
	{ machine }: HomeCamera,
	path: string,
	user: string,
	form?: string,
	accept = "text/html",
) {
	const url = `http://${machine.address}:8000${path}`;
	const method = form === undefined ? "GET" : "POST";
	const send = (fields: string) => home.exchange(method, url, form ?? "", fields, home.neighbour, 1500);
	const login = loginFor(send(""), method, path, user, user === "owner" ? PASSWORD : VIEWER);
	return send(`${login}\r\nAccept: ${accept}\r\n`);
}

describe("simulation/viewers", () => {
	it("are not told what only the owner can mend: notices on pages, in the answer for programs, and as changes", () => {
		// The router is behind another one.
		const home = new VirtualHome(1, {}, {}, "10.3.0.2");
		const camera = home.add(SETTINGS);
		const isBehind = () => JSON.stringify(camera.camera.gateway.notices()).includes("no public address");
		home.until(isBehind, 30_000, "a notice");
		for (const path of ["/", "/camera", "/portal", "/api/v1/cameras", "/api/v1/changes"]) {
			assert.match(ask(home, camera, path, "owner"), /The router has no public address/, `owner: ${path}`);
			const shown = ask(home, camera, path, "viewer");
			assert.match(shown, /^HTTP\/1\.1 200 /, path);
			assert.doesNotMatch(shown, /The router/, `viewer: ${path}`);
		}
	});

	it("are told that the camera has no picture, and not why (IMG-17)", () => {
		const home = new VirtualHome(4);
		const why = "http://user@192.168.0.77/ does not answer";
		home.makeSource = () => ({ description: "broken", start: (sink) => sink.trouble(why), stop() {} });
		const camera = home.add(SETTINGS);
		home.until(() => camera.camera.site.notices().some(({ remedy }) => remedy === why), 5000, "a notice");
		for (const user of ["owner", "viewer"]) {
			const shown = ask(home, camera, "/camera", user);
			assert.match(shown, /This camera has no picture\./);
			assert.equal(shown.includes(why), user === "owner", user);
		}
	});

	it("find the page of relays once there is one to watch through; the owner finds it before (ONE-7)", () => {
		const home = new VirtualHome(2, { secure: false });
		home.extras = [RELAYS];
		const camera = home.add(SETTINGS);
		home.until(() => camera.port === 8080, 10_000, "a representative");
		const isLinked = (user: "owner" | "viewer") => ask(home, camera, "/camera", user).includes('href="/relays"');
		assert.deepEqual([isLinked("owner"), isLinked("viewer")], [true, false]);
		const origin = { name: "home", url: `http://${WAN}:8080`, key: relayKeyOf(KEY, "east") };
		const relay = new RegisteredRelay(home, "east", "198.20.5.5", [origin]);
		home.until(() => relay.contents.length > 0, 10_000, "the relay has registered");
		assert.deepEqual([isLinked("owner"), isLinked("viewer")], [true, true]);
	});

	it("get links of which the owner is told where they work (ONE-3)", () => {
		for (const [wan, isReached] of [
			[WAN, true],
			["10.3.0.2", false],
		] as const) {
			const home = new VirtualHome(3, {}, {}, wan);
			const camera = home.add();
			home.until(() => camera.port !== 0 || camera.camera.gateway.notices().length > 0, 30_000, "it knows its way");
			const inside = `http://${camera.machine.address}:8000`;
			const make = (accept: string) => ask(home, camera, "/api/v1/links", "owner", "hours=24", accept);
			const answer = make("application/json");
			const { url, internetUrl, token } = jsonOf(answer);
			assert.equal(url, `${inside}/?link=${token}`);
			assert.equal(internetUrl, isReached ? `http://${WAN}:${camera.port}/?link=${token}` : "");
			const shown = make("text/html");
			assert.equal(/works at home only/.test(shown), !isReached);
			assert.equal(shown.includes(`href="http://${WAN}:${camera.port}/?link=`), isReached);
			if (isReached) assert.match(home.exchange("GET", internetUrl, "", "", home.visitor, 3000), /^HTTP\/1\.1 200 /);
		}
	});
});
