import process from "porthole:process";
import { Time, Timer } from "../../../hosts/linux/adapters/timers";
import { Buffer } from "./buffer";

/** Gives XS the few globals of Node's that our tests use. */
export function installGlobals(folder: string): void {
	Object.assign(globalThis, {
		Buffer,
		__dirname: folder,
		console: {
			log: (...words: unknown[]) => process.print(`${words.join(" ")}\n`),
			error: (...words: unknown[]) => process.error(`${words.join(" ")}\n`),
		},
		performance: { now: () => Time.ticks },
		process: {
			env: new Proxy({}, { get: (_target, name) => process.environment(String(name)) }),
			stderr: { write: (text: string) => process.error(text) },
			stdout: { write: (text: string) => process.print(text) },
			platform: "linux",
		},
		setTimeout: (call: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
			Timer.set(() => call(...args), delay),
		clearTimeout: (timer: object | undefined) => timer !== undefined && Timer.clear(timer),
		setImmediate: (call: () => void) => Timer.set(call, 0),
	});
}
