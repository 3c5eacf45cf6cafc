/*
 * All text on the pages, in English: the one file to translate. Put a translated copy in its place and set `lang`.
 * `${name}` and the like stand for a value and may move within the sentence; a `%` is where the script of the pages puts
 * a name. Keep the names of fields, keys and functions. No HTML: `<` and `&` show as they are.
 * `npm run check` finds what is missing; the tests of the pages look for the English text and have to follow.
 */

const PASSWORD_PINNED = "The password was set at startup (--password or --password-file). Change it there.";

/** The text of all pages; functions fill in values. Not yet escaped for HTML. */
export const MESSAGES = Object.freeze({
	lang: "en",

	nav: Object.freeze({
		label: "Pages",
		portal: "Cameras",
		camera: "This camera",
		settings: "Settings",
		fleet: "Fleet",
		logIn: "Log in",
		logOut: "Log out",
	}),

	portal: Object.freeze({
		title: "Cameras",
		self: "This camera",
		picture: (name: string) => `Picture of ${name}`,
		representative: "representative",
		alone: "No other cameras yet. Connect one to the same router and it appears here automatically.",
		storage: (used: number, free: number, since: string) =>
			`${used} GB used, ${free} GB free, recorded since: ${since}`,
		notRecording: "Recording failed",
		noPicture: "Viewable only on your home network.",
		noTicket: "Log in separately, or add it to your fleet to use one login.",
		absent: "Offline",
		absentSince: "Offline since",
		absentMeans: "This camera has not answered for a while. Check its power and its network.",
		forget: "Remove from this list",
		forgetNamed: (name: string) => `Remove ${name} from this list`,
		rename: "Rename",
		name: "Name",
		save: "Save",
		came: "% is online.",
		gone: "% went offline.",
		lost: "Connection lost. Reconnecting…",
		back: "Reconnected.",
		since: "No picture since %.",
	}),

	/** The state of a camera, on the portal. */
	health: Object.freeze({
		ok: "Online",
		"no-pictures": "No picture: video source failed",
		silent: "Not responding",
		unreachable: "Not reachable from the Internet",
	}),

	notices: Object.freeze({
		unreachable: "Not reachable from the Internet",
		noPictures: "This camera has no picture.",
		noStreams: "Video players can't connect to this camera (RTSP).",
		noUdp: "A video player on the Internet got no picture by UDP.",
		noUdpRemedy: "Its own router keeps the packets away. Set the player to RTSP over TCP.",
		notStored: (why: string) => `This camera can't store what changes: ${why}.`,
		notStoredRemedy:
			"It goes on, but forgets the changes when it restarts. Free some space on its disk or memory card, or replace it.",
	}),

	camera: Object.freeze({
		picture: (name: string) => `Live picture of ${name}`,
		fullScreen: "Full screen",
		snapshot: "Save snapshot",
		rates: "Frame rate",
		allRates: "Max",
		rate: (count: number) => `${count} fps`,
		quality: "Picture quality",
		qualities: Object.freeze([
			Object.freeze(["30", "Low (fast)"]),
			Object.freeze(["60", "Medium"]),
			Object.freeze(["80", "High"]),
			Object.freeze(["95", "Best (slow)"]),
		]) as readonly (readonly [string, string])[],
		qualityNow: (value: number) => `Current (${value})`,
		set: "Apply",
		move: "Move the camera",
		up: "Up",
		down: "Down",
		left: "Left",
		right: "Right",
		center: "Center",
		hint: "Drag the picture, or use the arrow keys, to move the camera.",
		presets: "Presets",
		noPresets: "No presets yet.",
		go: (name: string) => `Go to ${name}`,
		remove: "Remove",
		removeNamed: (name: string) => `Remove ${name}`,
		savePreset: "Save current view as",
		save: "Save",
		patrolOn: "The camera is patrolling its presets.",
		patrolOff: "The camera can patrol its presets.",
		startPatrol: "Start patrol",
		stopPatrol: "Stop patrol",
		facts: "About this camera",
		broken: "Video interrupted. Reconnecting…",
		since: "No picture since %. Reconnecting…",
	}),

	facts: Object.freeze({
		name: "Camera",
		internet: "Internet address",
		unreachable: "not reachable",
		lanOnly: "not reachable (home network only)",
		lan: "Home network address",
		noAddress: "none",
		role: "Role",
		representative: "representative",
		managed: "member",
		fleet: "Fleet",
		sealed: "protected by a key",
		open: "unprotected",
		router: "Router",
		noRouter: "not found",
		routerBy: (protocol: string) => `found by ${protocol}`,
		pictures: "Video source",
		streams: "Video players (RTSP)",
		streamsOutside: "Video players on the Internet (RTSP over TCP)",
		identity: "ID",
	}),

	settings: Object.freeze({
		title: "Settings",
		name: "Name",
		nameOfCamera: "Camera name",
		save: "Save",
		pending: "Restart the camera to apply your changes.",
		pendingStop: "Stop the camera's program and start it again to apply your changes.",
		passwords: "Passwords",
		ownerPassword: "New owner password (full access)",
		viewerPassword: "New viewer password (view only; leave blank to disable)",
		passwordRules: "Use 8 to 64 characters. Changing a password logs out everyone else.",
		passwordsPinned: PASSWORD_PINNED,
		again: "Confirm password",
		setPassword: "Set password",
		links: "Viewer links",
		linksHint: "Anyone with a viewer link can watch without a password until it expires.",
		hours: "Expires after",
		lives: Object.freeze([
			Object.freeze(["1", "1 hour"]),
			Object.freeze(["24", "1 day"]),
			Object.freeze(["168", "1 week"]),
			Object.freeze(["720", "30 days"]),
		]) as readonly (readonly [string, string])[],
		makeLink: "Create link",
		lan: "Home network access",
		lanAsks: "Password required",
		lanOpen: "Anyone on the home network has full access",
		logOutHint: "Logs out every device and cancels all viewer links, including yours.",
		logOutAll: "Log out everywhere",
		internet: "Remote access",
		mappingOn: "Remote access is on.",
		mappingOff: "Remote access is off: viewable only on your home network.",
		mappingPin: "Remote access is off, because the switch on the camera is off.",
		switchOn: "Turn on",
		switchOff: "Turn off",
		ports: "Ports",
		httpPort: "Internal port",
		representativePorts: "External ports of the representative, separated by commas (the same for all cameras)",
		layout: "Internal port for Internet connections",
		layoutFixed: "Always use the port above",
		layoutSame: "Use the same port as on the router",
		hostName: "Host name of your router (dynamic DNS), if any",
		portsHint: "Takes effect after restart.",
		fleet: "Fleet",
		fleetLink: "Fleet key and joining cameras",
		time: "Time",
		timeIs: (date: string) => `The camera's clock says ${date}.`,
		noTime: "The camera doesn't know the time: links and sessions may not expire on time.",
		takeTime: "Use this browser's time",
		version: "Version and updates",
		versionIs: (version: string) => `This is version ${version}.`,
		restartHint: "The camera goes offline for a few seconds. If there is another one, it takes over.",
		restartNow: "Restart camera",
	}),

	updates: Object.freeze({
		node: "To update, install the new version, run npm ci and npm run build in its folder, then restart the camera.",
		linux: "To update, install the new package with dpkg -i; the service restarts automatically.",
		esp32: "To update, connect the board by USB and flash the new firmware. Your settings are kept.",
		other: "To update, stop the program, install the new version and start it again.",
	}) as Readonly<Record<string, string>>,

	link: Object.freeze({
		title: "Viewer link",
		once: "Copy it now. You won't see it again.",
		ends: (hours: number) =>
			hours % 24 === 0
				? `It expires in ${hours === 24 ? "1 day" : `${hours / 24} days`}.`
				: `It expires in ${hours === 1 ? "1 hour" : `${hours} hours`}.`,
		back: "Back to settings",
	}),

	fleet: Object.freeze({
		title: "Fleet",
		sealed: "This fleet is protected by a key: no other device can pose as one of its cameras.",
		open: "This fleet is unprotected:",
		openMeans:
			"any device on the home network can pose as one of its cameras. Create a key, then join the other cameras to it.",
		outside: (address: string) =>
			`A camera at ${address} is not in this fleet. To add it, enter this fleet's join code on its Fleet page.`,
		otherFleet: (address: string) =>
			`A camera at ${address} is in a fleet with a key. To join it, enter its join code below.`,
		code: "Join code, valid for 10 minutes:",
		codeUse: "Enter it on the Fleet page of each new camera or NAS, or start that with --join-code.",
		showCode: "Show join code",
		makeKey: "Create a fleet key",
		joinCode: "Join code shown by a camera of the fleet",
		join: "Join",
		joinMeans: "Then that fleet's passwords count here, and one login works for all its cameras.",
	}),

	/** The page that is shown when a form was not accepted. */
	fault: Object.freeze({
		title: "Something went wrong",
		back: "Go back",
	}),

	/** The page that is shown when a form reaches another camera than the one that made it. */
	otherCamera: Object.freeze({
		title: "Another camera answers here now",
		what: "The form was made by another camera, which had this address before. Nothing has been changed.",
		entered: "You entered:",
		goTo: (name: string) => `Open this page of the camera ${name}`,
		later: "That camera can't be reached at the moment. Look for it in the list:",
	}),

	/** Why a form was not accepted. The names of fields stay as they are: `quality`, `on`. */
	wrong: Object.freeze({
		camera: "This request is meant for another camera. Nothing has been changed.",
		form: "The request is not a valid form or JSON object.",
		user: "user must be owner or viewer.",
		password: "Passwords must have 8 to 64 characters and no control characters.",
		again: "The passwords don't match.",
		passwordsPinned: PASSWORD_PINNED,
		hours: (most: number) => `hours must be a number from 1 to ${most}.`,
		hasKey: "This fleet already has a key.",
		noKey: "This fleet has no key yet.",
		code: "Invalid join code, or this camera is already in a fleet with a key.",
		noQuality: "The quality of this video source can't be changed.",
		quality: "quality must be a number from 1 to 100.",
		rate: "fps must be a number from 0 to 1000.",
		ownTime: "This camera sets its own clock.",
		time: "utc must be the time in milliseconds since 1970.",
		noRestart: "This camera can't be restarted from here.",
		name: "Names can be up to 48 characters (accented ones count double), and the camera must be online.",
		on: "on must be yes or no.",
		notStored: (why: string) =>
			`Nothing was changed, because the camera can't store it: ${why}. Free some space on its disk or memory card, or replace it.`,
	}),

	/** Why a form that moves the camera was refused. */
	motion: Object.freeze({
		"no-motion": "This camera can't move.",
		ambiguous:
			"Send one command at a time: pan and tilt, panTo and tiltTo, home, stop, preset, save, remove or patrol.",
		home: "home must be yes.",
		stop: "stop must be yes.",
		"move-by": "pan and tilt must be numbers of degrees.",
		"move-to": "panTo and tiltTo must be numbers of degrees.",
		"no-preset": "There is no preset with that name.",
		"preset-name": "Preset names can be up to 24 characters (accented ones count double).",
		"presets-full": "There are already 16 presets. Remove one first.",
		patrol: "patrol must be on or off.",
		"nothing-to-patrol": "There are no presets to patrol yet. Save one first.",
	}),

	dynamicDns: Object.freeze({
		waits: "The representative keeps the dynamic DNS service up to date.",
		noAddress: "There is no public address yet.",
		soon: "The dynamic DNS service will be updated within a minute.",
		tells: "The dynamic DNS service is being updated.",
		knows: (address: string) => `The dynamic DNS service has the address ${address}.`,
		notTold: (why: string) => `The dynamic DNS service could not be updated: ${why}.`,
		outOfOrder: "The dynamic DNS service is out of order.",
		unconfirmed:
			"The dynamic DNS service did not confirm the update. Check dynamic-dns-url and the service's own page about the name.",
		status: (status: number) => `The dynamic DNS service answered with status ${status}.`,
		again: "It will be tried again.",
		wrongHost: "Remove dynamic-dns-url, or set it on another camera.",
		/** Answers of services, by their code. */
		refusals: Object.freeze({
			badauth: Object.freeze({
				message: "The dynamic DNS service rejected the user or password.",
				remedy: "Correct the user and password in dynamic-dns-url.",
			}),
			notfqdn: Object.freeze({
				message: "The dynamic DNS service needs a full domain name.",
				remedy: "Correct host-name, for example cams.example.org.",
			}),
			nohost: Object.freeze({
				message: "The dynamic DNS service doesn't know this name.",
				remedy: "Create the name there, or correct host-name.",
			}),
			numhost: Object.freeze({
				message: "The dynamic DNS service was given too many names.",
				remedy: "Leave one name in dynamic-dns-url.",
			}),
			abuse: Object.freeze({
				message: "The dynamic DNS service has blocked this name.",
				remedy: "Ask the service to unblock it.",
			}),
			badagent: Object.freeze({
				message: "The dynamic DNS service doesn't accept updates from this program.",
				remedy: "Choose another service.",
			}),
			"!donator": Object.freeze({
				message: "The dynamic DNS service charges for this option.",
				remedy: "Correct dynamic-dns-url.",
			}),
			"!yours": Object.freeze({
				message: "This name belongs to another user of the dynamic DNS service.",
				remedy: "Correct host-name or the user.",
			}),
			ko: Object.freeze({
				message: "The dynamic DNS service rejected the update.",
				remedy: "Correct the name and token in dynamic-dns-url.",
			}),
		}),
	}),

	/** Why a request was refused. */
	refused: Object.freeze({
		malformed: "Invalid request.",
		impossible: "Invalid address.",
		logIn: "Login required.",
		owner: "Only the owner can do this.",
		otherSite: "This form was sent from another site.",
		nowhere: "Page not found.",
		method: "This address does not support that method.",
		late: "The request took too long.",
		otherHost: "Unknown host name. Use the IP address, or set --host-name.",
		guesses: "Too many wrong passwords. Try again later.",
		broken: "Something went wrong in the camera. See its log.",
		noPicture: "The camera has no picture.",
		snapshots: "Too many snapshots were requested at once. Try again.",
		viewers: "The camera has reached its limit of viewers. Try again later.",
		slow: "The camera took too long to answer.",
		secure: "This camera requires https://.",
	}),

	restart: Object.freeze({
		title: "Restarting…",
		soon: "The camera goes offline for a few seconds. This page continues automatically.",
		port: (port: string) => `Its internal port changes: on the home network, open port ${port} then.`,
		back: "Back to settings",
	}),

	/** How joining a fleet went. */
	join: Object.freeze({
		waiting: "Waiting for the camera that shows this code.",
		joined: "This camera has joined the fleet.",
		failed: (why: string) => `Could not join: ${why}.`,
		unanswered: "no camera answered to this join code within a minute",
		noKey: "the answer was not a key",
		notStored: (why: string) => `the key can't be stored (${why})`,
	}),

	login: Object.freeze({
		title: "Log in",
		user: "User",
		owner: "Owner (full access)",
		viewer: "Viewer (view only)",
		password: "Password",
		logIn: "Log in",
		wrong: "Wrong password. Check Caps Lock.",
		wait: "Too many wrong passwords. Try again later.",
		plain: "Not encrypted: others on the network can see the video. Your password is not sent.",
		plainForm: "Not encrypted: others on the network can read your password.",
		failed: "The camera did not answer. Try again.",
	}),
});

