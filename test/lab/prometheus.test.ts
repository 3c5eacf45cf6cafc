import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { NODE_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { blocksIn } from "../support/document-commands";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, Lab, OWNER } from "./lab";

const KEY = "a-key-of-the-whole-home";

/** What Prometheus answers a query with. */
interface Sample {
	readonly metric: Readonly<Record<string, string>>;
	readonly value: readonly [number, string];
}

/** The job of docs/integrations.md finds the targets in the LAN, another one reads the metrics of the fleet. */
function configuration(camera: string, token: string): string {
	const document = readFileSync(resolve(__dirname, "../../docs/integrations.md"), "utf8");
	const [job] = blocksIn(document, "yaml").filter((block) => block.startsWith("scrape_configs:"));
	const url = `      - url: http://${camera}/api/v1/fleet/targets\n`;
	assert.ok(job.includes(url), job);
	return `
global: {scrape_interval: 5s, scrape_timeout: 5s}
${job.replaceAll("TOKEN", token).replace(url, `${url}        refresh_interval: 2s\n`)}
  - job_name: porthole-fleet
    metrics_path: /api/v1/fleet/metrics
    authorization: {type: Bearer, credentials: ${token}}
    static_configs: [{targets: ["${camera}"]}]
`;
}

describe("lab/Prometheus", function () {
	this.timeout(240_000);
	const house = houseFor(
		"igd1 secure",
		(c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux", "promtool"),
		CAMERA_KINDS,
	);
	const camera = `${Lab.address(1)}:8000`;

	async function query(text: string): Promise<readonly Sample[]> {
		const argv = [
			"curl",
			"-s",
			"-m",
			"5",
			"-G",
			"--data-urlencode",
			`query=${text}`,
			"http://127.0.0.1:9090/api/v1/query",
		];
		const { stdout } = await house().lab.exec("home", argv);
		return stdout.startsWith("{") ? (JSON.parse(stdout).data?.result ?? []) : [];
	}

	before(async () => {
		const { lab, data } = house();
		await house().fill(2, "--fleet-key", KEY);
		const nas = ["nas", "--interface", "eth0", "--data", join(data, "nas-data"), "--storage", join(data, "storage")];
		lab.spawn("cam3", [
			process.execPath,
			NODE_PROGRAM,
			...nas,
			"--fleet-key",
			KEY,
			"--password",
			PASSWORD,
			"--name",
			"NAS",
		]);
		const links = ["curl", "-s", ...OWNER, "-d", "hours=24", `http://${camera}/api/v1/links`];
		const { token } = JSON.parse((await lab.exec("home", links)).stdout);
		const file = join(data, "prometheus.yml");
		writeFileSync(file, configuration(camera, token));
		const check = await lab.exec("home", ["promtool", "check", "config", file]);
		assert.equal(check.code, 0, check.stderr + check.stdout);
		lab.spawn("home", [
			"prometheus",
			`--config.file=${file}`,
			`--storage.tsdb.path=${join(data, "tsdb")}`,
			"--web.listen-address=127.0.0.1:9090",
		]);
	});

	it("finds all devices of a fleet by http_sd, scrapes them with one token, and has their names", async () => {
		let seen: readonly Sample[] = [];
		await until("three devices are up", 60_000, async () => {
			seen = await query('up{job="porthole"} == 1');
			return seen.length === 3;
		}).catch((error) => assert.fail(`${error}: ${JSON.stringify(seen)}`));
		assert.deepEqual(seen.map(({ metric }) => `${metric.name} ${metric.kind}`).sort(), [
			"NAS nas",
			"camera 1 camera",
			"camera 2 camera",
		]);
		const builds = await until("all tell their build", 20_000, async () => {
			const found = await query("porthole_build_info");
			return new Set(found.map(({ metric }) => metric.name)).size === 3 && found;
		});
		assert.deepEqual(new Set(builds.map(({ metric }) => metric.name)), new Set(["NAS", "camera 1", "camera 2"]));
		for (const { metric } of builds) assert.match(metric.version, /^\d+\.\d+\.\d+/);
		await until("the NAS tells what recordings take", 20_000, async () => {
			return (await query("sum by (name) (porthole_nas_camera_recordings_bytes)")).length >= 1;
		});
	});

	it("counts octets, and has the fleet as one member knows it", async () => {
		const { lab } = house();
		await lab.exec("home", [
			"curl",
			"-s",
			"-m",
			"3",
			...OWNER,
			"-o",
			"/dev/null",
			`http://${camera}/stream.mjpeg?fps=5`,
		]);
		await until("octets are counted", 20_000, async () => {
			const [octets] = await query('porthole_frames_delivered_bytes_total{name="camera 1"}');
			return octets !== undefined && Number(octets.value[1]) > 10_000;
		});
		const heard = await until("all are up", 20_000, async () => {
			const found = await query('porthole_fleet_device_up{job="porthole-fleet"}');
			return found.length === 3 && found.every(({ value }) => value[1] === "1") && found;
		});
		assert.deepEqual(heard.map(({ metric, value }) => `${metric.name} ${value[1]}`).sort(), [
			"NAS 1",
			"camera 1 1",
			"camera 2 1",
		]);
	});

	it("is told of a dead camera, which stays a target", async () => {
		house().cameras[2].crash();
		await until(
			"camera 2 is down",
			20_000,
			async () => (await query('up{job="porthole",name="camera 2"} == 0')).length === 1,
		);
	});

	it("gives the inventory from the Internet too, as JSON and CSV", async () => {
		const { lab } = house();
		const json = JSON.parse((await lab.get("wan", `http://${WAN}:8080/api/v1/inventory`)) ?? "");
		const alive = json.devices.filter(({ name }: { name: string }) => name !== "camera 2");
		assert.deepEqual(
			alive.map(({ name, model, health }: Record<string, string>) => `${name} ${model} ${health}`).sort(),
			["NAS node ok", "camera 1 node ok"],
		);
		for (const { version, uptime, path } of alive)
			assert.ok(version !== null && uptime >= 0 && path === "mapped", JSON.stringify(alive));
		assert.deepEqual([json.devices[0].width, json.devices[0].height], [640, 480]);
		const csv = (await lab.get("wan", `http://${WAN}:8080/api/v1/inventory.csv`)) ?? "";
		assert.match(csv, /^id,name,[^\r]+\r\n[0-9a-f]{16},camera 1,/);
		const check = [
			"sh",
			"-c",
			`curl -s ${OWNER.join(" ")} http://${camera}/api/v1/fleet/metrics | promtool check metrics`,
		];
		const { code, stdout, stderr } = await lab.exec("home", check);
		assert.deepEqual([code, stdout + stderr], [0, ""]);
	});
});
