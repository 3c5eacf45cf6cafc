import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { GstRtspServer } from "../support/gst-rtsp-server";
import { pause, until } from "../support/until";
import { type CameraKind, Lab, type LabProcess, type Outcome } from "./lab";

/** Addresses of `relay-lab.sh`: the relay's in the access network and in the IP network, and the others in the IP network. */
export const RELAY = "10.9.0.1";
export const RELAY_OUTSIDE = "198.20.0.1";
export const RELAY2 = "198.20.0.2";
export const ORIGIN = "198.20.0.10";
export const OTHER = "198.20.0.20";

/** A viewer's namespace. */
export type ViewerName = "v1" | "v2" | "v3";
/** A machine that may run a relay. */
export type RelayPlace = "relay" | "relay2";

/** Frames per second of the lab's cameras. */
export const RATE = 10;
/** Time for a program to start on a busy machine, in milliseconds. */
const START_TIME = 30_000;

/** What the relay's kernel counts at the interface to the IP network. */
export interface OriginTraffic {
	/** TCP connections that the relay opened. */
	readonly connections: number;
	/** TCP segments with data, and datagrams, that the relay sent: requests and reports. */
	readonly requests: number;
	/** Octets of IP packets that came from the IP network. */
	readonly octets: number;
}

const WATCH = `
table inet relay_watch {
	counter connections { }
	counter requests { }
	counter arrived { }
	chain out {
		type filter hook postrouting priority raw; policy accept;
		oifname "ip0" tcp flags & (syn | ack) == syn counter name connections
		oifname "ip0" tcp flags & psh == psh counter name requests
		oifname "ip0" meta l4proto udp counter name requests
	}
	chain in {
		type filter hook prerouting priority raw; policy accept;
		iifname "ip0" counter name arrived
	}
}`;

/** The command line of a program of the product. */
export function programOf(kind: CameraKind): string[] {
	return kind === "node" ? [process.execPath, NODE_PROGRAM] : [XS_PROGRAM];
}

/** A relay between an access network and the IP network, with origins, in namespaces. */
export class RelayLab {
	/** Holds the data folders of all programs, and tables. */
	readonly folder = mkdtempSync(join(tmpdir(), "porthole-relay-lab-"));

	private constructor(readonly lab: Lab) {}

	/** Builds the figure of `relay-lab.sh`. @param words `forward`: the relay machine routes too */
	static async build(...words: readonly "forward"[]): Promise<RelayLab> {
		const relayLab = new RelayLab(await Lab.up(words.join(" "), resolve(__dirname, "relay-lab.sh")));
		await relayLab.load("relay", WATCH);
		return relayLab;
	}

	/** Starts a camera as the origin: RTSP on 8554, pages on 8000, {@link RATE} frames a second. */
	async startOrigin(kind: CameraKind, ...flags: readonly string[]): Promise<LabProcess> {
		const own = ["--name", "origin", "--data", this.data("origin"), "--source", FRAME, "--fps", `${RATE}`];
		own.push("--mapping", "off", "--presence", "off", "--password", PASSWORD, "--interface", "eth0");
		const process = this.lab.spawn("origin", [...programOf(kind), "camera", ...own, ...flags]);
		await this.untilOpen(process, "relay", ORIGIN, 8000);
		if (!flags.includes("--rtsp-port")) await this.untilOpen(process, "relay", ORIGIN, 8554);
		return process;
	}

	/** Starts the RTSP server of GStreamer as the other origin, with `/jpeg` and `/h264` on port 8554 behind Digest. */
	async startGst(protocols: "udp" | "tcp" | "both" = "both"): Promise<LabProcess> {
		const script = resolve(__dirname, "../support/gst_rtsp_server.py");
		const { user, password } = GstRtspServer;
		const process = this.lab.spawn("other", ["/usr/bin/python3", script, "8554", user, password, protocols, OTHER]);
		await until("gst-rtsp-server is ready", START_TIME, () => process.output.includes("ready"));
		return process;
	}

	/** The URL of a content of {@link startGst}. */
	static gstUrl(path: "jpeg" | "h264"): string {
		return `rtsp://${GstRtspServer.user}:${encodeURIComponent(GstRtspServer.password)}@${OTHER}:8554/${path}`;
	}

