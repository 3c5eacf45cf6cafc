import { type MjpegFailure, mjpegFailureText } from "../../../camera/mjpeg-failure";
import { MjpegFeed, type MjpegFeedHost, type MjpegFeedSink } from "../../../camera/mjpeg-feed";
import { formatEndpoint } from "../../../core/ip-address";
import type { Millis } from "../../../core/time";
import type { Member } from "../../../fleet/member";
import type { Frame } from "../../../media/frame";
import type { FrameSink, FrameSource, UnitSource } from "../../../ports/camera";
import type { HttpSourceUrl } from "../../../wire/http-source-url";
import { FleetUnits, type FleetUnitsOwner, type UnitsPlace } from "./fleet-units";

/** How the pictures of cameras of the fleet are asked for. */
export interface FleetLogin {
	/** True: the fleet has a key. */
	readonly hasKey: boolean;
	/** Where the login is valid; it changes when the fleet's login arrives. */
	readonly realm: string;
	/** Returns a ticket for the pictures of a camera; empty: there is none, as the fleet has no key. */
	ticket(camera: string): string;
	/** Where passwords are needed; empty: none. */
	readonly user: string;
	readonly password: string;
	/** What stands for the password at cameras that share the login. */
	readonly secret: UnitsPlace["secret"];
}

/** JPEG pictures per second that are asked for beside H.264, to look for motion. */
const BESIDE_RATE = 2;
/** The longest pause between two attempts: cameras in the LAN come back soon. */
const PAUSE: Millis = 10_000;

/**
 * The pictures of a camera of the fleet, which it follows by its identity when its port or address changes (STR-27): by Motion JPEG
 * over HTTP, and by RTSP where it has H.264.
 *
 * Only a ticket for pictures, or an answer by Digest, goes to the camera.
 */
export class FleetSource implements FrameSource, MjpegFeedSink, FleetUnitsOwner {
	private readonly feed: MjpegFeed;
	private readonly units: FleetUnits;
	private member: Member | undefined;
	/** What the connections were made for. */
	private placeBefore = "";
	private sink: FrameSink | undefined;
	private isTroubled = false;
	/** True: the camera gives no H.264 at its present place. */
	private lacksUnits = false;
	private hasUnits = false;
	name = "";

	/** @param rate JPEG pictures per second that are asked for */
	constructor(
		host: MjpegFeedHost,
		private readonly login: FleetLogin,
		private readonly rate: number,
	) {
		// The camera is known by the seal of its announcements; over TLS its certificate is made out to another name.
		const options = { place: () => this.place(), basic: false, certificate: "any", isStrict: true, pause: PAUSE };
		this.feed = new MjpegFeed(host, options, this);
		this.units = new FleetUnits(host, this);
	}

	get description(): string {
		return `camera "${this.name}"`;
	}

	/** @see FrameSource */
	get h264(): UnitSource | undefined {
		return this.hasUnits && !this.lacksUnits ? this.units : undefined;
	}

	/** The camera has announced something, or is gone (`undefined`). @returns true: it is elsewhere now, has started again, or is logged in to in another way */
	follow(member: Member | undefined): boolean {
		this.member = member;
		if (member === undefined) return false;
		this.name = member.name || member.address;
		const rtsp = member.service("rtsp");
		const { address, httpPort, secure, boot } = member;
		const { hasKey, realm } = this.login;
		const place = `${address} ${httpPort} ${secure} ${boot} ${rtsp?.port ?? 0} ${hasKey} ${realm}`;
		if (place === this.placeBefore) return false;
		this.placeBefore = place;
		this.hasUnits = rtsp !== undefined;
		this.lacksUnits = false;
		this.feed.moved();
		this.units.moved();
		return true;
	}

	start(sink: FrameSink): void {
		this.stop();
		this.sink = sink;
		this.isTroubled = false;
		this.feed.start();
	}

	stop(): void {
		this.sink = undefined;
		this.feed.stop();
	}

	/** @see MjpegFeedSink */
	picture(frame: Frame): void {
		const { sink } = this;
		if (sink === undefined) return frame.release();
		if (this.isTroubled) sink.trouble(undefined);
		this.isTroubled = false;
		sink.frame(frame);
	}

	/** @see MjpegFeedSink */
	failed(_now: Millis, failure: MjpegFailure): void {
		this.isTroubled = true;
		this.sink?.trouble(textOf(failure, this.login.hasKey));
	}

	/** @see FleetUnitsOwner */
	unitsPlace(): UnitsPlace | undefined {
		const { member, login } = this;
		const rtsp = member?.service("rtsp");
		if (member === undefined || rtsp === undefined) return undefined;
		const { password, secret } = login;
		// Without a password none is tried: the camera would count it as a wrong one.
		const user = password === "" && secret === undefined ? "" : login.user;
		const { address: host } = member;
		const authority = formatEndpoint(host, rtsp.port);
		const url = { secure: rtsp.secure, host, port: rtsp.port, authority, target: "/h264", user, password };
		return { url, secret };
	}

	/** @see FleetUnitsOwner */
	unitsRefused(): void {
		this.lacksUnits = true;
	}

	private place(): HttpSourceUrl | undefined {
		const { member, login, rate } = this;
		if (member === undefined || member.httpPort === 0) return undefined;
		const { id, address, httpPort, secure } = member;
		const ticket = login.ticket(id);
		const fps = this.units.isRunning ? Math.min(rate, BESIDE_RATE) : rate;
		const target = `/stream.mjpeg?fps=${fps}${ticket === "" ? "" : `&pass=${ticket}`}`;
		const url = { secure, host: address, port: httpPort, target };
		return { url, user: login.password === "" ? "" : login.user, password: login.password };
	}
}

function textOf(failure: MjpegFailure, hasKey: boolean): string {
	if (failure.kind !== "login") return mjpegFailureText(failure);
	if (failure.why !== "missing") return "the camera does not accept the password of --camera-user";
	return hasKey
		? "the camera and the NAS have different passwords: change the password on a page of the fleet, which then counts for all, or set --camera-password"
		: "the camera wants a password: join NAS and camera to one fleet with a key, on the Fleet page of each, or set --camera-password";
}