/** Each way in which remote access can fail, and what to do about it. The keys are those of `Diagnosis`. */
export const DIAGNOSIS_MESSAGES = Object.freeze({
	"no-network": {
		message: "This camera has no network address.",
		remedy: "Check the cable or the Wi-Fi. It reconnects automatically.",
	},
	"no-gateway": {
		message: "No router was found that opens ports automatically.",
		remedy:
			"Turn on UPnP (also called IGD or automatic port forwarding), PCP or NAT-PMP in the router's settings, or forward a port by hand.",
	},
	"not-connected": {
		message: "The router is not connected to the Internet.",
		remedy: "Check its Internet connection. The camera tries again automatically.",
	},
	"status-doubtful": {
		message: "The router says that it is not connected to the Internet, but has an address there.",
		remedy: "You don't need to do anything if the camera can be reached from the Internet. If not, restart the router.",
	},
	"no-address": {
		message: "The router doesn't report its Internet address.",
		remedy: "Wait until it is online, or set a host name (dynamic DNS).",
	},
	"double-nat": {
		message: "The router has no public address: it is behind another router (double NAT).",
		remedy: "Put one of the two routers into bridge mode, or forward the ports on the outer router too.",
	},
	"carrier-nat": {
		message: "The Internet provider shares one address among many customers (carrier-grade NAT).",
		remedy: "Ask the provider for a public IPv4 address. No router setting can help.",
	},
	permission: {
		message: "The router doesn't allow this device to open ports.",
		remedy:
			"On a FRITZ!Box: Internet, Permit Access, this device, tick \u201cPermit independent port sharing\u201d. On others: allow UPnP for this device.",
	},
	"permanent-leases": {
		message: "The router keeps port mappings permanently.",
		remedy:
			"You don't need to do anything. If you remove a camera without shutting it down, delete its mapping in the router's settings.",
	},
	unconfirmed: {
		message: "The router says that it opened the port, but can't show its port mapping.",
		remedy: "You don't need to do anything if the camera can be reached from the Internet. If not, restart the router.",
	},
	"port-stuck": {
		message: "The representative's port is held by a camera that is gone, or by another device.",
		remedy: "Restart the router or delete the mapping in its settings. Until then the next port in the list is used.",
	},
	"port-used-by-router": {
		message: "The router itself uses the representative's port.",
		remedy:
			"Another port in the list is used. To get the usual one back, move the router's remote administration to another port.",
	},
	"table-full": {
		message: "The router's port mapping table is full.",
		remedy: "Delete unused mappings in the router's settings, or restart it.",
	},
	"gateway-lies": {
		message: "The router reports an open port that it did not open.",
		remedy: "If the same port is forwarded by hand, delete that entry; otherwise restart the router.",
	},
	refused: {
		message: "The router refuses to open a port.",
		remedy: "See the log for its reason. Some routers only open ports from 1024 up.",
	},
	"no-port": {
		message: "All ports that this camera may ask for are taken.",
		remedy: "Delete unused mappings in the router's settings.",
	},
	"port-control-only": {
		message: "The router only supports PCP or NAT-PMP, which can't reserve the representative's port.",
		remedy: "Turn on UPnP in the router's settings if it has it. Until then each camera has its own port.",
	},
	"gateway-silent": {
		message: "The router has stopped answering.",
		remedy: "It may be restarting. The camera reconnects automatically.",
	},
});
