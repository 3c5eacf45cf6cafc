import assert from "node:assert/strict";
import { join } from "node:path";
import { pause, until } from "../support/until";
import { type CameraKind, type LabProcess, OWNER } from "./lab";
import { ADDRESS, type LabNat, PeerLab, type PeerLabOptions, type PeerPlace, TURN_SECRET } from "./peer-lab";

/** What stands between a peer and the Internet: a NAT, or nothing. */
export type End = LabNat | "none";
/** How two peers reached each other; `failed`: not at all. */
export type PairPath = "lan" | "ipv6" | "mapped" | "punched" | "relayed" | "failed";

/** What `porthole view` and a browser saw. */
export interface PairOutcome {
	readonly path: PairPath;
	/** The path after a few seconds: a better one takes over. */
	readonly later: PairPath;
	/** From the start of `porthole view`'s search until the camera was connected, in milliseconds; by its own clock. */
	readonly connected: number;
	/** From the connection until a browser had a picture, in milliseconds. */
	readonly picture: number;
	/** Why there is no path; empty if there is one. */
	readonly reason: string;
	/** All that the program said. */
	readonly said: string;
}

/** What `porthole view` calls the kinds of paths. */
const PATHS: readonly (readonly [words: string, path: PairPath])[] = [
	["in the same network", "lan"],
	["by IPv6", "ipv6"],
	["by a mapped port", "mapped"],
	["directly, through the NATs", "punched"],
	["through a TURN server", "relayed"],
];
/** Time for a program to start on a busy machine, in milliseconds. */
const START_TIME = 30_000;
/** How long a viewer may take to say that it can't connect, in milliseconds. */
const PATIENCE = 20_000;
/** How long a relayed viewer is given to find a better path, if nobody says another time, in milliseconds. */
const BETTER = 2500;
const NAME = "garage";

/** A rendezvous server, a camera that moves from NAT to NAT, and a viewer that is paired with it. */
export class PeerPairs {
	private camera: LabProcess | undefined;
	private place: PeerPlace = "p1";
	private isPaired = false;
	private count = 0;

	private constructor(
		readonly lab: PeerLab,
		private readonly kind: CameraKind,
		private readonly rendezvous: string,
	) {}

	/** @param options of the lab; `turn`: coturn runs, and the rendezvous server has it */
	static async build(kind: CameraKind, options: PeerLabOptions & { readonly turn?: boolean }): Promise<PeerPairs> {
		const lab = await PeerLab.build(options);
		const flags = ["--discovery-addresses", `${ADDRESS.wan},${ADDRESS.wan2}`];
		if (options.turn === true) {
			await lab.startTurn();
			flags.push("--turn", ADDRESS.turn, "--turn-secret", TURN_SECRET);
		}
		const { setting } = await lab.startRendezvous("node", flags);
		return new PeerPairs(lab, kind, setting);
	}

	/** Starts the camera at a place, and waits until it is registered. */
	async startCamera(
		end: End,
		place: PeerPlace = end === "none" ? "p1" : "a1",
		...flags: readonly string[]
	): Promise<void> {
		await this.camera?.end();
		this.place = place;
		if (end !== "none") await this.lab.setNat("a", end);
		const camera = this.lab.startCamera(this.kind, place, NAME, "--rendezvous", this.rendezvous, ...flags);
		this.camera = camera;
		await until("the camera is registered", START_TIME, async () => {
			assert.ok(camera.running, `the camera has ended: ${camera.output}`);
			const peer = JSON.parse((await this.fetch("api/v1/status")) ?? "{}").peer;
			// What its NAT does is known a moment later, and decides what is tried.
			return peer?.state === "registered" && (peer.nat !== "" || end === "blocked");
		});
		await this.pair();
	}

