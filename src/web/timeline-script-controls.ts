/** The part of the timeline's script with keys, buttons, calendar, clips and the list; and how it begins. */
export const TIMELINE_CONTROLS_SCRIPT = `
// Events of the cameras that are shown, in order.
const events = () => [...shown.keys()].flatMap((key) => dataOf(key).events).sort((a, b) => a.from - b.from);
function toEvent(forward) {
	const t = forward ? events().find((event) => event.from > at + SECOND) : events().findLast((event) => event.from < at - 3 * SECOND);
	if (t === undefined) say(T.noEvent);
	else { say(""); seek(t.from - SECOND); }
}
function toEnd(forward) {
	const { coverage } = dataOf(lead());
	if (coverage.length > 0) seek(forward ? endOf(lead(), coverage.at(-1)) - SECOND : coverage[0].from);
}
const sameTime = (days) => { const d = new Date(at); return new Date(d.getFullYear(), d.getMonth(), d.getDate() + days, d.getHours(), d.getMinutes(), d.getSeconds()).getTime(); };
const on = (id, run) => find(id).addEventListener("click", run);
on("day-back", () => seek(sameTime(-1)));
on("day-on", () => seek(sameTime(1)));
on("yesterday", () => seek(sameTime(Math.round((dayOf(now(), -1) - day) / (24 * HOUR)))));
on("today", () => seek(sameTime(Math.round((dayOf(now()) - day) / (24 * HOUR)))));
on("step-back", () => seek(at - 10 * SECOND));
on("step-on", () => seek(at + 10 * SECOND));
on("event-back", () => toEvent(false));
on("event-on", () => toEvent(true));
on("play", () => setPlaying(!playing));
on("to-live", () => {
	setSpeed(1);
	// H.264 comes in pieces.
	seek(now() - (dataOf(lead()).coverage.at(-1)?.encoding === "H264" ? 10 : 2) * SECOND);
	setPlaying(true);
});
on("zoom-in", () => zoom(-1));
on("zoom-out", () => zoom(1));
function setSpeed(value) {
	const was = playing;
	if (was) setPlaying(false);
	speed = value;
	find("speed").value = value;
	if (was) setPlaying(true);
}
find("speed").addEventListener("change", () => setSpeed(Number(find("speed").value)));
find("time").addEventListener("change", () => {
	const [h, m, s = 0] = find("time").value.split(":").map(Number);
	if (!Number.isNaN(m)) seek(new Date(day).setHours(h, m, s));
});
find("time").addEventListener("blur", paintHeads);
const KEYS = {
	ArrowLeft: (shift) => seek(at - (shift ? MINUTE : 10 * SECOND)),
	ArrowRight: (shift) => seek(at + (shift ? MINUTE : 10 * SECOND)),
	PageUp: () => seek(at + HOUR),
	PageDown: () => seek(at - HOUR),
	Home: () => toEnd(false),
	End: () => toEnd(true),
	" ": () => setPlaying(!playing),
	n: () => toEvent(true),
	p: () => toEvent(false),
	i: () => mark("from"),
	o: () => mark("to"),
	"+": () => zoom(-1),
	"-": () => zoom(1),
};
KEYS.ArrowUp = KEYS.ArrowRight;
KEYS.ArrowDown = KEYS.ArrowLeft;
strip.addEventListener("keydown", (event) => {
	const run = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
	if (run === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
	event.preventDefault();
	run(event.shiftKey);
});

// The calendar marks the days on which anything of the cameras that are shown is recorded.
const calendar = find("calendar");
let month = 0;
async function paintMonth() {
	const first = month = new Date(new Date(month).setDate(1)).setHours(0, 0, 0, 0);
	const date = new Date(first);
	const end = new Date(date.getFullYear(), date.getMonth() + 1, 1).getTime();
	const has = new Set();
	const keys = [...shown.keys()];
	let isUnknown = false;
	await Promise.all(keys.map(async (key) => {
		// No gap of less than 23 hours hides a day.
		const { coverage } = await get("/api/v1/recordings/" + key + "/coverage?from=" + first + "&to=" + end + "&resolution=" + 23 * HOUR).catch(() => {
			isUnknown = true;
			return NOTHING;
		});
		for (const stretch of coverage) for (let t = dayOf(stretch.from); t < stretch.to; t = dayOf(t, 1)) has.add(t);
	}));
	if (first !== month) return;
	const step = (text, label, by) => {
		const button = make("button", { type: "button", className: "plain", textContent: text });
		button.setAttribute("aria-label", label);
		button.addEventListener("click", async () => {
			month = new Date(date.getFullYear(), date.getMonth() + by, 1).getTime();
			await paintMonth();
			calendar.querySelector(by < 0 ? "button" : ".row button:last-child").focus();
		});
		return button;
	};
	const head = make("div", { className: "row" }, step("‹", T.previousMonth, -1), make("strong", { textContent: date.toLocaleDateString([], { month: "long", year: "numeric" }) }), step("›", T.nextMonth, 1));
	const table = make("table");
	const names = table.createTHead().insertRow();
	for (let i = 0; i < 7; i++) names.append(make("th", { scope: "col", textContent: new Date(2024, 0, 1 + i).toLocaleDateString([], { weekday: "short" }) }));
	const body = table.createTBody();
	let row = body.insertRow();
	for (let i = (date.getDay() + 6) % 7; i > 0; i--) row.insertCell();
	for (let t = first; t < end; t = dayOf(t, 1)) {
		if (row.cells.length === 7) row = body.insertRow();
		const button = make("button", { type: "button", textContent: new Date(t).getDate(), disabled: !has.has(t) && !isUnknown });
		button.classList.toggle("has", has.has(t));
		const name = new Date(t).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
		button.setAttribute("aria-label", has.has(t) ? T.recordedDay.replace("%", name) : name);
		if (t === day) button.setAttribute("aria-current", "date");
		button.addEventListener("click", () => {
			calendar.open = false;
			calendar.firstElementChild.focus();
			seek(sameTime(Math.round((t - day) / (24 * HOUR))));
		});
		row.insertCell().append(button);
	}
	calendar.lastElementChild.replaceChildren(head, table);
}
calendar.addEventListener("toggle", () => { month = day; if (calendar.open) paintMonth(); });
calendar.addEventListener("keydown", (event) => {
	if (event.key !== "Escape" || !calendar.open) return;
	calendar.open = false;
	calendar.firstElementChild.focus();
});
document.addEventListener("pointerdown", (event) => { if (!calendar.contains(event.target)) calendar.open = false; });

// A clip, to download or lock.
function mark(side) {
	if (side === "from") { clip.from = at; if (clip.to <= at) clip.to = undefined; }
	else { clip.to = at; if (clip.from === undefined || clip.from >= at) clip.from = at - MINUTE; }
	paintClip();
	for (const row of inSight) paintRow(row.dataset.key);
	paintStrip();
}
function paintClip() {
	const { from, to } = clip;
	find("clip-is").textContent = from === undefined ? T.clipHint : clockOf(from) + " – " + (to === undefined ? "…" : clockOf(to) + ", " + T.clipIs.replace("%", longOf(to - from)));
	const does = find("clip-does");
	does.replaceChildren();
	if (from === undefined || to === undefined) return;
	for (const key of shown.keys()) {
		const stretch = dataOf(key).coverage.find((each) => each.from < to && endOf(key, each) > from);
		if (stretch === undefined) continue;
		const line = make("p", { className: "row" }, make("span", { textContent: cameraOf(key)?.title ?? key }));
		for (const format of stretch.encoding === "H264" ? ["mp4", "mkv"] : ["mov", "avi", "mkv"]) {
			const link = make("a", { className: "button plain", textContent: T.download.replace("%", format.toUpperCase()), download: "" });
			link.href = "/recordings/" + key + "/export." + format + "?from=" + Math.round(from) + "&to=" + Math.round(to);
			line.append(link);
		}
		does.append(line);
	}
	if (root.dataset.owner === undefined) return;
	const line = make("p", { className: "row" });
	for (const what of ["lock", "unlock"]) {
		const button = make("button", { type: "button", className: "plain", textContent: T[what] });
		button.addEventListener("click", () => lock(what));
		line.append(button);
	}
	does.append(line, make("p", { className: "hint", textContent: T.lockHint }));
}
async function lock(what) {
	say(T.locking);
	const body = new URLSearchParams({ from: Math.round(clip.from), to: Math.round(clip.to) });
	const answers = await Promise.all([...shown.keys()].map((key) => fetch("/api/v1/recordings/" + key + "/" + what, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => undefined)));
	if (answers.some((answer) => answer?.status === 401)) return location.reload();
	const bad = answers.find((answer) => !answer?.ok);
	say(bad === undefined && answers.length > 0 ? (what === "lock" ? T.isLocked : T.isUnlocked) : T.notSaved.replace("%", bad === undefined ? "" : (await bad.text()).trim()));
	for (const key of shown.keys()) { days.delete(key); refresh(key); }
}
on("clip-start", () => mark("from"));
on("clip-end", () => mark("to"));
on("clip-clear", () => {
	clip.from = clip.to = undefined;
	paintClip();
	for (const row of inSight) paintRow(row.dataset.key);
	paintStrip();
});

// The same in words: what is recorded on this day, why not, and what happened.
const details = find("list");
function paintList() {
	if (!details.open) return;
	const key = lead();
	const { coverage, events, before } = dataOf(key);
	const lines = [];
	const first = coverage[0]?.from ?? Math.min(dayEnd, now());
	if (before && first > day) lines.push([day, clockOf(day) + " – " + endClockOf(first), gapText(before)]);
	coverage.forEach((stretch, i) => {
		const end = endOf(key, stretch);
		lines.push([stretch.from, clockOf(stretch.from) + " – " + (growing(key, stretch) ? T.still : endClockOf(end)), T.recorded + (stretch.locked ? ", " + T.locked : "")]);
		const next = coverage[i + 1]?.from ?? Math.min(dayEnd, now());
		if (stretch.gap !== null && next > end) lines.push([end, clockOf(end) + " – " + endClockOf(next), gapText(stretch.gap)]);
	});
	for (const event of events) lines.push([event.from, clockOf(event.from), T.events[event.kind] + (event.label === "" ? "" : ", " + event.label), event]);
	lines.sort((a, b) => a[0] - b[0]);
	details.lastElementChild.replaceChildren(...lines.slice(0, 500).map(([t, text, what, event]) => {
		const button = make("button", { type: "button", textContent: text });
		button.addEventListener("click", () => seek(t));
		const line = make("li", { className: event === undefined ? "plain" : "" }, button, " " + what);
		if (event !== undefined && stateAt(key, event.still).stretch?.encoding === "JPEG")
			line.append(make("img", { loading: "lazy", alt: "", width: 128, height: 96, src: "/recordings/" + key + "/picture.jpg?at=" + event.still + "&width=128" }));
		return line;
	}));
	if (lines.length === 0) details.lastElementChild.append(make("li", { textContent: T.none }));
}
details.addEventListener("toggle", paintList);

// Begins where the address says, or at the newest picture.
async function begin() {
	for (await loadCameras(); cameras.length === 0; await loadCameras()) {
		if (!unreachable && state === "ready") say(T.empty);
		await new Promise((done) => setTimeout(done, 3 * SECOND));
	}
	say("");
	const query = new URLSearchParams(location.search);
	const keys = (query.get("camera") ?? "").split(",").filter((key) => cameraOf(key) !== undefined);
	const asked = query.get("at");
	const newest = cameras.reduce((best, camera) => (best === undefined || camera.to > best.to ? camera : best), undefined);
	const first = keys.length > 0 ? keys.slice(0, TILES_MAX) : [newest.to > 0 ? cameras.find((camera) => camera.to > 0).key : newest.key];
	const t = asked === null ? NaN : /^\\d+$/.test(asked) ? Number(asked) : Date.parse(asked);
	root.hidden = false;
	at = Number.isFinite(t) ? t : (cameraOf(first[0]).to || now()) - SECOND;
	at = clamp(at, 0, now());
	setDay(at);
	listRows();
	show(first);
	zoom(0);
	paintHeads();
	setInterval(() => follow(), 200);
	const look = async () => {
		if (document.hidden) return;
		await loadCameras();
		listRows();
		for (const tile of shown.values()) if (tile.hasFailed && !playing) tile.show(at);
		// Another day may have begun.
		setToday();
		for (const key of new Set([...shown.keys(), ...[...inSight].map((row) => row.dataset.key)])) refresh(key);
		paintHeads();
	};
	setInterval(look, 10 * SECOND);
	document.addEventListener("visibilitychange", look);
	addEventListener("resize", () => { paintHours(); paintHeads(); });
}
begin();
`;
