import { VERSION } from "../../base/version";
import type { Millis } from "../../core/time";
import type { OnvifDevice, OnvifDrive, OnvifProfile } from "../../onvif/onvif-device";
import type { Camera } from "../camera/camera";
import { rtspUrlOf } from "../url-of";
import { CameraDrive } from "./onvif-drive";
import { StreamProbe } from "./stream-probe";

/** The names of the contents at the camera's stream server. */
const CONTENTS = Object.freeze({ jpeg: "live", h264: "h264" } as const);

/** A camera as ONVIF's services describe it. */
export class CameraDevice implements OnvifDevice {
	readonly version = VERSION;
	readonly drive: OnvifDrive | undefined;
	private readonly probe: StreamProbe;

	/** @param rtspPort 0: the stream server is off */
	constructor(
		private readonly camera: Camera,
		readonly fps: number,
		readonly rtspPort: number,
	) {
		this.probe = new StreamProbe(camera);
		this.drive = camera.panTilt.canMove ? new CameraDrive(camera, camera.motion) : undefined;
	}

	get name(): string {
		return this.camera.deviceName;
	}

	get model(): string {
		return this.camera.host.model;
	}

	get id(): string {
		return this.camera.identity.id;
	}

	get utc(): Millis | undefined {
		return this.camera.host.clock.utc();
	}

	get httpPort(): number {
		return this.camera.settings.httpPort;
	}

	get isSecure(): boolean {
		return this.camera.isSecure;
	}

	/** @see OnvifDevice */
	interfaceOf(address: string): { readonly name: string; readonly address: string; readonly prefix: number } {
		const { paths } = this.camera.addresses;
		return paths.find((path) => path.address === address) ?? paths[0] ?? { name: "lan", address: "0.0.0.0", prefix: 0 };
	}

	/** @see OnvifDevice */
	profiles(host: string, done: (profiles: readonly OnvifProfile[]) => void): void {
		this.probe.ask(this.camera.now, (formats) =>
			done(formats.map((format) => ({ ...format, url: rtspUrlOf(host, this.rtspPort, `/${CONTENTS[format.token]}`) }))),
		);
	}
}
