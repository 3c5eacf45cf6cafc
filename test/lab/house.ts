import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { until } from "../support/until";
import { type CameraKind, Lab, type LabProcess, type Outcome, OWNER } from "./lab";

/** Time for a camera to start, find the gateway and get its port, in milliseconds. */
const START_TIME = 20_000;

/** The router's first address on the Internet side. */
export const WAN = "198.20.0.1";

/** The answer of `/api/v1/cameras`. */
export interface Portal {
	readonly cameras: readonly { name: string; url: string; representative: boolean; self: boolean; rtsp: string }[];
	readonly notices: readonly string[];
}

/** A home with cameras of the product in a {@link Lab}: `cam1` is called "camera 1" and has its data in a folder. */
export class House {
	readonly cameras: LabProcess[] = [];
	/** Holds a data folder for each camera; tests may add more. */
	readonly data = mkdtempSync(join(tmpdir(), "porthole-house-"));
	/** Names of cameras by their identities. */
	private readonly names = new Map<string, string>();

	private constructor(
		readonly lab: Lab,
		private readonly kinds: readonly CameraKind[],
	) {}

	/**
	 * @param kinds the programs of cameras 1, 2 …, in turns
	 * @param script another script that builds a lab
	 */
	static async build(words: string, kinds: readonly CameraKind[] = ["node"], script?: string): Promise<House> {
		return new House(await Lab.up(words, script), kinds);
	}

	/** Starts camera `n` with a still picture, without waiting. Later flags override earlier ones. */
	start(n: number, ...flags: readonly string[]): LabProcess {
		const own = ["--name", `camera ${n}`, "--data", this.folder(n), "--source", FRAME, "--fps", "10"];
		own.push("--password", PASSWORD);
		this.cameras[n] = this.lab.camera(`cam${n}`, this.kinds[(n - 1) % this.kinds.length], ...own, ...flags);
		return this.cameras[n];
	}

	/** Starts cameras 1 … `count` one after another, so that camera 1 gets port 8080, camera 2 port 8081 and so on. */
	async fill(count: number, ...flags: readonly string[]): Promise<void> {
		for (let n = 1; n <= count; n++) {
			this.start(n, ...flags);
			await this.untilServed(8079 + n, START_TIME);
		}
	}

	/** The name of the camera with an identity, such as "camera 1"; the identity itself if no camera here has it. */
	nameOf(id: string): string {
		for (let n = 1; n < this.cameras.length && !this.names.has(id); n++) {
			const file = join(this.folder(n), "id.value");
			if (existsSync(file)) this.names.set(readFileSync(file, "utf8").trim(), `camera ${n}`);
		}
		return this.names.get(id) ?? id;
	}

	/** Waits until an external port answers on the Internet side. */
	async untilServed(port: number, limit: number, wan = WAN): Promise<void> {
		await until(`port ${port} answers on ${wan}`, limit, () => this.lab.get("wan", `http://${wan}:${port}/`, 1));
	}

	/** Reads the list of cameras; `undefined` while there is no answer. @param url of any camera, with a slash at the end */
	async portal(ns: string, url = `http://${WAN}:8080/`): Promise<Portal | undefined> {
		const text = await this.lab.get(ns, `${url}api/v1/cameras`, 1);
		return text === undefined ? undefined : JSON.parse(text);
	}

	/** What the portal lists, once it answers. */
	shownPortal(ns: string, url?: string): Promise<Portal> {
		return until("the portal answers", 5000, () => this.portal(ns, url));
	}

	/** Waits until the portal lists exactly these addresses, in any order. @returns how long that took, in milliseconds */
	async untilListed(ns: string, url: string, addresses: readonly string[], limit: number): Promise<number> {
		const start = performance.now();
		const wanted = [...addresses].sort().join(" ");
		let seen = "nothing";
		try {
			await until(`${url} lists ${wanted}`, limit, async () => {
				const portal = await this.portal(ns, url);
				if (portal === undefined) return false;
				seen = portal.cameras
					.map((camera) => camera.url)
					.sort()
					.join(" ");
				return seen === wanted;
			});
		} catch (error) {
			throw new Error(`${error instanceof Error ? error.message : error}; seen last: ${seen}`);
		}
		return performance.now() - start;
	}

	/** Waits until the portal lists `count` cameras, one of them as the representative. */
	async untilCount(ns: string, url: string, count: number, limit: number): Promise<void> {
		await until(`${url} lists ${count} cameras with one representative`, limit, async () => {
			const cameras = (await this.portal(ns, url))?.cameras ?? [];
			return cameras.length === count && cameras.filter((camera) => camera.representative).length === 1;
		});
	}

	/** Watches a stream with curl until `count` pictures have come, or for a minute. @returns how many came */
	async countPictures(ns: string, url: string, count: number): Promise<number> {
		const curl = `curl -sN ${OWNER.join(" ")} --max-time 60 '${url}'`;
		const pipe = `${curl} | grep -ai -m ${count} '^content-type: image/jpeg' | wc -l`;
		return Number((await this.lab.exec(ns, ["sh", "-c", pipe])).stdout);
	}

	/** Runs `porthole doctor`, or that of `porthole-linux`, in a namespace. */
	doctor(ns: string, kind: CameraKind = "node"): Promise<Outcome> {
		const program = kind === "node" ? [process.execPath, NODE_PROGRAM] : [XS_PROGRAM];
		return this.lab.exec(ns, [...program, "doctor", "--interface", "eth0"], 60_000);
	}

	private folder(n: number): string {
		return join(this.data, `cam${n}`);
	}

	/** Tears everything down. */
	async clear(): Promise<void> {
		await this.lab.down();
		rmSync(this.data, { recursive: true, force: true });
	}
}

/** Addresses of cameras on the Internet side. */
export function outside(...ports: readonly number[]): string[] {
	return ports.map((port) => `http://${WAN}:${port}/`);
}

/** Addresses of cameras 1 … `count` in their LAN. */
export function inside(count: number): string[] {
	return Array.from({ length: count }, (_, i) => `http://${Lab.address(i + 1)}:8000/`);
}

/** Gives a suite its own house: built before its tests, removed after them, its output printed when a test fails. */
export function houseFor(
	words: string,
	prepare: (context: Mocha.Context) => void,
	kinds: readonly CameraKind[] = ["node"],
): () => House {
	let house: House | undefined;
	before(async function () {
		this.timeout(300_000);
		prepare(this);
		house = await House.build(words, kinds);
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") house?.lab.report();
	});
	after(async function () {
		this.timeout(300_000);
		await house?.clear();
	});
	return () => {
		if (house === undefined) throw new Error("the house is not built");
		return house;
	};
}
