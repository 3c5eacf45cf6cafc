import { type Part, post, type Route } from "../../../src/app/part";
import type { Pump } from "../../../src/core/pump";
import type { Millis } from "../../../src/core/time";
import type { HttpReply } from "../../../src/http/http-request";
import { escapeHtml } from "../../../src/web/escape-html";
import type { DemoDevice } from "./demo-device";
import { NETWORK_MESSAGES } from "./network-messages";

/** The answer is sent before the power is cut. */
const LAST_ANSWER: Millis = 200;

/** The button on a device's page that cuts its power. */
export class PlugPart implements Part {
	readonly routes: readonly Route<PlugPart>[] = [post("/demo/unplug", (plug, _request, reply) => plug.pull(reply))];

	constructor(
		private readonly device: DemoDevice,
		private readonly pump: Pump,
	) {}

	/** Answers, and cuts the power once the answer has been sent. */
	pull(reply: HttpReply): void {
		reply.redirect("/");
		this.pump.after(LAST_ANSWER, () => this.device.turn(false));
	}
}

/** Makes the section of a camera's page with the button that cuts its power. @param networkUrl of the page that draws the network; empty: there is none */
export function plugSection(networkUrl: string): string {
	const { part, unplug, watch } = NETWORK_MESSAGES;
	const link =
		networkUrl === "" ? "" : ` <a class="button plain" href="${escapeHtml(networkUrl)}">${escapeHtml(watch)}</a>`;
	return `<form method="post" action="/demo/unplug"><p>${escapeHtml(part)}</p><div class="row"><button>${escapeHtml(unplug)}</button>${link}</div></form>`;
}
