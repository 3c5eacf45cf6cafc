/** Of `GET /api/v1/cameras`. */
const CAMERAS_EXAMPLE = Object.freeze({
	cameras: Object.freeze([
		Object.freeze({
			id: "14d957c4f6f78bd3",
			boot: 7,
			name: "Garden",
			url: "http://198.51.100.7:8081/",
			link: "http://198.51.100.7:8081/?pass=v…",
			snapshot: "http://198.51.100.7:8081/snapshot.jpg?pass=v…",
			live: "http://198.51.100.7:8081/stream.mjpeg?pass=v…",
			representative: false,
			self: false,
			health: "ok",
		}),
	]),
	absent: Object.freeze([Object.freeze({ id: "5be1f0c2a0917d44", name: "Gate", lastSeen: 1767225600000 })]),
	notices: Object.freeze([]),
});

/** Of `GET /api/v1/motion`; angles in degrees, speed in degrees a second, dwell in seconds. */
const MOTION_EXAMPLE = Object.freeze({
	pan: 30,
	tilt: -5,
	panLimit: 90,
	tiltLimit: 45,
	moving: false,
	speed: 60,
	presets: Object.freeze([Object.freeze({ name: "Gate", pan: 30, tilt: -5 })]),
	patrol: Object.freeze({ on: false, dwell: 10 }),
});

/** Of `GET /api/v1/picture`. */
const PICTURE_EXAMPLE = Object.freeze({ age: 0.04, trouble: null, quality: 80 });

/** Of `GET /api/v1/status`. */
const STATUS_EXAMPLE = Object.freeze({
	id: "14d957c4f6f78bd3",
	boot: 7,
	name: "Garden",
	model: "linux",
	representative: true,
	mapping: true,
	externalUrl: "http://198.51.100.7:8080/",
	lanUrl: "http://192.168.0.11:8000/",
	gateway: Object.freeze({
		name: "Home router",
		gatewayAddress: "192.168.0.1",
		service: "WANIPConnection:1",
		externalAddress: "198.51.100.7",
		externalPort: 8080,
		representative: true,
		by: "UPnP",
		diagnoses: Object.freeze([]),
	}),
	hostNames: Object.freeze(["porthole-14d957c4.local"]),
	notices: Object.freeze([]),
	source: Object.freeze({ description: "640 x 480 at 15 a second", quality: 80, trouble: null }),
	motion: MOTION_EXAMPLE,
	frames: Object.freeze({ taken: 900, delivered: 1800, missed: 3, viewers: 2 }),
	http: Object.freeze({ accepted: 12, requests: 80, strangers: 4, wrongPasswords: 0, connections: 3 }),
	fleet: Object.freeze({
		sealed: true,
		term: 1,
		heirs: Object.freeze([]),
		cameras: Object.freeze([]),
		absent: Object.freeze([]),
	}),
});

/** Of `GET /api/v1/settings`. */
const SETTINGS_EXAMPLE = Object.freeze({
	now: Object.freeze({ "http-port": "8000", "host-name": "" }),
	changed: Object.freeze({ "host-name": "cams.example.org" }),
});

/** Of `POST /api/v1/settings`. */
const CHANGED_EXAMPLE = Object.freeze({
	now: SETTINGS_EXAMPLE.now,
	changed: SETTINGS_EXAMPLE.changed,
	restart: true,
});

/** Of the operations of the fleet. */
const FLEET_EXAMPLE = Object.freeze({
	sealed: true,
	code: "ABCD-EFGH-IJKL-MNOP",
	outcome: "",
	outside: Object.freeze([]),
});

/** Of `POST /api/v1/links`. */
const LINK_EXAMPLE = Object.freeze({ url: "http://198.51.100.7:8080/?link=v…", token: "v…", hours: 24 });

/** Of `GET /api/v1/streams`. */
const STREAMS_EXAMPLE = Object.freeze({
	streams: Object.freeze([
		Object.freeze({
			id: 7,
			client: "192.168.0.20",
			content: "live",
			framing: "udp",
			state: "playing",
			seconds: 90,
			packets: 27000,
			octets: 32400000,
			missed: 0,
		}),
	]),
});

