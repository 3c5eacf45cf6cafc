import { UnitHub } from "../../stream/distribution/unit-hub";
import type { Camera } from "../camera/camera";

/**
 * The H.264 pictures of a camera for all that send them: a source has one receiver, so they share one hub.
 * @param report gets what is wrong with the source; that of the first call is kept
 */
export function unitsOf(camera: Camera, report?: (message: string) => void): UnitHub {
	const { pump, video } = camera;
	camera.units ??= new UnitHub(video.source, () => pump.now(), report);
	return camera.units;
}
