import { ipFamily } from "../../core/ip-address";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import { lookUpHost, type Resolver } from "../../ports/resolver";
import type { ReportChannel } from "../../relay/metering";
import { REPORT_FIELD } from "../../relay/report";
import { fieldOf, type TextMessage } from "../../wire/text-message";

/** What a request of its own with a report needs of its host. */
export interface ReportHost {
	readonly pump: Pump;
	readonly network: Network;
	readonly resolver: Resolver;
	readonly random: Random;
}

/** How long a name may take to be resolved. */
const RESOLVE_LIMIT: Millis = 5000;
/** Tells how a report has ended. @see ReportChannel.report */
export type ReportAnswered = Parameters<ReportChannel["report"]>[3];

/** What an origin says that understands a report, or knows no reports, and wants none: to ask again soon would be of no use. */
const REFUSALS: readonly number[] = Object.freeze([400, 401, 403, 404, 405, 413, 415, 451, 501, 551]);

/** Tells how a report has ended by its answer, of HTTP or RTSP; `undefined`: there was none. */
export function reportEnded(now: Millis, answer: TextMessage | undefined, answered: ReportAnswered): void {
	if (answer === undefined) return answered(now, "failed", "the origin has not answered");
	const { status } = answer;
	if (status === 200) answered(now, "stored", fieldOf(answer, REPORT_FIELD.toLowerCase()) ?? "");
	else answered(now, REFUSALS.includes(status) ? "refused" : "failed", `the origin answers ${status}`);
}

/** Finds the address of a host. @param found called once, in this call or later: the address, or why there is none */
export function findAddress(
	host: ReportHost,
	name: string,
	found: (address: string | undefined, why: string) => void,
): void {
	if (ipFamily(name) !== undefined) return found(name, "");
	lookUpHost(host.resolver, name, RESOLVE_LIMIT, (answer) => {
		if (answer.failure === undefined) found(answer.records[0].address, "");
		else found(undefined, answer.detail);
	});
}
