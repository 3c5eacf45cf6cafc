import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import type { FileDone, FileSink, OpenFile } from "../../src/ports/files";

/** The files of a virtual machine, with helpers that let virtual time pass until an answer is there. */
export class VirtualFolder {
	readonly world = new World(1);
	readonly machine = new VirtualMachine(this.world, "machine");

	/** Writes a file. */
	write(path: string, bytes: Uint8Array): void {
		const file = this.wait<OpenFile>((done) =>
			this.machine.files.open(path, "create-or-update", (answer) => {
				assert.equal(answer.failure, undefined);
				if (answer.failure === undefined) done(answer.value);
			}),
		);
		this.wait<string>((done) => {
			const sink: FileSink = {
				completed: (operation) => {
					if (operation === "close") done(operation);
				},
				failed: (_operation, why) => done(why),
			};
			file.truncate(0, sink);
			file.write(0, bytes, 0, bytes.length, sink);
			file.close(sink);
		});
	}

	/** Waits for an operation on files. */
	answer<Value>(start: (done: FileDone<Value>) => void): unknown {
		return this.wait((done) => start(done));
	}

	/** Calls `start`, and returns what it gives to `done`. */
	wait<Value>(start: (done: (value: Value) => void) => void): Value {
		const answers: Value[] = [];
		let returned = false;
		start((value) => {
			assert.ok(returned, "never during the call");
			answers.push(value);
		});
		returned = true;
		assert.ok(this.world.runUntil(() => answers.length > 0, 60_000));
		assert.equal(answers.length, 1);
		return answers[0];
	}
}
