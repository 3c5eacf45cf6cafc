import type { ApiAnswer, ApiOperation } from "../../web/api";
import type { SiteRequest } from "../part";

/** The part of a device on which the operations on RTSP sessions act. */
export interface RtspOperator {
	/** The sessions, for the owner. */
	list(): readonly Record<string, unknown>[];
	/** Ends the session of a stream. @param id as {@link list} names it */
	endStream(id: string): ApiAnswer;
}

/** The operations on the sessions of players. */
export const RTSP_OPERATIONS: readonly ApiOperation<RtspOperator>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/streams",
		need: "owner",
		about:
			"The RTSP sessions: client, content, framing (udp, tcp), state, seconds since it began, packets sent, pictures missed, processing units with their ports, and what the client reports: loss, jitter, round trip.",
		run: (part: RtspOperator) => ({ body: { streams: part.list() } }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/streams/{id}/end",
		need: "owner",
		about: "Ends an RTSP session. Its client can begin another. It has no effect on one that has ended.",
		run: (
			part: RtspOperator,
			_form: ReadonlyMap<string, string>,
			_request: SiteRequest,
			[id]: readonly string[],
		): ApiAnswer => part.endStream(id),
	}),
]);
