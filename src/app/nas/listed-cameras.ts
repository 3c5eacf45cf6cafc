import type { ContentStore } from "../../storage/content-store";
import type { RecordedCamera } from "../../storage/recording";
import type { KnownCamera, RecorderControl } from "./recorder-control";

/** A camera as pages and programs see it, with what the store has of it. */
export type ListedCamera = KnownCamera & Pick<RecordedCamera, "from" | "to" | "octets">;

/** Lists all cameras that can be recorded or have recordings, sorted by title. */
export function listedCameras(store: ContentStore, recorder: RecorderControl): readonly ListedCamera[] {
	const stored = new Map(store.cameras().map((camera) => [camera.key, camera]));
	return recorder.cameras().map((camera) => {
		const { from = 0, to = 0, octets = 0 } = stored.get(camera.key) ?? {};
		return { ...camera, from, to, octets };
	});
}
