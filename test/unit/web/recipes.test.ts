import assert from "node:assert/strict";
import type { AddressKind, ProgramAddress } from "../../../src/web/program-address";
import { recipesFor } from "../../../src/web/recipes";

const LINK = "vu.u7xjxu-k89dcf72f.804b99d4726cfde9dab9d3c244144e13";
const HTTP = "http://192.168.0.11:8000";
const RTSP = "rtsp://192.168.0.11:8554";

function address(kind: AddressKind, lan: string): ProgramAddress {
	return { kind, lan: `${lan}?link=${LINK}`, internet: "http://198.20.0.1/elsewhere", takesLink: true };
}

const JPEG = [
	address("snapshot", `${HTTP}/snapshot.jpg`),
	address("mjpeg", `${HTTP}/stream.mjpeg`),
	address("rtsp", `${RTSP}/live`),
];
const HTTP_ONLY = JPEG.slice(0, 2);
const BOTH = [...JPEG, address("h264", `${RTSP}/h264`)];

function textOf(addresses: readonly ProgramAddress[], title: string, name = "Garage"): string {
	const recipe = recipesFor(addresses, name).find((each) => each.title === title);
	assert.ok(recipe !== undefined, title);
	return recipe.texts.map(({ label, text }) => `${label}=${text}`).join("\n");
}

describe("web/recipes", () => {
	it("are there for the programs that people use, each with the camera's URLs at home (ONE-3)", () => {
		const list = recipesFor(BOTH, "Garage");
		assert.deepEqual(
			list.map(({ title }) => title),
			[
				"Home Assistant",
				"Frigate",
				"go2rtc",
				"Motion",
				"VLC",
				"ffmpeg",
				"Homebridge",
				"Prometheus and programs of your own",
			],
		);
		for (const { title, texts } of list) {
			const text = texts.map((each) => each.text).join();
			assert.ok(text.includes(LINK), title);
			assert.ok(!text.includes("198.20.0.1"), title);
		}
	});

	it("tell where the API's description, metrics, targets and the inventory are", () => {
		const texts = textOf(JPEG, "Prometheus and programs of your own");
		for (const path of ["api/v1/openapi.json", "metrics", "api/v1/fleet/targets", "api/v1/inventory.csv"])
			assert.ok(texts.includes(`=${HTTP}/${path}?link=${LINK}`), path);
	});

	it("let Home Assistant remux H.264 only, and give it Motion JPEG otherwise", () => {
		assert.equal(
			textOf(BOTH, "Home Assistant"),
			`Still image URL=${HTTP}/snapshot.jpg?link=${LINK}\nStream source URL=${RTSP}/h264?link=${LINK}`,
		);
		assert.equal(
			textOf(JPEG, "Home Assistant"),
			`MJPEG URL=${HTTP}/stream.mjpeg?link=${LINK}\nStill image URL=${HTTP}/snapshot.jpg?link=${LINK}`,
		);
	});

	it("let go2rtc pass H.264 on, and make it of JPEG otherwise", () => {
		const streams = (source: string) => `=streams:\n  garage:\n    - "${source}"\n`;
		assert.equal(textOf(BOTH, "go2rtc"), streams(`${RTSP}/h264?link=${LINK}#backchannel=0#media=video`));
		assert.equal(textOf(JPEG, "go2rtc"), streams(`ffmpeg:${RTSP}/live?link=${LINK}#video=h264`));
		assert.equal(textOf(HTTP_ONLY, "go2rtc"), streams(`ffmpeg:${HTTP}/stream.mjpeg?link=${LINK}#video=h264#async`));
		assert.ok(textOf(BOTH, "Frigate").includes(`  streams:\n    garage:\n      - "${RTSP}/h264`));
	});

	it("let Motion and ffmpeg take RTSP, or Motion JPEG at the pace at which it comes", () => {
		assert.equal(textOf(BOTH, "Motion"), `=netcam_url ${RTSP}/h264?link=${LINK}\n`);
		assert.equal(textOf(JPEG, "Motion"), `=netcam_url ${RTSP}/live?link=${LINK}\n`);
		assert.equal(textOf(HTTP_ONLY, "Motion"), `=netcam_url ${HTTP}/stream.mjpeg?link=${LINK}\n`);
		assert.equal(
			textOf(JPEG, "ffmpeg"),
			`=ffmpeg -rtsp_transport tcp -i "${RTSP}/live?link=${LINK}" -c copy garage.mkv`,
		);
		assert.equal(
			textOf(HTTP_ONLY, "ffmpeg"),
			`=ffmpeg -use_wallclock_as_timestamps 1 -f mpjpeg -i "${HTTP}/stream.mjpeg?link=${LINK}" -c copy garage.mkv`,
		);
	});

	it("write Homebridge's JSON for any name", () => {
		const name = 'Père\'s "shed" \\ <1>';
		const platform = JSON.parse(textOf(BOTH, "Homebridge", name).slice(1));
		assert.equal(platform.cameras[0].name, name);
		assert.deepEqual(platform.cameras[0].videoConfig, {
			source: `-rtsp_transport tcp -i ${RTSP}/h264?link=${LINK}`,
			stillImageSource: `-i ${HTTP}/snapshot.jpg?link=${LINK}`,
			vcodec: "copy",
			maxStreams: 2,
		});
		assert.ok(!("vcodec" in JSON.parse(textOf(JPEG, "Homebridge").slice(1)).cameras[0].videoConfig));
	});

	for (const [name, key] of [
		["Garage", "garage"],
		["Front door (north)", "front_door_north"],
		['"x": y\n- z', "x_y_z"],
		["門", "camera"],
		["", "camera"],
	] as const) {
		it(`use ${key} as the key of a camera named ${JSON.stringify(name)}`, () =>
			assert.ok(textOf(BOTH, "go2rtc", name).startsWith(`=streams:\n  ${key}:\n`)));
	}

	it("use addresses on the Internet for a visitor from there, and are left out where there are no pictures", () => {
		const far = JPEG.map((each) => ({ ...each, lan: "", internet: each.lan }));
		assert.equal(textOf(far, "VLC"), textOf(JPEG, "VLC"));
		assert.deepEqual(recipesFor([], "Garage"), []);
		assert.deepEqual(recipesFor([address("onvif", `${HTTP}/onvif/device_service`)], "Garage"), []);
	});
});
