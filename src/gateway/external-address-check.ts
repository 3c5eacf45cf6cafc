import { addressKind } from "../core/ipv4";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";

/** Checks whether the external address that a gateway reports can be reached from the Internet (IMG-5, quirk 12). */
export class ExternalAddressCheck {
	/** The address if it is public; else empty. */
	address = "";
	/** What the gateway reported last, valid or not. */
	reported = "";
	/** The gateway had a public address and has none now. */
	isLost = false;
	private emitted = false;
	private refused = false;

	/** @param note is called with each diagnosis that the address gives or disproves */
	constructor(private readonly note: (diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox) => void) {}

	/** A gateway was chosen: its address is emitted even if it is the same as before. */
	reset(): void {
		this.emitted = false;
	}

	/** Sets whether the gateway refuses to open ports. */
	setRefused(refused: boolean, out: GatewayOutbox): void {
		if (refused === this.refused) return;
		this.refused = refused;
		this.diagnose(out);
	}

	/**
	 * The gateway has reported its address; emits `address` when the public one has changed.
	 * @returns whether it is back on the Internet, so that what it refused meanwhile has to be asked for again
	 */
	learn(text: string, out: GatewayOutbox): boolean {
		const address = addressKind(text) === "public" ? text : "";
		const isBack = this.isLost && address !== "";
		this.isLost = address === "" && (this.isLost || this.address !== "");
		if (isBack) this.refused = false;
		this.reported = text;
		this.diagnose(out);
		if (address === this.address && this.emitted) return isBack;
		this.emitted = true;
		this.address = address;
		out.emit({ type: "address", address });
		return isBack;
	}

	private diagnose(out: GatewayOutbox): void {
		const kind = addressKind(this.reported);
		// A gateway that is connected, reports no address and opens no port is behind another one: miniupnpd says no more.
		const hidden = kind === undefined && this.refused;
		const inner = kind === "private" || kind === "reserved" || hidden;
		this.note("double-nat", inner, out);
		this.note("carrier-nat", kind === "shared", out);
		this.note("no-address", !hidden && (kind === undefined || kind === "unspecified"), out);
		this.note("refused", this.refused && !inner, out);
	}
}
