/** The common script of the pages, which also work without it. Its texts are in the pages. */
export const SCRIPT = `"use strict";
const find = (id) => document.getElementById(id);
const news = find("news");
const list = find("cameras");
const live = find("live");

// A page restored from the cache may belong to a session that has ended.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// An open portal follows the fleet: cards are added and removed, the pictures of the others keep running.
let known;
let lost = false;
function say(text, name = "") {
	if (news !== null) news.textContent = text.replace("%", name);
}
async function follow() {
	let text;
	try {
		const answer = await fetch("/api/v1/cameras", { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(5000) });
		// The session has ended: show the login page.
		if (answer.status === 401) return location.reload();
		if (!answer.ok) throw answer;
		text = await answer.text();
		if (lost) say(news.dataset.back);
		lost = false;
	} catch {
		if (!lost) say(news.dataset.lost);
		lost = true;
		return;
	}
	const { cameras, absent, notices, nas } = JSON.parse(text);
	const now = JSON.stringify([notices, absent, nas, cameras.map(({ link, snapshot, live, ...rest }) => rest)]);
	if (known !== undefined && now !== known) await renew();
	known = now;
	// The addresses of pictures contain passes that expire: the next picture needs the new one.
	for (const { id, snapshot, self } of cameras) {
		if (self) continue;
		const card = list.querySelector('[data-id="' + id + '"]');
		card?.querySelectorAll("[data-shot]").forEach((shot) => { shot.dataset.shot = snapshot; });
	}
}
async function renew() {
	const answer = await fetch(location.href, { cache: "no-cache" });
	if (!answer.ok) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const fresh = page.getElementById("cameras");
	if (fresh === null) return;
	// The parser does not run scripts, so it would load the pictures in noscript elements.
	fresh.querySelectorAll("noscript").forEach((n) => n.remove());
	const old = new Map([...list.children].map((card) => [card.dataset.id, card]));
	// A card is replaced when this differs; everything else is updated in place.
	const keyOf = (card) => [...card.querySelectorAll("h2, .address")].map((part) => part.textContent).join();
	const nameOf = (card) => card.querySelector("h2").firstChild.textContent.trim();
	const cards = [...fresh.children].map((card) => {
		const same = old.get(card.dataset.id);
		old.delete(card.dataset.id);
		if (same === undefined) {
			say(news.dataset.came, nameOf(card));
			return card;
		}
		const typing = document.activeElement?.tagName === "INPUT" && same.contains(document.activeElement);
		const health = same.querySelector(".health").dataset.health;
		const next = card.querySelector(".health").dataset.health;
		if (health !== next && next === "silent") say(news.dataset.gone, nameOf(card));
		if (health !== next && health === "silent") say(news.dataset.came, nameOf(card));
		if (keyOf(same) !== keyOf(card) && !typing) return card;
		same.querySelector(".health").replaceWith(card.querySelector(".health"));
		return same;
	});
	for (const card of old.values()) say(news.dataset.gone, nameOf(card));
	for (const card of [...list.children]) if (!cards.includes(card)) card.remove();
	cards.forEach((card, i) => { if (list.children[i] !== card) list.insertBefore(card, list.children[i] ?? null); });
	const notices = page.getElementById("notices");
	if (notices !== null && notices.innerHTML !== find("notices").innerHTML) find("notices").replaceChildren(...notices.childNodes);
	const hint = document.querySelector("main > .hint");
	if (hint !== null && cards.length > 1) hint.remove();
	watch();
	localTimes();
}

// Times in the user's own words.
function localTimes() {
	document.querySelectorAll("time").forEach((time) => { time.textContent = new Date(time.dateTime).toLocaleString(); });
}

// Stills are refreshed about once a second, only those in view, and only after the last one has loaded.
const inView = new Set();
const watcher = new IntersectionObserver((entries) => {
	for (const { target, isIntersecting } of entries) isIntersecting ? inView.add(target) : inView.delete(target);
});
function watch() {
	for (const shot of inView) if (!shot.isConnected) inView.delete(shot);
	list.querySelectorAll("[data-shot]").forEach((shot) => watcher.observe(shot));
}
let number = 0;
// The time of the last picture, as people read it: only what is older than a few seconds is shown, and never as live.
const STALE = 6000;
const since = (at) => new Date(Date.now() - (performance.now() - at)).toLocaleTimeString();
function age(shot) {
	if (shot.since === undefined) {
		shot.since = performance.now();
		shot.addEventListener("load", () => { shot.since = performance.now(); });
	}
	const stale = performance.now() - shot.since > STALE;
	if (stale === shot.classList.contains("stale")) return;
	shot.classList.toggle("stale", stale);
	shot.parentElement.parentElement.querySelector(".since")?.remove();
	if (!stale) return;
	const note = document.createElement("p");
	note.className = "since hint";
	note.textContent = news.dataset.since.replace("%", since(shot.since));
	shot.parentElement.after(note);
}
function shoot() {
	for (const shot of inView) {
		age(shot);
		if (shot.complete ? shot.naturalWidth === 0 && (shot.failed = (shot.failed ?? 0) + 1) % 5 !== 0 : !(performance.now() - shot.asked > 10000)) continue;
		shot.failed = 0;
		shot.asked = performance.now();
		const url = shot.dataset.shot ||= shot.src;
		shot.src = url + (url.includes("?") ? "&" : "?") + "n=" + number++;
	}
}
// The other cameras' pictures go on while this camera does not answer.
let following = false;
function live1s() {
	if (!document.hidden) {
		shoot();
		if (!following) {
			following = true;
			follow().catch(() => {}).finally(() => { following = false; });
		}
	}
	setTimeout(live1s, 1000);
}
if (list !== null) {
	localTimes();
	watch();
	live1s();
}

// Live video that was interrupted is tried again. A browser goes on showing the last picture of a camera that is gone, and
// tells nothing of single pictures, so the page asks for the age of the newest one.
let seen = performance.now();
let asked = seen;
let failed = false;
const stream = live?.src;
// A browser that still waits for the old connection would go on waiting if the address were the same.
function reconnect() {
	live.src = stream + (stream.includes("?") ? "&" : "?") + "n=" + number++;
}
async function check() {
	let age = Infinity;
	try {
		const answer = await fetch("/api/v1/picture", { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(4000) });
		if (answer.status === 401) return location.reload();
		if (answer.ok) age = (await answer.json()).age ?? Infinity;
	} catch {}
	const now = performance.now();
	const stale = live.classList.contains("stale");
	// When this did not get through, or the device slept, the video's connection may be dead too, though the camera is well.
	const cut = stale || failed || now - asked > 20000;
	failed = age === Infinity;
	asked = now;
	if (age * 1000 < STALE) {
		seen = now - age * 1000;
		if (cut) reconnect();
		if (stale) say("");
		live.classList.remove("stale");
	} else if (!stale && now - seen > STALE) {
		live.classList.add("stale");
		say(news.dataset.since, since(seen));
	}
}
async function checks() {
	if (!document.hidden) await check();
	setTimeout(checks, 2000);
}
live?.addEventListener("error", () => {
	if (!live.classList.contains("stale")) say(news.dataset.broken);
	setTimeout(reconnect, 2000);
});
live?.addEventListener("load", () => { if (!live.classList.contains("stale")) say(""); });
if (live !== null) checks();

const full = find("full");
if (full !== null && document.fullscreenEnabled) {
	full.hidden = false;
	full.addEventListener("click", () => live.parentElement.requestFullscreen());
}

const clock = find("clock");
if (clock !== null) {
	clock.hidden = false;
	clock.addEventListener("submit", () => { clock.elements.utc.value = Date.now(); });
}

// Waits until the camera has restarted: before that it may still answer, or not at all. Its passwords may have changed.
const again = find("again");
// Another camera may have this address meanwhile: then that one knows where the camera is.
async function placeAgain() {
	const { id, boot, realm } = again.dataset;
	const get = (path) => fetch(path, { cache: "no-store", signal: AbortSignal.timeout(5000) });
	const answer = await get("/api/v1/status");
	if (answer.status === 401) return answer.headers.get("www-authenticate").includes(realm) ? again.href : "";
	if (!answer.ok) return "";
	const status = await answer.json();
	if (status.id === id) return status.boot === Number(boot) ? "" : again.href;
	const { cameras } = await (await get("/api/v1/cameras")).json();
	const camera = cameras.find((each) => each.id === id && each.boot > Number(boot) && each.link !== "");
	if (camera === undefined) return "";
	const there = new URL(camera.link);
	there.pathname = "/settings";
	return there.href;
}
async function wait() {
	const place = await placeAgain().catch(() => "");
	if (place !== "") location.assign(place);
	else setTimeout(wait, 1000);
}
if (again !== null) setTimeout(wait, 1000);

// Pan and tilt by buttons, arrow keys and dragging, without reloading: one request at a time; further moves add up.
const motion = "/api/v1/motion";
let busy = false;
let pan = 0;
let tilt = 0;
async function post(fields) {
	const answer = await fetch(motion, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields) });
	// The session has ended, or another camera has this address now.
	if (answer.status === 401 || answer.status === 409) location.reload();
}
async function turn(right, up) {
	pan += right;
	tilt += up;
	if (busy) return;
	busy = true;
	try {
		while (pan !== 0 || tilt !== 0) {
			const fields = { camera: live.dataset.camera, pan: pan.toFixed(1), tilt: tilt.toFixed(1) };
			pan = tilt = 0;
			await post(fields);
			await new Promise((done) => setTimeout(done, 80));
		}
	} catch {}
	busy = false;
}
for (const form of document.querySelectorAll(".moves form, .go form")) {
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const fields = new FormData(form);
		if (fields.has("pan")) turn(Number(fields.get("pan")), Number(fields.get("tilt")));
		else post(fields).catch(() => {});
	});
}
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
