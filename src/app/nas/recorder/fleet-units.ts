import type { DigestSecret } from "../../../access/client-login";
import type { AccessUnit } from "../../../media/access-unit";
import type { Frame } from "../../../media/frame";
import type { UnitSink, UnitSource } from "../../../ports/camera";
import type { RtspTrack } from "../../../stream/client/rtp-sink";
import type { RtspFailure } from "../../../stream/client/rtsp-failure";
import { RtspVideo, type RtspVideoHost, type RtspVideoSink } from "../../../stream/client/rtsp-video";
import type { RtspUrl } from "../../../wire/rtsp-url";

/** Where the H.264 of a camera is. */
export interface UnitsPlace {
	/** With the user, and the password unless there is a secret. */
	readonly url: RtspUrl;
	readonly secret: DigestSecret | undefined;
}

/** Knows the camera that units come from. */
export interface FleetUnitsOwner {
	readonly name: string;
	/** Where it is now; `undefined`: not known. */
	unitsPlace(): UnitsPlace | undefined;
	/** The camera has no H.264, or gives us none. */
	unitsRefused(): void;
}

/** The H.264 of a camera of the fleet, by RTSP over TCP, wherever the camera is. */
export class FleetUnits implements UnitSource, RtspVideoSink {
	private video: RtspVideo | undefined;
	private sink: UnitSink | undefined;

	constructor(
		private readonly host: RtspVideoHost,
		private readonly owner: FleetUnitsOwner,
	) {}

	get description(): string {
		return `H.264 of ${this.owner.name}`;
	}

	get parameterSets(): readonly Uint8Array[] {
		return this.video?.parameterSets ?? [];
	}

	/** True: pictures are wanted. */
	get isRunning(): boolean {
		return this.sink !== undefined;
	}

	start(sink: UnitSink): void {
		this.stop();
		this.sink = sink;
		this.connect();
	}

	stop(): void {
		this.sink = undefined;
		this.video?.stop();
		this.video = undefined;
	}

	/** The camera is elsewhere now, or is there again. */
	moved(): void {
		if (this.sink === undefined) return;
		this.video?.stop();
		this.video = undefined;
		this.connect();
	}

	/** @see RtspVideoSink */
	described({ encoding }: RtspTrack): void {
		if (encoding === "JPEG") this.refused("the camera sends JPEG, not H.264");
	}

	/** @see RtspVideoSink */
	trouble(message: string | undefined, failure: RtspFailure | undefined): void {
		const kind = failure?.kind;
		if (kind === "status" || kind === "login" || kind === "codec" || kind === "description")
			this.refused(message ?? "");
		else this.sink?.trouble(message);
	}

	/** @see RtspVideoSink */
	picture(frame: Frame): void {
		frame.release();
	}

	/** @see RtspVideoSink */
	unit(unit: AccessUnit): void {
		if (this.sink === undefined) unit.release();
		else this.sink.unit(unit);
	}

	private connect(): void {
		const place = this.owner.unitsPlace();
		if (place === undefined) return;
		const { url, secret } = place;
		// The camera is known by the seal of its announcements; over TLS its certificate is made out to another name.
		const options = { url, framing: "tcp", basic: false, certificate: "any" } as const;
		this.video = new RtspVideo(this.host, secret === undefined ? options : { ...options, secret }, this);
		this.video.start();
	}

	private refused(message: string): void {
		this.owner.unitsRefused();
		this.sink?.trouble(message);
	}
}
