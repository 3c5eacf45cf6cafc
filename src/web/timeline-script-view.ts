/** The part of the timeline's script with the bars of the day, the strip, the calendar and the controls. */
export const TIMELINE_VIEW_SCRIPT = `
// Moves the common time; pictures that play go on by themselves.
function moveTo(t) {
	at = clamp(t, 0, now());
	if (at < day || at >= dayEnd) setDay(at);
	paintHeads();
}
// Jumps to a time, and shows it.
function seek(t) {
	const was = playing;
	if (was) setPlaying(false);
	moveTo(t);
	for (const tile of shown.values()) tile.show(at);
	if (was) setPlaying(true);
	remember();
}
let remembering;
function remember() {
	clearTimeout(remembering);
	remembering = setTimeout(() => {
		const key = shown.keys().next().value;
		if (key !== undefined) history.replaceState(null, "", "?camera=" + [...shown.keys()].join(",") + "&at=" + Math.round(at));
	}, 500);
}

function setDay(t) {
	day = dayOf(t);
	dayEnd = dayOf(t, 1);
	find("calendar").firstElementChild.textContent = dateOf(day);
	setToday();
	paintHours();
	for (const key of shown.keys()) refresh(key);
	for (const row of inSight) if (!shown.has(row.dataset.key)) refresh(row.dataset.key);
}
const setToday = () => { find("today").disabled = find("day-on").disabled = day >= dayOf(now()); };
// What was read before the day was over is not all of it.
const fresh = (key) => { const data = days.get(key); return data?.day === day && (data.at >= dayEnd || now() - data.at < 8 * SECOND); };
async function refresh(key) {
	if (fresh(key) || !(await loadDay(key))) return;
	paintRow(key);
	if (!shown.has(key)) return;
	if (!playing && shown.get(key).figure.classList.contains("empty")) shown.get(key).show(at);
	if (key === lead()) { paintStrip(); paintList(); }
}
const lead = () => shown.keys().next().value;

// The day of each camera at a glance. Only rows in sight are loaded.
const rows = find("rows");
const inSight = new Set();
const sight = new IntersectionObserver((entries) => {
	for (const { target, isIntersecting } of entries) {
		isIntersecting ? inSight.add(target) : inSight.delete(target);
		if (isIntersecting && day !== 0) refresh(target.dataset.key);
	}
});
function listRows() {
	const old = new Map([...rows.children].map((row) => [row.dataset.key, row]));
	cameras.forEach(({ key }, i) => {
		const row = old.get(key) ?? makeRow(key);
		old.delete(key);
		if (rows.children[i] !== row) rows.insertBefore(row, rows.children[i] ?? null);
		paintRow(key);
		shown.get(key)?.rename();
	});
	for (const row of old.values()) { sight.unobserve(row); inSight.delete(row); row.remove(); }
}
function makeRow(key) {
	const button = make("button", { type: "button", className: "plain" });
	const bar = make("div", { className: "bar" }, document.createElementNS(SVG, "svg"), make("i", { className: "head" }));
	bar.firstChild.setAttribute("aria-hidden", "true");
	const row = make("li", {}, button, bar, make("span", { className: "unseen" }), make("p", { className: "state" }));
	row.dataset.key = key;
	button.addEventListener("click", () => toggle(key));
	scrub(bar, (x, tap) => {
		const { left, width } = bar.getBoundingClientRect();
		const perPixel = (dayEnd - day) / width;
		const t = day + (x - left) * perPixel;
		if (tap && !shown.has(key)) show(shown.size > 1 ? [...shown.keys(), key] : [key]);
		// A finger can't hit the minute: it means a round one.
		const round = perPixel > 30 * SECOND ? 5 * MINUTE : perPixel > 10 * SECOND ? MINUTE : 1;
		return tap ? dayOf(day) + Math.round((t - day) / round) * round : t;
	});
	sight.observe(row);
	return row;
}
function paintRow(key) {
	const row = [...rows.children].find((each) => each.dataset.key === key);
	const camera = cameraOf(key);
	if (row === undefined || camera === undefined) return;
	const [button, bar, summary, why] = row.children;
	button.textContent = camera.title;
	button.setAttribute("aria-pressed", shown.has(key));
	button.title = T.show.replace("%", camera.title);
	drawBar(bar.firstChild, key, day, dayEnd);
	const { coverage, events, at: loaded } = dataOf(key);
	const total = coverage.reduce((sum, stretch) => sum + endOf(key, stretch) - stretch.from, 0);
	summary.textContent = loaded === undefined ? "" : T.summary.replace("%", total > 0 ? longOf(total) : "0").replace("%", coverage.filter((stretch) => troubles.has(stretch.gap)).length).replace("%", events.length);
	why.textContent = camera.trouble ?? (troubles.has(camera.why) ? gapText(camera.why) : "");
}
function paintHeads() {
	const left = clamp((at - day) / (dayEnd - day), 0, 1) * 100 + "%";
	for (const row of inSight) row.children[1].lastChild.style.left = left;
	if (document.activeElement !== find("time")) find("time").value = new Date(at - new Date(at).getTimezoneOffset() * MINUTE).toISOString().slice(11, 19);
	paintStrip();
}
function paintHours() {
	const hours = document.querySelector("#timeline .hours");
	// As many as there is room for: how long one is depends on the language.
	for (const step of [3, 6, 12]) {
		hours.replaceChildren();
		let end = -Infinity;
		let fits = true;
		for (let h = 0; h < 24; h += step) {
			const t = new Date(day).setHours(h);
			const mark = make("span", { textContent: clockOf(t, false) });
			mark.style.left = (t - day) / (dayEnd - day) * 100 + "%";
			hours.append(mark);
			const { left, right } = mark.getBoundingClientRect();
			fits &&= left > end + 6;
			end = right;
		}
		if (fits) break;
	}
}
function toggle(key) {
	const keys = [...shown.keys()];
	if (!shown.has(key)) keys.push(key);
	else if (keys.length > 1) keys.splice(keys.indexOf(key), 1);
	show(keys.slice(-TILES_MAX));
}
function show(keys) {
	const was = playing;
	if (was) setPlaying(false);
	for (const [key, tile] of shown) if (!keys.includes(key)) { tile.close(); shown.delete(key); paintRow(key); }
	for (const key of keys) {
		if (shown.has(key)) continue;
		shown.set(key, new Tile(key));
		paintRow(key);
		refresh(key);
	}
	for (const tile of shown.values()) tile.show(at);
	if (was) setPlaying(true);
	thumbs.clear();
	find("strip").firstElementChild.replaceChildren();
	paintStrip();
	paintList();
	paintClip();
	remember();
}

// Dragging: pictures follow the finger, and play on afterwards if they did before.
function scrub(element, timeOf) {
	let was, moved, first;
	element.addEventListener("pointerdown", (event) => {
		if (event.button !== 0) return;
		first = event;
		moved = false;
		was = playing;
		element.setPointerCapture(event.pointerId);
	});
	element.addEventListener("pointermove", (event) => {
		if (first === undefined || (!moved && Math.abs(event.clientX - first.clientX) < 5)) return;
		if (!moved) { moved = true; setPlaying(false); }
		seek(timeOf(event.clientX, false, first.clientX));
	});
	for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, (event) => {
		if (first === undefined) return;
		if (!moved && type === "pointerup") seek(timeOf(event.clientX, true, first.clientX));
		first = undefined;
		if (was && moved) setPlaying(true);
		element.dispatchEvent(new Event("scrubbed"));
	});
}

// The strip: a magnified part of the timeline with pictures, which moves under the playhead.
const strip = find("strip");
const LEVELS = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR];
let level = 3;
const THUMB = 96;
const thumbs = new Map();
let resting;
function paintStrip() {
	const key = lead();
	if (key === undefined || day === 0) return;
	const step = LEVELS[level];
	const width = strip.clientWidth;
	const perPixel = step / THUMB;
	const from = at - width / 2 * perPixel, to = at + width / 2 * perPixel;
	drawBar(strip.children[1], key, from, to);
	const ticks = strip.children[2];
	ticks.replaceChildren();
	for (let t = Math.ceil((from - day) / step) * step + day; t < to; t += step) {
		const tick = make("span", { textContent: clockOf(t, step < MINUTE) });
		tick.style.left = (t - from) / perPixel + "px";
		ticks.append(tick);
	}
	// A label of which a part is beyond the edge could be read as another time.
	const isWhole = ({ offsetLeft, offsetWidth }) => offsetLeft >= offsetWidth / 2 && offsetLeft + offsetWidth / 2 <= width;
	for (const tick of [...ticks.children].filter((each) => !isWhole(each))) tick.remove();
	for (const img of thumbs.values()) place(img, from, perPixel);
	clearTimeout(resting);
	resting = setTimeout(loadThumbs, playing ? 1500 : 250, key, from, to, step, perPixel);
	const state = stateAt(key, at);
	strip.setAttribute("aria-valuemin", 0);
	strip.setAttribute("aria-valuemax", Math.round((dayEnd - day) / SECOND));
	strip.setAttribute("aria-valuenow", Math.round((at - day) / SECOND));
	strip.setAttribute("aria-valuetext", dateOf(at) + ", " + clockOf(at) + (state.stretch === undefined && !state.loading ? ". " + gapText(state.why) : ""));
	find("zoom").textContent = longOf(width * perPixel);
}
function place(img, from, perPixel) {
	img.style.left = (img.from - from) / perPixel + "px";
	img.style.width = (img.to - img.from) / perPixel + "px";
}
// Only pictures in sight are loaded, and only once the strip rests.
function loadThumbs(key, from, to, step, perPixel) {
	if (key !== lead()) return;
	const wanted = new Set();
	for (let t = Math.floor((from - day) / step) * step + day; t < to; t += step) {
		const parts = dataOf(key).coverage.filter((stretch) => endOf(key, stretch) > t && stretch.from < t + step);
		const [first] = parts;
		if (first === undefined || first.encoding !== "JPEG") continue;
		wanted.add(t);
		const img = thumbs.get(t) ?? make("img", { alt: "", decoding: "async", width: THUMB, height: 72 });
		// It is as wide as what is recorded.
		img.from = Math.max(t, first.from);
		img.to = Math.min(t + step, endOf(key, parts.at(-1)));
		place(img, from, perPixel);
		if (thumbs.has(t)) continue;
		img.addEventListener("error", () => img.remove());
		img.src = "/recordings/" + key + "/picture.jpg?width=" + THUMB + "&at=" + img.from;
		thumbs.set(t, img);
		strip.firstElementChild.append(img);
	}
	for (const [t, img] of thumbs) if (!wanted.has(t)) { img.remove(); thumbs.delete(t); }
}
function zoom(by) {
	level = clamp(level + by, 0, LEVELS.length - 1);
	find("zoom-in").disabled = level === 0;
	find("zoom-out").disabled = level === LEVELS.length - 1;
	for (const img of thumbs.values()) img.remove();
	thumbs.clear();
	paintStrip();
}
let grabbed;
strip.addEventListener("pointerdown", () => { grabbed = at; });
scrub(strip, (x, tap, first) => {
	const perPixel = LEVELS[level] / THUMB;
	if (tap) return at + (x - strip.getBoundingClientRect().left - strip.clientWidth / 2) * perPixel;
	return grabbed + (first - x) * perPixel;
});
strip.addEventListener("wheel", (event) => {
	if (!event.ctrlKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
	event.preventDefault();
	if (event.ctrlKey) zoom(Math.sign(event.deltaY));
	else seek(at + event.deltaX * LEVELS[level] / THUMB);
}, { passive: false });
`;
