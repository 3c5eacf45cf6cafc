/*
 * All words of the pages, in English: the one file to translate. Put a translated copy in its place; set `lang`.
 * `${name}` and the like stand for what is filled in, anywhere in the sentence, or asked about (`count === 1 ? … : …`); a `%`
 * is where the script of the pages puts a name. Names of fields, keys and functions stay. No HTML: `<` and `&` show as such.
 * `npm run check` finds what is missing; the tests of the pages look for English words and have to follow.
 */

/** The words of all pages; functions make sentences of what they are given, which is not yet fit for HTML. */
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
		self: "this camera",
		picture: (name: string) => `Picture of ${name}`,
		representative: "representative",
		alone: "No other cameras yet. Plug one in behind the same router and it appears here by itself.",
		noPicture: "Its picture can be seen in the home network only.",
		noPass: "It has a login of its own; a fleet with a key has one for all.",
		rename: "Rename",
		name: "Name",
		save: "Save",
		came: "% is here now.",
		gone: "% is gone.",
		lost: "The connection is lost; trying again.",
		back: "The connection is back.",
	}),

	/** How a camera is. */
	health: Object.freeze({
		ok: "All is well",
		"no-pictures": "No pictures: its camera does not work",
		silent: "Does not answer any more",
		unreachable: "Not reachable from the Internet",
	}),

	notices: Object.freeze({
		unreachable: "The Internet cannot reach this camera",
		noPictures: "This camera gives no pictures.",
	}),

	camera: Object.freeze({
		picture: (name: string) => `Live picture of ${name}`,
		fullScreen: "Full screen",
		snapshot: "Save a snapshot",
		rates: "Pictures a second",
		allRates: "All",
		rate: (count: number) => `${count}`,
		quality: "Picture quality",
		qualities: Object.freeze([
			Object.freeze(["30", "Low (fast)"]),
			Object.freeze(["60", "Medium"]),
			Object.freeze(["80", "High"]),
			Object.freeze(["95", "Best (slow)"]),
		]) as readonly (readonly [string, string])[],
		qualityNow: (value: number) => `As it is (${value})`,
		set: "Set",
		move: "Move the camera",
		up: "Up",
		down: "Down",
		left: "Left",
		right: "Right",
		ahead: "Straight ahead",
		hint: "The arrow keys move the camera while the picture is focused, and so does dragging the picture.",
		positions: "Positions",
		noPositions: "No position is saved yet.",
		go: (name: string) => `Go to ${name}`,
		remove: "Remove",
		removeWho: (name: string) => `Remove ${name}`,
		savePosition: "Save where it looks now as",
		save: "Save",
		patrolOn: "The camera goes from position to position by itself.",
		patrolOff: "The camera can go from position to position by itself.",
		startPatrol: "Start the patrol",
		stopPatrol: "Stop the patrol",
		facts: "About this camera",
		broken: "The picture has broken off; trying again.",
	}),

	facts: Object.freeze({
		name: "Camera",
		internet: "From the Internet",
		unreachable: "not reachable",
		lanOnly: "not reachable: this camera is for the home network only",
		lan: "In the home network",
		noAddress: "no address",
		role: "Role",
		representative: "representative",
		managed: "managed",
		fleet: "Fleet",
		sealed: "sealed by a key",
		open: "open: any device in the home network is trusted",
		router: "Router",
		noRouter: "none found",
		routerBy: (protocol: string) => `answers to ${protocol}`,
		pictures: "Pictures",
		identity: "Identity",
	}),

	settings: Object.freeze({
		title: "Settings",
		name: "Name",
		nameOfCamera: "Name of this camera",
		save: "Save",
		pending: "Some changes wait for a restart of the camera; the button for it is below.",
		passwords: "Passwords",
		ownerPassword: "New password of the owner, who may do all",
		viewerPassword: "New password of viewers, who may only look; empty: no viewers",
		passwordRules: "A password has 8 to 64 characters. When it changes, everybody else has to log in again.",
		passwordsPinned: "The passwords stand in the settings that this camera was started with; change them there.",
		again: "Once more",
		setPassword: "Set password",
		links: "Links for viewers",
		linksHint: "Whoever has such a link can see the pictures until it ends, without a password.",
		hours: "Good for",
		lives: Object.freeze([
			Object.freeze(["1", "an hour"]),
			Object.freeze(["24", "a day"]),
			Object.freeze(["168", "a week"]),
			Object.freeze(["720", "30 days"]),
		]) as readonly (readonly [string, string])[],
		makeLink: "Make a link",
		lan: "In the home network",
		lanAsks: "everybody has to log in",
		lanOpen: "everybody may do all without a password",
		logOutHint: "Ends all sessions and all links, at every browser and program; yours as well.",
		logOutAll: "Log everybody out",
		internet: "The Internet",
		mappingOn: "This camera asks the router for a port, so that it can be seen from the Internet.",
		mappingOff: "This camera is for the home network only.",
		mappingPin: "The switch on the camera itself is off, so it is for the home network only.",
		switchOn: "Switch on",
		switchOff: "Switch off",
		ports: "Ports",
		httpPort: "Port of this camera inside the home network",
		representativePorts: "Ports of the representative, with commas; the same in all cameras",
		layout: "Port inside",
		layoutFixed: "always the one above",
		layoutSame: "the same as outside",
		hostName: "Host name that leads to the router (dynamic DNS), if there is one",
		portsHint: "Changes count after a restart of the camera.",
		fleet: "Fleet",
		fleetLink: "Key of the fleet, and how cameras join it",
		time: "Time",
		timeIs: (date: string) => `The camera's date is ${date}.`,
		noTime: "The camera does not know the date: links and log-ins can't end in time.",
		takeTime: "Take this browser's time",
		version: "Version and updates",
		versionIs: (version: string) => `This is version ${version}.`,
		restart: "Restart",
		restartHint: "The camera is away for some seconds; another one stands in for it.",
		restartNow: "Restart the camera",
	}),

	updates: Object.freeze({
		node: "To update, get the new version and run npm ci and npm run build in its folder, then restart the camera.",
		linux: "To update, install the new package with dpkg -i; the service restarts by itself.",
		esp32: "To update, connect the board by USB and flash the new firmware; settings stay.",
		other: "To update, stop the program, get the new version and start that.",
	}) as Readonly<Record<string, string>>,

	link: Object.freeze({
		title: "A link for viewers",
		once: "Copy it now: it is shown this once.",
		ends: (hours: number) =>
			hours % 24 === 0
				? `It is good for ${hours === 24 ? "a day" : `${hours / 24} days`}.`
				: `It is good for ${hours === 1 ? "an hour" : `${hours} hours`}.`,
		back: "Back to the settings",
	}),

	fleet: Object.freeze({
		title: "Fleet",
		sealed: "The cameras of this fleet share a key: nobody else can speak for one of them.",
		open: "This fleet is open:",
		openMeans:
			"any device in the home network can pass itself off as one of its cameras. Give it a key, then join the other cameras to it.",
		code: "Join code, good for ten minutes:",
		codeUse: "Type it on the fleet page of each new camera, or start it with --join-code.",
		showCode: "Show a join code",
		makeKey: "Give this fleet a key",
		joinCode: "Join code of another camera",
		join: "Join",
		joinMeans: "From then on the passwords of that camera's fleet are good here, and one login is enough for all.",
	}),

	/** What a form could not do. */
	fault: Object.freeze({
		title: "That did not work",
		back: "Back to the page before",
	}),

	/** What was wrong with a form; what stands in monospace for programs stays: `quality`, `on=yes`. */
	wrong: Object.freeze({
		form: "This is neither a form nor a JSON object.",
		user: "The user is owner or viewer.",
		password: "A password has 8 to 64 characters, without control characters.",
		again: "The two passwords are not the same.",
		passwordsPinned: "The passwords of this camera stand in its settings: change them there.",
		hours: (most: number) => `hours is a number from 1 to ${most}.`,
		hasKey: "This fleet has a key already.",
		noKey: "This fleet has no key yet.",
		code: "That is no join code, or this camera is in a fleet with a key already.",
		noQuality: "This source offers no choice.",
		quality: "quality is a number from 1 to 100.",
		rate: "fps is a number of pictures a second.",
		ownTime: "This machine keeps its own time.",
		time: "utc is the time in milliseconds since 1970.",
		noRestart: "This host can't restart its camera.",
		name: "A name has 1 to 48 letters, some of which count as two or more; and the camera has to be there.",
		on: "Say on=yes or on=no.",
	}),

	/** Why a form that moves the camera was refused. */
	motion: Object.freeze({
		"no-motion": "This camera does not move.",
		ambiguous: "Say one thing at a time: pan and tilt, panTo and tiltTo, home, stop, preset, save, remove or patrol.",
		home: "Say home=yes.",
		stop: "Say stop=yes.",
		"move-by": "pan and tilt are numbers of degrees.",
		"move-to": "panTo and tiltTo are numbers of degrees.",
		"no-preset": "There is no preset of that name.",
		"preset-name": "A preset's name has 1 to 24 letters; some of them count as two or more.",
		"presets-full": "There are 16 presets already; remove one first.",
		patrol: "Say patrol=on or patrol=off.",
		"nothing-to-patrol": "A patrol visits presets, and there are none yet.",
	}),

	dynamicDns: Object.freeze({
		waits: "The representative tells the dynamic DNS service.",
		noAddress: "There is no address yet that the Internet could reach.",
		soon: "The dynamic DNS service will be told within a minute.",
		tells: "The dynamic DNS service is being told.",
		knows: (address: string) => `The dynamic DNS service knows the address ${address}.`,
		notTold: (why: string) => `The dynamic DNS service was not told: ${why}.`,
		outOfOrder: "The dynamic DNS service is out of order.",
		status: (status: number) => `The dynamic DNS service answered with status ${status}.`,
		again: "It is tried again.",
		wrongHost: "Take dynamic-dns-url away, or use another camera.",
		refusals: Object.freeze({
			badauth: Object.freeze({
				message: "The dynamic DNS service does not take the password.",
				remedy: "Correct user and password in dynamic-dns-url.",
			}),
			notfqdn: Object.freeze({
				message: "The dynamic DNS service wants a whole domain name.",
				remedy: "Correct host-name, such as cams.example.org.",
			}),
			nohost: Object.freeze({
				message: "The dynamic DNS service does not know the name.",
				remedy: "Create the name there, or correct host-name.",
			}),
			numhost: Object.freeze({
				message: "The dynamic DNS service was given too many names.",
				remedy: "Leave one name in dynamic-dns-url.",
			}),
			abuse: Object.freeze({
				message: "The dynamic DNS service has blocked the name.",
				remedy: "Ask the service to unblock it.",
			}),
			badagent: Object.freeze({
				message: "The dynamic DNS service does not take updates from this program.",
				remedy: "Choose another service.",
			}),
			"!donator": Object.freeze({
				message: "The dynamic DNS service wants to be paid for this.",
				remedy: "Correct dynamic-dns-url.",
			}),
			"!yours": Object.freeze({
				message: "The name belongs to another user of the dynamic DNS service.",
				remedy: "Correct host-name or the user.",
			}),
			ko: Object.freeze({
				message: "The dynamic DNS service has refused the update.",
				remedy: "Correct name and token in dynamic-dns-url.",
			}),
		}),
	}),

	/** What a request gets instead of a page. */
	refused: Object.freeze({
		malformed: "The request can't be read.",
		impossible: "There can't be such a page.",
		logIn: "Log in first.",
		owner: "Only the owner may do this.",
		otherSite: "This form belongs to another site.",
		nowhere: "There is no such page.",
		method: "This can't be done here.",
		late: "The request took too long.",
		otherHost: "This camera does not go by that name.",
		guesses: "Too many wrong passwords: wait a while.",
		broken: "Something is wrong in this camera; its log says what.",
		noPicture: "The camera gives no pictures.",
		snapshots: "Too many wait for a picture.",
		viewers: "As many people are watching as this camera allows at a time. Try again in a moment.",
		slow: "The camera took too long.",
		secure: "This camera is reached by https:// only.",
	}),

	restart: Object.freeze({
		title: "The camera begins anew",
		soon: "In some seconds it is there again. This page goes on by itself then, where the browser has script.",
		back: "Back to the settings",
	}),

	/** What becomes of joining a fleet. */
	join: Object.freeze({
		waiting: "Waiting for the camera that shows this code.",
		joined: "This camera has joined the fleet.",
		failed: (why: string) => `Not joined: ${why}.`,
		noKey: "the answer was no key",
	}),

	login: Object.freeze({
		title: "Log in",
		user: "User",
		owner: "Owner: may do all",
		viewer: "Viewer: may look",
		password: "Password",
		logIn: "Log in",
		wrong: "That is not the password. Look for capital letters, and try again.",
		wait: "Too many wrong passwords. Wait a while, then try again.",
		plain:
			"This page is not encrypted: others on the way can see the pictures. Your password itself is not sent, only a proof that you know it.",
		plainForm: "This page is not encrypted: others on the way can read the password.",
		failed: "The camera did not answer. Try again.",
	}),
});

