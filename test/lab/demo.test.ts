import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import sharp from "sharp";
import { DemoProcess } from "../support/demo-process";
import { digestFor } from "../support/digest";
import { needs } from "../support/needs";
import { until } from "../support/until";

/** Fetches as the owner: first without credentials, then with the answer to the challenge. */
async function fetchAs(url: string, options: RequestInit = {}): Promise<Response> {
	const first = await fetch(url, options);
	const challenge = first.headers.get("www-authenticate");
	if (first.status !== 401 || challenge === null) return first;
	const { pathname, search } = new URL(url);
	const authorization = digestFor(challenge, options.method ?? "GET", pathname + search);
	return fetch(url, { ...options, headers: { ...options.headers, authorization } });
}

/** Reads a live stream until it has shown `count` different pictures. @returns how many it showed */
async function differentPictures(url: string, count: number): Promise<number> {
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), 60_000);
	const seen = new Set<string>();
	try {
		const answer = await fetchAs(url, { signal: stop.signal });
		let text = "";
		for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
			text += Buffer.from(piece).toString("latin1");
			const parts = text.split("--porthole-frame\r\n");
			text = parts.pop() ?? "";
			for (const part of parts) if (part.includes("\xff\xd8\xff")) seen.add(part.slice(part.indexOf("\xff\xd8\xff")));
			if (seen.size >= count) break;
		}
	} catch (error) {
		if (!stop.signal.aborted) throw error;
	} finally {
		clearTimeout(timer);
		stop.abort();
	}
	return seen.size;
}

