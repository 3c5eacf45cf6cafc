import { createInterface } from "node:readline";
import { Prng } from "../../src/base/prng";
import { datagramAttacks } from "./datagram-attacks";
import { Forger } from "./forger";
import { HTTP_ATTACKS } from "./http-attacks";
import { LOGIN_ATTACKS } from "./login-attacks";
import { RogueGateway } from "./rogue-gateway";
import { RogueNames } from "./rogue-names";
import { type Attack, type Order, type Place, Scene } from "./scene";

// The attacker at one place of the lab, a process of its own: attacker.ts PLACE. Takes an Order a line on standard input,
// each replacing the one before, and prints an AttackReport a line each second.

/** Time between two reports, in milliseconds. */
const REPORT = 1000;

const place = process.argv[2] as Place;
const attacks: readonly Attack[] =
	place === "forger"
		? [...datagramAttacks(new Forger()), new RogueGateway(), new RogueNames()]
		: [...HTTP_ATTACKS, ...LOGIN_ATTACKS];
/** Grows with each order, so that attacks of an earlier one end. */
let episode = 0;
let scenes: Scene[] = [];

/** Does one kind of attack until the next order comes. */
async function run(attack: Attack, scene: Scene, mine: number): Promise<void> {
	let running = 0;
	while (episode === mine) {
		if (running < attack.together) {
			running++;
			Promise.resolve(attack.act(scene)).then(
				() => running--,
				(error: unknown) => fail(error),
			);
		}
		await new Promise((done) => setTimeout(done, scene.random.below(2 * attack.pause)));
	}
	attack.stop?.();
}

function fail(error: unknown): never {
	console.error(error);
	process.exit(1);
}

function report(): void {
	for (const scene of scenes) console.log(JSON.stringify(scene.report()));
}

createInterface({ input: process.stdin })
	.on("line", (line) => {
		const order: Order = JSON.parse(line);
		report();
		episode++;
		const seeds = new Prng(order.seed);
		scenes = [];
		for (const name of order.attacks) {
			const attack = attacks.find((one) => one.name === name);
			const seed = seeds.u32();
			if (attack === undefined || !attack.places.includes(place)) continue;
			const scene = new Scene(name, order, seed);
			scenes.push(scene);
			void run(attack, scene, episode).catch(fail);
		}
	})
	.on("close", () => process.exit(0));
setInterval(report, REPORT);