/** Of `GET /api/v1/recordings`. */
const RECORDINGS_EXAMPLE = Object.freeze({
	now: 1767225600000,
	state: "ready",
	cameras: Object.freeze([
		Object.freeze({
			key: "14d957c4f6f78bd3",
			title: "Garden",
			mode: "continuous",
			recording: true,
			why: null,
			trouble: null,
			from: 1766620800000,
			to: 1767225600000,
			octets: 96000000000,
		}),
	]),
});

/** Of `GET /api/v1/recordings/{key}/coverage`. */
const COVERAGE_EXAMPLE = Object.freeze({
	from: 1767139200000,
	to: 1767225600000,
	resolution: 43200,
	before: null,
	coverage: Object.freeze([
		Object.freeze({ from: 1767139200000, to: 1767168000000, encoding: "JPEG", gap: "source", locked: false }),
	]),
	events: Object.freeze([
		Object.freeze({
			id: 1767150000000,
			from: 1767150000000,
			to: 1767150020000,
			still: 1767150004000,
			kind: "motion",
			score: 40,
			label: "Gate",
		}),
	]),
});

/** Of `GET /api/v1/events`. */
const EVENTS_EXAMPLE = Object.freeze({
	events: Object.freeze([
		Object.freeze({
			id: 1767150000000,
			camera: "14d957c4f6f78bd3",
			kind: "motion",
			from: 1767150000000,
			to: 1767150020000,
			still: 1767150004000,
			score: 40,
			label: "Gate",
		}),
	]),
	more: false,
});

/** Of `GET /api/v1/recordings/{key}/motion`, with a grid of four cells. */
const DETECTOR_EXAMPLE = Object.freeze({
	state: "motion",
	event: true,
	score: 25,
	area: 250,
	columns: 2,
	rows: 2,
	marks: "0020",
	pictures: 1200,
	fault: null,
	settings: Object.freeze({
		on: "on",
		sensitivity: 50,
		area: 3,
		pictures: 3,
		hold: 5,
		zones: Object.freeze([Object.freeze({ use: "watch", name: "Gate", left: 0, top: 50, right: 100, bottom: 100 })]),
	}),
});

/** A metering record; times in milliseconds since 1970, the amount in millionths. */
const RECORD_EXAMPLE = Object.freeze({
	id: "0123456789abcdef0123456789abcdef-0",
	session: "0123456789abcdef0123456789abcdef",
	part: 0,
	isLast: true,
	relay: "east1",
	content: "14d957c4f6f78bd3",
	protocol: "rtsp",
	framing: "udp",
	viewer: "Anna",
	ticket: "",
	hops: 0,
	start: 1767225600000,
	end: 1767225660000,
	reason: "the viewer left",
	payload: 7200000,
	total: 7368000,
	packets: 6000,
	frames: 1500,
	drops: 0,
	amount: 7200,
	currency: "EUR",
});

/** Of `GET /api/v1/ledger/sums`. */
const SUMS_EXAMPLE = Object.freeze({
	by: "day",
	sums: Object.freeze([
		Object.freeze({
			key: "2026-11-27",
			sessions: 1,
			records: 1,
			payload: 7200000,
			total: 7368000,
			packets: 6000,
			frames: 1500,
			drops: 0,
			time: 60000,
			amounts: Object.freeze([Object.freeze(["EUR", 7200])]),
		}),
	]),
});

/** Of `GET /api/v1/ledger/unrecorded`. */
const UNRECORDED_EXAMPLE = Object.freeze({
	tickets: Object.freeze([
		Object.freeze({
			ticket: "0123456789abcdef01234567",
			relay: "east1",
			viewer: "Anna",
			content: "14d957c4f6f78bd3",
			at: 1767225600000,
			witness: "page",
		}),
	]),
});

/** Of `GET /api/v1/relays`. */
const RELAYS_EXAMPLE = Object.freeze({
	relays: Object.freeze([
		Object.freeze({
			name: "east1",
			host: "198.51.100.9",
			httpPort: 8080,
			rtspPort: 8554,
			secure: false,
			room: 1000,
		}),
	]),
});

