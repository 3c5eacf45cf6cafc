import type { HttpReply } from "../../http/http-request";
import { NAS_MESSAGES } from "../../web/nas-messages";
import { nasPage } from "../../web/nas-page";
import type { Appliance } from "../appliance";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { HomePage } from "../portal/portal-part";
import type { NasServices } from "./nas-services";

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/nas", label: NAS_MESSAGES.nav, need: "viewer" as const }),
]);

const ROUTES: readonly Route<NasPart>[] = Object.freeze([
	get("/nas", (nas: NasPart, request, reply) => nas.show(request, reply)),
]);

/** The NAS's own page: how much is stored and free, which cameras are recorded and how (STR-27). */
export class NasPart implements Part, HomePage {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;

	constructor(
		private readonly nas: Appliance,
		private readonly parts: NasServices,
	) {}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { site, fleet } = this.parts;
		site.page("nas", request, reply, () =>
			nasPage({
				visitor: site.visitor(request),
				name: fleet.self.name || NAS_MESSAGES.name,
				notices: site.notices(),
				facts: this.nas.parts.flatMap((part) => part.facts?.() ?? []),
			}),
		);
	}
}
