/** How a player gets media. */
export type PlayerWay = "udp" | "tcp";

const FFMPEG = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"];

/** How long GStreamer waits for the first datagram, in microseconds: a busy machine needs more than the five seconds of the default. */
export const UDP_PATIENCE = "timeout=30000000";

/** ffmpeg plays an RTSP URL. @param more options of the output: `-frames:v 20` */
export function ffmpegRtsp(url: string, way: PlayerWay, ...more: readonly string[]): string[] {
	return [...FFMPEG, "-rtsp_transport", way, "-i", url, ...more, "-f", "null", "-"];
}

/** ffmpeg plays Motion JPEG over HTTP. */
export function ffmpegHttp(url: string, ...more: readonly string[]): string[] {
	return [...FFMPEG, "-f", "mpjpeg", "-i", url, ...more, "-f", "null", "-"];
}

/** GStreamer plays so many pictures of an RTSP URL. */
export function gstRtsp(url: string, way: PlayerWay, pictures: number, encoding: "jpeg" | "h264" = "jpeg"): string[] {
	const decoder =
		encoding === "jpeg" ? ["rtpjpegdepay", "!", "jpegdec"] : ["rtph264depay", "!", "h264parse", "!", "avdec_h264"];
	const source = ["rtspsrc", `location=${url}`, `protocols=${way}`, "latency=200", UDP_PATIENCE];
	return ["gst-launch-1.0", "-q", ...source, "!", ...decoder, "!", "fakesink", `num-buffers=${pictures}`];
}

/** GStreamer plays so many pictures of Motion JPEG over HTTP. */
export function gstHttp(url: string, pictures: number): string[] {
	const source = ["souphttpsrc", `location=${url}`, "is-live=true"];
	const decoder = ["multipartdemux", "!", "jpegdec", "!", "fakesink", `num-buffers=${pictures}`];
	return ["gst-launch-1.0", "-q", ...source, "!", ...decoder];
}

/** curl watches Motion JPEG for some seconds at most and says nothing. */
export function curlHttp(url: string, seconds: number): string[] {
	return ["curl", "-sN", "-o", "/dev/null", "--max-time", `${seconds}`, url];
}
