import type { Millis } from "../../core/time";
import type { ReportChannel } from "../../relay/metering";
import { REPORT_FIELD, REPORT_PATH, REPORT_TYPE } from "../../relay/report";
import type { HttpUrl } from "../../wire/http-url";
import { HttpCall, type HttpCallHost } from "../http-call";
import { type ReportAnswered, reportEnded } from "./report-route";

/** The body of the answer is not needed. */
const ANSWER_MAX = 4096;

/** Delivers reports to an origin, or a ledger in its place, by `POST /api/v1/metering` (REP-6). */
export class HttpReport implements ReportChannel {
	private readonly url: HttpUrl;

	/**
	 * @param server its path is the base in front of {@link REPORT_PATH}
	 * @param certificate @see connectTo
	 */
	constructor(
		private readonly way: HttpCallHost,
		server: HttpUrl,
		private readonly certificate: string,
	) {
		const base = server.target.endsWith("/") ? server.target.slice(0, -1) : server.target;
		this.url = { ...server, target: base + REPORT_PATH };
	}

	/** @see ReportChannel */
	report(_now: Millis, body: Uint8Array, field: string, answered: ReportAnswered): void {
		const { way, url, certificate } = this;
		const fields = [
			["Content-Type", REPORT_TYPE],
			[REPORT_FIELD, field],
		] as const;
		const request = { method: "POST", url, certificate, fields, body, answerMax: ANSWER_MAX } as const;
		new HttpCall(way, request, (now, answer) => {
			if (typeof answer === "string") answered(now, "failed", `the origin can't be reached (${answer})`);
			else reportEnded(now, answer, answered);
		});
	}
}
