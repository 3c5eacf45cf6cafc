/**
 * The script of the page about the demo's network: brings the drawing, the events and the devices up to date as the server tells by events.
 * What is pressed or focused stays. @see COMMON_SCRIPT
 */
export const NETWORK_SCRIPT = `"use strict";
{
	const page = document.getElementById("network");
	// Makes an element like another one, and keeps what is the same: animations go on, and the focus stays.
	function follow(old, fresh) {
		if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.dataset?.id !== fresh.dataset?.id) return old.replaceWith(fresh);
		if (old.nodeType !== Node.ELEMENT_NODE) {
			if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
			return;
		}
		for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
		for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
		// What the script of forms has said stays until the next time.
		const before = [...old.childNodes].filter(({ nodeName }) => nodeName !== "OUTPUT");
		const after = [...fresh.childNodes];
		after.forEach((next, i) => (i < before.length ? follow(before[i], next) : old.append(next)));
		for (const rest of before.slice(after.length)) rest.remove();
	}
	function show(html) {
		const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("network");
		for (const id of ["drawing", "happened", "devices"]) {
			const old = document.getElementById(id);
			const next = fresh.querySelector("#" + id);
			if (old !== null && next !== null) follow(old, next);
		}
		tellLatest();
		clockTimes();
	}
	// What has just happened is in sight for some seconds, wherever the page is scrolled.
	const newest = () => document.querySelector("#happened li");
	let known = newest()?.dataset.id;
	let hiding;
	function tellLatest() {
		const event = newest();
		if (event === null || event.dataset.id === known) return;
		known = event.dataset.id;
		const latest = document.getElementById("latest");
		latest.textContent = event.lastChild.textContent;
		clearTimeout(hiding);
		hiding = setTimeout(() => { latest.textContent = ""; }, 8000);
	}
	function clockTimes() {
		for (const time of page.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleTimeString();
	}
	clockTimes();
	let changes;
	function listen() {
		changes = new EventSource("/api/v1/changes");
		changes.onopen = () => say("");
		changes.onerror = () => {
			say(page.dataset.lost);
			// A session that has ended is not begun again by itself.
			if (changes.readyState === 2) setTimeout(() => location.reload(), 3000);
		};
		changes.addEventListener("network", ({ data }) => show(JSON.parse(data)));
	}
	listen();
	// A hidden page needs no news, and takes no place from others.
	document.addEventListener("visibilitychange", () => {
		changes?.close();
		if (!document.hidden) listen();
	});
}
`;
