import { CAMERA_PROGRAMS, type CameraProgram, isBuilt } from "./camera-program";
import { readNumbers, runProgram } from "./run-program";

/** Soaks one program. @returns whether all went well */
export type Soak = (program: CameraProgram, minutes: number, seed: number) => Promise<boolean>;

/** Soaks a camera on Node.js and one on XS at the same time, as this process. @param help the text for `--help` */
export function soakBoth(help: string, soak: Soak): void {
	runProgram("soak", async () => {
		const options = readNumbers(help, { minutes: 10, seed: 1 });
		if (options === undefined) return 0;
		for (const program of CAMERA_PROGRAMS) {
			if (!isBuilt(program)) throw new Error(`the program for ${program.name} is not built: ${program.build}`);
		}
		const runs = CAMERA_PROGRAMS.map((program) => soak(program, options.minutes, options.seed));
		return (await Promise.all(runs)).every((fine) => fine) ? 0 : 1;
	});
}
