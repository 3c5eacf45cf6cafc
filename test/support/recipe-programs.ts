import type { Recipe } from "../../src/web/program-address";

/** Gets what Home Assistant's integrations get, with the library that they use: prints the beginning of what comes. */
export const HTTPX = `
import httpx, sys
for url in sys.argv[1:]:
    with httpx.stream("GET", url, timeout=30) as answer:
        for chunk in answer.iter_bytes():
            print(answer.status_code, answer.headers["content-type"].split(";")[0])
            break
`;

/** Reads YAML, and prints it as JSON. */
export const YAML = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))";

/** What Frigate gives ffmpeg before the input: its presets `preset-rtsp-generic` and `preset-rtsp-restream`. */
export const FRIGATE = {
	"preset-rtsp-generic":
		"-avoid_negative_ts make_zero -fflags +genpts+discardcorrupt -rtsp_transport tcp -timeout 10000000 -use_wallclock_as_timestamps 1",
	"preset-rtsp-restream": "-rtsp_transport tcp -timeout 10000000",
};
/** And after it, for the roles `record` and `detect`. */
export const FRIGATE_RECORD =
	"-f segment -segment_time 1 -segment_format mp4 -reset_timestamps 1 -c copy -an frigate-%03d.mp4";
export const FRIGATE_DETECT = "-threads 2 -f rawvideo -pix_fmt yuv420p -r 5 -s 320x240 frigate.yuv";
/** What go2rtc gives ffmpeg before the input. */
const GO2RTC = {
	rtsp: "-allowed_media_types video -fflags nobuffer -flags low_delay -timeout 5000000 -user_agent go2rtc/ffmpeg -rtsp_flags prefer_tcp",
	http: "-fflags nobuffer -flags low_delay",
	async: "-use_wallclock_as_timestamps 1 -async 1",
};
const GO2RTC_H264 =
	"-c:v libx264 -g 50 -profile:v high -level:v 4.1 -preset:v superfast -tune:v zerolatency -pix_fmt:v yuv420p -an";

/** What the configurations of Frigate and go2rtc have. */
export interface Configuration {
	readonly streams: Readonly<Record<string, readonly string[]>>;
	readonly go2rtc: Pick<Configuration, "streams">;
	readonly cameras: Readonly<
		Record<string, { ffmpeg: { inputs: readonly { path: string; input_args: keyof typeof FRIGATE }[] } }>
	>;
}

/** The arguments with which go2rtc starts ffmpeg for a source of its configuration. */
export function go2rtcInput(source: string): string {
	const [url, ...options] = source.replace(/^ffmpeg:/, "").split("#");
	const before = `${options.includes("async") ? GO2RTC.async : ""} ${url.startsWith("rtsp") ? GO2RTC.rtsp : GO2RTC.http}`;
	return `${before} -i "${url}" ${options.includes("video=h264") ? GO2RTC_H264 : "-c:v copy -an"}`;
}

/** The recipes that a page shows, as a browser copies them. */
export function recipesOn(page: string): Recipe[] {
	const text = (html: string): string =>
		html
			.replaceAll("&lt;", "<")
			.replaceAll("&gt;", ">")
			.replaceAll("&quot;", '"')
			.replaceAll("&#39;", "'")
			.replaceAll("&amp;", "&");
	return Array.from(
		page.matchAll(/<details><summary>([^<]*)<\/summary><p>([^<]*)<\/p>([\s\S]*?)<\/details>/g),
		([, title, about, body]) => ({
			title,
			about,
			texts: Array.from(
				body.matchAll(/<div>(?:<span class="hint">([^<]*)<\/span>)?<span class="copy"><code[^>]*>([^<]*)<\/code>/g),
				([, label = "", code]) => ({
					label,
					text: text(code),
				}),
			),
		}),
	);
}
