import { onvif } from "../../src/app/onvif/onvif-extra";
import type { Millis } from "../../src/core/time";
import { formatDateTime } from "../../src/onvif/xs-time";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { soapRequest, usernameToken } from "./onvif-request";
import { toyJpeg } from "./toy-jpeg";
import { VirtualHome } from "./virtual-home";
import { XmlLeaves } from "./xml-leaves";

/** The camera's address in the home. */
export const ADDRESS = "192.168.0.11";
/** Its device service. */
export const DEVICE = `http://${ADDRESS}:8000/onvif/device_service`;
/** What turns a camera at once. */
const DRIVE = {
	panLimit: 90,
	tiltLimit: 45,
	pan: 0,
	tilt: 0,
	moveTo(pan: number, tilt: number) {
		this.pan = pan;
		this.tilt = tilt;
	},
};

/** An ONVIF client in the home. */
export class OnvifVisitor {
	password: string;
	private nonces = 0;

	constructor(
		readonly home: VirtualHome,
		private readonly user = "onvif",
	) {
		this.password = passwordOf(home);
	}

	get header(): string {
		return usernameToken(
			this.user,
			this.password,
			formatDateTime(this.home.world.utc + this.home.world.now),
			`nonce ${this.nonces++}`,
		);
	}

	/** Asks and waits for the answer. */
	ask(body: string, url = DEVICE, wait: Millis = 70_000, header = this.header): OnvifReply {
		return new OnvifReply(
			this.home.exchange("POST", url, soapRequest(body, header, "urn:uuid:1"), SOAP_FIELDS, this.home.neighbour, wait),
		);
	}
}

/** What a client is answered. */
export class OnvifReply {
	readonly status: number;
	readonly leaves: XmlLeaves;

	constructor(readonly text: string) {
		this.status = Number(text.slice(9, 12));
		this.leaves = new XmlLeaves(text.slice(text.indexOf("\r\n\r\n") + 4), 4096);
	}

	of(name: string): string | undefined {
		return this.leaves.of(name);
	}

	/** The innermost reason of a fault. */
	get fault(): string {
		return this.leaves.leaves.filter(([name]) => name === "Value").pop()?.[1] ?? "";
	}
}

/** The fields of a request, besides those that all have. */
export const SOAP_FIELDS = "Content-Type: application/soap+xml\r\n";

/** The password of ONVIF clients, as the owner sees it. */
export function passwordOf(home: VirtualHome): string {
	const answer = home.get(`http://${ADDRESS}:8000/api/v1/onvif`, home.neighbour);
	return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)).password;
}

/** A home with one camera that can turn, and has a port. @param prepare changes the home before the camera is there */
export function onvifHome(
	settings: Readonly<Record<string, string>> = {},
	prepare?: (home: VirtualHome) => void,
): VirtualHome {
	const home = new VirtualHome(4);
	home.extras = [onvif({ luma: new InlineLumaReader(), fps: 5 })];
	home.drive = { ...DRIVE };
	home.picture = toyJpeg();
	prepare?.(home);
	home.add(settings);
	home.until(() => home.cameras[0].port !== 0, 10_000, "a port");
	return home;
}
