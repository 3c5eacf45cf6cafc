/** The script of a camera's own page: live video, pan and tilt. @see COMMON_SCRIPT */
export const CAMERA_SCRIPT = `// A browser goes on showing the last picture and tells nothing of single ones, so the page asks for the age of the newest each second.
const stopped = find("stopped");
const stream = live?.src;
// When the newest picture was taken, and how late the next may be. A source may take a while to begin.
let seen = performance.now();
let patience = 6000;
let asked = seen;
let failed = false;
// When the picture became late, and when the video was last loaded again.
let stoppedAt = 0;
let loadedAt = 0;
const isStopped = () => live.classList.contains("stale");
// A browser that still waits for the old connection would go on waiting if the address were the same.
function reconnect() {
	loadedAt = performance.now();
	live.src = stream + (stream.includes("?") ? "&" : "?") + "n=" + number++;
}
function showLive() {
	live.classList.remove("stale");
	stopped.textContent = "";
}
function judge() {
	const now = performance.now();
	if (document.hidden || isStopped() || now - seen < patience) return;
	stoppedAt = now;
	live.classList.add("stale");
	stopped.textContent = stopped.dataset.since.replace("%", since(seen));
}
async function check() {
	if (document.hidden) return;
	let picture;
	try {
		const answer = await fetch("/api/v1/picture", { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(4000) });
		if (answer.status === 401) return location.reload();
		if (answer.ok) picture = await answer.json();
	} catch {}
	const now = performance.now();
	// When this did not get through, or the device slept, the video's connection may be dead too.
	const isDoubtful = failed || now - asked > 20000;
	failed = picture === undefined;
	asked = now;
	const late = Math.max(2300, 2500 * (picture?.interval ?? 0));
	const age = 1000 * (picture?.age ?? Infinity);
	if (age > late) return judge();
	patience = late;
	seen = now - age;
	if (!isStopped()) {
		if (isDoubtful) reconnect();
	} else if (loadedAt < stoppedAt) reconnect();
	else if (now - loadedAt > 2000) showLive();
}
live?.addEventListener("error", () => {
	if (!isStopped()) stopped.textContent = stopped.dataset.broken;
	setTimeout(reconnect, 2000);
});
live?.addEventListener("load", () => { if (!isStopped() || loadedAt > stoppedAt) showLive(); });
if (live !== null && stopped !== null) {
	check();
	setInterval(check, 1000);
	setInterval(judge, 250);
	document.addEventListener("visibilitychange", () => { seen = Math.max(seen, performance.now() - 1000); });
}

// "Garage 2026-11-27 17-40-12.jpg", in local time.
const snapshot = find("snapshot");
snapshot?.addEventListener("click", () => {
	const local = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString();
	snapshot.download = snapshot.dataset.name + " " + local.slice(0, 19).replace("T", " ").replaceAll(":", "-") + ".jpg";
});

// The latest events, if there is a NAS that has any; shown again only when there are others.
const recent = find("recent");
let eventsShown;
async function showEvents() {
	if (document.hidden) return;
	const answer = await fetch("/api/v1/events", { headers: { Accept: "application/json" } }).catch(() => {});
	const found = answer?.ok ? (await answer.json()).events : [];
	const now = found.map((each) => each.id).join();
	if (now === eventsShown || now === "") return;
	eventsShown = now;
	recent.hidden = false;
	recent.querySelector("ul").replaceChildren(...found.reverse().map(({ id, from, label }) => {
		const [item, link, image, time] = ["li", "a", "img", "time"].map((name) => document.createElement(name));
		// To the recording, or to the picture alone.
		link.href = "/events/" + id;
		image.src = link.href + "/picture.jpg";
		image.alt = "";
		time.dateTime = new Date(from).toISOString();
		link.append(image, time);
		item.append(link, label && " " + label);
		return item;
	}));
	localTimes();
}
if (recent !== null) {
	showEvents();
	setInterval(showEvents, 20000);
}

const full = find("full");
if (full !== null && document.fullscreenEnabled) {
	full.hidden = false;
	full.addEventListener("click", () => live.parentElement.requestFullscreen());
}

// Pan and tilt by buttons, arrow keys and dragging, without reloading: one request at a time and in order; moves that wait add up.
const motion = "/api/v1/motion";
let line = Promise.resolve();
let waiting;
function inTurn(run) {
	line = line.then(run).catch(() => {});
}
async function post(fields) {
	const answer = await fetch(motion, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields), signal: AbortSignal.timeout?.(10000) });
	// The session has ended, or another camera has this address now.
	if (answer.status === 401 || answer.status === 409) location.reload();
}
function turn(right, up) {
	if (waiting === undefined) {
		const move = waiting = { pan: 0, tilt: 0 };
		inTurn(async () => {
			if (waiting === move) waiting = undefined;
			await post({ camera: live.dataset.camera, pan: move.pan.toFixed(1), tilt: move.tilt.toFixed(1) });
			await new Promise((done) => setTimeout(done, 80));
		});
	}
	waiting.pan += right;
	waiting.tilt += up;
}
// Those of presets and patrol are sent by the script of all forms, after the moves before them.
addEventListener("submit", (event) => {
	const form = event.target;
	const { isNext } = form;
	form.isNext = false;
	if (form.getAttribute("action") !== motion || isNext) return;
	event.preventDefault();
	const fields = new FormData(form);
	if (fields.has("pan")) return turn(Number(fields.get("pan")), Number(fields.get("tilt")));
	waiting = undefined;
	inTurn(async () => {
		if (form.matches(".moves form, .go form")) return post(fields);
		// A form can't be submitted while its event is still being delivered.
		await new Promise((done) => setTimeout(done));
		form.isNext = true;
		form.requestSubmit(event.submitter);
		return form.sent;
	});
}, true);
if (live !== null && live.dataset.moves) {
	const keys = { ArrowUp: [0, 5], ArrowDown: [0, -5], ArrowLeft: [-5, 0], ArrowRight: [5, 0] };
	live.addEventListener("keydown", (event) => {
		const step = keys[event.key];
		if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		turn(...step);
	});
	let last;
	live.addEventListener("pointerdown", (event) => {
		if (event.button !== 0) return;
		last = event;
		live.setPointerCapture(event.pointerId);
		live.focus({ preventScroll: true });
		event.preventDefault();
	});
	live.addEventListener("pointermove", (event) => {
		if (last === undefined || event.timeStamp - last.timeStamp < 50) return;
		const scale = 40 / live.clientWidth;
		turn((last.clientX - event.clientX) * scale, (event.clientY - last.clientY) * scale);
		last = event;
	});
	for (const type of ["pointerup", "pointercancel"]) live.addEventListener(type, () => { last = undefined; });
}
`;
