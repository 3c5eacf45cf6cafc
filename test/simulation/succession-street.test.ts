import { SuccessionScenario } from "../support/succession-scenario";

/** Seeds; more of them by PORTHOLE_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_SEEDS"] ?? "50");

describe("simulation/succession", () => {
	for (const mode of ["heirs", "contention", "port-order", "probing"]) {
		it(`${mode}: leaves, crashes, cuts and sleep end with one representative, and nobody's mapping is deleted who lives, for ${SEEDS} seeds (IMG-20 … IMG-25)`, function () {
			this.timeout(3600000);
			for (let seed = 1; seed <= SEEDS; seed++) {
				const scenario = new SuccessionScenario(seed, mode);
				scenario.pass(5000);
				for (let i = 0; i < 6; i++) scenario.act();
				scenario.settle();
			}
		});
	}
});
