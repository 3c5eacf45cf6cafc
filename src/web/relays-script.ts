/** The script of the page that shows a camera through a relay: tells the origin when the first picture has come (REP-12). */
export const RELAYS_SCRIPT = `"use strict";
const picture = document.getElementById("relayed");
const look = setInterval(() => {
	if (picture.naturalWidth === 0) return;
	clearInterval(look);
	const { relay, content, ticket } = picture.dataset;
	fetch("/api/v1/relays/seen", { method: "POST", body: new URLSearchParams({ relay, content, ticket }) }).catch(() => {});
}, 500);
`;
