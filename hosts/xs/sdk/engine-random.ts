import type { Random } from "../../../src/ports/random";

/**
 * Random numbers of the engine: good enough to keep cameras apart, not for secrets. For a PC only; a microcontroller
 * has its generator.
 */
export class EngineRandom implements Random {
	fill(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256);
	}

	unit(): number {
		return Math.random();
	}
}
