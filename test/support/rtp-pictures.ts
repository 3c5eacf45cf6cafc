import { Prng } from "../../src/base/prng";
import { AccessUnit } from "../../src/media/access-unit";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { JPEG_HEADER_MAX, writeJpegHeader } from "../../src/media/jpeg-header";
import type { PacketBurst } from "../../src/stream/packets/packet-burst";

/** Octets of the scan of {@link PICTURE}. */
const SCAN = 24_000;

/** A baseline picture of 640x480, 4:2:0, with the standard Huffman tables; its scan is noise. */
export const PICTURE = makePicture();

function makePicture(): Uint8Array {
	const bytes = new Uint8Array(JPEG_HEADER_MAX + SCAN + 2);
	const quantization = new Uint8Array(128).map((_, i) => 1 + (i % 64) + (i >> 6));
	const header = { width: 640, height: 480, factors: 0x22, restartInterval: 0, quantization };
	let at = writeJpegHeader(bytes, 0, header);
	const random = new Prng(1);
	for (const end = at + SCAN; at < end; ) bytes[at++] = random.below(255);
	bytes[at++] = 0xff;
	bytes[at++] = 0xd9;
	return bytes.slice(0, at);
}

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
	const nal = new Uint8Array(length).map((_, i) => 2 + ((i * seed) % 250));
	nal.set([0x60 | type, 0x88].slice(0, length));
	return nal;
}

/** Joins octets. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

const START_CODES = [new Uint8Array([0, 0, 0, 1]), new Uint8Array([0, 0, 1])];

/** Returns NAL units as a byte stream, with long and short start codes in turn. */
export function streamOf(nals: readonly Uint8Array[]): Uint8Array {
	return joined(...nals.flatMap((nal, i) => [START_CODES[i % 2], nal]));
}

/** Returns an access unit of NAL units. @param before octets before it in its buffer */
export function unitOf(nals: readonly Uint8Array[], isKey: boolean, before = 0): AccessUnit {
	const octets = joined(new Uint8Array(before).fill(1), streamOf(nals));
	return new AccessUnit(octets, before, octets.length, isKey, 0, 0, 0);
}