describe("lab/demo: npm start", function () {
	this.timeout(300_000);
	let demo: DemoProcess;
	const url = (camera: number, path = "") => demo.url(camera, path);
	/** How many cameras the portal lists; 0: it does not answer. */
	const count = async (): Promise<number> => {
		const answer = await fetchAs(url(1, "api/v1/cameras"), { headers: { connection: "close" } }).catch(() => undefined);
		if (answer?.status !== 200) return 0;
		const { cameras } = (await answer.json()) as { cameras: { url: string }[] };
		// A camera is listed a moment before it has its port.
		return cameras.filter((camera) => camera.url !== "").length;
	};

	before(async () => {
		demo = await DemoProcess.start(true);
	});

	after(() => demo.stop());

	it("serves a page with three live pictures (IMG-14, IMG-16, IMG-17)", async () => {
		await until("three cameras on the portal", 15_000, async () => (await count()) === 3);
		const page = await (await fetchAs(url(1))).text();
		// For browsers without script; the others show stills that the script refreshes.
		assert.ok(page.includes('<noscript><img src="/stream.mjpeg?fps=5"'));
		for (const camera of [2, 3])
			assert.match(page, new RegExp(`<noscript><img src="${url(camera)}stream\\.mjpeg\\?pass=[^"]*&amp;fps=5"`));
		for (const camera of [1, 2, 3])
			assert.ok((await differentPictures(url(camera, "stream.mjpeg"), 4)) >= 4, `camera ${camera} moves`);
	});

	it("serves pictures that are not much wider than they are asked for (IMG-14)", async () => {
		const whole = await sharp(await (await fetchAs(url(2, "snapshot.jpg"))).arrayBuffer()).metadata();
		for (const width of [160, 320]) {
			const answer = await fetchAs(url(2, `snapshot.jpg?width=${width}`));
			const { width: real, height } = await sharp(await answer.arrayBuffer()).metadata();
			assert.deepEqual([real, height], [width, Math.round((whole.height * width) / whole.width)]);
		}
	});

	it("turns a camera from its page (IMG-18)", async () => {
		const read = async () =>
			((await (await fetchAs(url(2, "api/v1/status"))).json()) as { motion: { pan: number } }).motion.pan;
		assert.equal(await read(), 0);
		await fetchAs(url(2, "api/v1/motion"), { method: "POST", body: "pan=10&tilt=0", redirect: "manual" });
		await until("it has turned", 5000, async () => (await read()) > 0);
	});

	it("changes the picture quality by the form on a camera's page", async () => {
		const page = async () => (await fetchAs(url(2, "camera"), { headers: { connection: "close" } })).text();
		const read = async () =>
			((await (await fetchAs(url(2, "api/v1/status"))).json()) as { source: { quality: number | null } }).source
				.quality;
		assert.equal(await read(), 80);
		const [, path, fields] = /action="\/(api\/v1\/picture)"[^>]*>(.*?)<\/form>/s.exec(await page()) ?? [];
		assert.match(fields ?? "no form", /<select name="quality">/);
		const body = new URLSearchParams({ quality: "60" });
		assert.equal((await fetchAs(url(2, path), { method: "POST", body, redirect: "manual" })).status, 200);
		assert.equal(await read(), 60);
		assert.match(await page(), /<option value="60" selected>/);
	});

	it("serves a video player at the URL that it prints, by TCP and by default (STR-1)", async function () {
		needs(this, "ffmpeg");
		const [url] = await until("the URLs are printed", 15_000, () => {
			const urls = demo.printed.match(/rtsp:\S+/g) ?? [];
			return urls.length === 3 && urls;
		});
		for (const options of [["-rtsp_transport", "tcp"], []]) {
			const { status, stderr } = spawnSync(
				"ffmpeg",
				["-v", "error", ...options, "-i", url, "-frames:v", "3", "-f", "null", "-"],
				{ encoding: "utf8", timeout: 30_000 },
			);
			assert.deepEqual({ status, errors: stderr.replace(/^.*461 .*\n/gm, "") }, { status: 0, errors: "" });
		}
	});

	it("has a NAS on the portal that records the three cameras (ONE-2, ONE-11)", async () => {
		let nas = "";
		await until("the NAS is on the portal", 15_000, async () => {
			const answer = await fetchAs(url(1, "api/v1/cameras"), { headers: { connection: "close" } }).catch(
				() => undefined,
			);
			if (answer?.status !== 200) return false;
			nas = ((await answer.json()) as { nas: { url: string }[] }).nas[0]?.url ?? "";
			return nas !== "";
		});
		await until("three cameras are recorded", 20_000, async () => {
			const answer = await fetchAs(`${nas}api/v1/nas`, { headers: { connection: "close" } }).catch(() => undefined);
			if (answer?.status !== 200) return false;
			const { cameras } = (await answer.json()) as { cameras: { recording: boolean; octets: number }[] };
			return cameras.filter(({ recording, octets }) => recording && octets > 0).length === 3;
		});
	});

	it("unplugs a camera from its page and plugs it in again; the portal follows", async () => {
		await fetchAs(url(3, "demo/unplug"), { method: "POST", redirect: "manual" });
		await until("it is said to be unplugged", 5000, async () => {
			const answer = await fetchAs(url(3), { headers: { connection: "close" } }).catch(() => undefined);
			return answer?.status === 503 && (await answer.text()).includes("Camera 3 is unplugged");
		});
		await until("it is gone from the portal", 15_000, async () => (await count()) === 2);
		await fetchAs(url(3, "demo/plug/3"), { method: "POST", redirect: "manual" });
		await until("it is back on the portal", 10_000, async () => (await count()) === 3);
		// A NAS may have noticed that it was without pictures for 10 s.
		assert.equal(demo.errors.replace(/^.* warn {2}recorder: "Camera 3".*no picture for.*\n/gm, ""), "");
	});

	it("has another representative soon after the first one is unplugged", async () => {
		await fetchAs(url(1, "demo/unplug"), { method: "POST", redirect: "manual" });
		await until("it is said to be unplugged", 5000, async () => {
			const answer = await fetchAs(url(1), { headers: { connection: "close" } }).catch(() => undefined);
			return answer?.status === 503;
		});
		await until("another camera serves the portal", 10_000, async () => {
			const answer = await fetchAs(url(1), { headers: { connection: "close" } }).catch(() => undefined);
			return answer?.status === 200 && (await count()) === 2;
		});
	});

	it("exits with code 0 on SIGINT", async () => {
		assert.equal(await demo.stop(), 0);
	});
});
