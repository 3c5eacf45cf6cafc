import type { PathKind } from "../../../src/peer/peer-path";
import type { SwitchKind } from "./demo-device";

/** How to turn something on and off, for people. */
interface SwitchTexts {
	/** The button. */
	readonly off: string;
	readonly on: string;
	/** What it is then. */
	readonly isOff: string;
	readonly isOn: string;
	/** The button of the page that stands in for what is off, and the title of that page. */
	readonly onAgain: string;
	readonly isOffNow: (name: string) => string;
	/** What has happened. */
	readonly wasCut: (name: string) => string;
	readonly wasRestored: (name: string) => string;
}

const POWER: SwitchTexts = Object.freeze({
	off: "Unplug",
	on: "Plug in",
	isOff: "no power",
	isOn: "on",
	onAgain: "Plug it in again",
	isOffNow: (name: string) => `${name} is unplugged`,
	wasCut: (name: string) => `${name} was unplugged.`,
	wasRestored: (name: string) => `${name} was plugged in.`,
});

const CABLE: SwitchTexts = Object.freeze({ ...POWER, off: "Cut", on: "Connect", isOff: "cut", isOn: "connected" });

/** What the demo says about its network; functions fill in values. Not yet escaped for HTML. */
export const NETWORK_MESSAGES = Object.freeze({
	device: "Porthole demo",
	nav: "Network",
	title: "Network",
	about:
		"A home, a hotel and a few servers, all virtual, on this machine; the programs in them are the real ones. Cut something off, plug it in again, and watch what the others do.",
	again: "Look again",
	portal: "Open the portal",
	lost: "The demo does not answer. It may have ended.",
	drawing: "Drawing of the network",
	internet: "Internet",
	home: "Home",
	homeRouter: "Home router",
	away: "Hotel",
	awayRouter: "Hotel router",
	laptop: "Laptop",
	relay: "Relay",
	rendezvous: "Rendezvous",
	browser: "Your browser",
	uplink: "Internet connection of the home",
	opening: "Opening of ports by the home router",
	legend: Object.freeze({
		watched: "pictures and pages for your browser",
		recorded: "pictures for the NAS",
		tunnel: "tunnel to the laptop",
		relayed: "pictures for the relay",
	}),
	happened: "What happened",
	nothing: "Nothing yet.",
	devices: "Cut off and plug in",
	open: "Open its pages",
	part: "This camera is part of a demo.",
	unplug: "Unplug it",
	watch: "Watch the network",
	wrong: "There is nothing of this kind in the network.",
	wrongPower: "power must be on or off",
	switches: Object.freeze({
		camera: POWER,
		nas: POWER,
		router: POWER,
		laptop: POWER,
		relay: POWER,
		rendezvous: POWER,
		uplink: Object.freeze({
			...CABLE,
			onAgain: "Connect it again",
			isOffNow: () => "The home's connection to the Internet is cut",
			wasCut: () => "The home's connection to the Internet was cut.",
			wasRestored: () => "The home is connected to the Internet again.",
		}),
		opening: Object.freeze({
			...CABLE,
			off: "Turn off",
			on: "Turn on",
			isOff: "off",
			isOn: "on",
			onAgain: "Let it open ports again",
			isOffNow: () => "The home router opens no ports",
			wasCut: () => "The home router opens no ports any more (UPnP, PCP and NAT-PMP are off).",
			wasRestored: () => "The home router opens ports again (UPnP, PCP and NAT-PMP are on).",
		}),
	}) satisfies Readonly<Record<SwitchKind, SwitchTexts>>,
	deadEnd: Object.freeze({
		nobody: "No camera here",
		why: "No camera has this port.",
		again: "Try again",
	}),
	noPower: "no power",
	notConnected: "not connected",
	representative: "representative",
	port: (port: number) => `port ${port}`,
	noPort: "no port",
	streams: (count: number) => (count === 1 ? "1 stream" : `${count} streams`),
	viewers: (count: number) => (count === 1 ? "1 viewer" : `${count} viewers`),
	recording: (count: number) =>
		count === 0 ? "records nothing" : `records ${count === 1 ? "1 camera" : `${count} cameras`}`,
	kept: (size: string) => `${size} of recordings`,
	ports: (count: number) => (count === 0 ? "no open ports" : count === 1 ? "1 open port" : `${count} open ports`),
	sessions: (count: number) => (count === 1 ? "1 session" : `${count} sessions`),
	registered: (count: number) => (count === 1 ? "knows 1 device" : `knows ${count} devices`),
	offers: (count: number) =>
		count === 0 ? "offers no camera" : `offers ${count === 1 ? "1 camera" : `${count} cameras`}`,
	rate: (size: string) => `${size}/s`,
	waiting: "reaches no camera",
	reaches: (name: string) => `reaches ${name}`,
	paths: Object.freeze({
		lan: "in the same network",
		ipv6: "by IPv6",
		mapped: "by an open port",
		punched: "through both NATs",
		relayed: "through a TURN server",
	}) satisfies Readonly<Record<PathKind, string>>,
	events: Object.freeze({
		represents: (name: string, port: number) => `${name} has port ${port} and represents the home.`,
		tookOver: (name: string, port: number, seconds: string, before: string) =>
			`${before} is gone; ${name} took over port ${port} after ${seconds} s.`,
		again: (name: string, port: number, seconds: string) => `${name} has port ${port} ${seconds} s later.`,
		hasPort: (name: string, port: number) => `${name} has port ${port}.`,
		lostPort: (name: string, port: number) => `${name} lost port ${port}.`,
		records: (name: string) => `The NAS records ${name}.`,
		recordsNoMore: (name: string) => `The NAS gets no pictures of ${name}.`,
		reaches: (name: string, path: string, seconds: string) => `The laptop reaches ${name} ${path}${seconds}.`,
		reachesNoMore: (name: string) => `The laptop lost ${name}.`,
		later: (seconds: string) => `, ${seconds} s later`,
		offers: (count: number) =>
			count === 0
				? "The relay offers no camera any more."
				: `The relay offers ${count === 1 ? "1 camera" : `${count} cameras`}.`,
		relays: (name: string) => `The relay gets the pictures of ${name}, once for all its viewers.`,
		relaysNoMore: (name: string) => `Nobody watches ${name} by the relay any more.`,
	}),
});
