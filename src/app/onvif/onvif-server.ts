import { type Admission, streamSessionOf } from "../../access/role";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import { type HttpReply, originOf } from "../../http/http-request";
import { findOperation, isAboutEvents } from "../../onvif/dispatch";
import { type EventCall, SUBSCRIPTION_PATH } from "../../onvif/event-service";
import type { OnvifCall, OnvifDevice, OnvifNeed } from "../../onvif/onvif-device";
import type { PullPointHolder, PullPoints } from "../../onvif/pull-points";
import { notAuthorized, notSupported, SoapFault } from "../../onvif/soap-fault";
import { parseSoap, type SoapRequest } from "../../onvif/soap-message";
import { hostOf } from "../../web/browser-request";
import type { Headers } from "../../wire/text-message";
import type { Camera } from "../camera/camera";
import type { SiteRequest } from "../part";
import { ClientSubscriptions } from "./client-subscriptions";
import type { OnvifAccount } from "./onvif-account";
import { BY_DIGEST, type OnvifLogin } from "./onvif-login";
import { sendAnswer, sendFault } from "./soap-reply";

/** What the server needs of its camera. */
export type OnvifServerCamera = Pick<Camera, "access" | "addresses" | "pump">;

/** Carries out the requests of ONVIF clients: reads them, checks the rights of the client, and answers. @see ONVIF Core §5 */
export class OnvifServer {
	readonly counters = { requests: 0, refused: 0, unsupported: 0 };

	constructor(
		private readonly camera: OnvifServerCamera,
		private readonly device: OnvifDevice,
		private readonly account: OnvifAccount,
		private readonly login: OnvifLogin,
		private readonly points: Handle<PullPoints, undefined>,
	) {}

	/**
	 * Takes a request. From elsewhere than the LAN nothing of it is read before its client has logged in by HTTP Digest, and it is
	 * answered like any path that does not exist.
	 */
	handle(request: SiteRequest, reply: HttpReply): void {
		const { gate } = this.camera.access;
		if (request.visitor === undefined && !this.isNear(request.remoteAddress)) return gate.challenge(request, reply);
		this.counters.requests++;
		const soap = parseSoap(request.message.body);
		if (soap instanceof SoapFault) {
			// Anything that is not an ONVIF request gets the usual challenge.
			if (request.visitor === undefined) return gate.challenge(request, reply);
			return sendFault(reply, soap);
		}
		const found = findOperation(soap.operation);
		if (!this.admit(request, reply, soap, found?.operation.need ?? "viewer")) return;
		if (found === undefined) {
			this.counters.unsupported++;
			return sendFault(reply, notSupported(soap.operation.name), soap.messageId);
		}
		const call = this.callOf(request, reply, isAboutEvents(found.service));
		found.operation.run(call, soap.operation, (result) => sendAnswer(reply, soap, found, result));
	}

	/**
	 * Neighbours, programs on this machine, and devices in other private networks of the home. A router may stand for anybody, and so
	 * may a proxy on this machine: its visitors get what neighbours get.
	 */
	private isNear(address: string): boolean {
		const { addresses } = this.camera;
		return addresses.isNeighbour(address) || !addresses.mayBeFar(address);
	}

	/** Whether the client may; else it is answered. */
	private admit(request: SiteRequest, reply: HttpReply, soap: SoapRequest, need: OnvifNeed): boolean {
		if (need === "anyone") return true;
		const { now, remoteAddress: address, visitor } = request;
		if (visitor !== undefined) {
			if (need === "viewer" || mayMove(visitor, this.account.user)) return true;
			return this.refuse(reply, soap, notAuthorized("Viewers may not turn the camera.", 403));
		}
		if (soap.security === undefined) return this.challenge(reply, soap, now, "Log in.");
		const fault = this.login.check({ now, utc: this.device.utc, address }, soap.security);
		if (fault === undefined) return true;
		if (fault !== BY_DIGEST) return this.refuse(reply, soap, fault);
		const { user } = this.account;
		return this.challenge(reply, soap, now, `Log in as ${user}, or by HTTP Digest.`);
	}

	private challenge(reply: HttpReply, soap: SoapRequest, now: Millis, reason: string): boolean {
		const headers = this.camera.access.authenticator
			.challenges(now)
			.map((value) => ["WWW-Authenticate", value] as const);
		return this.refuse(reply, soap, notAuthorized(reason, 401), headers);
	}

	private refuse(reply: HttpReply, soap: SoapRequest, fault: SoapFault, headers: Headers = []): boolean {
		this.counters.refused++;
		sendFault(reply, fault, soap.messageId, headers);
		return false;
	}

	/** @param hasSubscriptions whether the operation needs an {@link EventCall} */
	private callOf(request: SiteRequest, reply: HttpReply, hasSubscriptions: boolean): OnvifCall | EventCall {
		const { device, points } = this;
		const named = hostOf(request);
		const host = named === "" ? request.localAddress : named.startsWith("[") ? named.slice(1, -1) : named;
		const call = { device, origin: originOf(request), host };
		if (!hasSubscriptions) return call;
		const { path, visitor } = request;
		const subscription = path.startsWith(SUBSCRIPTION_PATH) ? path.slice(SUBSCRIPTION_PATH.length) : "";
		const holder =
			visitor === undefined
				? ACCOUNT
				: { isViewer: !mayMove(visitor, this.account.user), session: streamSessionOf(visitor) };
		const subscriptions = new ClientSubscriptions(points, this.camera.pump, device.utc ?? 0, holder, reply);
		return { ...call, subscription, subscriptions };
	}
}

/** The holder after a login by WS-UsernameToken. */
const ACCOUNT: PullPointHolder = Object.freeze({ isViewer: false, session: "" });

function mayMove({ role, user }: Admission, mover: string): boolean {
	return role === "owner" || user === mover;
}
