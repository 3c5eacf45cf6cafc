import { ipKind, networkOf } from "../../core/ip-address";
import { type Diagnosis, isSerious } from "../../gateway/diagnosis";
import { DIAGNOSIS_MESSAGES } from "../../web/diagnosis-messages";
import { DOCTOR_MESSAGES } from "../../web/doctor-messages";
import { urlOf } from "../url-of";
import type { PlayerRow, Way } from "./doctor-report";
import type { CameraState, FoundCamera, SeenCamera } from "./found-camera";

/** What the doctor knows of the gateway in front of all cameras. */
export interface GatewaySeen {
	/** Its address as it says itself; empty: not known. */
	readonly address: string;
	/** Its problems. */
	readonly problems: readonly Diagnosis[];
}

/** Says by which ways viewers reach a camera, and why not by the others (ONE-10). */
export function waysOf(seen: SeenCamera, gateway: GatewaySeen): readonly Way[] {
	return [lanWay(seen), mappedWay(seen, gateway), punchedWay(seen), relayedWay(seen)];
}

/** Says which row of the address management table serves video players, and why no other (STR-18, STR-22, STR-24). */
export function playerRowsOf({ camera }: SeenCamera): readonly PlayerRow[] {
	const { players } = DOCTOR_MESSAGES;
	const { path, address, rtspPort, rtspExternalPort, advertised = "" } = camera;
	const network = path === undefined ? undefined : networkOf(address, path.prefix);
	const text = rtspPort === 0 ? players.noServer : network === undefined || path === undefined ? players.noPath : "";
	if (text !== "")
		return [
			{ from: "lan", works: false, text },
			{ from: "internet", works: false, text },
		];
	const row = `${network}/${path?.prefix}`;
	return [
		{ from: "lan", works: true, text: players.lanRow(row, address) },
		rtspExternalPort === 0
			? { from: "internet", works: false, text: players.noMappedPort }
			: { from: "internet", works: true, text: players.oneInterface(row, address, rtspExternalPort, advertised) },
	];
}

/** The address of a camera's pages on the Internet; empty: none. */
export function outsideUrl({ externalHost, externalPort, secure }: FoundCamera, gateway: string): string {
	return urlOf(externalHost || gateway, externalPort, secure);
}

function lanWay({ camera, lan }: SeenCamera): Way {
	const { works, fails, told } = DOCTOR_MESSAGES.lan;
	const url = urlOf(camera.address, camera.port, camera.secure);
	if ("millis" in lan) return { way: "lan", works: true, text: works(url, lan.millis) };
	if ("isTold" in lan) return { way: "lan", works: true, text: told(url) };
	return { way: "lan", works: false, text: fails(url, lan.failure) };
}

function mappedWay({ camera, mapped, state }: SeenCamera, gateway: GatewaySeen): Way {
	const messages = DOCTOR_MESSAGES.mapped;
	const no = (text: string): Way => ({ way: "mapped", works: false, text });
	const serious = gateway.problems.find(isSerious);
	const because = (text: string): Way =>
		no(serious === undefined ? text : messages.because(text, withoutStop(DIAGNOSIS_MESSAGES[serious].message)));
	if (camera.externalPort === 0)
		return typeof state === "object" && !state.mapping ? no(messages.off) : because(messages.noPort);
	const host = camera.externalHost || gateway.address;
	if (host === "") return because(messages.noAddress);
	const kind = ipKind(host);
	if (kind !== undefined && kind !== "public") return no(messages.hidden(host));
	const url = outsideUrl(camera, gateway.address);
	if (mapped !== undefined && "millis" in mapped) return { way: "mapped", works: true, text: messages.works(url) };
	if (mapped !== undefined && "isTold" in mapped) return { way: "mapped", works: true, text: messages.told(url) };
	return { way: "mapped", works: undefined, text: messages.looped(url) };
}

function punchedWay({ state }: SeenCamera): Way {
	const messages = DOCTOR_MESSAGES.punched;
	if (typeof state === "string") return { way: "punched", works: undefined, text: messages.unseen(state) };
	if (!state.rendezvous) return { way: "punched", works: false, text: messages.off };
	if (state.registration !== "registered")
		return { way: "punched", works: false, text: messages.notRegistered(state.registration) };
	return { way: "punched", works: true, text: natText(state) };
}

function natText({ natKind, symmetric }: CameraState): string {
	const messages = DOCTOR_MESSAGES.punched;
	return symmetric ? messages.symmetric : natKind === "unknown" ? messages.unknownNat : messages.works;
}

function relayedWay({ camera, state }: SeenCamera): Way {
	const messages = DOCTOR_MESSAGES.relayed;
	if (!camera.takesRelays && camera.id !== "") return { way: "relayed", works: false, text: messages.open };
	if (typeof state === "string") return { way: "relayed", works: undefined, text: messages.unseen(state) };
	const { relays } = state;
	return { way: "relayed", works: relays > 0, text: relays > 0 ? messages.works(relays) : messages.none };
}

function withoutStop(sentence: string): string {
	return sentence.endsWith(".") ? sentence.slice(0, -1) : sentence;
}
