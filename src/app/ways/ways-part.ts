import { toJson } from "../../base/json";
import { sameNetwork } from "../../core/ipv4";
import { type Member, SILENT } from "../../fleet/member";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { ApiOperation } from "../../web/api";
import { WAYS_MESSAGES } from "../../web/ways-messages";
import { type ShownWays, WAYS_PAGE, waysPage } from "../../web/ways-page";
import type { FleetService } from "../../wire/fleet-service";
import type { Appliance } from "../appliance";
import { type GatewaySeen, playerRowsOf, waysOf } from "../doctor/camera-ways";
import { type CameraState, type FoundCamera, NO_NAT, type SeenCamera, type Visit } from "../doctor/found-camera";
import { FactsCollector, type FactsQuestion, type MemberFacts } from "../inventory/facts-collector";
import { RELAYS_KIND } from "../origin/offered-cameras";
import { get, type Part, type Route, type SiteRequest } from "../part";
import { reachStateOf, readReachState, writeReachState } from "./reach-state";

const QUESTION: FactsQuestion<CameraState> = Object.freeze({ target: "/api/v1/ways/own", read: readReachState });

const ROUTES: readonly Route<WaysPart>[] = Object.freeze([
	get(WAYS_PAGE, (part: WaysPart, request, reply) => part.show(request, reply), "owner"),
	get("/api/v1/ways", (part: WaysPart, _request, reply) => part.list(reply), "owner"),
]);

const OPERATIONS: readonly ApiOperation<WaysPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: QUESTION.target,
		need: "viewer",
		about: "What this device knows of the ways to it: others of its fleet ask for it.",
		run: (part: WaysPart) => ({ body: writeReachState(part.own) }),
	}),
]);

/** What announcements say of this device, or of another one. */
type Announced = Pick<Member, "id" | "name" | "httpPort" | "externalPort" | "secure"> & {
	readonly services: readonly FleetService[];
};

/**
 * Tells owners by which ways viewers reach each device of the fleet, which kind of NAT is in front of it, which row of the address
 * management table serves video players, and why the other ways do not work (ONE-10): what the doctor says, as far as a device knows
 * it without visits to the others. What announcements do not have, members are asked for by a ticket of the fleet's key.
 */
export class WaysPart implements Part {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly waysPage = WAYS_PAGE;
	private readonly collector: FactsCollector<CameraState>;

	constructor(private readonly appliance: Appliance) {
		this.collector = new FactsCollector(appliance, QUESTION);
	}

	stop(): void {
		this.collector.close();
	}

	/** What this device knows of itself. */
	get own(): CameraState {
		const { parts, gateway } = this.appliance;
		return reachStateOf(parts, gateway.isMapping);
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const visitor = this.appliance.site.visitor(request);
		this.collect(reply, (devices) => waysPage(visitor, devices).replyWith(reply, 200, NO_STORE));
	}

	/** Answers with the same for programs. */
	list(reply: HttpReply): void {
		this.collect(reply, (devices) => reply.send(200, "application/json", toJson({ devices }), NO_STORE));
	}

	private collect(reply: HttpReply, done: (devices: readonly ShownWays[]) => void): void {
		const members = this.appliance.fleet.registry.sorted();
		const isTaken = this.collector.collect(members, (facts) => done(this.devices(facts)));
		if (!isTaken) reply.error(503, WAYS_MESSAGES.busy, [["Retry-After", "5"], ...NO_STORE]);
	}

	private devices(facts: MemberFacts<CameraState>): readonly ShownWays[] {
		const { fleet, addresses, gateway } = this.appliance;
		const { diagnoses } = gateway.client.status();
		const seen: GatewaySeen = { address: addresses.externalAddress, problems: diagnoses };
		const others = fleet.registry.sorted().map((member) => this.seenMember(member, facts.get(member.id)));
		return [this.seenSelf(), ...others].map((camera) => shown(camera, seen));
	}

	private seenSelf(): SeenCamera {
		const { addresses, deviceName, fleet, identity } = this.appliance;
		const { self } = fleet;
		const { httpPort, externalPort, secure, otherServices: services } = self;
		const announced = { id: identity.id, name: deviceName, httpPort, externalPort, secure, services };
		const camera = this.found(announced, addresses.lanAddress(), addresses.externalHost);
		return { camera, lan: TOLD, mapped: TOLD, state: this.own };
	}

	private seenMember(member: Member, state: CameraState | undefined): SeenCamera {
		const { fleet, fleetPart } = this.appliance;
		const { unseen, silent } = WAYS_MESSAGES;
		const { id, name, httpPort, secure, services } = member;
		// The router's own list counts for more than what the device believes.
		const externalPort = member.inTable === false ? 0 : member.externalPort;
		const announced = { id, name, httpPort, externalPort, secure, services };
		const camera = this.found(announced, member.address, fleetPart.outsideOf(member));
		const lan: Visit = member.missed >= SILENT && state === undefined ? { failure: silent } : TOLD;
		return { camera, lan, mapped: TOLD, state: state ?? (fleet.sealed ? unseen.silent : unseen.open) };
	}

	private found(device: Announced, address: string, externalHost: string): FoundCamera {
		const { addresses, fleet } = this.appliance;
		const { id, name, httpPort: port, secure, externalPort, services } = device;
		const path = addresses.paths.find((each) => sameNetwork(each.address, address, each.prefix));
		const rtsp = services.find(({ kind }) => kind === "rtsp");
		return {
			id,
			name: name || address,
			address,
			port,
			secure,
			externalPort,
			externalHost,
			rtspPort: rtsp?.port ?? 0,
			rtspExternalPort: rtsp?.externalPort ?? 0,
			takesRelays: services.some(({ kind }) => kind === RELAYS_KIND),
			isSealed: fleet.sealed,
			path,
			advertised: path === undefined ? "" : addresses.outsideOf(path.address),
		};
	}
}

const TOLD: Visit = Object.freeze({ isTold: true });

/** The ways to a device, as they are shown. */
function shown(seen: SeenCamera, gateway: GatewaySeen): ShownWays {
	const { id, name } = seen.camera;
	const ways = waysOf(seen, gateway).map(({ way, works, text }) => ({ way, works: works ?? null, text }));
	const { natKind, nat } = typeof seen.state === "string" ? NO_NAT : seen.state;
	return { id, name, natKind, nat, ways, players: playerRowsOf(seen) };
}
