import { equalInConstantTime, HmacSha256 } from "../../../base/sha256";
import { utf8Encode } from "../../../base/text";
import type { Seconds } from "../../../core/time";
import { type PeerRegistry, type Registration, SEAL_OCTETS } from "../../peer-registry";

const LABEL = utf8Encode("porthole rendezvous store");

/**
 * Seals what is put into a store that several instances share, and takes nothing out that none of them has put there: other users of the
 * store could otherwise send devices introductions, and viewers to addresses of their choice. A client with write access to the store can still remove
 * what is in it, and put back what was there before.
 */
export class SealedRegistry implements PeerRegistry {
	private readonly hmac: HmacSha256;

	/** @param privateKey that the instances share */
	constructor(
		private readonly store: PeerRegistry,
		privateKey: Uint8Array,
	) {
		this.hmac = new HmacSha256(new HmacSha256(privateKey).sign(LABEL).slice());
	}

	get fault(): string {
		return this.store.fault;
	}

	put(registration: Registration, lifetime: Seconds): void {
		const record = this.sealed(registration.record, contextOf(registration));
		this.store.put({ ...registration, record }, lifetime);
	}

	remove(home: string, peer: string, edge: string): void {
		this.store.remove(home, peer, edge);
	}

	get(home: string, peer: string, done: (found: Registration | "none" | undefined) => void): void {
		this.store.get(home, peer, (found) => {
			done(found === undefined || found === "none" ? found : (this.opened(found, home, peer) ?? "none"));
		});
	}

	list(home: string, done: (found: readonly Registration[] | undefined) => void): void {
		this.store.list(home, (found) => {
			const genuine: Registration[] = [];
			for (const one of found ?? []) {
				const opened = this.opened(one, home, one.peer);
				if (opened !== undefined) genuine.push(opened);
			}
			done(found === undefined ? undefined : genuine);
		});
	}

	tell(edge: string, message: Uint8Array, done: (isHeard: boolean | undefined) => void): void {
		this.store.tell(edge, this.sealed(message, utf8Encode(`to ${edge}`)), done);
	}

	listen(edge: string, taker: (message: Uint8Array) => void): void {
		this.store.listen(edge, (message) => {
			const opened = this.open(message, utf8Encode(`to ${edge}`));
			if (opened !== undefined) taker(opened);
		});
	}

	close(): void {
		this.store.close();
	}

	private opened(found: Registration, home: string, peer: string): Registration | undefined {
		if (found.home !== home || found.peer !== peer) return undefined;
		const record = this.open(found.record, contextOf(found));
		return record === undefined ? undefined : { ...found, record };
	}

	private sealed(content: Uint8Array, context: Uint8Array): Uint8Array {
		const sealed = new Uint8Array(content.length + SEAL_OCTETS);
		sealed.set(content);
		sealed.set(this.hmac.sign(content, 0, content.length, context).subarray(0, SEAL_OCTETS), content.length);
		return sealed;
	}

	/** @returns `undefined`: no instance has sealed it for this */
	private open(sealed: Uint8Array, context: Uint8Array): Uint8Array | undefined {
		const length = sealed.length - SEAL_OCTETS;
		if (length < 0) return undefined;
		const seal = this.hmac.sign(sealed, 0, length, context);
		return equalInConstantTime(sealed, length, seal, 0, SEAL_OCTETS) ? sealed.slice(0, length) : undefined;
	}
}

/** What a record belongs to: of fixed lengths but for the instance's name, which is last. */
function contextOf({ home, peer, edge, homeKey }: Registration): Uint8Array {
	const names = utf8Encode(`${home}${peer}${edge}`);
	const context = new Uint8Array(homeKey.length + names.length);
	context.set(homeKey);
	context.set(names, homeKey.length);
	return context;
}
