/** The one stylesheet of all pages. */
export const STYLESHEET = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:80rem;padding:0 1rem 2rem}
header{display:flex;flex-wrap:wrap;gap:0 1.5rem;align-items:baseline}
nav a{margin-right:1rem}
img{width:100%;height:auto;aspect-ratio:4/3;object-fit:contain;background:#8883;border-radius:.4rem;display:block}
#live{max-width:60rem;touch-action:none}
#cameras{list-style:none;padding:0;display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}
h2{font-size:1.1rem;margin:.4rem 0 0}
.address{font-size:.85rem;overflow-wrap:anywhere}
#cameras p{margin:.2rem 0}
.badge{font-size:.75rem;font-weight:400;border:1px solid;border-radius:1rem;padding:.05rem .5rem}
.notice{border-left:.3rem solid #d60;background:#d602;padding:.5rem .8rem}
.hint{opacity:.75}
.moves{display:grid;grid-template:repeat(3,3rem)/repeat(3,3rem);gap:.3rem;margin:.8rem 0}
.moves form:nth-child(1){grid-area:1/2}.moves form:nth-child(2){grid-area:2/1}.moves form:nth-child(3){grid-area:2/2}.moves form:nth-child(4){grid-area:2/3}.moves form:nth-child(5){grid-area:3/2}
.moves button{width:100%;height:100%;font-size:1.1rem}
button,input{font:inherit}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{opacity:.75}dd{margin:0;overflow-wrap:anywhere}
:focus-visible{outline:.2rem solid #48f;outline-offset:.1rem}
`;

/** The one script of all pages: what it adds, they can do without. */
export const SCRIPT = `"use strict";
// A portal that is open follows the fleet: new cards come, old ones go, pictures that stay go on.
const list = document.getElementById("cameras");
let known;
async function follow() {
	try {
		const text = await (await fetch("/api/v1/cameras", { cache: "no-store" })).text();
		if (known !== undefined && text !== known) {
			const page = new DOMParser().parseFromString(await (await fetch(location.href, { cache: "no-cache" })).text(), "text/html");
			const fresh = page.getElementById("cameras");
			if (fresh !== null) {
				const old = new Map([...list.children].map((card) => [card.dataset.id, card]));
				const cards = [...fresh.children].map((card) => {
					const same = old.get(card.dataset.id);
					return same !== undefined && same.dataset.key === card.dataset.key ? same : card;
				});
				for (const card of [...list.children]) if (!cards.includes(card)) card.remove();
				cards.forEach((card, i) => { if (list.children[i] !== card) list.insertBefore(card, list.children[i] ?? null); });
				document.querySelectorAll(".notice").forEach((n) => n.remove());
				list.before(...page.querySelectorAll(".notice"));
				const hint = document.querySelector("main > .hint");
				if (hint !== null && cards.length > 1) hint.remove();
			}
		}
		known = text;
	} catch {}
	setTimeout(follow, 1000);
}
if (list !== null) follow();

// A picture that broke off is tried again.
addEventListener("error", ({ target }) => {
	if (target instanceof HTMLImageElement) setTimeout(() => { const { src } = target; target.src = ""; target.src = src; }, 2000);
}, true);

// Pan and tilt by buttons without a new page, by arrow keys and by dragging.
const live = document.getElementById("live");
function move(fields) {
	return fetch("/api/v1/motion", { method: "POST", body: new URLSearchParams(fields) });
}
for (const form of document.querySelectorAll(".moves form")) {
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		move(new FormData(form));
	});
}
if (live !== null && live.dataset.moves) {
	const keys = { ArrowUp: [0, 5], ArrowDown: [0, -5], ArrowLeft: [-5, 0], ArrowRight: [5, 0] };
	live.addEventListener("keydown", (event) => {
		const step = keys[event.key];
		if (step === undefined) return;
		event.preventDefault();
		move({ pan: step[0], tilt: step[1] });
	});
	let last;
	live.addEventListener("pointerdown", (event) => { last = event; live.setPointerCapture(event.pointerId); event.preventDefault(); });
	live.addEventListener("pointermove", (event) => {
		if (last === undefined || event.timeStamp - last.timeStamp < 100) return;
		const scale = 40 / live.clientWidth;
		move({ pan: (last.clientX - event.clientX) * scale, tilt: (event.clientY - last.clientY) * scale });
		last = event;
	});
	for (const type of ["pointerup", "pointercancel"]) live.addEventListener(type, () => { last = undefined; });
}
`;
