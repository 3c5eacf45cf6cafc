import { FRAME } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { until } from "../support/until";
import type { CameraKind } from "./lab";
import { UDP_PATIENCE } from "./relay-players";
import { CONTROL_SEEN, type Form, MEDIA_SEEN, type StreamHouse } from "./stream-house";

/** Pictures that GStreamer plays. */
export const PICTURES = 20;

/** What a form comes to. */
export interface Expected {
	/** Where clients in the LAN and on the Internet find RTSP. */
	readonly lan: string;
	readonly internet: string;
	/** The address that media for the Internet come from, and the ports of RTCP. */
	readonly source: string;
	readonly ports: readonly [number, number];
	/** What may arrive at interface A from outside. */
	readonly reachable: RegExp;
	readonly hasReports: boolean;
}

const LAN = "10.1.0.10:8554";
const INTERNET = `${CONTROL_SEEN}:8554`;
/** What each form comes to. */
export const EXPECTED: Readonly<Record<Form, Expected>> = {
	first: {
		lan: LAN,
		internet: INTERNET,
		source: MEDIA_SEEN,
		ports: [1024, 65_535],
		reachable: /^tcp 8554$/,
		hasReports: false,
	},
	second: {
		lan: LAN,
		internet: INTERNET,
		source: MEDIA_SEEN,
		ports: [5000, 5999],
		reachable: /^(tcp 8554|udp 500)$/,
		hasReports: true,
	},
	two: {
		lan: LAN,
		internet: INTERNET,
		source: MEDIA_SEEN,
		ports: [5000, 5999],
		reachable: /^(tcp 8554|udp 500)$/,
		hasReports: true,
	},
	one: {
		lan: "192.168.1.10:8554",
		internet: `${CONTROL_SEEN}:554`,
		source: CONTROL_SEEN,
		ports: [6000, 6099],
		reachable: /^(tcp 8554|udp 60\d\d)$/,
		hasReports: true,
	},
};

/** Plays the live pictures until it is stopped. */
export function ffmpeg(server: string, protocol: "udp" | "tcp", level: string, ...more: readonly string[]): string[] {
	return ffmpegOf("live", server, protocol, level, ...more);
}

/** Plays a content. */
export function ffmpegOf(
	content: string,
	server: string,
	protocol: "udp" | "tcp",
	level: string,
	...more: readonly string[]
): string[] {
	const input = ["-rtsp_transport", protocol, "-i", `rtsp://owner:${PASSWORD}@${server}/${content}`];
	return ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", level, ...input, ...more, "-f", "null", "-"];
}

/** Plays {@link PICTURES} live pictures. */
export function gstreamer(server: string, protocol: "udp" | "tcp"): string[] {
	const source = ["rtspsrc", `location=rtsp://${server}/live`, "user-id=owner", `user-pw=${PASSWORD}`];
	const sink = ["!", "rtpjpegdepay", "!", "jpegdec", "!", "fakesink", `num-buffers=${PICTURES}`];
	return ["gst-launch-1.0", "-q", ...source, `protocols=${protocol}`, "latency=200", UDP_PATIENCE, ...sink];
}

/** Starts a camera that is the stream server of a house. */
export async function serve(house: StreamHouse, kind: CameraKind): Promise<void> {
	const flags = ["--address-table", house.tableFile, "--mapping", "off", "--presence", "off", "--password", PASSWORD];
	house.serve(kind, "--data", `${house.folder}/camera`, "--source", FRAME, "--fps", "10", ...flags);
	const [address, port] = EXPECTED[house.form].lan.split(":");
	await until("the control port is open", 10_000, () => house.lab.reaches("home", address, Number(port)));
}

/** Skips the calling suite when something that it needs is missing. */
export function streamNeeds(kind: CameraKind): (context: Mocha.Context) => void {
	const program = kind === "xs" ? (["porthole-linux"] as const) : [];
	return (context) => {
		needs(context, "root", "ip", "nft", "python3", "ffmpeg", "gst-launch-1.0", "curl", "build", ...program);
	};
}
