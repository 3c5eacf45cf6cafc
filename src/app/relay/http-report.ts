import type { Millis } from "../../core/time";
import { HttpExchange } from "../../http/http-exchange";
import type { ReportChannel } from "../../relay/metering";
import { REPORT_FIELD, REPORT_PATH, REPORT_TYPE } from "../../relay/report";
import { authorityFor, type HttpUrl } from "../../wire/http-url";
import { connectionFailureText } from "./connection-failure";
import { connectTo, findAddress, type ReportAnswered, type ReportHost, reportEnded } from "./report-route";

/** The limit of one request. */
const LIMIT: Millis = 10_000;
/** The body of the answer is not needed. */
const ANSWER_MAX = 4096;

/** Delivers reports to an origin, or a ledger in its place, by `POST /api/v1/metering` (REP-6). */
export class HttpReport implements ReportChannel {
	/**
	 * @param server its path is the base in front of {@link REPORT_PATH}
	 * @param certificate @see connectTo
	 */
	constructor(
		private readonly host: ReportHost,
		private readonly server: HttpUrl,
		private readonly certificate: string,
	) {}

	/** @see ReportChannel */
	report(_now: Millis, body: Uint8Array, field: string, answered: ReportAnswered): void {
		const { host, server } = this;
		findAddress(host, server.host, (address, why) => {
			if (address === undefined) return answered(host.pump.now(), "failed", why);
			this.send(address, body, field, answered);
		});
	}

	private send(address: string, body: Uint8Array, field: string, answered: ReportAnswered): void {
		const { host, server, certificate } = this;
		const { pump } = host;
		const base = server.target.endsWith("/") ? server.target.slice(0, -1) : server.target;
		const exchange = new HttpExchange(
			pump.now(),
			{
				method: "POST",
				host: authorityFor(server),
				target: base + REPORT_PATH,
				headers: [
					["Content-Type", REPORT_TYPE],
					[REPORT_FIELD, field],
				],
				body,
				bodyLimit: ANSWER_MAX,
				timeout: LIMIT,
			},
			{
				emit: (result) =>
					pump.post(
						{
							on: () => {
								stream.abort();
								if ("answer" in result) reportEnded(pump.now(), result.answer, answered);
								else answered(pump.now(), "failed", connectionFailureText(result.failure));
							},
						},
						undefined,
					),
			},
		);
		const handle = pump.addStream(exchange);
		const stream = host.network.connect(connectTo(address, server, certificate), handle);
		handle.attach(stream);
	}
}
