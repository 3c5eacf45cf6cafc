/** The part of the timeline's script that knows what is recorded when. */
export const TIMELINE_DATA_SCRIPT = `
const root = find("timeline");
const T = JSON.parse(root.dataset.texts);
const SECOND = 1000, MINUTE = 60000, HOUR = 3600000;
// The recorder's clock counts, not the browser's.
let ahead = 0;
const now = () => Date.now() + ahead;
const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
const dayOf = (t, more = 0) => { const d = new Date(t); return new Date(d.getFullYear(), d.getMonth(), d.getDate() + more).getTime(); };
const clockOf = (t, fine = true) => new Date(t).toLocaleTimeString([], fine ? { hour: "2-digit", minute: "2-digit", second: "2-digit" } : { hour: "2-digit", minute: "2-digit" });
// The end of the day is not its beginning.
const endClockOf = (t) => t === dayEnd ? "24:00" : clockOf(t);
const dateOf = (t) => new Date(t).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short", year: new Date(t).getFullYear() === new Date().getFullYear() ? undefined : "numeric" });
const longOf = (span) => {
	const s = Math.round(span / SECOND);
	return (s >= 3600 ? Math.floor(s / 3600) + " h " : "") + (s >= 60 ? Math.floor(s / 60) % 60 + " min " : "") + (s < 3600 ? s % 60 + " s" : "");
};
const make = (tag, given = {}, ...children) => {
	const element = Object.assign(document.createElement(tag), given);
	element.append(...children);
	return element;
};

async function get(path) {
	const answer = await fetch(path, { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(10000) });
	// The session has ended: show the login page.
	if (answer.status === 401) location.reload();
	if (!answer.ok) throw answer;
	return answer.json();
}

// The cameras, and what is known of the selected day of each.
let cameras = [];
let day = 0, dayEnd = 0;
const days = new Map();
const NOTHING = { coverage: [], events: [] };
const cameraOf = (key) => cameras.find((camera) => camera.key === key);
const dataOf = (key) => { const data = days.get(key); return data?.day === day ? data : NOTHING; };

let unreachable = false;
let state = "ready";
async function loadCameras() {
	try {
		const list = await get("/api/v1/recordings");
		if (list.now !== null) ahead = list.now - Date.now();
		cameras = list.cameras;
		const word = list.state === "ready" ? (unreachable ? T.back : "") : T[list.state];
		if (unreachable || list.state !== state) say(word);
		unreachable = false;
		state = list.state;
	} catch {
		if (!unreachable) say(T.lost);
		unreachable = true;
	}
}

async function loadDay(key) {
	const from = day;
	try {
		const data = await get("/api/v1/recordings/" + key + "/coverage?from=" + from + "&to=" + dayEnd + "&resolution=2000");
		if (from === day) days.set(key, { day: from, at: now(), ...data });
		return from === day;
	} catch { return false; }
}

// A stretch that goes on while it is watched.
const growing = (key, stretch) => stretch.gap === null && cameraOf(key)?.recording === true && now() - stretch.to < MINUTE && dataOf(key).coverage.at(-1) === stretch;
const endOf = (key, stretch) => growing(key, stretch) ? now() : stretch.to;

// The stretch at a time; or why nothing is recorded, and when the next one begins.
function stateAt(key, t) {
	const data = dataOf(key);
	let before;
	for (const stretch of data.coverage) {
		if (t < stretch.from) return { why: before === undefined ? data.before : before.gap, next: stretch.from };
		if (t < endOf(key, stretch)) return { stretch };
		before = stretch;
	}
	if (data === NOTHING) return { loading: true };
	return { why: before === undefined ? data.before : before.gap, next: Infinity };
}

const gapText = (why) => why === null || why === undefined ? T.none : T.gaps[why];
const troubles = new Set(["source", "storage", "crash", "clock"]);

// Bars as paths: few elements, whatever happened. One path for each class.
const SVG = document.querySelector("#strip svg").namespaceURI;
function drawBar(svg, key, from, to) {
	const scale = 1000 / (to - from);
	const paths = { future: "", rec: "", kept: "", bad: "", idle: "", event: "", clip: "" };
	const box = (kind, start, end, top, height) => {
		const left = clamp((start - from) * scale, 0, 1000);
		const width = Math.max(clamp((end - from) * scale, 0, 1000) - left, kind === "event" ? 2.5 : 0.8).toFixed(2);
		if (end > from && start < to) paths[kind] += "M" + left.toFixed(2) + " " + top + "h" + width + "v" + height + "h-" + width + "z";
	};
	const { coverage, events, before } = dataOf(key);
	const gap = (why, start, end) => {
		if (why && end > start) box(troubles.has(why) ? "bad" : "idle", start, end, 6, troubles.has(why) ? 2 : 1);
	};
	gap(before, day, coverage[0]?.from ?? Math.min(dayEnd, now()));
	coverage.forEach((stretch, i) => {
		const end = endOf(key, stretch);
		box(stretch.locked ? "kept" : "rec", stretch.from, end, 3, 7);
		gap(stretch.gap, end, coverage[i + 1]?.from ?? Math.min(dayEnd, now()));
	});
	// An event is as high as its score.
	for (const event of events) {
		const height = clamp(1.5 + event.score / 20, 1.5, 4);
		box("event", event.from, event.to ?? Math.min(now(), event.from + MINUTE), 0, height);
	}
	if (now() < to) box("future", now(), to, 0, 10);
	if (clip.from !== undefined) box("clip", clip.from, clip.to ?? at, 0, 10);
	svg.setAttribute("viewBox", "0 0 1000 10");
	svg.setAttribute("preserveAspectRatio", "none");
	const kinds = Object.keys(paths);
	while (svg.childElementCount < kinds.length) svg.append(document.createElementNS(SVG, "path"));
	kinds.forEach((kind, i) => {
		svg.children[i].setAttribute("class", kind);
		svg.children[i].setAttribute("d", paths[kind]);
	});
}
`;
