import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { filesSuite } from "./files-suite";

filesSuite("hosts/virtual", async () => {
	const world = new World(1);
	const machine = new VirtualMachine(world, "machine");
	return {
		files: machine.files,
		run: async (until, limit) => {
			world.runUntil(until, limit);
		},
		close: async () => {
			world.runFor(1000);
		},
	};
});
