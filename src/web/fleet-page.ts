import { escapeHtml, Page } from "./page";

/** What the page of the fleet's key shows. */
export interface FleetView {
	/** True: cameras speak under a key. */
	readonly sealed: boolean;
	/** The join code that is shown; empty for none. */
	readonly code: string;
	/** What became of joining, in words; empty for nothing. */
	readonly outcome: string;
}

/** Generates the page on which cameras are joined to a fleet. */
export function fleetPage(view: FleetView): Page {
	const parts = [
		'<header><h1>Fleet</h1><nav><a href="/portal">All cameras</a></nav></header><main>',
		view.outcome === "" ? "" : `<p class="notice" role="status">${escapeHtml(view.outcome)}</p>`,
		view.sealed
			? "<p>The cameras of this fleet share a key: nobody else can speak for one of them.</p>"
			: "<p><strong>This fleet is open:</strong> any device in the home network can pass itself off as one of its cameras. Give it a key, then join the other cameras to it.</p>",
	];
	if (view.code !== "") {
		parts.push(
			`<p>Join code, good for ten minutes: <strong class="code">${escapeHtml(view.code)}</strong></p><p>Type it on the fleet page of each new camera, or start it with <code>--join-code</code>.</p>`,
		);
	}
	parts.push(
		view.sealed
			? form("invite", "Show a join code")
			: form("key", "Give this fleet a key") +
					'<form method="post" action="/api/v1/fleet/join"><p><label>Join code of another camera <input name="code" maxlength="24" autocomplete="off" required></label> <button>Join</button></p></form>',
	);
	parts.push("</main>");
	return new Page("Fleet", parts);
}

function form(action: string, words: string): string {
	return `<form method="post" action="/api/v1/fleet/${action}"><p><button>${words}</button></p></form>`;
}
