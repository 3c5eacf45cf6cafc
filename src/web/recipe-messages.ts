/*
 * The text of the recipes for well-known programs, in English. Names of menus and fields are those of the programs. No HTML.
 */

/** How well-known programs are set up to show a camera. */
export const RECIPE_MESSAGES = Object.freeze({
	homeAssistant: Object.freeze({
		title: "Home Assistant",
		generic:
			"Settings, Devices & services, Add integration, Generic Camera. Choose TCP as RTSP transport protocol, and leave user and password empty.",
		mjpeg:
			"Settings, Devices & services, Add integration, MJPEG IP Camera. Leave user and password empty. (Generic Camera can't play this camera's stream, which is not H.264.)",
		still: "Still image URL",
		stream: "Stream source URL",
		live: "MJPEG URL",
	}),
	frigate: Object.freeze({
		title: "Frigate",
		about: "Add this to Frigate's configuration, and restart it.",
	}),
	go2rtc: Object.freeze({
		title: "go2rtc",
		about: "Add this to go2rtc.yaml, and restart go2rtc.",
	}),
	motion: Object.freeze({
		title: "Motion",
		about:
			"Add this to the camera's file of Motion, and restart it. In motionEye: Add camera, Network camera, with the same URL.",
	}),
	ffmpeg: Object.freeze({
		title: "ffmpeg",
		about: "Records until you press q:",
	}),
	vlc: Object.freeze({
		title: "VLC",
		about: "Media, Open Network Stream, and paste the address; or on a command line:",
		address: "Network URL",
	}),
	homebridge: Object.freeze({
		title: "Homebridge",
		about: "Install the plugin Homebridge Camera FFmpeg, and add this to the platforms in config.json.",
	}),
	own: Object.freeze({
		title: "Prometheus and programs of your own",
		about: "The token reads all of these. What changes anything needs the owner's password, by HTTP Digest.",
		openApi: "API description (OpenAPI)",
		metrics: "Metrics of this camera",
		targets: "All devices of the fleet, for http_sd_configs of Prometheus",
		inventory: "All devices of the fleet, as CSV",
	}),
});
