import assert from "node:assert/strict";
import { formatHttpUrl, parseHttpSource } from "../../../src/wire/http-source-url";

describe("wire/http-source-url", () => {
	for (const [text, user, password, url] of [
		["http://camera/video.mjpg", "", "", "http://camera/video.mjpg"],
		["HTTP://Camera:8080", "", "", "http://camera:8080/"],
		["https://me:secret@camera/a?b=c#d", "me", "secret", "https://camera/a?b=c"],
		["http://me:p@ss:w0rd@10.0.0.7:81/x", "me", "p@ss:w0rd", "http://10.0.0.7:81/x"],
		["http://me:a%2Fb%zz@camera?x=1@2", "me", "a/b%zz", "http://camera/?x=1@2"],
		["http://me@[fe80::1]:8000/ü ö", "me", "", "http://[fe80::1]:8000/%C3%BC%20%C3%B6"],
	] as const) {
		it(`parses ${text}`, () => {
			const source = parseHttpSource(text);
			assert.deepEqual([source?.user, source?.password, source && formatHttpUrl(source.url)], [user, password, url]);
		});
	}

	for (const text of [
		"",
		"http://",
		"http:///x",
		"rtsp://camera/",
		"camera",
		"http://a b/",
		"http://camera:0/",
		"http://camera:99999/",
	]) {
		it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseHttpSource(text), undefined));
	}
});
