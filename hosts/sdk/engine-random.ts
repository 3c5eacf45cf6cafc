import type { Random } from "../../src/ports/random";

/**
 * Random numbers of the engine on ESP32: those of the chip's generator, which is fit for secrets while the radio is on (the
 * SDK's engine takes `esp_random`). On a PC the engine has `rand()`, which is the same at each start: not for secrets.
 */
export class EngineRandom implements Random {
	fill(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256);
	}

	unit(): number {
		return Math.random();
	}
}
