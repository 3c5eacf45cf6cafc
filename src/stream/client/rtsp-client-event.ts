import type { Millis } from "../../core/time";
import type { RtspUrl } from "../../wire/rtsp-url";
import type { TextMessage } from "../../wire/text-message";
import type { Framing } from "../packets/packet-burst";
import type { ParameterRequest } from "./parameter-request";
import type { RtspFailure } from "./rtsp-failure";

/** What a client emits. */
export type RtspClientEvent =
	/** It needs a pair of UDP ports: the owner calls {@link RtspClient.ports}. */
	| { readonly kind: "ports" }
	/** The server sends from now on. */
	| { readonly kind: "playing"; readonly framing: Framing }
	/** A request was answered, or will not be. The owner tells its maker. */
	| { readonly kind: "set"; readonly request: ParameterRequest; readonly answer: TextMessage | undefined }
	/** The last event, once: why there is no video any more; a URL to go to, or no failure if {@link RtspClient.leave} was called. */
	| { readonly kind: "over"; readonly failure?: RtspFailure; readonly redirect?: RtspUrl };

/** How long the connection may take to open, and each request to be answered. */
export const STEP_LIMIT: Millis = 10_000;
/** How long the first packet may take by UDP, which firewalls and NATs like to drop. */
export const UDP_PATIENCE: Millis = 4000;
/** How long packets may fail to come. */
export const SILENCE: Millis = 15_000;
/** After the last message the connection is dropped within this time. */
export const LINGER: Millis = 2000;
