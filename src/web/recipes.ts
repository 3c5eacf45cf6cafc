import type { AddressKind, ProgramAddress, Recipe } from "./program-address";
import { RECIPE_MESSAGES } from "./recipe-messages";

/** The URLs of a camera by what is there; empty: nothing. */
type Urls = (kind: AddressKind) => string;

/**
 * Writes the recipes for a camera, each with the camera's own URLs.
 * @param addresses for programs, with their token
 * @param name of the camera
 */
export function recipesFor(addresses: readonly ProgramAddress[], name: string): readonly Recipe[] {
	const urls: Urls = (kind) => {
		const address = addresses.find((each) => each.kind === kind);
		return address?.lan || address?.internet || "";
	};
	if (urls("mjpeg") === "" || urls("snapshot") === "") return [];
	const key = keyOf(name);
	const list = [homeAssistant(urls), frigate(urls, key), go2rtc(urls, key), motion(urls), vlc(urls), ffmpeg(urls, key)];
	if (urls("rtsp") !== "") list.push(homebridge(urls, name || key));
	return [...list, ownPrograms(urls)];
}

/** A name that the configurations of all programs take as a key. */
function keyOf(name: string): string {
	let key = "";
	for (const letter of name.toLowerCase()) {
		if ((letter >= "a" && letter <= "z") || (letter >= "0" && letter <= "9")) key += letter;
		else if (key !== "" && !key.endsWith("_")) key += "_";
	}
	while (key.endsWith("_")) key = key.slice(0, -1);
	return key === "" ? "camera" : key;
}

function homeAssistant(urls: Urls): Recipe {
	const { title, generic, mjpeg, still, stream, live } = RECIPE_MESSAGES.homeAssistant;
	const image = { label: still, text: urls("snapshot") };
	return urls("h264") === ""
		? { title, about: mjpeg, texts: [{ label: live, text: urls("mjpeg") }, image] }
		: { title, about: generic, texts: [image, { label: stream, text: urls("h264") }] };
}

/** The best stream by RTSP: H.264, or JPEG; empty: none. Its times are those of the pictures. */
function rtspOf(urls: Urls): string {
	return urls("h264") || urls("rtsp");
}

/**
 * What go2rtc reads: H.264 as it is, or what its ffmpeg makes of JPEG. It asks cameras for a way back for sound unless it is told
 * not to. Motion JPEG by HTTP has no times: `async` lets ffmpeg take those of arrival.
 */
function go2rtcSource(urls: Urls): string {
	if (urls("h264") !== "") return `${urls("h264")}#backchannel=0#media=video`;
	return urls("rtsp") !== "" ? `ffmpeg:${urls("rtsp")}#video=h264` : `ffmpeg:${urls("mjpeg")}#video=h264#async`;
}

function go2rtcStreams(urls: Urls, key: string, indent: string): string {
	return `${indent}streams:\n${indent}  ${key}:\n${indent}    - "${go2rtcSource(urls)}"\n`;
}

function frigate(urls: Urls, key: string): Recipe {
	const { title, about } = RECIPE_MESSAGES.frigate;
	const text = `go2rtc:
${go2rtcStreams(urls, key, "  ")}cameras:
  ${key}:
    ffmpeg:
      inputs:
        - path: rtsp://127.0.0.1:8554/${key}
          input_args: preset-rtsp-restream
          roles: [detect, record]
`;
	return { title, about, texts: [{ label: "", text }] };
}

function go2rtc(urls: Urls, key: string): Recipe {
	const { title, about } = RECIPE_MESSAGES.go2rtc;
	return { title, about, texts: [{ label: "", text: go2rtcStreams(urls, key, "") }] };
}

function motion(urls: Urls): Recipe {
	const { title, about } = RECIPE_MESSAGES.motion;
	const text = `netcam_url ${rtspOf(urls) || urls("mjpeg")}\n`;
	return { title, about, texts: [{ label: "", text }] };
}

/** Without the time of arrival ffmpeg takes Motion JPEG by HTTP for 25 pictures a second. */
function ffmpeg(urls: Urls, key: string): Recipe {
	const { title, about } = RECIPE_MESSAGES.ffmpeg;
	const rtsp = rtspOf(urls);
	const input =
		rtsp === "" ? `-use_wallclock_as_timestamps 1 -f mpjpeg -i "${urls("mjpeg")}"` : `-rtsp_transport tcp -i "${rtsp}"`;
	return { title, about, texts: [{ label: "", text: `ffmpeg ${input} -c copy ${key}.mkv` }] };
}

/** VLC is often built without RTSP. */
function vlc(urls: Urls): Recipe {
	const { title, about, address } = RECIPE_MESSAGES.vlc;
	const url = urls("mjpeg");
	return {
		title,
		about,
		texts: [
			{ label: address, text: url },
			{ label: "", text: `vlc "${url}"` },
		],
	};
}

function homebridge(urls: Urls, name: string): Recipe {
	const { title, about } = RECIPE_MESSAGES.homebridge;
	const video = {
		source: `-rtsp_transport tcp -i ${rtspOf(urls)}`,
		stillImageSource: `-i ${urls("snapshot")}`,
		...(urls("h264") === "" ? {} : { vcodec: "copy" }),
		maxStreams: 2,
	};
	const platform = { platform: "Camera-ffmpeg", cameras: [{ name, videoConfig: video }] };
	return { title, about, texts: [{ label: "", text: JSON.stringify(platform, undefined, 2) }] };
}

/** Where a program finds what this device can do and how it fares. */
function ownPrograms(urls: Urls): Recipe {
	const { title, about, openApi, metrics, targets, inventory } = RECIPE_MESSAGES.own;
	const at = (label: string, path: string) => ({ label, text: urls("snapshot").replace("snapshot.jpg", path) });
	return {
		title,
		about,
		texts: [
			at(openApi, "api/v1/openapi.json"),
			at(metrics, "metrics"),
			at(targets, "api/v1/fleet/targets"),
			at(inventory, "api/v1/inventory.csv"),
		],
	};
}
