/*
 * The text that several pages share, in English. Each page has a file `…-messages.ts` of its own beside this one: together they are
 * what to translate. Put translated copies in their places and set `lang`. `${name}` and the like stand for a value and may move
 * within the sentence; a `%` is where the script of a page puts a name. Keep the names of fields, keys and functions. No HTML: `<`
 * and `&` show as they are. `npm run check` finds what is missing; the tests of the pages look for the English text and have to follow.
 */

/** The text that several pages share; functions fill in values. Not yet escaped for HTML. */
export const MESSAGES = Object.freeze({
	lang: "en",

	nav: Object.freeze({
		label: "Pages",
		more: "More",
		portal: "Cameras",
		camera: "This camera",
		settings: "Settings",
		fleet: "Fleet",
		logIn: "Log in",
		logOut: "Log out",
	}),

	copy: Object.freeze({
		copy: "Copy",
		copyNamed: (what: string) => `Copy ${what}`,
		copied: "Copied",
	}),

	notices: Object.freeze({
		unreachable: "Not reachable from the Internet",
		noPictures: "This camera has no picture.",
		noStreams: "Video players can't connect to this device (RTSP).",
		noUdp: "A video player on the Internet got no picture by UDP.",
		noUdpRemedy: "Its own router keeps the packets away. Set the player to RTSP over TCP.",
		notStored: (why: string) => `This device can't store what changes: ${why}.`,
		notStoredRemedy:
			"It goes on, but forgets the changes when it restarts. Free some space on its disk or memory card, or replace it.",
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
		routerUnasked: "not asked, as remote access is off",
		pictures: "Video source",
		streams: "Video players (RTSP)",
		streamsOutside: "Video players on the Internet (RTSP over TCP)",
		identity: "ID",
	}),

	/** Addresses for programs other than browsers. */
	programs: Object.freeze({
		title: "Addresses for programs",
		hint: "For Home Assistant, Frigate, VLC and others. They need a user and password, or a token in the address.",
		lan: "home network",
		internet: "Internet",
		noPort: "There are no addresses for the Internet, because the router has opened no port for this camera.",
		off: "There are no addresses for the Internet, because remote access is off. The Settings page turns it on.",
		kinds: Object.freeze({
			snapshot: "Snapshot (JPEG)",
			mjpeg: "Live video (MJPEG)",
			rtsp: "Live video (RTSP)",
			h264: "Live video (RTSP, H.264)",
			onvif: "ONVIF",
			webdav: "Files (WebDAV)",
		}),
		make: "Create addresses with a token",
		recipes: "Set up a program",
	}),

	/** What stands beside a form's button after it was sent, and the button that leaves things as they are. */
	form: Object.freeze({
		done: "Done.",
		lost: "No answer. Check the connection and try again.",
		cancel: "Cancel",
	}),

	/** The page that is shown when a form was not accepted. */
	fault: Object.freeze({
		title: "Something went wrong",
		/** By the status of the answer. */
		titles: Object.freeze({
			400: "Check what you entered",
			403: "Not allowed",
			404: "Page not found",
			413: "Too large",
			421: "Open this device by its address",
			429: "Too many requests",
			503: "Busy at the moment",
			507: "Not stored",
		}) as Readonly<Record<number, string>>,
		back: "Go back",
		first: "Go to the first page",
		again: "Try again",
	}),

	/** The page that is shown when a form reaches another camera than the one that made it. */
	otherCamera: Object.freeze({
		title: "Another device answers here now",
		what: "The form was made by another device, which had this address before. Nothing has been changed.",
		entered: "You entered:",
		goTo: (name: string) => `Open this page of ${name}`,
		later: "That device can't be reached at the moment. Look for it in the list:",
	}),

	/** Why a form was not accepted. The names of fields stay as they are: `quality`, `on`. */
	wrong: Object.freeze({
		camera: "This request is meant for another device. Nothing has been changed.",
		form: "The request is not a valid form or JSON object.",
		user: "user must be owner or viewer.",
		password: "Passwords must have 8 to 64 characters and no control characters.",
		again: "The passwords don't match.",
		passwordsPinned: "The password was set at startup (--password or --password-file). Change it there.",
		hours: (most: number) => `hours must be a number from 1 to ${most}.`,
		noDevice: "There is no such device on the home network, or it is in this fleet already.",
		addPassword: "password is missing: enter the one that the device showed at its first start.",
		addDrawn:
			"password must be the one that the device showed at its first start, such as ABCD-EFGH-IJKL. A password that somebody has chosen is not sent to devices: let it join by a code.",
		linkName: "Names of links can be up to 40 characters.",
		tooManyLinks: "There are already 20 viewer links. Revoke one first.",
		noLink: "This viewer link has already ended.",
		tooManyRevoked: "Too many links were revoked recently. Log out everywhere instead: that ends all of them.",
		hasKey: "This fleet already has a key.",
		noKey: "This fleet has no key yet.",
		code: "Invalid join code, or this device is already in a fleet with a key.",
		noQuality: "The quality of this video source can't be changed.",
		quality: "quality must be a number from 1 to 100.",
		width: (most: number) => `width must be a number of pixels from 0 to ${most}.`,
		picture: "Send at least one of quality, resolution, brightness and flip.",
		noLook: "This can't be changed at this video source.",
		resolution: (choices: string) => `resolution must be one of ${choices}.`,
		brightness: "brightness must be a whole number from -100 to 100.",
		flip: (choices: string) => `flip must be one of ${choices}.`,
		rate: "fps must be a number from 0 to 1000.",
		ownTime: "This device sets its own clock.",
		time: "utc must be the time in milliseconds since 1970.",
		noRestart: "This device can't be restarted from here.",
		name: "Names can be up to 48 characters (accented ones count double), and the device must be online.",
		on: "on must be yes or no.",
		notStored: (why: string) =>
			`Nothing was changed, because this device can't store it: ${why}. Free some space on its disk or memory card, or replace it.`,
	}),

	/** Why a request was refused. */
	refused: Object.freeze({
		malformed: "Invalid request.",
		impossible: "Invalid address.",
		logIn: "Login required.",
		link: "This viewer link has ended or is wrong. Ask the owner for a new one.",
		owner: "Only the owner can do this.",
		otherSite: "This form was sent from another site.",
		nowhere: "There is no page at this address.",
		method: "This address does not support that method.",
		late: "The request took too long.",
		otherHost:
			"This device doesn't know the host name in the address. Open it by its IP address. To use the name, enter it on the Settings page or pass --host-name.",
		otherHostOpen: (url: string) =>
			`This device doesn't know the host name in the address. Use ${url}, or set --host-name.`,
		guesses: "Too many wrong passwords. Try again later.",
		broken: "Something went wrong here. The log of the program says more.",
		noPicture: "The camera has no picture.",
		snapshots: "Too many snapshots were requested at once. Try again.",
		listeners: "Too many open pages are waiting for changes. Try again later.",
		viewers: "The limit of viewers is reached. Try again later.",
		slow: "The answer took too long. Try again.",
		nas: (status: number) => `The NAS refused this: status ${status}.`,
		secure: "This device requires https://.",
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
		ended: "This viewer link has ended or is wrong. Ask the owner for a new one, or log in.",
		/** To visitors by a tunnel. */
		view: "To watch without a password, open the address that porthole view shows on its terminal: it ends with the pass of the pairing.",
		plain: "Not encrypted: others on the network can see the video. Your password is not sent.",
		plainForm: "Not encrypted: others on the network can read your password.",
		failed: "No answer. Try again.",
		first: "First visit?",
		firstMeans:
			"A device draws its owner's password at its first start, and shows it on its terminal or in its log, or says there which file has it.",
	}),
});
