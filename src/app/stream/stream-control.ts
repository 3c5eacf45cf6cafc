import type { HttpReply } from "../../http/http-request";
import { NO_FLOATING_ADDRESS } from "../../ports/floating-address";
import { NO_SWITCH } from "../../ports/pins";
import type { ServiceAdvertiser } from "../../ports/service-advertiser";
import { parseNasEndpoint, STREAM_CONTROL_SCHEMA, type StreamControlSettings } from "../../settings/stream-link-schema";
import { UsageError } from "../../settings/usage-error";
import { NAS_LINK_MESSAGES } from "../../web/nas-link-messages";
import { sentence } from "../../web/nas-messages";
import type { Notice } from "../../web/notices";
import { streamControlPage } from "../../web/stream-control-page";
import type { FleetService } from "../../wire/fleet-service";
import { CONTROL_KIND } from "../../wire/nas-service";
import { Appliance } from "../appliance";
import { keyringOf } from "../fleet/make-fleet";
import type { NodeHost } from "../node-host";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { HomePage } from "../portal/portal-part";
import { OpenApiPart } from "../system/open-api-part";
import { linkKeyOf } from "./link-key";
import { RemoteService } from "./remote-service";
import { RtspPart } from "./rtsp-part";

const PATH = "/stream-control";

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: PATH, label: NAS_LINK_MESSAGES.name, need: "viewer" as const }),
]);

const ROUTES: readonly Route<StreamControlPart>[] = Object.freeze([
	get(PATH, (control: StreamControlPart, request, reply) => control.show(request, reply)),
]);

/**
 * A control host (STR-12): a member of the fleet that takes the requests of RTSP clients, and asks a NAS in the same network to send the
 * streams. Of media only what clients want by TCP passes it.
 */
export class StreamControl extends Appliance<StreamControlSettings> {
	/** All settings. */
	readonly schema = STREAM_CONTROL_SCHEMA;
	readonly service: RemoteService;

	/** @throws {UsageError} when the settings do not say where the NAS is */
	constructor(host: NodeHost & { readonly services?: ServiceAdvertiser }, settings: StreamControlSettings) {
		super(host, settings, NO_SWITCH, NO_FLOATING_ADDRESS);
		const nas = parseNasEndpoint(settings.nas);
		if (nas === undefined) throw new UsageError("A control host needs its NAS: --nas ADDRESS[:PORT].");
		const keyring = keyringOf(this.fleet);
		this.service = new RemoteService(this, nas, () => linkKeyOf(settings.linkKey, keyring));
		const home = new StreamControlPart(this);
		const others: readonly Part[] = [
			new RtspPart(this, this, this.service, "/recordings/"),
			new OpenApiPart(this, this.schema),
		];
		this.compose(this.schema, host.services, home, [], others);
		for (const part of this.parts) this.site.serve(part);
	}

	override get noun(): string {
		return "control host";
	}

	override get kind(): string {
		return CONTROL_KIND;
	}

	override start(): void {
		this.host.log.write("info", "link", `${this.identity.id} started`);
		super.start();
		this.service.start();
	}
}

/** The own page of a control host, and what its owner should know. */
class StreamControlPart implements Part, HomePage {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	private announced: FleetService | undefined;

	constructor(private readonly control: StreamControl) {}

	/** So that nobody takes it for a camera. */
	services(): readonly FleetService[] {
		const { httpPort: port, externalPort, secure } = this.control.fleet.self;
		const { announced } = this;
		const isSame = announced?.port === port && announced.externalPort === externalPort && announced.secure === secure;
		if (announced !== undefined && isSame) return [announced];
		this.announced = Object.freeze({ kind: CONTROL_KIND, port, externalPort, path: PATH, secure });
		return [this.announced];
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { site, service, parts } = this.control;
		site.page("stream-control", request, reply, () =>
			streamControlPage({
				visitor: site.visitor(request),
				path: PATH,
				notices: site.noticesFor(request),
				nas: service.place,
				isConnected: service.transport.isReachable,
				sessions: service.streams,
				facts: parts.flatMap((part) => part.facts?.() ?? []),
			}),
		);
	}

	notices(): readonly Notice[] {
		const { fault } = this.control.service;
		return fault === "" ? [] : [{ message: NAS_LINK_MESSAGES.notices.notReachable, remedy: sentence(fault) }];
	}

	status(): Record<string, unknown> {
		const { transport, place } = this.control.service;
		return { nas: { at: place, connected: transport.isReachable, streams: transport.size } };
	}

	metrics(): readonly Metric[] {
		const { transport } = this.control.service;
		return [["nas_connected", "gauge", "1: the NAS can be reached", transport.isReachable ? 1 : 0]];
	}
}
