import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import {
	CAMERA_PROGRAMS,
	RELAY_PROGRAMS,
	type RunningCamera,
	startCamera,
	startRelay,
	startRendezvous,
} from "../../tools/camera-program";
import { DemoProcess } from "./demo-process";
import { PASSWORD } from "./digest";
import { LedgerSite } from "./ledger-site";
import { PortalStates } from "./portal-states";
import { FLEET_KEY } from "./relay-reports";
import { TimelineSite } from "./timeline-site";
import { pause, until } from "./until";

const DAY = 86_400_000;
/** The recordings of the timeline that are shown: yesterday at this time. */
const SHOWN_TIME = "17:40:00";

/** One page of one of the appliances, as people see it. */
export interface GalleryPage {
	/** The name of its pictures. */
	readonly name: string;
	readonly url: string;
	/** Whether a stranger sees it, or somebody in a browser without script. @default the owner does */
	readonly by?: "stranger" | "plain" | "stranger-plain";
	/** Whether the site asks nobody for a password. */
	readonly needsNoLogin?: boolean;
	/** Brings the page to the state that is shown, in a tab of its own. */
	readonly prepare?: (page: Page) => Promise<void>;
	/** Waits until other pages can be looked at again. */
	readonly finish?: (page: Page) => Promise<unknown>;
}

/** Submits a form of the page with another value than it has, and waits for the page that answers. */
async function send(page: Page, form: string, field?: string, value = ""): Promise<void> {
	if (field !== undefined)
		await page.evaluate(
			`document.querySelector(${JSON.stringify(`${form} ${field}`)}).value = ${JSON.stringify(value)}`,
		);
	await Promise.all([
		page.waitForNavigation({ waitUntil: "domcontentloaded" }),
		// Not by its button: the script of the pages would show the answer beside it.
		page.evaluate(`HTMLFormElement.prototype.submit.call(document.querySelector(${JSON.stringify(form)}))`),
	]);
}

/** The field of the external ports. */
const PORTS = "[name=representative-ports]";

async function enterWrongPassword(page: Page): Promise<void> {
	await page.fill("input[name=password]", "not the password");
	await page.click("button");
	await page.locator("[role=alert]:visible").waitFor();
}

/** Saves ports that are not possible: what is wrong stands beside the field. */
async function enterWrongPorts(page: Page): Promise<void> {
	await page.getByLabel("Search the settings").fill("External ports");
	await page.fill(PORTS, "8080,8080");
	await page.press(PORTS, "Enter");
	await page.locator("output.wrong").waitFor();
}

/** Opens what is folded in the navigation, which Escape folds again. */
async function openMore(page: Page): Promise<void> {
	const more = page.locator("nav summary");
	await more.press("Enter");
	await page.locator("nav details a:visible").first().waitFor();
	await page.keyboard.press("Escape");
	await page.locator("nav details:not([open])").waitFor();
	await page.locator("nav summary:focus").waitFor();
	await more.click();
}

/** Waits until the page says that its picture is not live, as the camera does not answer any more. */
async function untilStopped(page: Page): Promise<void> {
	await page.waitForResponse("**/api/v1/picture");
	await page.route("**/api/v1/picture", (route) => route.abort());
	await page.locator("#live.stale").waitFor();
}

/** Chooses two devices, and how they are renamed. */
async function chooseTwo(page: Page): Promise<void> {
	const boxes = page.locator("#devices tbody [type=checkbox]");
	for (const i of [0, 1]) await boxes.nth(i).check();
}

/** All appliances of the project on this machine, for pictures of their pages: a demo, a camera with peer to peer, a NAS, a relay, a rendezvous server. */
export class Gallery {
	private constructor(
		private readonly folder: string,
		readonly demo: DemoProcess,
		private readonly timeline: TimelineSite,
		private readonly ledger: LedgerSite,
		private readonly camera: RunningCamera,
		private readonly relay: RunningCamera,
		private readonly rendezvous: RunningCamera,
		private readonly states: PortalStates,
	) {}

	/** Starts everything. */
	static async start(): Promise<Gallery> {
		const folder = mkdtempSync(join(tmpdir(), "porthole-gallery-"));
		mkdirSync(join(folder, "storage"));
		writeFileSync(
			join(folder, "relay.table"),
			`origin home key ${"ab".repeat(32)}\ncontent garage http http://192.168.0.12:8000/stream.mjpeg title Garage\n`,
		);
		const common = ["--password", PASSWORD];
		const demo = DemoProcess.start();
		const rendezvous = await startRendezvous(CAMERA_PROGRAMS[0], ...common);
		const setting = /--rendezvous (\S+)/.exec(rendezvous.said())?.[1] ?? "";
		const [camera, relay, timeline] = await Promise.all([
			startCamera(
				CAMERA_PROGRAMS[0],
				...common,
				...["--name", "Garage", "--source", "synthetic", "--fleet-key", FLEET_KEY, "--rendezvous", setting],
				...["--motion-events", "on"],
			),
			startRelay(RELAY_PROGRAMS[0], ...common, "--name", "Kiosk"),
			TimelineSite.start(),
		]);
		const recorded = `garage=http://owner:${PASSWORD}@127.0.0.1:${camera.port}/stream.mjpeg`;
		const ledger = await LedgerSite.start("--name", "Shelf", "--record-urls", recorded, "--record", "continuous");
		const states = await PortalStates.start();
		return new Gallery(folder, await demo, timeline, ledger, camera, relay, rendezvous, states);
	}

