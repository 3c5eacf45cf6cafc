import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../hosts/virtual/gateway/quirks";
import { Prng } from "../../src/base/prng";
import { type HomeCamera, VirtualHome } from "./virtual-home";

/** Gateways that matter to a succession, each with what a person would call it. */
const GATEWAYS: readonly (readonly [string, Partial<GatewayQuirks>])[] = [
	["insecure", { secure: false }],
	["secure, 606", { secure: true }],
	["secure, 714 although it exists", { secure: true, deleteForeignCode: 714 }],
	["version 2", { igd: 2, secure: true }],
	["permanent leases, insecure", { secure: false, leases: "permanent-725" }],
	["permanent leases, secure", { secure: true, leases: "permanent-725" }],
	["refuses renewals", { secure: false, refusesRenewal: true }],
	["slow, one request at a time", { secure: false, latency: 40, oneRequestAtATime: true }],
	["forgets at will", { secure: false, forgetsAfter: 25000 }],
	["garbles descriptions", { secure: false, garbageDescriptionsFrom: 1 }],
];

/** What a camera has been through lately: one that was out of reach may be taken for gone, and not know it. */
interface Fate {
	/** Out of reach of the others until then, and a little longer. */
	awayUntil: number;
}

/** A camera that was out of reach may be taken for gone this long afterwards. */
const GRACE = 3000;

/**
 * A home whose cameras leave, crash, are cut off, fall asleep and come back, as one seed has it; checks after each
 * event of the world that nobody does harm, and at the end that there is one representative.
 */
export class SuccessionScenario {
	readonly random: Prng;
	readonly home: VirtualHome;
	readonly what: string;
	readonly loss: number;
	private readonly fates = new Map<HomeCamera, Fate>();
	private readonly leases: number;
	private readonly leaving = new Set<HomeCamera>();
	private doubleSince = -1;
	private divided = false;

	constructor(
		readonly seed: number,
		readonly mode: string,
		cameras?: number,
		settings: Readonly<Record<string, string>> = {},
	) {
		const random = new Prng(seed * 2654435761);
		this.random = random;
		const [gateway, quirks] = GATEWAYS[random.below(GATEWAYS.length)];
		const count = cameras ?? 2 + random.below(7);
		// Each packet passes two links: half of the loss, by and large, on each.
		this.loss = random.chance(0.3) ? 0 : random.unit() * 0.2;
		const link = {
			delay: 0.2 + random.unit() * 3,
			jitter: random.unit() * 8,
			loss: this.loss / 2,
			reordering: random.chance(0.5) ? 0.05 : 0,
			duplication: 0.01,
		};
		this.leases = quirks.leases === "permanent-725" ? 0 : 20;
		this.what = `seed ${seed}: ${mode} ${Object.values(settings).join()}, ${count} cameras, ${gateway}, loss ${(this.loss * 100).toFixed(1)} %`;
		this.home = new VirtualHome(seed, quirks, link);
		this.home.gateway.deleting = (mapping, client) => {
			const owner = this.home.cameras.find((c) => c.machine.address === mapping.address);
			const mine = mapping.address === client;
			assert.ok(
				mine || this.isAway(owner),
				`${this.what}: ${client} deletes ${mapping.externalPort} of ${mapping.address}`,
			);
		};
		for (let i = 0; i < count; i++) {
			const camera = this.home.add({
				succession: mode,
				priority: `${90 + random.below(3) * 10}`,
				"representative-lease": "20",
				...settings,
			});
			this.fates.set(camera, { awayUntil: 0 });
			this.pass(random.below(400));
		}
	}

	/** Lets time pass, and looks after each event. */
	pass(span: number): void {
		const { world } = this.home;
		world.runUntil(() => {
			this.look();
			return false;
		}, span);
	}

	/** One thing happens to the cameras. */
	act(): void {
		const { random } = this;
		const cameras = this.home.cameras;
		const representative = cameras.find((c) => c.machine.on && c.camera.fleet.self.representative);
		const victim = random.chance(0.7) && representative ? representative : cameras[random.below(cameras.length)];
		const others = cameras.filter((c) => c.machine.on && c !== victim).length;
		switch (random.below(6)) {
			case 0:
				if (victim.machine.on) this.leave(victim);
				break;
			case 1:
				victim.crash();
				this.away(victim, Infinity);
				break;
			case 2:
				this.cut(victim, random.below(30000));
				break;
			case 3:
				if (victim.machine.on) this.sleep(victim, random.below(20000));
				break;
			case 4:
				this.divide(random.below(20000));
				break;
			case 5:
				// Both at once, also in the middle of a take-over.
				victim.crash();
				this.away(victim, Infinity);
				this.pass(random.below(1500));
				if (others > 1) {
					const next = cameras.find((c) => c.machine.on && c.camera.fleet.self.representative);
					next?.crash();
					if (next !== undefined) this.away(next, Infinity);
				}
				break;
		}
		this.pass(random.below(6000));
		for (const camera of cameras) {
			if (!camera.machine.on && random.chance(0.7)) {
				camera.restart();
				this.away(camera, this.home.world.now);
			}
		}
	}

