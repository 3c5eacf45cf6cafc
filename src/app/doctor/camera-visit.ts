import { ClientLogin } from "../../access/client-login";
import { utf8Decode } from "../../base/text";
import type { Random } from "../../ports/random";
import { DOCTOR_MESSAGES } from "../../web/doctor-messages";
import { type HttpUrl, parseUrl } from "../../wire/http-url";
import { digestCall } from "../digest-call";
import { HttpCall, type HttpCallHost } from "../http-call";
import { urlOf } from "../url-of";
import { outsideUrl } from "./camera-ways";
import type { CameraState, FoundCamera, SeenCamera, Visit } from "./found-camera";
import { readCameraState } from "./read-camera-state";

/** The largest page that is read, and the largest state. */
const PAGE_MAX = 131_072;
const STATE_MAX = 32_768;

/** The login of the doctor at the cameras; without a password it does not log in. */
export interface DoctorLogin {
	readonly user: string;
	readonly password: string;
}

/** What a visit needs of its host. */
export interface VisitHost extends HttpCallHost {
	readonly random: Random;
}

/**
 * Tries the pages of a camera in the LAN and at the gateway, and asks it for its state.
 *
 * Only cameras that have proved that they belong to the fleet get a login: a device that has taken the place of one could guess
 * passwords from the answer.
 */
export class CameraVisit {
	private lan: Visit | undefined;
	private mapped: Visit | undefined;
	private state: CameraState | string | undefined;

	/** @param done called once, later, after {@link begin} */
	constructor(
		private readonly host: VisitHost,
		private readonly camera: FoundCamera,
		private readonly done: (seen: SeenCamera) => void,
	) {}

	/** @param gateway the gateway's address on the Internet; empty: not known */
	begin(gateway: string, login: DoctorLogin): void {
		const { host, camera } = this;
		const inside = parseUrl(urlOf(camera.address, camera.port, camera.secure));
		if (inside === undefined) {
			const text = DOCTOR_MESSAGES.unseen.malformed;
			host.pump.after(0, () => this.done({ camera, lan: { failure: text }, mapped: undefined, state: text }));
			return;
		}
		const outside = parseUrl(outsideUrl(camera, gateway));
		this.visit(inside, (visit) => {
			this.lan = visit;
			this.look(outside);
		});
		if (outside !== undefined)
			this.visit(outside, (visit) => {
				this.mapped = visit;
				this.look(outside);
			});
		this.askState(inside, login, (state) => {
			this.state = state;
			this.look(outside);
		});
	}

	/** Ends when all is known. */
	private look(outside: HttpUrl | undefined): void {
		const { camera, lan, mapped, state } = this;
		if (lan === undefined || state === undefined || (outside !== undefined && mapped === undefined)) return;
		this.done({ camera, lan, mapped, state });
	}

	/** Any answer of HTTP shows that the way is open. */
	private visit(url: HttpUrl, done: (visit: Visit) => void): void {
		const { host } = this;
		const begun = host.pump.now();
		const request = { url, method: "GET", certificate: "any", fields: [], answerMax: PAGE_MAX } as const;
		new HttpCall(host, request, (now, answer) =>
			done(typeof answer === "string" ? { failure: answer } : { millis: now - begun }),
		);
	}

	private askState(page: HttpUrl, { user, password }: DoctorLogin, done: (state: CameraState | string) => void): void {
		const { host, camera } = this;
		const { unseen } = DOCTOR_MESSAGES;
		const why =
			camera.id === "" ? unseen.table : !camera.isSealed ? unseen.open : password === "" ? unseen.password : "";
		if (why !== "") {
			host.pump.after(0, () => done(why));
			return;
		}
		const url = { ...page, target: "/api/v1/status" };
		// Never Basic, even over TLS: a device that has taken the address has a certificate too, and would get the password.
		const client = new ClientLogin(user, password, host.random, false);
		const request = { url, method: "GET", certificate: "any", fields: [], answerMax: STATE_MAX } as const;
		digestCall(host, request, client, (answer) => {
			if (typeof answer === "string") done(unseen.silent(answer));
			else if (answer.status !== 200) done(unseen.refused);
			else done(readCameraState(utf8Decode(answer.body) ?? "") ?? unseen.malformed);
		});
	}
}
