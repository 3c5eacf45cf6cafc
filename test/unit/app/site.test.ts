import assert from "node:assert/strict";
import { VirtualHome } from "../../support/virtual-home";

describe("app/site", () => {
	it("logs where the pages are, and when there is no network address", () => {
		const home = new VirtualHome(1);
		const { machine } = home.add();
		home.world.runFor(1000);
		assert.match(machine.log.text(), /info web: the pages are at http:\/\/192\.168\.0\.11:8000\/ \(/);
		machine.nics[0].link.up = false;
		home.world.runFor(1000);
		assert.match(machine.log.text(), /warn web: no network address yet/);
	});

	for (const [why, words] of [
		["in-use", /Port 81 is in use\. Stop the other program or pass --http-port\. Trying again\./],
		[
			"not-permitted",
			/Port 81 cannot be opened: EACCES\. Ports below 1024 need .*: pass another --http-port\. Trying again\./,
		],
		["failed", /Port 81 cannot be opened: EACCES\. Trying again\./],
	] as const) {
		it(`says what to do about a port that cannot be opened: ${why}`, () => {
			const home = new VirtualHome(1);
			const { machine } = home.add();
			machine.network.listen = (_options, sink) => {
				home.world.after(0, () => sink.failed(why, "EACCES"));
				return { close: () => {} } as never;
			};
			home.add({ "http-port": "81" }, undefined, machine);
			home.world.runFor(1000);
			assert.match(machine.log.text(), words);
		});
	}

	describe("on a host that would rather end than wait", () => {
		/** A camera some of whose ports can't be opened. */
		function start(port: string, failing: readonly number[]): { problems: string[]; home: VirtualHome } {
			const home = new VirtualHome(1);
			const { machine } = home.add();
			const { network } = machine;
			const listen = network.listen.bind(network);
			network.listen = (options, sink) => {
				if (!failing.includes(options.port)) return listen(options, sink);
				home.world.after(0, () => sink.failed("in-use", "EADDRINUSE"));
				return { close: () => {} } as never;
			};
			const problems: string[] = [];
			const camera = home.add({ "http-port": port }, undefined, machine);
			Object.assign(camera.camera.host, { portFailed: (problem: string) => problems.push(problem) });
			return { problems, home };
		}

		it("tells it that its own port is in use, and does not try again", () => {
			const { problems, home } = start("81", [81]);
			home.world.runFor(60_000);
			assert.deepEqual(problems, ["Port 81 is in use. Stop the other program or pass --http-port."]);
			assert.doesNotMatch(home.cameras[1].log, /Trying again/);
		});
	});
});
