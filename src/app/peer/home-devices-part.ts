import { formatEndpoint, ipKind } from "../../core/ip-address";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { Candidate } from "../../peer/candidate";
import { NEVER } from "../../peer/peer-ticket";
import { HOME_DEVICES_MESSAGES } from "../../web/home-devices-messages";
import { HOME_DEVICES_PAGE, homeDevicesLink, homeDevicesPage, type ShownDevice } from "../../web/home-devices-page";
import { get, type Part, type Route, type SiteRequest } from "../part";
import type { PeerServices } from "./peer-part-services";
import type { FoundPeer, HomeAccess } from "./peer-services";

const ROUTES: readonly Route<HomeDevicesPart>[] = Object.freeze([
	get(HOME_DEVICES_PAGE, (part: HomeDevicesPart, request, reply) => part.show(request, reply), "owner"),
]);

/** Shows the owner which ways lead to each device of the home, and the kind of NAT in front of it (ONE-10), as the rendezvous server has them. */
export class HomeDevicesPart implements Part {
	readonly routes = ROUTES;
	private own: HomeAccess | undefined;

	constructor(private readonly peers: PeerServices) {
		peers.sections.push(homeDevicesLink);
	}

	/** Answers with the page, once the server has answered. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { peers } = this;
		const visitor = peers.node.site.visitor(request);
		const answer = (devices: readonly ShownDevice[] | string): void => {
			if (!reply.answered) homeDevicesPage(visitor, devices).replyWith(reply, 200, NO_STORE);
		};
		const { home } = peers.keys();
		// A device of the home makes tickets for itself; the home may have another key than before.
		if (this.own?.home !== home) this.own = peers.access("", NEVER);
		if (this.own === undefined) return answer(HOME_DEVICES_MESSAGES.off);
		peers.endpoint.find(this.own, { name: "", tag: "", withAddresses: true }, (found) =>
			answer(typeof found === "string" ? found : found.map(shownDevice)),
		);
	}
}

/** Describes a device that was found with its addresses. */
export function shownDevice({
	peer,
	name,
	kind,
	isPortal,
	isSymmetric = false,
	candidates = [],
}: FoundPeer): ShownDevice {
	const { nats, ways, portal } = HOME_DEVICES_MESSAGES;
	const isSix = ({ address }: Candidate): boolean => address.includes(":");
	const isPublic = ({ address }: Candidate): boolean => ipKind(address) === "public";
	const seen = candidates.filter((each) => each.kind === "reflexive" && !isSix(each));
	const hosts = candidates.filter((each) => each.kind === "host");
	const isOpen = seen.some(({ address }) => hosts.some((host) => host.address === address));
	const list: string[] = [];
	if (candidates.some((each) => isSix(each) && isPublic(each))) list.push(ways.ipv6);
	if (candidates.some((each) => each.kind === "mapped")) list.push(ways.mapped);
	if (isOpen) list.push(ways.direct);
	else if (seen.length > 0) list.push(isSymmetric ? ways.symmetric : ways.punched);
	if (list.length === 0) list.push(ways.relayed);
	const nat = isOpen ? "none" : seen.length === 0 ? "unknown" : isSymmetric ? "symmetric" : "independent";
	const called = name === "" ? peer : name;
	return {
		name: isPortal ? portal(called) : called,
		kind,
		nat: nats[nat],
		ways: list,
		addresses: candidates.filter(isPublic).map(({ address, port }) => formatEndpoint(address, port)),
	};
}
