import type { Octets } from "../../core/time";
import { JpegLayout, type JpegObstacle, RTP_JPEG_SIDE_MAX } from "./jpeg-layout";

/**
 * Tells why RTP/JPEG cannot carry the picture `bytes[start, end)`; `undefined`: it can, and receivers rebuild the same pixels.
 *
 * For sources at each change of format, and for DESCRIBE; packetizers check every picture by themselves. What it refuses must be
 * encoded again, or not be sent: players show garbage without an error.
 * @param large whether sides above 2040 pixels are accepted. Their size is only in SDP (`x-dimensions`), which GStreamer reads;
 * ffmpeg refuses the stream. @default true
 * @returns a sentence for users, without a full stop
 * @see RFC 2435
 */
export function gateJpeg(bytes: Uint8Array, start: Octets, end: Octets, large = true): string | undefined {
	const layout = new JpegLayout();
	layout.read(bytes, start, end, large);
	return layout.obstacle === undefined ? undefined : obstacleText(layout.obstacle, layout.width, layout.height);
}

/** Says in a sentence, without a full stop, why RTP/JPEG cannot carry a picture of this size. */
export function obstacleText(obstacle: JpegObstacle, width: number, height: number): string {
	switch (obstacle) {
		case "not-jpeg":
			return "the picture is not a complete JPEG";
		case "not-baseline":
			return "the JPEG is not baseline (it is progressive or extended)";
		case "grey":
			return "the JPEG has no colours, and RTP/JPEG has no greyscale type";
		case "sampling":
			return "the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)";
		case "colour":
			return "the JPEG is RGB, and RTP/JPEG carries only YCbCr";
		case "huffman":
			return "the JPEG has Huffman tables of its own (it was optimized)";
		case "scans":
			return "the JPEG has more than one scan";
		case "quantization":
			return "the JPEG has three quantization tables, and RTP/JPEG carries two";
		case "wide-quantization":
			return "the JPEG has 16-bit quantization tables";
		case "size":
			return `the JPEG is ${width}x${height}, and RTP/JPEG needs multiples of 8`;
		case "large":
			return `the JPEG is ${width}x${height}, and RTP/JPEG carries at most ${RTP_JPEG_SIDE_MAX} pixels a side`;
		default:
			return "the JPEG is larger than 16 MB";
	}
}
