import assert from "node:assert/strict";
import { isPublicHost } from "../../../src/core/public-host";

describe("core/public-host", () => {
	for (const host of ["198.20.0.1", "[2003:1::11]", "cams.example.org", "home.example.org"])
		it(`takes ${host} for public`, () => assert.ok(isPublicHost(host)));

	for (const host of [
		"",
		"localhost",
		"0123456789abcdef.localhost",
		"127.0.0.1",
		"[::1]",
		"192.168.0.11",
		"100.64.0.9",
		"[fd00::1]",
		"garage",
		"garage.local",
		"garage.fritz.box",
		"garage.home.arpa",
	])
		it(`does not take ${host === "" ? "an empty host" : host} for public`, () => assert.ok(!isPublicHost(host)));
});
