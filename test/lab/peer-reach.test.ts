import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD } from "../support/digest";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { until } from "../support/until";
import { ADDRESS, peerLabFor, programOf } from "./peer-lab";

const OWNER = ["--digest", "-u", `owner:${PASSWORD}`];
const HTTP = 8088;

describe("lab/peer-reach: a camera behind a NAT is recorded, relayed, and viewed without Node.js", function () {
	this.timeout(120_000);
	const built = peerLabFor((context) => needs(context, ...PEER_LAB_NEEDS, "build", "porthole-linux", "ffmpeg"));
	let setting = "";
	let code = "";
	let pass = "";

	/** Pairs the program whose data is in a folder. */
	async function pair(kind: "node" | "xs", place: "b1" | "p1", folder: string): Promise<void> {
		const run = built().lab.spawn(place, [...programOf(kind), "view", "--pair", code, "--data", folder]);
		assert.equal(await run.ended, 0, run.output);
		assert.equal(run.output, "Paired with Cabin.\nTo watch, run: porthole view\n");
	}

	before(async function () {
		this.timeout(120_000);
		({ setting } = await built().startRendezvous("node"));
		const garage = built().startCamera("xs", "a1", "Garage", "--rendezvous", setting);
		const get = (path: string, ...more: string[]) =>
			built().lab.exec("a1", ["curl", "-sf", ...OWNER, ...more, `http://${ADDRESS.a1}:8000${path}`]);
		await until("the camera is registered", 30_000, async () => {
			assert.ok(garage.running, garage.output);
			return (await get("/api/v1/peer")).stdout.includes('"registered"');
		});
		code = JSON.parse((await get("/api/v1/pairings", "-d", "kind=viewer&days=30&home=Cabin")).stdout).text;
		const link = await get("/api/v1/links", "-d", "hours=24");
		pass = JSON.parse(link.stdout).token;
	});

	it("is recorded by a NAS in another home by its name, with the pass of the pairing (P2P-13)", async () => {
		const data = built().data("nas");
		const storage = built().data("storage");
		mkdirSync(storage, { recursive: true });
		await pair("node", "b1", data);
		const own = [
			"--storage",
			storage,
			"--data",
			data,
			"--password",
			PASSWORD,
			"--interface",
			"eth0",
			"--mapping",
			"off",
		];
		const nas = built().start(
			"b1",
			"nas",
			...own,
			"--rendezvous",
			setting,
			"--record-urls",
			"garage=rtsp://garage.cabin.peer/live",
		);
		await until("a picture is on the disk", 30_000, () => {
			assert.ok(nas.running, nas.output);
			const files = readdirSync(storage, { recursive: true }) as string[];
			return files.some((file) => file.includes(".mkv") && statSync(join(storage, file)).size > 3000);
		});
	});

	it("is relayed by a relay on XS, which pulls it through the NAT (ONE-7)", async () => {
		const data = built().data("relay");
		await pair("xs", "p1", data);
		const table = join(built().folder, "relay.table");
		writeFileSync(table, `content garage rtsp://garage.cabin.peer/live?link=${pass} open\n`);
		const own = ["--data", data, "--relay-table", table, "--password", PASSWORD, "--relay-name", "relay"];
		const relay = built().lab.spawn("p1", [...programOf("xs"), "relay", ...own]);
		const play = ["-v", "error", "-rtsp_transport", "tcp", "-i", `rtsp://${ADDRESS.p1}:8554/garage`];
		await until("a viewer of the relay gets pictures", 30_000, async () => {
			assert.ok(relay.running, relay.output);
			const { stdout } = await built().lab.exec("p2", [
				"timeout",
				"10",
				"ffmpeg",
				...play,
				"-frames:v",
				"5",
				"-f",
				"framemd5",
				"-",
			]);
			return stdout.split("\n").filter((line) => /^\d/.test(line)).length === 5;
		});
	});

	it("is shown by porthole-linux view (P2P-13)", async () => {
		const data = built().data("viewer");
		await pair("xs", "b1", data);
		const view = built().lab.spawn("b1", [...programOf("xs"), "view", "garage", "--data", data, "--interface", "eth0"]);
		const link = await until("it shows", 15_000, () => {
			assert.ok(view.running, view.output);
			return /Pages: +\S+(\?link=\S+)/.exec(view.output)?.[1];
		});
		const ask = ["-s", "-o", "/dev/null", "-w", "%{http_code} %{content_type}"];
		const { stdout } = await built().lab.exec("b1", ["curl", ...ask, `http://localhost:${HTTP}/snapshot.jpg${link}`]);
		assert.equal(stdout, "200 image/jpeg");
		process.kill(-view.pid, "SIGINT");
		assert.equal(await view.ended, 0, view.output);
	});
});
