import assert from "node:assert/strict";
import { VirtualHome } from "../../../support/virtual-home";

describe("app/system: metrics", () => {
	const home = new VirtualHome(3);
	const camera = home.add();
	const text = home.get(`http://192.168.0.11:${camera.camera.settings.httpPort}/metrics`, home.neighbour);
	const lines = text
		.slice(text.indexOf("\r\n\r\n") + 4)
		.trimEnd()
		.split("\n");

	it("have a help line, a type and a value each, and every name once", () => {
		assert.ok(lines.length > 30 && lines.length % 3 === 0, `${lines.length} lines`);
		const names = new Set<string>();
		for (let i = 0; i < lines.length; i += 3) {
			const [, name, help] = /^# HELP (porthole_[a-z0-9_]+) (.+)\.$/.exec(lines[i]) ?? [];
			assert.ok(name !== undefined && help !== undefined && !names.has(name), lines[i]);
			names.add(name);
			assert.match(lines[i + 1], new RegExp(`^# TYPE ${name} (counter|gauge)$`));
			assert.match(lines[i + 2], new RegExp(`^${name}(?:\\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\\})? [0-9.e+-]+$`));
		}
	});

	it("are named as promtool wants it: counters, and only they, end in _total", () => {
		for (const line of lines) {
			const [, name, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
			if (name !== undefined) assert.equal(name.endsWith("_total"), kind === "counter", line);
		}
	});
});