/** The words for each way in which the Internet can fail to reach a camera. */
export const DIAGNOSIS_MESSAGES = Object.freeze({
	"no-network": {
		message: "This camera has no network address.",
		remedy: "Check the cable or the Wi-Fi; it goes on by itself as soon as it has an address.",
	},
	"no-gateway": {
		message: "No router answers that lets cameras ask for a port.",
		remedy:
			"Switch on UPnP (also called IGD or automatic port forwarding), or PCP or NAT-PMP, in the router's settings, or forward a port to this camera by hand.",
	},
	"not-connected": {
		message: "The router is not connected to the Internet.",
		remedy: "Check the router's Internet connection; the camera tries again by itself.",
	},
	"no-address": {
		message: "The router does not tell its Internet address.",
		remedy: "Wait until it is connected, or set a host name (dynamic DNS) for the links.",
	},
	"double-nat": {
		message: "The router has no public address: there is another router before it (double NAT).",
		remedy: "Put one of the two routers into bridge mode, or forward the ports on the outer router too.",
	},
	"carrier-nat": {
		message: "The Internet provider shares one address among many customers (carrier-grade NAT).",
		remedy: "Ask the provider for a public IPv4 address; no setting in the router can help.",
	},
	permission: {
		message: "The router does not allow this device to open ports.",
		remedy:
			"On a FRITZ!Box: Internet, Permit Access, this device, tick \u201cPermit independent port sharing\u201d. On others: allow UPnP for this device.",
	},
	"permanent-leases": {
		message: "The router keeps port mappings for ever.",
		remedy:
			"Nothing need be done. Should a camera be taken away without leaving in order, delete its mapping in the router's settings.",
	},
	"port-stuck": {
		message: "The representative's port is held by a camera that is gone, or by another device.",
		remedy: "Restart the router or delete the mapping in its settings; until then the next port of the list is used.",
	},
	"port-used-by-router": {
		message: "The router uses the representative's port itself.",
		remedy:
			"Another port of the list is used. To get the usual one back, move the router's remote administration to another port.",
	},
	"table-full": {
		message: "The router's table of port mappings is full.",
		remedy: "Delete mappings that are no longer needed in the router's settings, or restart it.",
	},
	"gateway-lies": {
		message: "The router says that it opened the port, but it did not.",
		remedy: "Look for a forwarding made by hand of the same port and delete it, or restart the router.",
	},
	refused: {
		message: "The router refuses to open a port.",
		remedy: "Look at the log for its reason; some routers open only ports from 1024 on.",
	},
	"no-port": {
		message: "All the ports that this camera may ask for are taken.",
		remedy: "Delete mappings that are no longer needed in the router's settings.",
	},
	"port-control-only": {
		message: "The router speaks PCP or NAT-PMP only, so no camera can be sure to get the representative's port.",
		remedy:
			"Switch on UPnP in the router's settings if it has it; each camera can be reached at a port of its own meanwhile.",
	},
	"gateway-silent": {
		message: "The router has stopped answering.",
		remedy: "It may be restarting; the camera goes on by itself when it is back.",
	},
});
