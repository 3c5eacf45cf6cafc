import assert from "node:assert/strict";
import type { SiteRequest } from "../../../src/app/part";
import { SitePages } from "../../../src/app/site-pages";
import { Page } from "../../../src/web/page";

const TICKETS = { tickets: { periodOf: () => 1 }, moment: () => ({ seconds: 0 }) };

function request(host: string, remoteAddress: string): SiteRequest {
	const message = { fields: [["host", host]] };
	return { now: 0, message, remoteAddress, visitor: { role: "viewer", proof: "session" } } as never;
}

describe("app/site-pages", () => {
	it("makes a page once for visitors who come the same way, as its links lead to where they have come by (IMG-14)", () => {
		const pages = new SitePages(TICKETS as never);
		const made: string[] = [];
		for (const [host, address] of [
			["garage.example.org", "203.0.113.9"],
			["garage.example.org", "203.0.113.10"],
			["198.51.100.7", "203.0.113.9"],
			["garage.example.org:8081", "203.0.113.9"],
			["garage.example.org", "2001:db8::9"],
			["garage.example.org", "203.0.113.9"],
		]) {
			pages.get("nas", "internet", request(host, address), () => {
				made.push(`${host} ${address}`);
				return new Page("", []);
			});
		}
		assert.deepEqual(made, [
			"garage.example.org 203.0.113.9",
			"198.51.100.7 203.0.113.9",
			"garage.example.org:8081 203.0.113.9",
			"garage.example.org 2001:db8::9",
		]);
	});
});
