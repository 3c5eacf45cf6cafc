import { addressKind } from "../core/ipv4";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";

/** Judges what a gateway says is its external address, and what is the matter with it (IMG-5, quirk 12). */
export class ExternalAddressCheck {
	/** The address, if the Internet can reach it; else empty. */
	address = "";
	/** What the gateway said last, whatever it is worth. */
	private text = "";
	private told = false;
	private refused = false;

	/** @param note is told which troubles there are */
	constructor(private readonly note: (diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox) => void) {}

	/** Another gateway, or the same anew: its address is told again even if it is the same. */
	reset(): void {
		this.told = false;
	}

	/** The gateway refuses to open ports, or does so no longer. */
	setRefused(refused: boolean, out: GatewayOutbox): void {
		if (refused === this.refused) return;
		this.refused = refused;
		this.judge(out);
	}

	/** The gateway has told its address; emits `address` when the one that counts has changed. */
	learn(text: string, out: GatewayOutbox): void {
		this.text = text;
		this.judge(out);
		const usable = addressKind(text) === "public" ? text : "";
		if (usable === this.address && this.told) return;
		this.told = true;
		this.address = usable;
		out.emit({ type: "address", address: usable });
	}

	/** Says what is wrong with the address: none at all, or not ours alone. */
	private judge(out: GatewayOutbox): void {
		const kind = addressKind(this.text);
		// A gateway that is connected, tells no address and opens no port is behind another one: miniupnpd says no more.
		const hidden = kind === undefined && this.refused;
		const inner = kind === "private" || kind === "reserved" || hidden;
		this.note("double-nat", inner, out);
		this.note("carrier-nat", kind === "shared", out);
		this.note("no-address", !hidden && (kind === undefined || kind === "unspecified"), out);
		this.note("refused", this.refused && !inner, out);
	}
}
