import { ClientLogin } from "../../access/client-login";
import type { Millis } from "../../core/time";
import type { ReportChannel } from "../../relay/metering";
import { REPORT_FIELD, REPORT_TYPE } from "../../relay/report";
import { ParameterClient } from "../../stream/client/parameter-client";
import type { ParameterRequest } from "../../stream/client/parameter-request";
import type { RtspUrl } from "../../wire/rtsp-url";
import { connectTo } from "../connect-to";
import { findAddress, type ReportAnswered, type ReportHost, reportEnded } from "./report-route";

/** Makes the request SET_PARAMETER of a report (REP-6). */
export function reportRequest(body: Uint8Array, field: string, answered: ReportAnswered): ParameterRequest {
	return {
		fields: ["Content-Type", REPORT_TYPE, REPORT_FIELD, field],
		body,
		answered: (now, answer) => reportEnded(now, answer, answered),
	};
}

/** Delivers reports to an origin by SET_PARAMETER over a connection of its own, when there is no upstream session (REP-6). */
export class RtspReport implements ReportChannel {
	/**
	 * @param url of a content of the origin, with the relay's login if it needs one
	 * @param certificate @see connectTo
	 * @param basic whether the password may be shown by Basic on a connection without verified TLS
	 */
	constructor(
		private readonly host: ReportHost,
		private readonly url: RtspUrl,
		private readonly certificate: string,
		private readonly basic: boolean,
	) {}

	/** @see ReportChannel */
	report(_now: Millis, body: Uint8Array, field: string, answered: ReportAnswered): void {
		const { host, url } = this;
		findAddress(host, url.host, (address, why) => {
			if (address === undefined) return answered(host.pump.now(), "failed", why);
			this.send(address, reportRequest(body, field, answered));
		});
	}

	private send(address: string, request: ParameterRequest): void {
		const { host, url, certificate, basic } = this;
		const { pump } = host;
		const isVerified = url.secure && certificate !== "any";
		const login = new ClientLogin(url.user, url.password, host.random, isVerified || basic);
		const client = new ParameterClient(pump.now(), url, login, request, {
			emit: ({ answer }) =>
				pump.post(
					{
						on: () => {
							stream.abort();
							request.answered(pump.now(), answer);
						},
					},
					undefined,
				),
		});
		const handle = pump.addStream(client);
		const stream = host.network.connect(connectTo(address, url, certificate), handle);
		handle.attach(stream);
	}
}
