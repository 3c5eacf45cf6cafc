import { parseTarget } from "../../wire/http-target";
import { parseRtspUrl } from "../../wire/rtsp-url";

/** The content that a URL without a path names. */
const DEFAULT_CONTENT = "live";
/** The path of the one track of each content, below that of the content. */
export const TRACK = "trackID=0";
const TRACK_END = `/${TRACK}`;

/** What the URL of a request names: `rtsp://camera:8554/live/trackID=0?fps=5`. */
export interface RtspTarget {
	/** @see ContentDescription.id */
	readonly content: string;
	/** Whether the URL has no path, so that the content is the default one. */
	readonly isDefault: boolean;
	/** Whether it names the track rather than the whole presentation. */
	readonly isTrack: boolean;
	/** The most pictures per second that the client wants; 0: all. */
	readonly rate: number;
	/** The token of a viewer link, as pages have it in their query; `undefined`: none. */
	readonly link: string | undefined;
	/** A pass for the pictures of this device, or a ticket, from another member of the fleet; `undefined`: none. */
	readonly pass: string | undefined;
	/** The URL of the presentation as the client wrote it, without query, track and slash at the end; empty for a relative URL. */
	readonly base: string;
	/** The host by which the client addressed this device; empty for a relative URL. */
	readonly host: string;
}

/**
 * Parses the URL of a request. A track may follow the query, as some players append it to the whole URL.
 * @returns `undefined` when it is malformed
 */
export function parseRtspTarget(text: string): RtspTarget | undefined {
	const isTrack = text.endsWith(TRACK_END);
	const whole = isTrack ? text.slice(0, -TRACK_END.length) : text;
	const isRelative = whole[0] === "/" || (isTrack && whole === "");
	const url = isRelative ? undefined : parseRtspUrl(whole);
	if (!isRelative && url === undefined) return undefined;
	const raw = url === undefined ? whole : url.target;
	const parsed = parseTarget(raw[0] === "/" ? raw : `/${raw}`);
	if (parsed === undefined) return undefined;
	let mark = raw.indexOf("?");
	if (mark < 0) mark = raw.length;
	let path = raw.slice(0, mark);
	let content = parsed.path.slice(1);
	// A player that puts the track before the query.
	const isInner = path.endsWith(TRACK_END);
	if (isInner) {
		path = path.slice(0, -TRACK_END.length);
		content = content.slice(0, -TRACK_END.length);
	}
	if (content.endsWith("/")) content = content.slice(0, -1);
	if (path.endsWith("/")) path = path.slice(0, -1);
	const rate = rateOf(parsed.query.get("fps"));
	if (rate === undefined) return undefined;
	const isDefault = content === "";
	if (isDefault) {
		content = DEFAULT_CONTENT;
		path = `/${DEFAULT_CONTENT}`;
	}
	return {
		content,
		isDefault,
		isTrack: isTrack || isInner,
		rate,
		link: parsed.query.get("link"),
		pass: parsed.query.get("pass"),
		base: url === undefined ? "" : `${url.secure ? "rtsps" : "rtsp"}://${url.authority}${path}`,
		host: url?.host ?? "",
	};
}

function rateOf(text: string | undefined): number | undefined {
	if (text === undefined) return 0;
	const rate = Number(text);
	return text !== "" && rate >= 0 && rate <= 1000 ? rate : undefined;
}
