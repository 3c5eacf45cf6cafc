import process from "porthole:process";
import { LinuxFiles } from "../../hosts/linux/adapters/files";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { filesSuite } from "../conformance/files-suite";

let folders = 0;

filesSuite("hosts/linux", async () => {
	const root = `${process.environment("PORTHOLE_TEST_FOLDER")}/files-${folders++}`;
	return {
		files: new LinuxFiles(root),
		// Links are tried from C, in test/unit/hosts-linux/disk-path.test.ts.
		async run(until, limit) {
			const end = Time.ticks + limit;
			while (!until() && Time.ticks < end) await new Promise<void>((done) => Timer.set(done, 1));
		},
		async close() {},
	};
});
