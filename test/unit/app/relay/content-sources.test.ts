import assert from "node:assert/strict";
import { contentRequestOf, originQueryOf } from "../../../../src/app/relay/content-request";
import {
	findContent,
	isContent,
	NamedServers,
	readServer,
	TableSource,
} from "../../../../src/app/relay/content-sources";
import type { ContentRequest } from "../../../../src/app/relay/relay-services";
import { Prng } from "../../../../src/base/prng";
import { ipFamily } from "../../../../src/core/ip-address";
import { isHostName } from "../../../../src/ports/resolver";
import type { AllowRule } from "../../../../src/relay/allow-list";
import { parseHttpSource } from "../../../../src/wire/http-source-url";
import { parseTarget } from "../../../../src/wire/http-target";
import { parseSourceUrl } from "../../../../src/wire/rtsp-source-url";
import { mutate } from "../../../support/mutate";

const RULES: readonly AllowRule[] = [
	{
		host: { address: "192.0.2.0", prefix: 24 },
		port: 0,
		protocol: undefined,
		origin: "home",
		needsLogin: true,
		tariff: undefined,
	},
	{
		host: { address: "2001:db8::", prefix: 32 },
		port: 0,
		protocol: undefined,
		origin: "",
		needsLogin: false,
		tariff: undefined,
	},
	{ host: "camera.example", port: 8080, protocol: "http", origin: "", needsLogin: false, tariff: undefined },
];
const named = new NamedServers(RULES, (host) => host === "192.0.2.99");

function request(path: string, more: Partial<ContentRequest> = {}): ContentRequest {
	return { protocol: "http", path, query: "", proxied: "", ...more };
}

