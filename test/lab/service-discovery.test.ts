import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor } from "./house";
import { Lab, type LabProcess, OWNER } from "./lab";

const BROWSER = resolve(__dirname, "service-browser.py");
const AVAHI_FILE = resolve(__dirname, "../../hosts/linux/debian/avahi.service");
const BOARD = "Porthole camera on board";
const TYPE = "_http._tcp.local.";
const HOME = "192.168.0.200";

interface Sighting {
	readonly event: "added" | "updated" | "removed";
	readonly instance: string;
	readonly host?: string;
	readonly port?: number;
	readonly addresses?: readonly string[];
	readonly text?: Readonly<Record<string, string>>;
}

describe("lab/service discovery in the LAN", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (context) => needs(context, ...LAB_NEEDS, "build", "python3-zeroconf"));
	let browser: LabProcess;

	before(async () => {
		browser = house().lab.spawn("home", ["/usr/bin/python3", BROWSER, TYPE, HOME]);
		await house().fill(2);
	});

	function sightings(): Sighting[] {
		const lines = browser.output.split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
		return lines.map((line) => JSON.parse(line));
	}

	function seen(what: string, limit: number, fits: (sighting: Sighting) => boolean): Promise<Sighting> {
		return until(`the browser has seen ${what}`, limit, () => sightings().find(fits));
	}

	it("advertises each camera by name, with port, address and model", async () => {
		for (const n of [1, 2]) {
			const { port, addresses, host, text } = await seen(
				`camera ${n}`,
				15_000,
				({ event, instance, host }) => event === "added" && instance === `camera ${n}` && host !== undefined,
			);
			assert.deepEqual([port, addresses], [8000, [Lab.address(n)]]);
			assert.match(host ?? "", /^porthole-[0-9a-f]{8}\.local\.$/);
			assert.match(text?.["id"] ?? "", /^[0-9a-f]{16}$/);
			assert.deepEqual([text?.["path"], text?.["model"]], ["/", "node"]);
		}
	});

	it("shows which one is the representative", async () => {
		const last = (n: number) =>
			sightings()
				.filter(({ instance, text }) => instance === `camera ${n}` && text !== undefined)
				.at(-1)?.text?.["representative"];
		await until("camera 1 is the representative", 10_000, () => last(1) === "yes" && last(2) === "no");
	});

	it("advertises a host name that the camera answers to, and answers to no other", async () => {
		const host = sightings().find(({ instance, text }) => instance === "camera 1" && text !== undefined)?.host ?? "";
		const statusFor = async (name: string) => {
			const words = ["curl", "-s", ...OWNER, "-o", "/dev/null", "-w", "%{http_code}", "-H", `Host: ${name}:8000`];
			return (await house().lab.exec("home", [...words, `http://${Lab.address(1)}:8000/camera`])).stdout;
		};
		assert.equal(await statusFor(host.slice(0, -1)), "200");
		assert.match(await statusFor("rebinding.example"), /^4/);
	});

	it("takes the next free instance name when another fleet has it, and keeps its host name", async () => {
		const other = house().start(
			3,
			"--name",
			"camera 1",
			"--fleet-key",
			"another-fleet-of-the-house",
			"--mapping",
			"off",
		);
		const { host, port } = await seen("the second of that name", 20_000, ({ instance, host }) => {
			return instance === "camera 1 [2]" && host !== undefined;
		});
		assert.equal(port, 8000);
		assert.match(host ?? "", /^porthole-[0-9a-f]{8}\.local\.$/);
		assert.equal(await other.leave(), 0);
	});

	it("advertises a new name", async () => {
		const id = sightings().find(({ instance, text }) => instance === "camera 2" && text !== undefined)?.text?.["id"];
		const form = ["curl", "-sf", ...OWNER, "-o", "/dev/null", "--data-urlencode", "name=Küche 2.0"];
		const url = `http://${Lab.address(2)}:8000/api/v1/cameras/${id}/name`;
		const { code } = await house().lab.exec("home", [...form, url]);
		assert.equal(code, 0);
		// A dot would end the DNS label, so it becomes a hyphen.
		const { port } = await seen("the new name", 15_000, ({ instance, host }) => instance === "Küche 2-0" && !!host);
		assert.equal(port, 8000);
		await seen("the old one go", 5000, ({ event, instance }) => event === "removed" && instance === "camera 2");
	});

	it("says goodbye when a camera leaves", async () => {
		assert.equal(await house().cameras[1].leave(), 0);
		await seen("it go", 3000, ({ event, instance }) => event === "removed" && instance === "camera 1");
	});

	it("advertises nothing with --service-discovery off", async () => {
		house().start(3, "--service-discovery", "off");
		await house().untilServed(8080, 20_000);
		await pause(3000);
		assert.ok(!sightings().some(({ instance }) => instance === "camera 3"));
	});

	it("advertises a board by the Debian package's file for Avahi", async function () {
		needs(this, "avahi-daemon");
		const folder = mkdtempSync(join(tmpdir(), "porthole-avahi-"));
		after(() => rmSync(folder, { recursive: true, force: true }));
		mkdirSync(join(folder, "services"));
		copyFileSync(AVAHI_FILE, join(folder, "services/porthole.service"));
		const settings = "[server]\nhost-name=board\nuse-ipv6=no\nenable-dbus=no\nallow-interfaces=eth0\n";
		writeFileSync(join(folder, "avahi-daemon.conf"), settings);
		// Its folders are fixed, so it gets its own in a mount namespace.
		const mounts = `mount --bind ${folder} /etc/avahi && mount -t tmpfs none /run`;
		const daemon = "exec avahi-daemon --no-drop-root --no-chroot --no-rlimits";
		house().lab.spawn("cam4", ["unshare", "--mount", "sh", "-c", `${mounts} && ${daemon}`]);
		const board = await seen("the board", 15_000, ({ instance, host }) => instance === BOARD && host !== undefined);
		const { port, addresses, host, text } = board;
		assert.deepEqual(
			[port, addresses, host, text],
			[8000, [Lab.address(4)], "board.local.", { path: "/", model: "linux" }],
		);
	});
});