	/** Starts ustreamer as the other origin, with `/stream` on port 8080. @param camera its V4L2 camera, compiled from tools/bench/native */
	async startUstreamer(camera: string): Promise<LabProcess> {
		const device = join(this.folder, "video");
		writeFileSync(device, "");
		const env = [`LD_PRELOAD=${camera}`, `FAKE_DEV=${device}`, `FAKE_JPEG=${FRAME}`, `FAKE_FPS=${RATE}`];
		const words = `-d ${device} -m JPEG -c HW -f ${RATE} -r 640x480 --host ${OTHER} -p 8080`.split(" ");
		const process = this.lab.spawn("other", ["env", ...env, "FAKE_W=640", "FAKE_H=480", "ustreamer", ...words]);
		await this.untilOpen(process, "relay", OTHER, 8080);
		return process;
	}

	/**
	 * Starts a relay: RTSP on 8554, pages and Motion JPEG on 8080.
	 * @param table the text of its table
	 * @param flags later ones override earlier ones
	 */
	async startRelay(
		kind: CameraKind,
		table: string,
		flags: readonly string[] = [],
		place: RelayPlace = "relay",
	): Promise<LabProcess> {
		const file = join(this.folder, `${place}.table`);
		writeFileSync(file, table);
		const own = ["--relay-name", place, "--data", this.data(place), "--relay-table", file, "--password", PASSWORD];
		const process = this.lab.spawn(place, [...programOf(kind), "relay", ...own, ...flags]);
		const [from, address] = place === "relay" ? ["v1", RELAY] : ["relay", RELAY2];
		await this.untilOpen(process, from, address, 8080);
		await this.untilOpen(process, from, address, 8554);
		return process;
	}

	/** The data folder of a program. */
	data(name: string): string {
		const folder = join(this.folder, name);
		mkdirSync(folder, { recursive: true });
		return folder;
	}

	/** What the relay's kernel has counted so far. */
	async originTraffic(): Promise<OriginTraffic> {
		const { stdout } = await this.must("relay", ["nft", "-j", "list", "counters", "table", "inet", "relay_watch"]);
		const items: { counter?: { name: string; packets: number; bytes: number } }[] = JSON.parse(stdout).nftables;
		const found = (name: string) => items.find(({ counter }) => counter?.name === name)?.counter;
		return {
			connections: found("connections")?.packets ?? -1,
			requests: found("requests")?.packets ?? -1,
			octets: found("arrived")?.bytes ?? -1,
		};
	}

	/** Octets a second that come from the IP network, measured for a time in milliseconds. */
	async originRate(time: number): Promise<number> {
		const before = await this.originTraffic();
		const start = performance.now();
		await pause(time);
		const after = await this.originTraffic();
		return ((after.octets - before.octets) * 1000) / (performance.now() - start);
	}

	/** Cuts the cable between a machine and the IP network, or mends it. */
	async setCable(machine: "origin" | "other" | "relay2", state: "up" | "down"): Promise<void> {
		await this.must("net", ["ip", "link", "set", machine, state]);
	}

	/** Whether a TCP port can be reached from a namespace. */
	reaches(from: string, address: string, port: number): Promise<boolean> {
		return this.lab.reaches(from, address, port);
	}

	/** Loads a rule set in a namespace. */
	async load(ns: string, rules: string): Promise<void> {
		const file = join(this.folder, `${ns}.nft`);
		writeFileSync(file, rules);
		await this.must(ns, ["nft", "-f", file]);
	}

	/** Runs a command in a namespace, which must succeed. */
	async must(ns: string, argv: readonly string[]): Promise<Outcome> {
		const outcome = await this.lab.exec(ns, argv);
		assert.equal(outcome.code, 0, `${ns}: ${argv.join(" ")}: ${outcome.stderr}`);
		return outcome;
	}

	/** Removes everything. */
	async clear(): Promise<void> {
		await this.lab.down();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async untilOpen(process: LabProcess, from: string, address: string, port: number): Promise<void> {
		await until(`${process.title} listens on ${address}:${port}`, START_TIME, async () => {
			assert.ok(process.running, `${process.title} has ended: ${process.output}`);
			return this.reaches(from, address, port);
		});
	}
}

/** Builds a lab before the tests of a suite, reports it after a failed one, and removes it. */
export function relayLabFor(prepare: (context: Mocha.Context) => void, ...words: readonly "forward"[]): () => RelayLab {
	let built: RelayLab | undefined;
	before(async function () {
		prepare(this);
		built = await RelayLab.build(...words);
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") built?.lab.report();
	});
	after(() => built?.clear());
	return () => {
		assert.ok(built);
		return built;
	};
}