	/** Heals everything, and sees that one camera is the representative and has the port. */
	settle(): void {
		const { home } = this;
		home.lan.heal();
		this.divided = false;
		for (const camera of home.cameras) {
			camera.machine.nics[0].link.up = true;
			if (camera.machine.suspended) camera.machine.resume();
			if (!camera.machine.on) camera.restart();
			this.away(camera, home.world.now);
		}
		this.pass(GRACE);
		// A lease may have to run out, and a permanent one makes all go on to another port.
		const limit = 30000 + (this.leases === 0 ? 120000 : this.leases * 2000) + (this.loss > 0.1 ? 60000 : 0);
		home.until(() => this.isSettled(), limit, `${this.what}: one representative that has the port`);
		this.pass(5000);
		assert.ok(this.isSettled(), `${this.what}: it stays so: ${this.state}`);
		// A port of one's own may take longer, where many cameras besiege a gateway that answers one at a time.
		const all = () => home.cameras.every((c) => !c.machine.on || c.port !== 0);
		home.until(all, 180000, `${this.what}: all have ports`);
	}

	/** What each camera takes itself for. */
	get state(): string {
		return this.home.cameras
			.map(({ machine, camera: { fleet }, port }) =>
				machine.on ? `${fleet.succession.phase}${fleet.self.holds ? "!" : ""}@${port}` : "off",
			)
			.join(" ");
	}

	private isSettled(): boolean {
		const on = this.home.cameras.filter((c) => c.machine.on);
		const chosen = on.filter((c) => c.camera.fleet.self.representative);
		return chosen.length === 1 && chosen[0].camera.fleet.self.holds;
	}

	/** Invariants: the gateway's word is law; two that can hear each other are not long of the same opinion of themselves. */
	private look(): void {
		const { home } = this;
		let holders = 0;
		for (const camera of home.cameras) {
			if (camera.machine.on && camera.camera.fleet.self.holds && !this.isAway(camera)) holders++;
		}
		if (holders < 2) this.doubleSince = -1;
		else if (this.doubleSince < 0) this.doubleSince = home.world.now;
		// A camera that was cut off learns it from the others at once, and from the gateway when it renews.
		const limit = 8000;
		assert.ok(
			this.doubleSince < 0 || home.world.now - this.doubleSince <= limit,
			`${this.what}: two hold the port for ${limit} ms: ${this.state}`,
		);
	}

	private isAway(camera: HomeCamera | undefined): boolean {
		if (camera === undefined || !camera.machine.on || camera.machine.suspended || this.leaving.has(camera)) return true;
		if (this.divided) return true;
		return !camera.machine.nics[0].link.up || this.home.world.now <= (this.fates.get(camera)?.awayUntil ?? 0) + GRACE;
	}

	private away(camera: HomeCamera, until: number): void {
		const fate = this.fates.get(camera);
		this.leaving.delete(camera);
		if (fate !== undefined) fate.awayUntil = until === Infinity ? 0 : until;
	}

	private leave(camera: HomeCamera): void {
		// Who has said bye is gone, though it lingers for a moment.
		this.leaving.add(camera);
		camera.camera.leave(() => camera.crash());
	}

	private cut(camera: HomeCamera, span: number): void {
		const [{ link }] = camera.machine.nics;
		link.up = false;
		this.home.world.after(span, () => {
			link.up = true;
			this.away(camera, this.home.world.now);
		});
	}

	/** The LAN falls into two parts; the gateway is in one of them, or in neither. */
	private divide(span: number): void {
		const { home, random } = this;
		if (this.divided) return;
		this.divided = true;
		const nics = home.cameras.map((camera) => camera.machine.nics[0]);
		const gateway = home.gateway.machine.nics.filter((nic) => nic.lan === home.lan);
		const some = nics.filter(() => random.chance(0.5));
		home.lan.partition([[...some, ...(random.chance(0.7) ? gateway : [])]]);
		home.world.after(span, () => {
			home.lan.heal();
			this.divided = false;
			for (const camera of home.cameras) this.away(camera, home.world.now);
		});
	}

	private sleep(camera: HomeCamera, span: number): void {
		const { machine } = camera;
		machine.suspend();
		this.home.world.after(span, () => {
			if (machine.suspended) machine.resume();
			this.away(camera, this.home.world.now);
		});
	}
}
