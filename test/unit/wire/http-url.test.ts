import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { authorityFor, type HttpUrl, isSameOrigin, parseUrl, resolveUrl } from "../../../src/wire/http-url";
import { mutate } from "../../support/mutate";

const show = (url: HttpUrl | undefined) =>
	url && `${url.secure ? "https" : "http"} ${url.host} ${url.port} ${url.target}`;

describe("wire/http-url", () => {
	const urls: [string, string | undefined][] = [
		["http://cam", "http cam 80 /"],
		["https://cam/", "https cam 443 /"],
		["HTTP://Cam.Example:8080/A?b=C", "http cam.example 8080 /A?b=C"],
		["http://cam?a=b/c", "http cam 80 /?a=b/c"],
		["http://cam/a#b", "http cam 80 /a"],
		["http://cam:/a", "http cam 80 /a"],
		["http://[2001:db8::1]:81/", "http 2001:db8::1 81 /"],
		["http://192.168.0.1/", "http 192.168.0.1 80 /"],
		["http://", undefined],
		["http:///a", undefined],
		["http://user@cam/", undefined],
		["http://user:password@cam/", undefined],
		["http://cam:0/", undefined],
		["http://cam:65536/", undefined],
		["http://cam:8a/", undefined],
		["http://[::1/", undefined],
		["http://a b/", undefined],
		["http://cam/a b", undefined],
		["http://cam/\u00e9", undefined],
		["http://cam/\r\nHost: x", undefined],
		["ftp://cam/", undefined],
		["//cam/", undefined],
		["cam", undefined],
		["", undefined],
		[`http://cam/${"a".repeat(2048)}`, undefined],
	];
	for (const [text, url] of urls) {
		it(`${url === undefined ? "refuses" : "reads"} ${JSON.stringify(text.slice(0, 40))}`, () =>
			assert.equal(show(parseUrl(text)), url));
	}

	// RFC 3986 §5.4
	const BASE = parseUrl("http://a/b/c/d;p?q") as HttpUrl;
	const references: [string, string | undefined][] = [
		["g", "/b/c/g"],
		["./g", "/b/c/g"],
		["g/", "/b/c/g/"],
		["/g", "/g"],
		["?y", "/b/c/d;p?y"],
		["g?y", "/b/c/g?y"],
		["#s", "/b/c/d;p?q"],
		["g#s", "/b/c/g"],
		[";x", "/b/c/;x"],
		["", "/b/c/d;p?q"],
		[".", "/b/c/"],
		["./", "/b/c/"],
		["..", "/b/"],
		["../g", "/b/g"],
		["../..", "/"],
		["../../g", "/g"],
		["../../../g", "/g"],
		["/./g", "/g"],
		["/../g", "/g"],
		["g.", "/b/c/g."],
		["..g", "/b/c/..g"],
		["./g/.", "/b/c/g/"],
		["g/./h", "/b/c/g/h"],
		["g;x=1/../y", "/b/c/y"],
		["g?y/../x", "/b/c/g?y/../x"],
	];
	for (const [reference, target] of references) {
		it(`resolves ${JSON.stringify(reference)}`, () =>
			assert.equal(show(resolveUrl(BASE, reference)), `http a 80 ${target}`));
	}
	const elsewhere: [string, string | undefined][] = [
		["//g", "http g 80 /"],
		["https://g:8443/x", "https g 8443 /x"],
		["mailto:a@b", undefined],
		["javascript:alert(1)", undefined],
		["//u@g/", undefined],
		["/a b", undefined],
	];
	for (const [reference, url] of elsewhere) {
		it(`resolves ${JSON.stringify(reference)} to ${url ?? "nothing"}`, () =>
			assert.equal(show(resolveUrl(BASE, reference)), url));
	}

	it("leaves the default port of the scheme out of the Host field", () => {
		for (const [text, host] of [
			["http://cam/", "cam"],
			["http://cam:443/", "cam:443"],
			["https://cam:443/", "cam"],
			["http://[::1]:81/", "[::1]:81"],
		])
			assert.equal(authorityFor(parseUrl(text) as HttpUrl), host);
	});

	it("distinguishes origins by scheme, host and port", () => {
		const same = (other: string) => isSameOrigin(BASE, parseUrl(other) as HttpUrl);
		assert.deepEqual(["http://A:80/x", "https://a/", "http://b/", "http://a:81/"].map(same), [
			true,
			false,
			false,
			false,
		]);
	});

	it("never throws, and reads back what it returns, for any input", () => {
		const seeds = [...urls, ...references, ...elsewhere].map(([text]) => text);
		for (let seed = 0; seed < 10_000; seed++) {
			const random = new Prng(seed);
			const text = mutate(random, seeds[random.below(seeds.length)], ":/?#[]@.%a0 \r\n");
			for (const url of [parseUrl(text), resolveUrl(BASE, text)]) {
				if (url === undefined) continue;
				assert.match(url.target, /^\/[!-~]*$/);
				const again = `${url.secure ? "https" : "http"}://${authorityFor(url)}${url.target}`;
				if (again.length <= 2048) assert.equal(show(parseUrl(again)), show(url), `seed ${seed}: ${text}`);
			}
		}
	});
});
