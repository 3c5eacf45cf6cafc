/**
 * Buffers that streams hold beyond the call that wrote them, with how often.
 *
 * A frame is released by its viewers when it is written, though the kernel may not have taken all of it. So code
 * that recycles buffers calls {@link isPinned} first, and leaves a pinned buffer to the garbage collector.
 */
const pins = new Map<Uint8Array, number>();

/** A stream holds on to `bytes`, until {@link unpin}. */
export function pin(bytes: Uint8Array): void {
	pins.set(bytes, (pins.get(bytes) ?? 0) + 1);
}

/** A stream no longer refers to `bytes`. */
export function unpin(bytes: Uint8Array): void {
	const count = pins.get(bytes) ?? 0;
	if (count > 1) pins.set(bytes, count - 1);
	else pins.delete(bytes);
}

/** True while any stream holds on to `bytes`: it must not be written to. */
export function isPinned(bytes: Uint8Array): boolean {
	return pins.has(bytes);
}
