import type { Outlet } from "../../core/machine";
import type { StreamOutbox } from "../../core/stream";
import type { RtspUrl } from "../../wire/rtsp-url";
import type { TextMessage } from "../../wire/text-message";
import type { ParameterRequest } from "./parameter-request";
import type { RtspClientEvent } from "./rtsp-client-event";
import type { RtspDialog } from "./rtsp-dialog";

const SET_PARAMETER = "SET_PARAMETER";

/** What a client asks while the video plays, one request at a time: signs of life, and what is to be set. Nothing of it ends the session. */
export class RtspUpkeep {
	private aliveMethod = "OPTIONS";
	/** What is to be set, until it is answered. */
	private request: ParameterRequest | undefined;

	constructor(
		private readonly dialog: RtspDialog,
		private readonly outlet: Outlet<RtspClientEvent>,
	) {}

	/** Whether the answer that is waited for is that to a {@link ParameterRequest}. */
	get isSetting(): boolean {
		return this.dialog.waiting === SET_PARAMETER;
	}

	/** Takes a request. @returns false when there is one already; then this one is not answered */
	take(request: ParameterRequest): boolean {
		if (this.request !== undefined) return false;
		this.request = request;
		return true;
	}

	/**
	 * Sends what is to be set, or a sign of life, if no answer is waited for.
	 * @returns true when it was sent; false when there is no room for it, as the server has taken nothing for long
	 */
	send(out: StreamOutbox | undefined, url: RtspUrl, isForLife: boolean): boolean | undefined {
		const { dialog, request, aliveMethod } = this;
		if (dialog.waiting !== "" || (request === undefined && !isForLife)) return undefined;
		if (out === undefined) return false;
		if (request === undefined) return dialog.ask(out, aliveMethod, url, []);
		return dialog.ask(out, SET_PARAMETER, url, request.fields, request.body);
	}

	/** The server has the method GET_PARAMETER. */
	usesParameters(): void {
		this.aliveMethod = "GET_PARAMETER";
	}

	/** An answer came. @param method of the request */
	answered(method: string, message: TextMessage): void {
		if (method === SET_PARAMETER) this.told(message);
		else if (message.status >= 300) this.aliveMethod = "OPTIONS";
	}

	/** There is no answer in time; some servers do not answer what keeps their session alive. */
	missed(): void {
		if (this.isSetting) this.told(undefined);
		this.dialog.waiting = "";
	}

	/** What is to be set is answered, or won't be. */
	told(answer: TextMessage | undefined): void {
		const { request } = this;
		this.request = undefined;
		if (request !== undefined) this.outlet.emit({ kind: "set", request, answer });
	}
}
