import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { Fleet } from "./fleet";
import type { FleetOutbox } from "./fleet-contract";
import type { FormerRepresentative, SuccessionMessage, SuccessionOutbox } from "./succession-contract";

/** What succession may do through a fleet while it handles one message, or one moment. */
export class SuccessionAdapter implements SuccessionOutbox {
	private now: Millis = 0;
	private out: FleetOutbox | undefined;
	private sender = "";
	private path: Path | undefined;
	private address = "";
	private port = 0;

	constructor(private readonly fleet: Fleet) {}

	/** @param sender who has just spoken, from where; it can be answered even if it is not known */
	at(now: Millis, out: FleetOutbox, sender = "", path?: Path, address = "", port = 0): this {
		Object.assign(this, { now, out, sender, path, address, port });
		return this;
	}

	tell(to: string | undefined, word: SuccessionMessage): void {
		const { fleet, out, path } = this;
		if (out === undefined) return;
		const member = to === undefined ? undefined : fleet.registry.get(to);
		const message = Object.assign(fleet.words.message(word.type), word);
		if (to === undefined) fleet.toAll(message, out);
		else if (member !== undefined) fleet.voice.send(message, member.path, member.address, member.port, out);
		else if (to === this.sender && path !== undefined) fleet.voice.send(message, path, this.address, this.port, out);
	}

	role(representative: boolean, formers: readonly FormerRepresentative[]): void {
		if (this.out !== undefined) this.fleet.take(this.now, representative, formers, this.out);
	}

	memberFailed(id: string): void {
		this.fleet.registry.remove(id);
	}

	checkGateway(): void {
		this.out?.emit({ type: "check-gateway" });
	}
}
