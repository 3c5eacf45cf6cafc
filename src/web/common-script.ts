/** What the other scripts of the pages share: the status line, local times, buttons that copy, changes that the server tells of. */
export const COMMON_SCRIPT = `const find = (id) => document.getElementById(id);
const news = find("news");
const list = find("cameras");
const live = find("live");

// A page restored from the cache may belong to a session that has ended.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// Says something in the status line of the page.
function say(text, name = "") {
	if (news !== null) news.textContent = text.replace("%", name);
}

// Times in the user's own words; short ones without seconds, and without the date of today.
function localTimes() {
	document.querySelectorAll("time").forEach((time) => {
		const date = new Date(time.dateTime);
		const isToday = date.toDateString() === new Date().toDateString();
		const style = "short" in time.dataset ? { timeStyle: "short", dateStyle: isToday ? undefined : "short" } : undefined;
		time.textContent = date.toLocaleString([], style);
	});
}
localTimes();

// Takes what the server tells of something by events, with a sign of life every 5 seconds. Where that does not work, as when too many
// pages are open, or stops, it asks at an address instead, and every two seconds while nothing answers: lost is told since when. A hidden
// page needs no news, and takes no place from others. Returns a function that ends it.
const QUIET = 7000;
function followChanges(name, url, every, take, lost, back = () => {}) {
	let source;
	let heardAt = 0;
	let knownAt = performance.now();
	let askAt = 0;
	let isLost = false;
	let isAsking = false;
	let isOver = false;
	const close = () => {
		source?.close();
		source = undefined;
	};
	const works = () => {
		knownAt = performance.now();
		isLost = false;
		back();
	};
	const heard = () => {
		heardAt = performance.now();
		works();
	};
	const open = (now) => {
		source = new EventSource("/api/v1/changes");
		heardAt = now;
		askAt = now + 5000;
		source.onopen = heard;
		source.onerror = () => { askAt = 0; };
		source.addEventListener("beat", heard);
		source.addEventListener(name, ({ data }) => {
			heard();
			take(JSON.parse(data));
		});
	};
	async function ask() {
		try {
			const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(5000) });
			// The session has ended: show the login page.
			if (answer.status === 401) return location.reload();
			if (!answer.ok) throw answer;
			const state = await answer.json();
			if (isOver) return;
			// The stream of events from before may never tell that it has ended.
			if (isLost) close();
			works();
			take(state);
			askAt = performance.now() + every;
		} catch {
			isLost = true;
			if (!isOver) lost(knownAt);
			askAt = performance.now() + 2000;
		}
	}
	function step() {
		const now = performance.now();
		if (document.hidden) {
			// What was not asked for has not failed.
			if (!isLost) knownAt = now;
			return close();
		}
		if (source !== undefined && now - heardAt > 45000) close();
		if (source === undefined) open(now);
		if (isAsking || now < askAt || (source.readyState === 1 && now - heardAt < QUIET)) return;
		isAsking = true;
		ask().finally(() => { isAsking = false; });
	}
	const timer = setInterval(step, 250);
	document.addEventListener("visibilitychange", step);
	step();
	return () => {
		isOver = true;
		clearInterval(timer);
		document.removeEventListener("visibilitychange", step);
		close();
	};
}

// This page as the server has it now. Throws if it does not come; where the session has ended the login page is shown.
async function freshPage() {
	const answer = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout?.(10000) });
	if (answer.status === 401) location.reload();
	if (!answer.ok) throw answer;
	return new DOMParser().parseFromString(await answer.text(), "text/html");
}
// Makes the function that brings a page up to date: one fetch at a time, so that no older page replaces a newer one. What fails is tried again.
function renewer(renewOnce) {
	let wishes = 0;
	return async () => {
		if (wishes++ > 0) return;
		while (wishes > 0) {
			wishes = 1;
			await renewOnce().then(() => wishes--, () => new Promise((done) => setTimeout(done, 2000)));
		}
	};
}

// Copies the text of a .copy element. Pages without TLS have no clipboard of their own, but can copy what is selected.
async function copyText(text) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const area = document.createElement("textarea");
		area.value = text;
		area.className = "unseen";
		document.body.append(area);
		area.select();
		document.execCommand("copy");
		area.remove();
	}
}
addEventListener("click", async (event) => {
	const button = event.target.closest?.(".copy button");
	if (!button) return;
	const { copied } = button.dataset;
	const text = button.textContent;
	await copyText(button.previousElementSibling.textContent);
	button.focus();
	if (text === copied) return;
	button.textContent = copied;
	say(copied);
	setTimeout(() => { button.textContent = text; }, 2000);
});

// What is folded in the navigation folds again.
const folded = document.querySelector("nav details");
addEventListener("click", ({ target }) => { if (folded !== null && !folded.contains(target)) folded.open = false; });
addEventListener("keydown", ({ key }) => {
	if (key !== "Escape" || !folded?.open) return;
	folded.open = false;
	folded.firstChild.focus();
});

// The navigation is one line that scrolls.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

let number = 0;
// The time of the last picture, as people read it: only what is older than a few seconds is shown, and never as live.
const STALE = 6000;
const since = (at) => new Date(Date.now() - (performance.now() - at)).toLocaleTimeString();
`;
