import { isJpegQuality } from "../../media/jpeg-quality";
import type { FrameSource } from "../../ports/camera";
import type { Store } from "../../ports/store";

const KEY = "quality";

/** Keeps the quality of pictures that a person chose, for the next start. */
export function keepQuality(store: Store, quality: number): void {
	store.write(KEY, `${quality}`);
}

/** Asks a source for the quality that was chosen in an earlier life, if it offers a choice and there was one. */
export function restoreQuality(source: FrameSource, store: Store): void {
	const quality = Number(store.read(KEY) ?? "");
	if (isJpegQuality(quality)) source.quality?.set(quality);
}
