import type { HttpReply } from "../../http/http-request";
import type { DriveView, PictureView } from "../../web/camera-page";
import { cameraPage, type Fact, rateOf } from "../../web/camera-page";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import type { Page } from "../../web/page";
import type { Visitor } from "../../web/page-header";
import type { ProgramAddress, ProgramHosts } from "../../web/program-address";
import type { Node } from "../node";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import { type AudienceSource, addressesFor } from "../program-addresses";
import { urlOf } from "../url-of";

/** The pages of which the camera's own is one. */
export interface CameraPageSite extends AudienceSource {
	visitor(request: SiteRequest): Visitor;
	noticesFor(request: SiteRequest): readonly Notice[];
	page(name: string, request: SiteRequest, reply: HttpReply, generate: () => Page): void;
}

/** What the page shows of the parts of the camera. */
export interface CameraPageSources {
	readonly named: { readonly self: { readonly httpPort: number; readonly externalPort: number } };
	readonly gateway: { readonly isMapping: boolean };
	readonly video: { readonly view: PictureView | undefined };
	readonly motion: { readonly drive: DriveView | undefined };
	/** More of the host's own, already HTML. */
	readonly extra: string;
}

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/camera", label: MESSAGES.nav.camera, need: "viewer" as const }),
]);

const ROUTES: readonly Route<CameraPagePart>[] = Object.freeze([
	get("/camera", (page: CameraPagePart, request, reply) => page.show(request, reply)),
]);

/** The camera's own page: live picture, snapshot, controls, facts (IMG-15, IMG-16, IMG-18). */
export class CameraPagePart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;

	constructor(
		private readonly node: Node,
		private readonly site: CameraPageSite,
		private readonly sources: CameraPageSources,
	) {}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const rate = rateOf(request.query);
		this.site.page(`camera ${rate}`, request, reply, () => this.generate(request, rate));
	}

	/** The pictures over HTTP. */
	programAddresses(hosts: ProgramHosts): readonly ProgramAddress[] {
		const { isSecure } = this.node;
		const { httpPort, externalPort } = this.sources.named.self;
		const lan = urlOf(hosts.lan, httpPort, isSecure);
		const internet = urlOf(hosts.internet, externalPort, isSecure);
		const at = (path: string) => ({ lan: lan && lan + path, internet: internet && internet + path, takesLink: true });
		return [
			{ kind: "snapshot", ...at("snapshot.jpg") },
			{ kind: "mjpeg", ...at("stream.mjpeg") },
		];
	}

	private generate(request: SiteRequest, rate: number): Page {
		const { video, motion, extra } = this.sources;
		return cameraPage(
			{
				visitor: this.site.visitor(request),
				id: this.node.identity.id,
				name: this.node.deviceName || MESSAGES.facts.name,
				drive: motion.drive,
				picture: video.view,
				notices: this.site.noticesFor(request),
				facts: this.gatherFacts(),
				hasEvents: this.node.parts.some((part) => part.hasEvents === true),
				addresses: addressesFor(this.node, this.site, request),
				isMapping: this.sources.gateway.isMapping,
				extra,
			},
			rate,
		);
	}

	private gatherFacts(): readonly Fact[] {
		const { addresses, identity, isSecure, parts } = this.node;
		const { httpPort, externalPort } = this.sources.named.self;
		const { facts } = MESSAGES;
		const outside = urlOf(addresses.externalHost, externalPort, isSecure);
		const list: Fact[] = [
			[facts.internet, outside || (this.sources.gateway.isMapping ? facts.unreachable : facts.lanOnly)],
			[facts.lan, urlOf(addresses.lanAddress(), httpPort, isSecure) || facts.noAddress],
		];
		for (const part of parts) list.push(...(part.facts?.() ?? []));
		list.push([facts.identity, identity.id]);
		return list;
	}
}
