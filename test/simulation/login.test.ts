import assert from "node:assert/strict";
import type { Authenticator } from "../../src/access/authenticator";
import { digestFor } from "../support/digest";
import { jsonOf, statusOf } from "../support/home-answer";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

const KEY = { "fleet-key": "a-key-that-nobody-guesses" };
const HTML = "Accept: text/html\r\n";
/** Changes of settings that do nothing, and how they are answered. */
const FORMS: readonly (readonly [form: string, status: number])[] = [
	["http-port=0", 400],
	["http-port=x", 400],
	["password=abcdefgh", 400],
	["fleet-key=x", 400],
	["nonsense=1", 400],
	// Without a value it is taken back, which changes nothing here.
	["http-port", 200],
];

function settled(count: number, settings: Readonly<Record<string, string>>, seed = count): VirtualHome {
	const home = new VirtualHome(seed);
	for (let i = 0; i < count; i++) home.add(settings);
	home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
	home.until(() => home.cameras.every((c) => c.camera.fleet.registry.size === count - 1), 10000, "all are known");
	return home;
}

/** Sends one request with only these fields. @param host in place of the URL's */
function ask(home: VirtualHome, url: string, fields = "", from = home.visitor, post?: string, host?: string) {
	return home.exchange(post === undefined ? "GET" : "POST", url, post ?? "", fields, from, 3000, host);
}

const cookieOf = (answer: string) => `Cookie: ${/Set-Cookie: ([^;]+);/.exec(answer)?.[1]}\r\n`;

function logIn(home: VirtualHome, base: string, user: string, password: string): string {
	const { realm, nonce } = jsonOf(ask(home, `${base}login`, "", home.visitor, ""));
	const field = digestFor(`Digest realm="${realm}", nonce="${nonce}"`, "POST", "/login", user, password);
	return ask(home, `${base}login`, `Authorization: ${field}\r\n`, home.visitor, "");
}

/** Watches live. */
const watch = (home: VirtualHome, { port }: HomeCamera, fields: string) =>
	new VirtualMjpegViewer(home.visitor, { address: WAN, port, target: "/stream.mjpeg", fields });

const pageUrl = (camera: HomeCamera) => `http://${WAN}:${camera.port}/`;