describe("app/relay/content-sources", () => {
	const CASES = [
		["http", "origin/192.0.2.7/live", "", "", "http://192.0.2.7:80/live"],
		["http", "origin/192.0.2.7:81/a/b", "x=1&y", "", "http://192.0.2.7:81/a/b?x=1&y"],
		["rtsp", "origin/192.0.2.7/live", "", "", "rtsp://192.0.2.7:554/live"],
		["rtsp", "origin/[2001:DB8:0::1]:8554/", "", "", "rtsp://[2001:db8::1]:8554/"],
		["http", "origin/Camera.Example:8080/a b?c#d%", "", "", "http://camera.example:8080/a%20b%3Fc%23d%25"],
		["http", "origin/192.0.2.7", "", "", "http://192.0.2.7:80/"],
		["http", "live", "q", "192.0.2.7:8000", "http://192.0.2.7:8000/live?q"],
		["http", "", "", "192.0.2.7", "http://192.0.2.7:80/"],
		["http", "origin/192.0.2.8/x", "", "192.0.2.7", "http://192.0.2.7:80/origin/192.0.2.8/x"],
	] as const;
	for (const [protocol, path, query, proxied, url] of CASES) {
		it(`relays ${protocol} ${proxied} ${path} from ${url} (REP-1)`, () => {
			const found = named.find({ protocol, path, query, proxied });
			assert.ok(found !== undefined && isContent(found), JSON.stringify(found));
			assert.equal(found.url, url);
			assert.equal(found.key, `origin/${url.slice(protocol.length + 3)}`);
			assert.equal(found.content, found.key);
		});
	}

	const REFUSED = [
		["origin/", "", 400],
		["origin//live", "", 400],
		["origin/user@192.0.2.7/live", "", 400],
		["origin/192.0.2.7:99999/live", "", 400],
		["origin/192.0.2.7:0/live", "", 400],
		["origin/[camera.example]/live", "", 400],
		[`origin/192.0.2.7/${"a".repeat(1100)}`, "", 400],
		["origin/198.51.100.1/live", "", 403],
		["origin/127.0.0.1/live", "", 403],
		["origin/localhost/live", "", 403],
		["origin/camera.example/live", "", 403],
		["origin/3221225991/live", "", 403],
		["origin/0xc0000207/live", "", 403],
		["origin/192.0.2.99/live", "", 508],
		["live", "198.51.100.1", 403],
		["live", "192.0.2.99:9", 508],
	] as const;
	for (const [path, proxied, status] of REFUSED) {
		it(`refuses ${proxied} ${path.slice(0, 40)} with ${status} (REP-1, REP-11)`, () => {
			const found = named.find(request(path, { proxied }));
			assert.ok(found !== undefined && !isContent(found), JSON.stringify(found));
			assert.equal(found.status, status);
		});
	}

	it("takes a rule's terms: origin, login, tariff", () => {
		const found = named.find(request("origin/192.0.2.7/live"));
		assert.ok(found !== undefined && isContent(found));
		assert.deepEqual([found.origin, found.needsLogin], ["home", true]);
	});

	it("asks the sources in order, and knows nothing else", () => {
		const garage = {
			key: "garage",
			protocol: "http",
			url: "http://192.0.2.7/",
			content: "garage",
			origin: "",
			needsLogin: false,
			tariff: undefined,
		} as const;
		const sources = [new TableSource([garage]), named];
		assert.equal(findContent(sources, request("garage")), garage);
		for (const path of ["Garage", "garage/", "", "constructor", "__proto__"]) {
			const found = findContent(sources, request(path));
			assert.ok(!isContent(found) && found.status === 404, path);
		}
		const other = findContent(sources, request("garage", { protocol: "rtsp" }));
		assert.ok(!isContent(other) && other.status === 404);
		assert.ok(isContent(findContent(sources, request("garage", { proxied: "192.0.2.7" }))));
	});

	it("takes the viewer's proofs out of the query that goes to the origin (REP-12)", () => {
		for (const [query, rest] of [
			["", ""],
			["link=r.x", ""],
			["a=1&link=r.x&b=2", "a=1&b=2"],
			["pass=1&link", ""],
			["%6cink=r.x&p%61ss=1&a%3d=%", "a%3d=%"],
			["links=1&passing=2", "links=1&passing=2"],
		])
			assert.equal(originQueryOf(query), rest);
	});

	it("tells a proxy request from one for the relay (REP-1)", () => {
		const isOurs = (authority: string): boolean => authority === "10.0.0.1:8080";
		const of = (target: string) => {
			const path = parseTarget(target)?.path ?? "";
			return contentRequestOf({ path, message: { target } as never }, isOurs);
		};
		assert.deepEqual(of("/a/b?x=1&link=2"), { protocol: "http", path: "a/b", query: "x=1", proxied: "" });
		assert.deepEqual(of("http://10.0.0.1:8080/a"), { protocol: "http", path: "a", query: "", proxied: "" });
		assert.deepEqual(of("http://Camera:81/a?b"), { protocol: "http", path: "a", query: "b", proxied: "camera:81" });
		assert.deepEqual(of("http://10.0.0.1/"), { protocol: "http", path: "", query: "", proxied: "10.0.0.1" });
	});

	it("relays in 20,000 mutations only servers of its rules, by URLs that its clients can parse (REP-1)", () => {
		const random = new Prng(11);
		let contents = 0;
		for (let i = 0; i < 20_000; i++) {
			const [protocol, path, query, proxied] = CASES[i % CASES.length];
			const letters = "0123456789abcdef.:[]/@%?#&= \\\u00e4\ud800";
			const found = named.find({
				protocol,
				path: proxied === "" ? mutate(random, path, letters) : path,
				query,
				proxied: proxied === "" ? "" : mutate(random, proxied, letters),
			});
			if (found === undefined || !isContent(found)) continue;
			contents++;
			const place = protocol === "rtsp" ? parseSourceUrl(found.url) : parseHttpSource(found.url)?.url;
			assert.ok(place !== undefined, found.url);
			const { host, port } = place;
			assert.ok(
				/^192\.0\.2\.\d+$/.test(host) || host.startsWith("2001:db8:") || (host === "camera.example" && port === 8080),
				found.url,
			);
			assert.notEqual(host, "192.0.2.99");
			assert.equal(readServer(found.key.split("/")[1], 1)?.host, host, found.url);
			assert.match(found.url, /^[!-~]+$/);
		}
		assert.ok(contents > 1000, `${contents}`);
	});

	it("reads servers in canonical form", () => {
		const random = new Prng(3);
		for (let i = 0; i < 5000; i++) {
			const server = readServer(mutate(random, "[2001:db8::1]:8080", "0123456789abcdef.:[]/@"), 80);
			if (server === undefined) continue;
			assert.ok(server.port >= 1 && server.port <= 65_535);
			assert.ok(ipFamily(server.host) !== undefined || isHostName(server.host) || server.host.length > 0);
		}
	});
});
