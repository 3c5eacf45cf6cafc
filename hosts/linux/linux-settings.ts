import { CAMERA_SETTINGS } from "../../src/settings/camera-settings";
import { HOST_SETTINGS } from "../../src/settings/host-settings";
import type { Setting } from "../../src/settings/setting";
import { DEVICE_SETTINGS } from "./devices/device-settings";

/** The settings of `porthole-linux`: those of the Node.js host, and the board's devices. */
export const LINUX_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "source",
		value: "SPEC",
		kind: "text",
		standard: "camera",
		expected: "camera, camera:NAME, /dev/video0, a JPEG or MJPEG file, or a folder of JPEG files",
		help: "where pictures come from: camera (any), camera:PART OF ITS NAME, /dev/video0, a JPEG or MJPEG file, a folder of JPEGs",
	},
	...HOST_SETTINGS,
	...DEVICE_SETTINGS,
	...CAMERA_SETTINGS,
]);