	/** All pages. */
	get pages(): readonly GalleryPage[] {
		const camera = (path: string): string => `http://localhost:${this.camera.port}/${path}`;
		const demo = (path: string): string => this.demo.url(1, path);
		const timeline = (cameras: string): string => this.timeline.url(`timeline?camera=${cameras}`);
		const nas = (path: string): string => this.ledger.url(path);
		return [
			{ name: "login", url: demo("portal"), by: "stranger" },
			{ name: "login-wrong", url: demo("portal"), by: "stranger", prepare: enterWrongPassword },
			{ name: "login-plain", url: demo("portal"), by: "stranger-plain" },
			{
				name: "other-host",
				url: demo("portal").replace("localhost", "elsewhere.localhost"),
				by: "stranger",
			},
			{ name: "portal", url: demo("portal") },
			...this.states.pages,
			{ name: "camera", url: demo("camera") },
			{ name: "camera-stopped", url: demo("camera"), prepare: untilStopped },
			{ name: "settings", url: demo("settings") },
			{ name: "settings-plain", url: demo("settings"), by: "plain" },
			{ name: "settings-wrong", url: demo("settings"), prepare: enterWrongPorts },
			{
				name: "refused",
				url: demo("settings"),
				prepare: (page) => send(page, `form:has(${PORTS})`, PORTS, "8080,8080"),
			},
			{ name: "fleet", url: demo("fleet") },
			{ name: "fleet-devices", url: demo("fleet/devices"), prepare: chooseTwo },
			{ name: "viewer-link", url: demo("settings"), prepare: (page) => send(page, 'form[action$="/links"]') },
			{
				name: "other-camera",
				url: demo("settings"),
				prepare: (page) => send(page, 'form[action$="/links"]', "[name=camera]", "00000000000000ff"),
			},
			{ name: "fleet-ways", url: demo("fleet/ways") },
			{ name: "not-found", url: demo("nothing-here") },
			{ name: "peer", url: camera("peer") },
			{ name: "more", url: camera("portal"), prepare: openMore },
			{ name: "more-plain", url: camera("peer"), by: "plain" },
			{ name: "devices", url: camera("peer/devices") },
			{ name: "onvif", url: camera("onvif") },
			{
				name: "camera-events",
				url: camera("camera"),
				prepare: (page) => page.locator("#recent li").first().waitFor({ timeout: 60_000 }),
			},
			{ name: "recent-events", url: camera("events") },
			{ name: "recent-events-plain", url: camera("events"), by: "plain" },
			{ name: "pair", url: camera("pair") },
			{ name: "pairing", url: camera("pair"), prepare: (page) => send(page, "#viewer ~ form") },
			{ name: "relays", url: camera("relays") },
			{
				name: "relay-key",
				url: camera("relays"),
				prepare: (page) => send(page, 'form[action$="/relays/key"]', "[name=name]", "kiosk"),
			},
			{ name: "watch", url: camera("watch") },
			{ name: "timeline", url: timeline("1111111111111111,2222222222222222"), prepare: openYesterday },
			{ name: "timeline-one", url: timeline("1111111111111111"), prepare: openYesterday },
			{
				name: "timeline-plain",
				url: timeline(`1111111111111111&day=${new Date(Date.now() - DAY).toISOString().slice(0, 10)}`),
				by: "plain",
			},
			{ name: "portal-plain", url: demo("portal"), by: "plain" },
			{ name: "camera-plain", url: demo("camera"), by: "plain" },
			{ name: "nas", url: nas("nas") },
			{ name: "nas-portal", url: nas("portal") },
			{ name: "nas-settings", url: nas("settings") },
			{ name: "events", url: nas("events?camera=garage") },
			{ name: "files", url: nas("dav/") },
			{ name: "ledger", url: nas("ledger") },
			{ name: "relay", url: `http://localhost:${this.relay.port}/relay` },
			{ name: "rendezvous", url: `http://localhost:${this.rendezvous.port}/rendezvous` },
			// The last one, as the camera is away for a moment.
			{
				name: "restart",
				url: this.demo.url(3, "settings"),
				async prepare(page) {
					// The page would go on by itself.
					await page.route("**/restarted?*", (route) => route.abort());
					await send(page, 'form[action$="/restart"]');
				},
				async finish(page) {
					await page.unroute("**/restarted?*");
					await page.waitForURL("**/settings");
				},
			},
		];
	}

	/** Logs a browser in everywhere. */
	async logIn({ request }: BrowserContext): Promise<void> {
		await this.demo.untilUp(1, 2, 3);
		const closed = this.pages.filter(({ by, needsNoLogin }) => !by?.startsWith("stranger") && !needsNoLogin);
		const origins = new Set(closed.map(({ url }) => new URL(url).origin));
		for (const origin of origins) {
			const answer = await request.post(`${origin}/login`, {
				form: { user: "owner", password: PASSWORD },
				headers: { origin },
				maxRedirects: 0,
			});
			if (answer.status() !== 303) throw new Error(`${origin}: login answered ${answer.status()}`);
		}
	}

	/** Stops everything. */
	async stop(): Promise<void> {
		await Promise.all(
			[this.demo, this.timeline, this.ledger, this.camera, this.relay, this.rendezvous, this.states].map((one) =>
				one.stop(),
			),
		);
		rmSync(this.folder, { recursive: true, force: true });
	}
}

const STRIP =
	"document.querySelectorAll('#strip img').length > 3 && [...document.querySelectorAll('#strip img')].every((i) => i.complete)";

/** Shows what the cameras of the timeline saw yesterday. */
async function openYesterday(page: Page): Promise<void> {
	await page.click("#yesterday");
	await page.fill("#time", SHOWN_TIME);
	await page.locator("#time").blur();
	// Not waitForFunction: the page's policy forbids its repeated evaluation.
	await until("the strip is there", 20_000, () => page.evaluate<boolean>(STRIP));
	await pause(300);
}
