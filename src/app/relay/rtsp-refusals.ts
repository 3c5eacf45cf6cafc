import { LOOP_ABOVE, LOOP_DETECTED } from "../../relay/hops";
import type { RelayRefusal } from "../../relay/relayed-content";
import type { RtspFailure } from "../../stream/client/rtsp-failure";
import { type RtspErrorStatus, RtspRefusal } from "../../stream/rtsp-refusal";
import { rtspReason } from "../../wire/rtsp-status";

/** Statuses that mean to a viewer what they mean to the relay. */
const PASSED: readonly number[] = Object.freeze([400, 401, 403, 404, 410, 415, 453, 500, 501, 502, 503, 504, 508]);

/** What viewers are told when an origin gives no video: the same refusal, where there is one (REP-2). It names no address. */
export function relayRefusalOf(failure: RtspFailure): RelayRefusal {
	switch (failure.kind) {
		case "name":
			return { status: 502, message: "the origin's name can't be resolved" };
		case "connection":
			return { status: 502, message: CONNECTION[failure.why] ?? "the origin can't be reached" };
		case "silent":
			return { status: 504, message: "the origin does not answer" };
		case "status": {
			const { status } = failure;
			if (status === LOOP_DETECTED) return LOOP_ABOVE;
			const reason = `${status} ${rtspReason(status)}`;
			return { status: PASSED.includes(status) ? status : 502, message: `the origin answers ${reason}` };
		}
		case "login":
			return { status: 401, message: "the origin wants a login that this relay does not have" };
		case "description":
			return { status: 415, message: "the origin describes no video" };
		case "codec":
			return { status: 415, message: "the origin's video is neither JPEG nor H.264" };
		case "transport":
			return { status: 502, message: "the origin refuses RTP over UDP and over TCP" };
		case "no-packet":
			return { status: 504, message: "no packet of the origin's video comes" };
		case "goodbye":
			return { status: 503, message: "the origin has ended the stream" };
		case "malformed":
			return { status: 502, message: "what the origin sends is not RTSP" };
		case "redirect":
			return { status: 502, message: "the origin redirects to where this relay can't go" };
	}
}

/** A refusal as RTSP answers it. */
export function rtspRefusalOf({ status, message }: RelayRefusal): RtspRefusal {
	return new RtspRefusal((PASSED.includes(status) ? status : 502) as RtspErrorStatus, message);
}

const CONNECTION: Readonly<Partial<Record<string, string>>> = Object.freeze({
	certificate: "the origin's certificate is not trusted",
	tls: "the TLS connection to the origin failed",
});
