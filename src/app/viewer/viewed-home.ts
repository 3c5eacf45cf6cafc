import { hostLabel } from "../../base/host-label";
import { isCalled } from "../../peer/peer-name";
import { PEERS_PER_HOME } from "../../peer/peer-registry";
import { type ShownHome, VIEW_HOST } from "../../web/view-page";
import type { Pairing } from "../peer/pairing";
import type { ConnectionHost } from "../peer/peer-connection";
import type { FoundPeer } from "../peer/peer-services";
import { homeName } from "./choose-devices";
import { type ShownTime, shownConnection } from "./shown-connection";
import { ViewedDevice } from "./viewed-device";

/** The end of the host names under which devices are shown. @see RFC 6761 §6.3 */
const LOCAL_NAMES = ".localhost";

/** The devices of the home that is shown, and their addresses on this machine. */
export class ViewedHome {
	/** The port of all pages; 0: it is not open. */
	port = 0;
	/** The device that shows the home: at `localhost`. */
	first: ViewedDevice;
	private devices: ViewedDevice[];

	/**
	 * @param found all devices that are known, at least one; the first one shows the home
	 * @param refused a device refuses the pass of the pairing
	 */
	constructor(
		private readonly host: ConnectionHost,
		private readonly home: Pairing,
		found: readonly FoundPeer[],
		private readonly refused: (device: ViewedDevice) => void = () => {},
	) {
		this.devices = found.map((each) => this.viewed(each));
		this.first = this.devices[0];
	}

	/** All devices. */
	get all(): readonly ViewedDevice[] {
		return this.devices;
	}

	/** Finds the device that a host name leads to. @param host in lower case and without a port */
	named(host: string): ViewedDevice | undefined {
		if (host === "localhost" || host === "127.0.0.1" || host === "[::1]") return this.first;
		if (host === VIEW_HOST || !host.endsWith(LOCAL_NAMES)) return undefined;
		const name = host.slice(0, -LOCAL_NAMES.length);
		return this.devices.find(({ found }) => isCalled(name, found.name, found.peer));
	}

	/** Finds a device by its identity. */
	with(peer: string): ViewedDevice | undefined {
		return this.devices.find(({ found }) => found.peer === peer);
	}

	/** Takes a device as it is listed now. @returns it, if it was not known */
	add(found: FoundPeer): ViewedDevice | undefined {
		const known = this.with(found.peer);
		if (known !== undefined) known.found = found;
		if (known !== undefined || this.devices.length >= PEERS_PER_HOME) return undefined;
		const device = this.viewed(found);
		this.devices.push(device);
		return device;
	}

	/** Puts the device that shows the home in front of the others. */
	sort(): void {
		this.devices = [this.first, ...this.devices.filter((each) => each !== this.first)];
	}

	/** The address of the home. */
	get url(): string {
		return this.urlOf("localhost");
	}

	/** The address of the program's own page. */
	get ownUrl(): string {
		return this.urlOf(VIEW_HOST);
	}

	/** The address of a device's pages: its identity where its name leads to another device, or to the program's own page. */
	pagesOf(device: ViewedDevice): string {
		const { name, peer } = device.found;
		const own = `${hostLabel(name, peer)}${LOCAL_NAMES}`;
		return this.urlOf(this.named(own) === device ? own : `${peer}${LOCAL_NAMES}`);
	}

	/** The address of a device for players; empty: it has none. */
	playersOf({ rtspPort }: ViewedDevice): string {
		return rtspPort === 0 ? "" : `rtsp://localhost:${rtspPort}/live${this.query}`;
	}

	/** Describes everything for the page and for programs. @param isAny see {@link ShownHome} */
	shown(now: ShownTime, isAny: boolean): ShownHome {
		return {
			home: homeName(this.home),
			portal: this.url,
			shownBy: this.first.found.peer,
			// A guest's code leads to one device.
			isAny: isAny && this.home.access.peer === undefined,
			devices: this.devices.map((device) =>
				shownConnection(device, device === this.first, now, this.pagesOf(device), this.playersOf(device)),
			),
		};
	}

	private viewed(found: FoundPeer): ViewedDevice {
		const { access, pass } = this.home;
		return new ViewedDevice(found, this.host, access, pass, this.refused);
	}

	/** What addresses end with: the pass of the pairing. */
	private get query(): string {
		return this.home.pass === "" ? "" : `?link=${this.home.pass}`;
	}

	private urlOf(host: string): string {
		return `http://${host}:${this.port}/${this.query}`;
	}
}
