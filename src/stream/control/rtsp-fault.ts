import { latin1, utf8Encode } from "../../base/text";
import type { StreamOutbox } from "../../core/stream";
import { rtspStatusOfFault } from "../../wire/rtsp-status";
import type { RtspWriter } from "../../wire/rtsp-writer";
import type { TextFault } from "../../wire/text-message";

/** Where the version of a request is looked for. */
const LINE_MAX = 512;
/** The answer to a web browser that opens the port of RTSP. */
const NOT_HTTP = utf8Encode(
	"HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThis port is for RTSP. Open its rtsp:// address in a video player.\n",
);

/**
 * Answers a message that can't be read, if there is room, and ends the sending side.
 * @param bytes where the message begins; `undefined`: it began earlier
 */
export function answerFault(
	out: StreamOutbox,
	writer: RtspWriter,
	fault: TextFault,
	bytes: Uint8Array | undefined,
): void {
	if (bytes !== undefined && isHttpRequest(bytes)) {
		if (out.room >= NOT_HTTP.length) out.writeShared(NOT_HTTP, 0, NOT_HTTP.length);
	} else {
		writer.response(rtspStatusOfFault(fault), "").field("Connection", "close").end();
		if (out.room >= writer.length) out.write(writer.bytes, 0, writer.length);
	}
	out.end();
}

/** Whether the first line of these octets is that of an HTTP request; it has to be whole. */
function isHttpRequest(bytes: Uint8Array): boolean {
	const text = latin1(bytes, 0, Math.min(bytes.length, LINE_MAX));
	const end = text.indexOf("\n");
	return end > 0 && text.slice(0, end).includes(" HTTP/1.");
}
