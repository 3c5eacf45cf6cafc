import assert from "node:assert/strict";
import { Doctor } from "../../../../src/app/doctor/doctor";
import { LineLog } from "../../../../src/ports/line-log";
import { GATEWAY_SETTINGS } from "../../../support/gateway-settings";

describe("app/doctor", () => {
	it("prints no control characters that a router has in its name or its table", () => {
		const host = {
			network: { paths: () => [] } as never,
			clock: { now: () => 0, set() {}, utc: () => undefined },
			random: { fill() {}, unit: () => 0 },
			log: new LineLog("error", () => {}),
		};
		const doctor = new Doctor(host, GATEWAY_SETTINGS);
		const shown: string[] = [];
		doctor.examine(
			() => {},
			(line) => shown.push(line),
		);
		doctor.on({ type: "found", name: "\x1b]0;x\x07", address: "192.168.0.1" });
		const ours = { model: "node", id: "3f9a2c", service: "", name: "\x9b2J\x7f" };
		const entry = { protocol: "TCP", externalPort: 8081, internalPort: 8000, internalClient: "\x1b[2J", ours } as const;
		doctor.on({ type: "table", entries: [entry], complete: true });
		// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
		for (const line of [...shown, ...doctor.report().lines]) assert.doesNotMatch(line, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
		assert.match(shown[1], /Router: .*x1b\]0;x/);
	});
});
