import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AccessUnit } from "../../src/media/access-unit";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import type { PacketBurst } from "../../src/stream/packet-burst";

/** A baseline picture of 640x480, 4:2:0, with the standard Huffman tables. */
export const PICTURE = new Uint8Array(readFileSync(resolve(__dirname, "../fixtures/frame.jpg")));

/** Returns a frame with a picture. @param unused octets behind it in its buffer */
export function frameOf(picture: Uint8Array, unused = 0): Frame {
	const bytes = new Uint8Array(FRAME_HEADROOM + picture.length + FRAME_TAILROOM + unused).fill(0xaa);
	bytes.set(picture, FRAME_HEADROOM);
	return new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + picture.length, 0, 0, undefined);
}

/** Returns copies of the packets of a burst. */
export function packetsOf(burst: PacketBurst): Uint8Array[] {
	return Array.from({ length: burst.count }, (_, i) => burst.bytes.slice(burst.offsets[i], burst.offsets[i + 1]));
}

/** Returns a NAL unit of this type and length that begins a picture and has no start code in it. */
export function nalOf(type: number, length: number, seed = 7): Uint8Array {
	return Uint8Array.from({ length }, (_, i) => (i === 0 ? 0x60 | type : i === 1 ? 0x88 : 2 + ((i * seed) % 250)));
}

/** Returns NAL units as a byte stream, with short and long start codes in turn. */
export function streamOf(nals: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(nals.flatMap((nal, i) => (i % 2 === 0 ? [0, 0, 0, 1, ...nal] : [0, 0, 1, ...nal])));
}

/** Returns an access unit of NAL units. @param before octets before it in its buffer */
export function unitOf(nals: readonly Uint8Array[], isKey: boolean, before = 0): AccessUnit {
	const octets = new Uint8Array([...new Uint8Array(before).fill(1), ...streamOf(nals)]);
	return new AccessUnit(octets, before, octets.length, isKey, 0, 0, 0);
}
