import { join } from "node:path";
import { lockFolder } from "../../../hosts/node/data-folder";

// A child of data-folder.test.ts: in each round it tries to lock a folder at the same instant as its siblings, and at last
// prints the rounds that it has won. It lets go of no folder before its end.
const [folder, rounds, step] = process.argv.slice(2);
process.stdin.once("data", (first) => {
	const won: number[] = [];
	for (let round = 0; round < Number(rounds); round++) {
		// Waits without sleeping: timers would spread the siblings.
		while (Date.now() < Number(first) + round * Number(step));
		try {
			lockFolder(join(folder, `${round}`));
			won.push(round);
		} catch {}
	}
	console.log(JSON.stringify(won));
});
console.log("ready");
