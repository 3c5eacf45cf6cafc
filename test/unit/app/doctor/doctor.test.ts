import assert from "node:assert/strict";
import { Doctor } from "../../../../src/app/doctor/doctor";
import { LineLog } from "../../../../src/ports/line-log";
import { NO_RESOLVER } from "../../../../src/ports/resolver";
import { GATEWAY_SETTINGS } from "../../../support/gateway-settings";

describe("app/doctor", () => {
	it("prints no control characters that a router has in its name or its table", () => {
		const host = {
			network: { paths: () => [], ipv6Paths: () => [] } as never,
			clock: { now: () => 0, set() {}, utc: () => undefined },
			random: { fill() {}, unit: () => 0 },
			log: new LineLog("error", () => {}),
			resolver: NO_RESOLVER,
		};
		const doctor = new Doctor(host, GATEWAY_SETTINGS);
		const shown: string[] = [];
		doctor.examine(
			() => {},
			({ text }) => shown.push(...text.split("\n")),
		);
		doctor.on({ type: "found", name: "\x1b]0;x\x07\nforged", address: "192.168.0.1" });
		const ours = { model: "node", id: "3f9a2c", service: "", name: "\x9b2J\x7f" };
		const entry = { protocol: "TCP", externalPort: 8081, internalPort: 8000, internalClient: "\x1b[2J", ours } as const;
		doctor.on({ type: "table", entries: [entry], complete: true });
		// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
		for (const line of shown) assert.doesNotMatch(line, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
		assert.equal(shown.length, 2, "a name makes no line of its own");
		assert.match(shown[1], /Router: .*x1b\]0;x/);
	});
});
