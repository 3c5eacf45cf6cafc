import { runBoard } from "./run-board";

/** Runs one camera on any board. */
export default function main(): void {
	runBoard([], {});
}