	/**
	 * Looks at the camera from behind a NAT, or from another place.
	 * @param better how long a relayed viewer is given to find a better path, in milliseconds
	 */
	async view(end: End, place: PeerPlace = end === "none" ? "p2" : "b1", better = BETTER): Promise<PairOutcome> {
		if (place === "b1" && end !== "none") await this.lab.setNat("b", end);
		const start = performance.now();
		const viewer = this.lab.start(place, "view", NAME, "--data", this.lab.data("viewer"));
		try {
			return await this.outcome(viewer, place, start, better);
		} finally {
			await viewer.end();
			this.lab.lab.forget(viewer);
		}
	}

	/** Removes everything. */
	clear(): Promise<void> {
		return this.lab.clear();
	}

	private async outcome(viewer: LabProcess, place: PeerPlace, start: number, better: number): Promise<PairOutcome> {
		const reached = (): RegExpExecArray | null => /^garage: (?:now )?reached (.*)$/m.exec(viewer.output);
		const failed = (): RegExpExecArray | null => /^garage: can't be reached: (.*)$/m.exec(viewer.output);
		await until("the viewer is connected, or says why not", PATIENCE, () => {
			return reached() !== null || failed() !== null || !viewer.running;
		});
		const path = pathOf(reached()?.[1]);
		const said = viewer.output;
		if (path === "failed") {
			const reason = failed()?.[1] ?? said.trim().split("\n").at(-1) ?? "";
			return { path, later: path, connected: performance.now() - start, picture: 0, reason, said };
		}
		const seconds = /^([\d.]+) s {2}garage: connected:/m.exec(said)?.[1];
		const picture = await this.picture(viewer, place);
		const newest = () => pathOf([...viewer.output.matchAll(/^garage: (?:now )?reached (.*)$/gm)].at(-1)?.[1]);
		const from = performance.now();
		while (newest() === "relayed" && performance.now() - from < better) await pause(50);
		const later = newest();
		return { path, later, connected: Number(seconds) * 1000, picture, reason: "", said: viewer.output };
	}

	/** Gets a picture as a browser on the viewer's machine does. @returns how long that took, in milliseconds */
	private async picture(viewer: LabProcess, place: PeerPlace): Promise<number> {
		const url = await until(
			"the viewer shows its link",
			5000,
			() => /^Pages: +(http:\S+\/\?link=\S+)/m.exec(viewer.output)?.[1],
		);
		const cookies = join(this.lab.folder, `cookies-${++this.count}`);
		const login = `curl -s -o /dev/null -c ${cookies} -H 'Accept: text/html' '${url}'`;
		const get = `curl -s -b ${cookies} -o /dev/null -w '%{http_code} %{content_type} %{time_total}' ${url.split("?")[0]}snapshot.jpg`;
		const { stdout } = await this.lab.must(place, ["sh", "-c", `${login} && ${get}`]);
		assert.match(stdout, /^200 image\/jpeg /, viewer.output);
		return Number(stdout.split(" ")[2]) * 1000;
	}

	/** Pairs the viewer with the camera by the owner's page, once. */
	private async pair(): Promise<void> {
		if (this.isPaired) return;
		const form = ["-d", "kind=viewer&days=1&home=Cabin", `${this.url}api/v1/pairings`];
		const { stdout } = await this.lab.must(this.place, ["curl", "-sf", ...OWNER, ...form]);
		const words = ["view", "--pair", JSON.parse(stdout).text, "--data", this.lab.data("viewer")];
		const pairing = this.lab.start("p2", ...words);
		assert.equal(await pairing.ended, 0, pairing.output);
		this.isPaired = true;
	}

	private get url(): string {
		return `http://${ADDRESS[this.place]}:8000/`;
	}

	private fetch(path: string): Promise<string | undefined> {
		return this.lab.lab.get(this.place, `${this.url}${path}`, 1);
	}
}

function pathOf(text: string | undefined): PairPath {
	if (text === undefined) return "failed";
	const found = PATHS.find(([words]) => text.startsWith(words));
	assert.ok(found, `an unknown path: ${text}`);
	return found[1];
}
