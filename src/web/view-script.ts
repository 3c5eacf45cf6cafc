/** The script of the page of connections, which also works without it. It needs the common script. @see viewPage */
export const VIEW_SCRIPT = `"use strict";
{
	// Takes what has changed from the page as it is now, and leaves the rest, so that what was selected or has the focus stays.
	const seen = new Map();
	const liveParts = (page) => [...page.querySelectorAll("[data-live]")];
	async function follow() {
		try {
			const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" }, signal: AbortSignal.timeout?.(5000) });
			if (!answer.ok) throw answer;
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const parts = liveParts(page);
			if (parts.map(({ id }) => id).join() !== liveParts(document).map(({ id }) => id).join()) return location.reload();
			for (const part of parts) {
				const text = part.outerHTML;
				if (seen.get(part.id) === text) continue;
				seen.set(part.id, text);
				find(part.id).replaceWith(document.adoptNode(part));
			}
			localTimes();
			say("");
		} catch {
			say(news.dataset.gone);
		}
		setTimeout(follow, 2000);
	}
	setTimeout(follow, 1000);
}
`;
