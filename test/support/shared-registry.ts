import { PEERS_PER_HOME, type PeerRegistry, type Registration } from "../../src/peer/peer-registry";

interface Kept {
	readonly registration: Registration;
	readonly until: number;
}

/** A store that instances of one test share, with a switch to break it. Answers come at once, or when the test says so. */
export class SharedStore {
	isDown = false;
	/** Milliseconds. */
	now = 0;
	readonly devices = new Map<string, Kept>();
	readonly listeners = new Map<string, (message: Uint8Array) => void>();
	/** Calls that wait; `undefined`: they are carried out at once. */
	waiting: (() => void)[] | undefined;

	/** Carries a call out. */
	run(call: () => void): void {
		if (this.waiting === undefined) call();
		else this.waiting.push(call);
	}

	/** Carries out the calls that wait. */
	release(): void {
		for (const call of this.waiting?.splice(0) ?? []) call();
	}

	/** The devices that have not expired. */
	all(): Registration[] {
		return [...this.devices.values()].filter(({ until }) => until > this.now).map(({ registration }) => registration);
	}
}

/** One instance's access to a {@link SharedStore}. */
export class SharedRegistry implements PeerRegistry {
	private edge = "";

	constructor(private readonly store: SharedStore) {}

	get fault(): string {
		return this.store.isDown ? "down" : "";
	}

	put(registration: Registration, lifetime: number): void {
		const { store } = this;
		if (store.isDown) return;
		const copy = { ...registration, record: registration.record.slice(), homeKey: registration.homeKey.slice() };
		const until = store.now + 1000 * lifetime;
		store.devices.set(`${registration.home}:${registration.peer}`, { registration: copy, until });
	}

	remove(home: string, peer: string, edge: string): void {
		const key = `${home}:${peer}`;
		if (!this.store.isDown && this.store.devices.get(key)?.registration.edge === edge) this.store.devices.delete(key);
	}

	get(home: string, peer: string, done: (found: Registration | "none" | undefined) => void): void {
		const { store } = this;
		store.run(() => {
			if (store.isDown) return done(undefined);
			done(store.all().find((one) => one.home === home && one.peer === peer) ?? "none");
		});
	}

	list(home: string, done: (found: readonly Registration[] | undefined) => void): void {
		const { store } = this;
		store.run(() => {
			if (store.isDown) return done(undefined);
			const found = store.all().filter((one) => one.home === home);
			found.sort((a, b) => (a.peer < b.peer ? -1 : 1));
			done(found.slice(0, PEERS_PER_HOME));
		});
	}

	tell(edge: string, message: Uint8Array, done: (isHeard: boolean | undefined) => void): void {
		const { store } = this;
		const copy = message.slice();
		store.run(() => {
			if (store.isDown) return done(undefined);
			const listener = store.listeners.get(edge);
			listener?.(copy);
			done(listener !== undefined);
		});
	}

	listen(edge: string, taker: (message: Uint8Array) => void): void {
		this.edge = edge;
		this.store.listeners.set(edge, taker);
	}

	close(): void {
		this.store.listeners.delete(this.edge);
	}
}
