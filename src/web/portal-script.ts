/** The script of an open portal, which follows the fleet. @see COMMON_SCRIPT */
export const PORTAL_SCRIPT = `// An open portal follows the fleet: cards are added and removed, the pictures of the others keep running.
let known;
let lost = false;
function take({ cameras, ...rest }) {
	const now = JSON.stringify([rest, cameras.map(({ link, snapshot, live, ...each }) => each)]);
	// The first list may differ from the page, which is older.
	const isNew = now !== known;
	known = now;
	// The addresses of pictures contain passes that expire: the next picture needs the new one.
	for (const { id, snapshot, self } of cameras) {
		if (self) continue;
		const card = list.querySelector('[data-id="' + id + '"]');
		card?.querySelectorAll("[data-shot]").forEach((shot) => { shot.dataset.shot = snapshot; });
	}
	if (isNew) renew();
}
function beginToFollow() {
	followChanges("cameras", "/api/v1/cameras", 10000, take, (at) => {
		if (!lost) say(news.dataset.lost, since(at));
		lost = true;
		list.classList.add("cut");
	}, () => {
		if (lost) say(news.dataset.back);
		lost = false;
		list.classList.remove("cut");
	});
}
const renew = renewer(async () => {
	const page = await freshPage();
	const fresh = page.getElementById("cameras");
	if (fresh === null) return;
	// The parser does not run scripts, so it would load the pictures in noscript elements.
	fresh.querySelectorAll("noscript").forEach((n) => n.remove());
	const old = new Map([...list.children].map((card) => [card.dataset.id, card]));
	// A card is replaced when this differs; everything else is updated in place.
	const keyOfCard = (card) => [...card.querySelectorAll("form, .copy, .address, [data-shot]")].map((part) => part.action ?? part.textContent).join();
	const cards = [...fresh.children].map((card) => {
		const same = old.get(card.dataset.id);
		old.delete(card.dataset.id);
		if (same === undefined) {
			say(news.dataset.came, nameOf(card));
			return card;
		}
		tellAttempt(same, card);
		// The form by which a device was added goes, whatever has been typed.
		const { tagName, form } = document.activeElement ?? {};
		const typing = tagName === "INPUT" && same.contains(form) && [...card.querySelectorAll("form")].some(({ action }) => action === form.action);
		const health = same.querySelector(".health").dataset.health;
		const next = card.querySelector(".health").dataset.health;
		if (health !== next && next === "silent") say(news.dataset.gone, nameOf(card));
		if (health !== next && health === "silent") say(news.dataset.came, nameOf(card));
		const [was, shot] = [same, card].map((each) => each.querySelector("[data-shot]"));
		if (was && shot) was.alt = shot.alt;
		if (keyOfCard(same) !== keyOfCard(card) && !typing) {
			if (was) shot?.replaceWith(was);
			keepOpen(same, card);
			return card;
		}
		for (const part of ["h2", ".health", ".storage"]) {
			const [now, fresh] = [same, card].map((each) => each.querySelector(part));
			if (fresh !== null && !now?.isEqualNode(fresh)) now?.replaceWith(fresh);
		}
		same.dataset.group = card.dataset.group;
		return same;
	});
	// One that is not in the fleet, once that has a key, is still there.
	for (const [id, card] of old) if (page.querySelector('#outside [data-id="' + id + '"]') === null) say(news.dataset.gone, nameOf(card));
	place(list, cards);
	for (const [id, was] of sentParts) {
		const [part, now] = [page.getElementById(id), find(id)];
		const is = part?.innerHTML ?? "";
		if (now === null || was === is) continue;
		const { activeElement } = document;
		const focused = [...now.querySelectorAll(PRESSED)].indexOf(activeElement);
		if (focused < 0 && now.contains(activeElement) && id !== "outside") continue;
		if (id === "adding") find("answer")?.remove();
		const { value } = now;
		sentParts.set(id, is);
		if (id === "outside") {
			place(now, [...(part?.children ?? [])].map((fresh) => {
				const same = now.querySelector('[data-id="' + fresh.dataset.id + '"]');
				if (same === null || same.firstChild.textContent !== fresh.firstChild.textContent || keyOfCard(same) !== keyOfCard(fresh)) return fresh;
				tellAttempt(same, fresh);
				return same;
			}));
			continue;
		}
		if (part !== null) keepOpen(now, part);
		now.replaceChildren(...(part?.childNodes ?? []));
		now.hidden = part?.hidden !== false || (id === "group" && now.length < 2);
		if (id === "group") now.value = value;
		offerShare();
		now.querySelectorAll(PRESSED)[focused]?.focus();
	}
	watch();
	localTimes();
	choose();
});
// What somebody has unfolded or folded stays so.
function keepOpen(old, fresh) {
	const all = [...old.querySelectorAll("details")];
	fresh.querySelectorAll("details").forEach((each) => {
		each.open = all.find(({ firstChild }) => firstChild.isEqualNode(each.firstChild))?.open ?? each.open;
	});
}
function place(parent, children) {
	for (const child of [...parent.children]) if (!children.includes(child)) child.remove();
	children.forEach((child, i) => { if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null); });
}
// How adding a device goes appears beside its form, in which what was typed stays.
function tellAttempt(card, fresh) {
	const [was, is] = [card, fresh].map((each) => each.querySelector('[id^="add-"]'));
	if (was === null || is === null || was.isEqualNode(is)) return;
	card.querySelector("#answer")?.remove();
	was.className = is.className;
	was.textContent = is.textContent;
}
// What is replaced when it is not as the server has sent it before: what is open or drawn meanwhile stays. Forms leave it alone.
const sentParts = new Map(["notices", "adding", "outside", "next", "public", "group"].map((id) => [id, find(id)?.innerHTML ?? ""]));
const PRESSED = "a, button, summary";
const nameOf = (card) => card.querySelector("h2").firstChild.textContent.trim();

// Search and groups, the size of pictures, all of them on the whole screen.
function choose() {
	const text = find("seek").value.trim().toLowerCase();
	const group = find("group").value;
	// A device that never has pictures takes no place on the wall.
	const isWall = find("wall").classList.contains("wall") && list.querySelector("[data-shot]") !== null;
	let shown = 0;
	for (const card of list.children) {
		card.hidden = (isWall && card.querySelector("[data-shot], [data-health=silent]") === null) || (group !== "" && card.dataset.group !== group) || !nameOf(card).toLowerCase().includes(text);
		if (!card.hidden) shown++;
	}
	find("none").hidden = shown > 0;
	find("seek").hidden = text === "" && list.children.length < 4;
	// As many columns as make the pictures largest.
	const { clientWidth: width, clientHeight: height } = document.documentElement;
	const sizeFor = (columns) => Math.min(width / columns, ((height / Math.ceil(shown / columns) - 2) * 4) / 3);
	let best = 1;
	for (let columns = 2; columns <= shown; columns++) if (sizeFor(columns) > sizeFor(best)) best = columns;
	list.style.setProperty("--columns", best);
	list.style.maxWidth = isWall ? best * sizeFor(best) + "px" : "";
}
function resize(size) {
	list.dataset.size = size;
	document.querySelectorAll("#tools [data-size]").forEach((each) => each.setAttribute("aria-pressed", each.dataset.size === size));
	try { localStorage.setItem("size", size); } catch {}
}
function showWall(on) {
	const wall = find("wall");
	wall.classList.toggle("wall", on);
	find("unwall").hidden = !on;
	choose();
	if (on) {
		wall.requestFullscreen?.().catch(() => {});
		find("unwall").focus();
	} else {
		// Nothing else can have the focus before the full screen has ended.
		const end = document.fullscreenElement && document.exitFullscreen?.().catch(() => {});
		Promise.resolve(end).then(() => find("enwall").focus());
	}
}
function beginTools() {
	find("tools").hidden = false;
	find("seek").addEventListener("input", choose);
	find("group").addEventListener("change", choose);
	find("tools").addEventListener("click", ({ target }) => { if (target.dataset.size) resize(target.dataset.size); });
	let size = "m";
	try { size = localStorage.getItem("size") ?? size; } catch {}
	if (["s", "l"].includes(size)) resize(size);
	find("enwall").addEventListener("click", () => showWall(true));
	find("unwall").addEventListener("click", () => showWall(false));
	document.addEventListener("fullscreenchange", () => { if (document.fullscreenElement === null && find("wall").classList.contains("wall")) showWall(false); });
	addEventListener("keydown", ({ key }) => { if (key === "Escape" && find("wall").classList.contains("wall")) showWall(false); });
	addEventListener("resize", choose);
	// A form on a card has changed something.
	document.addEventListener("done", () => renew());
	choose();
}
// Sharing is offered where the browser can.
function offerShare() {
	const share = find("share");
	if (share !== null) share.hidden = navigator.share === undefined;
}
offerShare();
addEventListener("click", ({ target }) => {
	if (target.id === "share") navigator.share({ title: document.title, url: target.dataset.url }).catch(() => {});
});

// Stills are live as far as the uplink goes: all pictures together take so many octets a second. Each picture is asked for after the
// one before it has come, only while it is in view, and no larger than it is shown.
const BUDGET = 80000;
const PICTURES_PER_SECOND = 4;
const inView = new Set();
let credit = BUDGET;
let creditAt = performance.now();
const watcher = new IntersectionObserver((entries) => {
	for (const { target, isIntersecting } of entries) isIntersecting ? inView.add(target) : inView.delete(target);
});
function watch() {
	for (const shot of inView) if (!shot.isConnected) inView.delete(shot);
	list.querySelectorAll("[data-shot]").forEach((shot) => watcher.observe(shot));
}
function age(shot) {
	if (shot.since === undefined) {
		shot.since = performance.now();
		shot.addEventListener("load", () => { shot.since = performance.now(); });
	}
	if (shot.naturalWidth > 0) shot.hasCome = true;
	// A page with many pictures shows each less often.
	const stale = performance.now() - shot.since > STALE + (shot.every ?? 0);
	if (stale === shot.classList.contains("stale")) return;
	shot.classList.toggle("stale", stale);
	const card = shot.closest("li");
	card.querySelector(".since")?.remove();
	if (!stale) return;
	const note = document.createElement("p");
	note.className = "since hint";
	note.textContent = shot.hasCome ? news.dataset.since.replace("%", since(shot.since)) : news.dataset.never;
	shot.parentElement.after(note);
}
// A device that can't make pictures smaller sends them whole, which its last one tells: a pixel takes about a fifth of an octet.
function costOf(shot, width) {
	const [w, h] = shot.naturalWidth > 0 ? [shot.naturalWidth, shot.naturalHeight] : [width, width * 0.75];
	return Math.max(w > width * 1.5 ? w * h : width * width * 0.75, 10000) / 5 + 1000;
}
function shoot() {
	const now = performance.now();
	credit = Math.min(BUDGET, credit + ((now - creditAt) * BUDGET) / 1000);
	creditAt = now;
	let all = 0;
	const shots = [...inView].filter((shot) => shot.clientWidth > 0).sort((a, b) => (a.asked ?? 0) - (b.asked ?? 0));
	const widthOf = (shot) => [160, 320, 640].find((step) => step * 1.25 >= shot.clientWidth) ?? 1280;
	for (const shot of shots) all += costOf(shot, widthOf(shot));
	for (const shot of shots) {
		shot.every = (all / BUDGET) * 1000;
		age(shot);
		shot.classList.toggle("lost", shot.complete && shot.naturalWidth === 0);
		const since = now - (shot.asked ?? -Infinity);
		if (since < 1000 / PICTURES_PER_SECOND) continue;
		// One that failed is tried again every few seconds, one that does not answer after ten.
		if (shot.complete ? shot.naturalWidth === 0 && since < 5000 : since < 10000) continue;
		const width = widthOf(shot);
		const cost = costOf(shot, width);
		if (credit < cost) break;
		credit -= cost;
		shot.asked = now;
		const url = (shot.dataset.shot ||= shot.src.replace(/[?&]width=\\d+/, ""));
		shot.src = url + (url.includes("?") ? "&" : "?") + "width=" + width + "&n=" + number++;
	}
}
function shootOften() {
	if (!document.hidden) shoot();
	setTimeout(shootOften, 125);
}
if (list !== null) {
	for (const id of sentParts.keys()) find(id)?.setAttribute("data-keep", "");
	watch();
	beginTools();
	beginToFollow();
	shootOften();
}
`;
