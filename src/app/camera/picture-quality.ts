import { isJpegQuality } from "../../media/jpeg-quality";
import type { FrameSource } from "../../ports/camera";
import type { Store } from "../../ports/store";

const KEY = "quality";

/** Stores the chosen picture quality for the next start. */
export function keepQuality(store: Store, quality: number): void {
	store.write(KEY, `${quality}`);
}

/** Sets the stored picture quality, if there is one and the source can set it. */
export function restoreQuality(source: FrameSource, store: Store): void {
	const quality = Number(store.read(KEY) ?? "");
	if (isJpegQuality(quality)) source.quality?.set(quality);
}
