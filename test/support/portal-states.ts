import type { Page } from "playwright-core";
import { FLEET_MESSAGES } from "../../src/web/fleet-messages";
import type { PortalView } from "../../src/web/portal-view";
import type { GalleryPage } from "./gallery";
import { PortalSite, portalCamera } from "./portal-site";
import { pause } from "./until";

/** When the camera of the pictures was heard last. */
const LAST_SEEN = Date.UTC(2026, 10, 27, 17, 40);
/** Until the pictures of a portal have come, in milliseconds. */
const PICTURES = 1500;

/** What a portal may show, each as a site of its own that needs no login. */
const STATES: readonly (readonly [name: string, cameras: number, view: Partial<PortalView>])[] = [
	// The first day: nothing is set up.
	["portal-first", 1, { sealed: false, address: "", steps: ["password", "name"] }],
	// A camera is found that is not in the fleet, and one that is in another.
	[
		"portal-offered",
		2,
		{
			outside: [
				{ id: "00000000000000fe", name: "Garage", address: "192.168.0.14", isSealed: false },
				{ id: "00000000000000ff", name: "", address: "192.168.0.15", isSealed: true },
			],
			outcome: "Shed is in this fleet now.",
		},
	],
	// One that did not accept the password.
	[
		"portal-refused",
		1,
		{
			outside: [{ id: "00000000000000fe", name: "Garage", address: "192.168.0.14", isSealed: false }],
			outcome: FLEET_MESSAGES.outcome.notAdded("Garage"),
			subject: "00000000000000fe",
			hasFailed: true,
		},
	],
	// Cameras in each state, and a NAS.
	[
		"portal-faults",
		0,
		{
			cameras: [
				portalCamera(0, { health: "unreachable", name: "Front door with a rather long name" }),
				portalCamera(1, { health: "no-pictures", lanUrl: "", page: "" }),
				portalCamera(2, { health: "silent", lastSeen: LAST_SEEN, lanUrl: "", lanRtsp: "", page: "" }),
				portalCamera(3, { health: "ok", lanUrl: "/3/", lanRtsp: "", name: "Shelf", storage: [353, 18630, 20418] }),
			],
			notices: [
				{
					message: "The router doesn't open ports.",
					remedy: "Turn on UPnP in its settings.",
				},
			],
		},
	],
	["portal-crowd", 12, {}],
];

/** Portals in the states that people meet now and then, for pictures of them. */
export class PortalStates {
	private constructor(private readonly sites: ReadonlyMap<string, PortalSite>) {}

	/** Opens them. */
	static async start(): Promise<PortalStates> {
		const sites = new Map<string, PortalSite>();
		for (const [name, cameras, view] of STATES) {
			const site = await PortalSite.open(cameras);
			site.view = { ...site.view, ...view };
			sites.set(name, site);
		}
		return new PortalStates(sites);
	}

	/** All states. */
	get pages(): readonly GalleryPage[] {
		const page = (name: string, of = name, act?: (page: Page) => Promise<void>): GalleryPage => ({
			name,
			url: `${this.sites.get(of)?.url}${name === "view" ? "connections" : "portal"}`,
			needsNoLogin: true,
			async prepare(shown) {
				await act?.(shown);
				await pause(PICTURES);
			},
		});
		return [
			page("portal-first"),
			page("portal-offered", "portal-offered", (shown) => shown.getByText("Add to this fleet").click()),
			page("portal-refused"),
			page("portal-faults"),
			page("portal-forget", "portal-faults", (shown) => shown.getByRole("button", { name: /^Remove / }).click()),
			page("portal-crowd", "portal-crowd", (shown) => shown.getByRole("button", { name: "Small" }).click()),
			page("portal-search", "portal-crowd", (shown) =>
				shown.getByLabel("Search cameras by name").fill("no such camera"),
			),
			page("portal-wall", "portal-crowd", (shown) => shown.getByRole("button", { name: "Full screen" }).click()),
			page("view", "portal-crowd"),
		];
	}

	/** Closes them. */
	async stop(): Promise<void> {
		for (const site of this.sites.values()) await site.close();
	}
}