/** Of `GET /api/v1/relay`. */
const RELAY_EXAMPLE = Object.freeze({
	name: "east1",
	contents: Object.freeze([
		Object.freeze({
			key: "home/14d957c4f6f78bd3",
			title: "Garden",
			protocol: "rtsp",
			origin: "Home",
			needsLogin: true,
			state: "open",
			viewers: 1,
			hops: 0,
		}),
	]),
	viewers: Object.freeze([
		Object.freeze({
			content: "Garden",
			viewer: "Anna",
			address: "198.51.100.20",
			protocol: "rtsp over udp",
			time: 60000,
			octets: 7368000,
			frames: 1500,
			drops: 0,
		}),
	]),
	totals: Object.freeze({ sessions: 1, payload: 7200000, total: 7368000, frames: 1500, drops: 0 }),
});

/** Of `POST /api/v1/relays/links`. */
const RELAY_LINKS_EXAMPLE = Object.freeze({
	relay: "east1",
	ticket: "0123456789abcdef01234567",
	http: "http://198.51.100.9:8080/home/14d957c4f6f78bd3?link=r.…",
	rtsp: "rtsp://198.51.100.9:8554/home/14d957c4f6f78bd3?link=r.…",
	hours: 24,
});

/** Of `POST /api/v1/relays/key`. */
const RELAY_KEY_EXAMPLE = Object.freeze({
	name: "east1",
	key: "0123456789abcdef…",
	line: "origin home 0123456789abcdef… http://198.51.100.7:8080",
});

/** Of `GET /api/v1/openapi.json`, in outline. */
const DOCUMENT_EXAMPLE = Object.freeze({ openapi: "3.1.0", info: Object.freeze({ title: "Porthole" }) });

/** Examples of what operations answer, for the OpenAPI document: method and path, and the answer. */
export const API_EXAMPLES: readonly (readonly [operation: string, example: unknown])[] = Object.freeze([
	["GET /api/v1/cameras", CAMERAS_EXAMPLE],
	["GET /api/v1/motion", MOTION_EXAMPLE],
	["GET /api/v1/picture", PICTURE_EXAMPLE],
	["GET /api/v1/status", STATUS_EXAMPLE],
	["GET /api/v1/settings", SETTINGS_EXAMPLE],
	["POST /api/v1/settings", CHANGED_EXAMPLE],
	["POST /api/v1/fleet/key", FLEET_EXAMPLE],
	["POST /api/v1/fleet/invite", FLEET_EXAMPLE],
	["POST /api/v1/fleet/join", FLEET_EXAMPLE],
	["POST /api/v1/links", LINK_EXAMPLE],
	["GET /api/v1/streams", STREAMS_EXAMPLE],
	["GET /api/v1/recordings", RECORDINGS_EXAMPLE],
	["GET /api/v1/recordings/{key}/coverage", COVERAGE_EXAMPLE],
	["GET /api/v1/events", EVENTS_EXAMPLE],
	["POST /api/v1/recordings/{key}/event", Object.freeze({ id: 1767150000000 })],
	["GET /api/v1/recordings/{key}/motion", DETECTOR_EXAMPLE],
	["GET /api/v1/ledger", Object.freeze({ records: Object.freeze([RECORD_EXAMPLE]), next: null })],
	["GET /api/v1/ledger/sums", SUMS_EXAMPLE],
	["GET /api/v1/ledger/records.csv", "id,session,part,…\r\n0123456789abcdef0123456789abcdef-0,…\r\n"],
	["GET /api/v1/ledger/records.json", Object.freeze([RECORD_EXAMPLE])],
	["GET /api/v1/ledger/unrecorded", UNRECORDED_EXAMPLE],
	["GET /api/v1/relay", RELAY_EXAMPLE],
	["GET /api/v1/relays", RELAYS_EXAMPLE],
	["POST /api/v1/relays/key", RELAY_KEY_EXAMPLE],
	["POST /api/v1/relays/links", RELAY_LINKS_EXAMPLE],
	["GET /api/v1/openapi.json", DOCUMENT_EXAMPLE],
]);