describe("simulation/login", () => {
	it("once at the representative is good at every camera of the fleet, by its links and by its cookie", () => {
		const home = settled(3, { ...KEY, "viewer-password": "only-looking" });
		const [first, ...others] = home.cameras;
		for (const [user, password, may] of [
			["owner", "open-sesame", 200],
			["viewer", "only-looking", 403],
		] as const) {
			const cookie = cookieOf(logIn(home, pageUrl(first), user, password));
			const { cameras } = jsonOf(ask(home, `${pageUrl(first)}api/v1/cameras`, cookie));
			for (const other of others) {
				const entry = cameras.find((c: { id: string }) => c.id === other.camera.identity.id);
				assert.equal(statusOf(ask(home, entry.url)), 401, "the bare address lets nobody in");
				assert.equal(statusOf(ask(home, entry.snapshot)), 200, "a picture on the portal");
				const visit = ask(home, entry.link, HTML);
				assert.equal(statusOf(visit), 303);
				assert.match(visit, /Location: \/\r\n/, "the pass is gone from the address bar");
				assert.equal(statusOf(ask(home, entry.url, cookieOf(visit))), 200);
				assert.equal(statusOf(ask(home, `${entry.url}api/v1/settings`, cookieOf(visit))), may, user);
			}
			home.world.runFor(400000);
			for (const { link } of cameras.slice(1)) assert.equal(statusOf(ask(home, link)), 401, "a pass ends in minutes");
			const fresh = jsonOf(ask(home, `${pageUrl(first)}api/v1/cameras`, cookie)).cameras;
			for (const { link } of fresh.slice(1)) assert.equal(statusOf(ask(home, link)), 200);
		}
	});

	it("shows pictures by passes that open nothing else", () => {
		const home = settled(2, KEY);
		const [first, other] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(first), "owner", "open-sesame"));
		const entry = jsonOf(ask(home, `${pageUrl(first)}api/v1/cameras`, cookie)).cameras[1];
		const pass = /pass=([^&]+)/.exec(entry.snapshot)?.[1];
		for (const path of ["snapshot.jpg", "stream.mjpeg"])
			assert.equal(statusOf(ask(home, `${pageUrl(other)}${path}?pass=${pass}`)), 200, path);
		for (const path of ["", "camera", "settings", "api/v1/status", "api/v1/cameras", "api/v1/settings"]) {
			const answer = ask(home, `${pageUrl(other)}${path}?pass=${pass}`, HTML);
			assert.equal(statusOf(answer), 401, path);
			assert.doesNotMatch(answer, /Set-Cookie/);
		}
		assert.equal(statusOf(ask(home, `${pageUrl(first)}snapshot.jpg?pass=${pass}`)), 401, "of one camera");
		const page = ask(home, `${pageUrl(first)}portal`, cookie + HTML);
		const uses = [...page.matchAll(/:8081[/]([a-z.]*)\?pass=(.)/g)].map(([, path, use]) => `${path} ${use}`);
		assert.deepEqual(uses, ["snapshot.jpg p", "stream.mjpeg p"]);
	});

	it("generates the portal once for all sessions of a role, and makes tickets when a link is followed (IMG-14)", () => {
		const home = settled(2, { ...KEY, "viewer-password": "only-looking" });
		const [first, other] = home.cameras;
		const lan = `http://${first.machine.address}:8000/`;
		for (const [base, from, link] of [
			[pageUrl(first), home.visitor, `${pageUrl(other)}device`],
			[lan, home.neighbour, `/to/${other.camera.identity.id}`],
		] as const) {
			home.world.runFor(120000 - (home.world.now % 120000) + 1000);
			const cookies = [0, 1].map((day) => {
				home.world.runFor(day * 30000);
				return cookieOf(logIn(home, pageUrl(first), "owner", "open-sesame"));
			});
			const tags = cookies.map((cookie) => {
				const page = ask(home, `${base}portal`, cookie + HTML, from);
				assert.equal(statusOf(page), 200);
				assert.ok(page.includes(`href="${link}"`), page);
				assert.doesNotMatch(page, /pass=[ov]/);
				return /ETag: ([^\r]+)/.exec(page)?.[1];
			});
			assert.equal(tags[0], tags[1], "the same page");
		}
		for (const [user, password, may] of [
			["owner", "open-sesame", 200],
			["viewer", "only-looking", 403],
		] as const) {
			const cookie = cookieOf(logIn(home, pageUrl(first), user, password));
			const lead = ask(home, `${lan}to/${other.camera.identity.id}`, cookie + HTML, home.neighbour);
			assert.equal(statusOf(lead), 303);
			const to = /Location: ([^\r]+)/.exec(lead)?.[1] ?? "";
			assert.ok(to.startsWith(`http://${other.machine.address}:8000/device?pass=`), to);
			const visit = ask(home, to, HTML, home.neighbour);
			assert.equal(statusOf(visit), 303);
			const there = `http://${other.machine.address}:8000/api/v1/settings`;
			assert.equal(statusOf(ask(home, there, cookieOf(visit), home.neighbour)), may);
		}
		const owner = cookieOf(logIn(home, pageUrl(first), "owner", "open-sesame"));
		assert.equal(statusOf(ask(home, `${lan}to/0123456789abcdef`, owner, home.neighbour)), 404);
		assert.equal(statusOf(ask(home, `${lan}to/${other.camera.identity.id}`, "", home.neighbour)), 401);
	});

	it("sends no credential to an address that only a router has named", () => {
		const evil = "198.20.66.66";
		const home = new VirtualHome(5, { externalAddress: evil });
		for (let i = 0; i < 3; i++) home.add(KEY);
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
		home.until(() => home.cameras.every((c) => c.camera.fleet.registry.size === 2), 10000, "all are known");
		assert.ok(home.cameras.every((c) => c.camera.addresses.externalAddress === evil));
		for (const { camera, port } of home.cameras) {
			const base = `http://${WAN}:${port}/`;
			const cookie = cookieOf(logIn(home, base, "owner", "open-sesame"));
			for (const path of ["", "portal", "camera", "settings", "fleet", "api/v1/cameras"]) {
				const answer = ask(home, `${base}${path}`, cookie + (path.startsWith("api") ? "" : HTML));
				assert.equal(statusOf(answer), 200, path);
				for (const [link] of answer.matchAll(/https?:\/\/[^"'\s<]*/g))
					assert.ok(!link.includes(evil) || !link.includes("pass="), `${camera.identity.id} ${path}: ${link}`);
			}
			const { cameras } = jsonOf(ask(home, `${base}api/v1/cameras`, cookie));
			for (const entry of cameras) assert.ok(entry.url.startsWith(`http://${WAN}:`), "where the visitor came from");
			const lan = jsonOf(ask(home, `http://192.168.0.11:8000/api/v1/cameras`, cookie, home.neighbour)).cameras;
			for (const entry of lan) assert.ok(entry.url.startsWith("http://192.168.0."));
		}
	});

	it("sends no credential to the network of a remote visitor behind a router or a proxy", () => {
		const home = settled(2, KEY, 11);
		const [first, other] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(first), "owner", "open-sesame"));
		const json = (host: string, from = home.neighbour) => {
			const url = `http://${first.machine.address}:8000/api/v1/cameras`;
			return jsonOf(ask(home, url, cookie, from, undefined, host)).cameras;
		};
		const page = (host: string) =>
			ask(home, `http://${first.machine.address}:8000/portal`, cookie + HTML, home.neighbour, undefined, host);
		const lan = new RegExp(`"http://${other.machine.address}:8000/[^"]*pass=`);
		assert.match(JSON.stringify(json(WAN)), lan, "a device of the LAN may use any name");
		assert.match(page(WAN), lan);
		const proxied = json(WAN, first.machine);
		assert.ok(proxied[1].url.startsWith(`http://${other.machine.address}:`), "who may be in the LAN");
		assert.doesNotMatch(JSON.stringify(proxied), lan);
		first.camera.addresses.sawRouter(home.neighbour.address);
		assert.doesNotMatch(page(WAN), lan);
		assert.doesNotMatch(JSON.stringify(json(WAN)), lan);
		for (const entry of json(`${WAN}:${first.port}`)) assert.ok(entry.url.startsWith(`http://${WAN}:`), entry.url);
		assert.match(JSON.stringify(json(first.machine.address)), lan);
	});

	it("sends no credential to a camera that only the router's table has", () => {
		const home = new VirtualHome(7);
		for (let i = 0; i < 2; i++) home.add({ ...KEY, gather: "table" });
		const [first] = home.cameras;
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "both have ports");
		home.until(() => home.cameras.some((c) => c.camera.fleet.registry.size === 1), 120000, "the table is read");
		const one = home.cameras.find((c) => c.camera.fleet.registry.size === 1) ?? first;
		const cookie = cookieOf(logIn(home, pageUrl(one), "owner", "open-sesame"));
		for (const [base, from] of [
			[pageUrl(one), home.visitor],
			[`http://${one.machine.address}:8000/`, home.neighbour],
		] as const) {
			const { cameras } = jsonOf(ask(home, `${base}api/v1/cameras`, cookie, from));
			assert.equal(cameras.length, 2);
			assert.doesNotMatch(JSON.stringify(cameras), /pass=/);
		}
	});

	for (const damage of ["", "x", "0".repeat(3000), "two words are no key"]) {
		it(`trusts no other camera when its stored fleet key is damaged (${damage.slice(0, 20)})`, () => {
			const home = settled(3, {});
			const [first] = home.cameras;
			first.crash();
			first.machine.store.write("fleet-key", damage);
			first.restart();
			home.until(() => first.port !== 0, 60000, "it is back");
			home.world.runFor(20000);
			assert.ok(first.camera.fleet.sealed);
			assert.equal(first.camera.fleet.registry.size, 0);
			assert.match(first.log, /fleet-key is damaged/);
			assert.equal(first.machine.store.read("fleet-key"), damage, "which only its owner replaces");
			assert.equal(statusOf(logIn(home, pageUrl(first), "owner", "open-sesame")), 200);
		});
	}

	it("needs each camera's own password in an open fleet: links carry no credentials", () => {
		const home = settled(2, {});
		const cookie = cookieOf(logIn(home, pageUrl(home.cameras[0]), "owner", "open-sesame"));
		const { cameras } = jsonOf(ask(home, `${pageUrl(home.cameras[0])}api/v1/cameras`, cookie));
		const other = cameras.find((c: { self: boolean }) => !c.self);
		assert.doesNotMatch(other.link, /pass=/);
		assert.equal(statusOf(ask(home, other.link, cookie)), 401);
	});

	it("has one password from the moment that a fleet is founded; a change reaches all and ends all sessions", () => {
		const home = new VirtualHome(4);
		const drawn: string[] = [];
		for (let i = 0; i < 3; i++) home.add({ password: "" });
		for (const camera of home.cameras) drawn.push(camera.password);
		assert.equal(new Set(drawn).size, 3, "each camera draws its own");
		assert.ok(!home.cameras.some((c) => drawn.some((password) => c.log.includes(password))), "none in a log");
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
		const [first, ...others] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(first), "owner", drawn[0]));
		const act = (path: string, form: string, using = cookie) =>
			ask(home, `${pageUrl(first)}api/v1/${path}`, using, home.visitor, form);
		const founded = act("fleet/key", "");
		const { code } = jsonOf(founded);
		assert.equal(statusOf(act("settings", "", cookieOf(founded))), 200, "the founder's session continues");
		for (const [i, other] of others.entries()) {
			const theirs = cookieOf(logIn(home, pageUrl(other), "owner", drawn[i + 1]));
			const joined = ask(home, `${pageUrl(other)}api/v1/fleet/join`, theirs, home.visitor, `code=${code}`);
			assert.equal(statusOf(joined), 200);
		}
		home.until(
			() => others.every((c) => c.camera.access.credentials.record.version === 1),
			5000,
			"all have the record",
		);
		for (const other of others) {
			assert.equal(statusOf(logIn(home, pageUrl(other), "owner", drawn[0])), 200);
		}
		const session = cookieOf(logIn(home, pageUrl(others[0]), "owner", drawn[0]));
		assert.equal(statusOf(act("password", "user=owner&password=short")), 401, "the key of sessions is another now");
		assert.equal(statusOf(act("password", "user=owner&password=short", session)), 400);
		const before = jsonOf(ask(home, `${pageUrl(others[0])}api/v1/cameras`, session)).cameras;
		const live = watch(home, others[0], session);
		home.until(() => live.octets > 5000, 3000, "the picture is live");
		const changed = act("password", "user=owner&password=a-new-password", session);
		assert.equal(statusOf(changed), 200);
		assert.match(changed, /Set-Cookie: porthole-\w+-known=[^;]+; Path=\/login;/, "the browser stays known");
		assert.equal(statusOf(act("settings", "", cookieOf(changed))), 200, "the user who changes it stays logged in");
		home.until(() => home.cameras.every((c) => c.camera.access.credentials.record.version === 2), 5000, "all know it");
		assert.equal(statusOf(act("settings", "", session)), 401, "sessions have ended");
		home.until(() => live.over !== undefined, 1000, "and so have live pictures");
		for (const { link, self } of before)
			if (!self) assert.equal(statusOf(ask(home, link, HTML)), 401, "passes of before have ended as well");
		for (const camera of home.cameras) {
			assert.equal(statusOf(logIn(home, pageUrl(camera), "owner", "a-new-password")), 200);
			assert.equal(statusOf(logIn(home, pageUrl(camera), "owner", drawn[0])), 401);
		}
		const victim = others[1];
		victim.crash();
		home.world.runFor(3000);
		victim.restart();
		home.until(() => victim.port !== 0, 20000, "it is back");
		assert.equal(statusOf(logIn(home, pageUrl(victim), "owner", "a-new-password")), 200, "kept across a restart");
	});

	it("at one camera is good at another that was given the same password and key, and not where the password differs", () => {
		const home = new VirtualHome(6);
		for (const password of ["in-the-settings", "in-the-settings", "something-else"]) home.add({ ...KEY, password });
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
		const [first, ...others] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(first), "owner", "in-the-settings"));
		const seen = others.map((other) => statusOf(ask(home, `${pageUrl(other)}camera`, cookie)));
		assert.deepEqual(seen, [200, 401]);
	});

	it("cannot be changed on a page when the password is in the settings", () => {
		const home = settled(1, { password: "in-the-settings" });
		const [camera] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(camera), "owner", "in-the-settings"));
		const form = "user=owner&password=another-password";
		assert.equal(statusOf(ask(home, `${pageUrl(camera)}api/v1/password`, cookie, home.visitor, form)), 409);
		camera.crash();
		camera.restart();
		home.until(() => camera.port !== 0, 20000, "it is back");
		assert.equal(
			statusOf(ask(home, `${pageUrl(camera)}api/v1/settings`, cookie)),
			200,
			"sessions go on after a restart",
		);
	});

	it("lets a link token change nothing, and ends links and sessions when the owner logs out everywhere", () => {
		const home = settled(2, KEY);
		const [camera] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(camera), "owner", "open-sesame"));
		const made = jsonOf(ask(home, `${pageUrl(camera)}api/v1/links`, cookie, home.visitor, "hours=2"));
		assert.equal(statusOf(ask(home, made.url)), 200);
		assert.equal(
			statusOf(ask(home, `${pageUrl(camera)}api/v1/settings`, `Authorization: Bearer ${made.token}\r\n`)),
			403,
		);
		assert.equal(statusOf(ask(home, `${pageUrl(camera)}api/v1/logout-all`, cookie, home.visitor, "")), 200);
		assert.equal(statusOf(ask(home, made.url)), 401);
		assert.equal(statusOf(ask(home, pageUrl(camera), cookie)), 401);
	});

	it("lets the owner in from a known browser behind the address of a stranger who guesses", () => {
		const home = settled(1, { "viewer-password": "only-looking" });
		const base = pageUrl(home.cameras[0]);
		const first = logIn(home, base, "owner", "open-sesame");
		const known = `Cookie: ${/Set-Cookie: (porthole-\w+-known=[^;]+); Path=\/login;/.exec(first)?.[1]}\r\n`;
		const form = (user: string, password: string, fields = "") =>
			statusOf(ask(home, `${base}login`, fields, home.visitor, `user=${user}&password=${password}`));
		let guessed = 0;
		for (let i = 0; i < 200; i++) {
			assert.equal(form("viewer", "only-looking"), 303, "this neighbour may watch");
			if (form("owner", `guess-number-${i}`) === 401) guessed++;
			home.world.runFor(1000);
		}
		assert.ok(guessed < 16, `${guessed} guesses`);
		assert.equal(form("owner", "open-sesame"), 429);
		assert.equal(form("owner", "open-sesame", known), 303);
		const { realm, nonce } = jsonOf(ask(home, `${base}login`, known, home.visitor, ""));
		const field = digestFor(`Digest realm="${realm}", nonce="${nonce}"`, "POST", "/login", "owner", "open-sesame");
		assert.equal(statusOf(ask(home, `${base}login`, `${known}Authorization: ${field}\r\n`, home.visitor, "")), 200);
	});

	it("slows down neighbours who guess from many addresses", () => {
		const home = settled(1, {});
		const [{ camera }] = home.cameras;
		let guessed = 0;
		for (let round = 0; round < 40; round++) {
			for (let i = 20; i < 170; i++) {
				const authenticator = (camera.access as unknown as { authenticator: Authenticator }).authenticator;
				const result = authenticator.logIn(camera.now, `192.168.0.${i}`, "owner", `guess ${round}`);
				if (result.outcome !== "throttled") guessed++;
			}
			home.world.runFor(1000);
		}
		assert.ok(guessed <= 60 + 9, `${guessed} guesses in 40 seconds`);
	});

	it("ends with the logout, for a copy of the cookie too, and after a restart", () => {
		const home = settled(1, KEY);
		const [camera] = home.cameras;
		const base = pageUrl(camera);
		const [mine, other] = [0, 1].map(() => cookieOf(logIn(home, base, "owner", "open-sesame")));
		assert.notEqual(mine, other);
		const live = [mine, other].map((cookie) => watch(home, camera, cookie));
		home.until(() => live.every((seen) => seen.octets > 5000), 3000, "both watch");
		const out = ask(home, `${base}logout`, mine, home.visitor, "");
		assert.match(out, /Set-Cookie: [^=]+=; Path=\/; Max-Age=0/);
		assert.equal(statusOf(ask(home, `${base}api/v1/settings`, mine)), 401);
		assert.equal(statusOf(ask(home, `${base}api/v1/settings`, other)), 200, "another session");
		home.until(() => live[0].over !== undefined, 1000, "its live picture ends");
		const { octets } = live[1];
		home.until(() => live[1].octets > octets + 5000, 3000, "the other goes on");
		camera.crash();
		camera.restart();
		home.until(() => camera.port !== 0, 20000, "it is back");
		assert.equal(statusOf(ask(home, `${base}api/v1/settings`, mine)), 401);
		assert.equal(statusOf(ask(home, `${base}api/v1/settings`, other)), 200);
	});

	it("ends with the logout at all cameras of a fleet with a key, also for those who watch there (ONE-5)", () => {
		const home = settled(3, KEY);
		const [first, second, third] = home.cameras;
		const [mine, other] = [0, 1].map(() => cookieOf(logIn(home, pageUrl(first), "owner", "open-sesame")));
		const at = (camera: HomeCamera, cookie: string) => statusOf(ask(home, `${pageUrl(camera)}api/v1/settings`, cookie));
		assert.deepEqual([at(second, mine), at(third, mine)], [200, 200]);
		const live = [mine, other].map((cookie) => watch(home, second, cookie));
		home.until(() => live.every((seen) => seen.octets > 5000), 3000, "both watch");
		ask(home, `${pageUrl(first)}logout`, mine, home.visitor, "");
		home.until(() => live[0].over !== undefined, 1000, "the live picture ends");
		assert.deepEqual([at(first, mine), at(second, mine), at(third, mine)], [401, 401, 401]);
		assert.deepEqual([at(second, other), at(third, other), live[1].over], [200, 200, undefined]);
		third.crash();
		third.restart();
		home.until(() => third.port !== 0, 20_000, "it is back");
		assert.equal(at(third, mine), 401, "after a restart too");
	});

	it("costs few writes to the store when one user logs out again and again, and the last logout is stored", () => {
		const home = settled(1, { "viewer-password": "only-looking" });
		const [camera] = home.cameras;
		const { store } = camera.machine;
		const before = store.writes;
		for (let i = 0; i < 20; i++) {
			const cookie = cookieOf(logIn(home, pageUrl(camera), "viewer", "only-looking"));
			assert.equal(statusOf(ask(home, `${pageUrl(camera)}logout`, cookie, home.visitor, "")), 303);
			assert.equal(statusOf(ask(home, pageUrl(camera), cookie)), 401);
		}
		home.world.runFor(61000);
		assert.ok(store.writes - before <= 3, `${store.writes - before} writes`);
		assert.equal(store.values.get("logged-out")?.split(" ").length, 40);
	});

	it("accepts settings on the page that apply after a restart, and refuses invalid ones", () => {
		const home = settled(1, {});
		const [camera] = home.cameras;
		const cookie = cookieOf(logIn(home, pageUrl(camera), "owner", "open-sesame"));
		const change = (form: string) => ask(home, `${pageUrl(camera)}api/v1/settings`, cookie, home.visitor, form);
		for (const [form, expected] of FORMS) assert.equal(statusOf(change(form)), expected, form);
		assert.deepEqual(jsonOf(change("http-port=8123&priority=7")).changed, { "http-port": "8123", priority: "7" });
		assert.equal(camera.camera.settings.httpPort, 8000);
		camera.crash();
		camera.restart();
		assert.equal(camera.camera.settings.httpPort, 8123);
		assert.equal(camera.camera.settings.priority, 7);
	});

	it("uses some settings at once: the group, and whether the LAN needs a password", () => {
		const home = settled(2, KEY);
		const [camera, other] = home.cameras;
		const base = `http://${camera.machine.address}:8000/`;
		const change = (form: string) => {
			const answer = home.post(`${base}api/v1/settings`, form, home.neighbour);
			assert.equal(statusOf(answer), 200, form);
			home.world.runFor(1000);
			return jsonOf(answer);
		};
		const groups = () =>
			jsonOf(home.get(`http://${other.machine.address}:8000/api/v1/cameras`, home.neighbour)).cameras.map(
				({ group }: { group: string }) => group,
			);
		assert.deepEqual(groups(), ["", ""]);
		const { now, restart } = change("group=Garage & yard".replace("&", "%26"));
		assert.deepEqual([now.group, restart], ["Garage & yard", false]);
		assert.deepEqual(groups().sort(), ["", "Garage & yard"], "the other one is told");
		const asNeighbour = () => statusOf(ask(home, base, "", home.neighbour));
		assert.equal(asNeighbour(), 401);
		change("lan-without-password=on");
		assert.equal(asNeighbour(), 200);
		assert.equal(statusOf(ask(home, pageUrl(camera))), 401, "not from the Internet");
		const place = { address: camera.machine.address, port: 8000 };
		const watching = new VirtualMjpegViewer(home.neighbour, { ...place, target: "/stream.mjpeg" });
		const told = new VirtualMjpegViewer(home.neighbour, { ...place, target: "/api/v1/changes" });
		home.world.runFor(3000);
		assert.deepEqual([watching.status, told.status], [200, 200]);
		change("lan-without-password=");
		assert.equal(asNeighbour(), 401);
		assert.notEqual(watching.over, undefined, "who watched without a password does not go on");
		assert.notEqual(told.over, undefined, "nor does who was told of changes");
		change("group=");
		assert.deepEqual(groups(), ["", ""]);
		change("group=Yard");
		camera.crash();
		camera.restart();
		home.until(() => camera.port !== 0, 20_000, "it is back");
		assert.equal(camera.camera.fleet.self.group, "Yard", "after a restart too");
	});

	it("says which changes wait for a restart, and uses host name and limits of live video at once (IMG-5)", () => {
		const home = settled(2, KEY);
		const [camera, other] = home.cameras;
		const base = `http://${camera.machine.address}:8000/`;
		const change = (form: string) => jsonOf(home.post(`${base}api/v1/settings`, form, home.neighbour));
		const links = (from: HomeCamera) => home.get(`http://${from.machine.address}:8000/portal`, home.neighbour);
		const asked = () => statusOf(ask(home, pageUrl(camera), "", home.visitor, undefined, "cams.example.org"));
		assert.equal(asked(), 421, "a name of somebody else");
		const { restart, pending } = change("host-name=cams.example.org&viewers=1&uplink=90");
		assert.deepEqual([restart, pending], [false, []]);
		home.world.runFor(1000);
		assert.equal(asked(), 401, "a name of its own");
		assert.ok(links(camera).includes(`http://cams.example.org:${camera.port}/`));
		assert.ok(links(other).includes(`http://cams.example.org:${camera.port}/`), "the other one is told");
		assert.equal(camera.camera.video.uplink.rate, 90);
		const place = { address: camera.machine.address, port: 8000, target: "/stream.mjpeg" };
		change("lan-without-password=true");
		const [first, second] = [0, 1].map(() => new VirtualMjpegViewer(home.neighbour, place));
		home.world.runFor(1000);
		assert.deepEqual([first.status, second.status].sort(), [200, 503]);
		const answer = change("priority=7&host-name=");
		assert.deepEqual([answer.restart, answer.pending], [true, ["priority"]]);
		assert.equal(asked(), 421);
		assert.deepEqual(jsonOf(home.get(`${base}api/v1/settings`, home.neighbour)).pending, ["priority"]);
		assert.match(home.get(`${base}settings`, home.neighbour), /to apply your changes: Priority\./);
		change("priority=");
		assert.doesNotMatch(home.get(`${base}settings`, home.neighbour), /to apply your changes/);
	});
});
