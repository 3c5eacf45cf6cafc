import assert from "node:assert/strict";
import { RegisteredContents } from "../../../../src/app/relay/registered-contents";
import type { OfferedCamera } from "../../../../src/relay/registration-answer";

const ORIGIN = { name: "home", url: "http://198.20.0.1:8080", key: new Uint8Array(32) };
const REQUEST = { protocol: "http", path: "home/door", query: "", proxied: "" } as const;

function offered(id: string, pass: string): OfferedCamera {
	return { id, name: id, http: `http://198.20.0.1:8080/stream.mjpeg?pass=${pass}`, rtsp: "", h264: "" };
}

describe("app/relay/registered-contents", () => {
	it("renews the URL of a session that goes on while the camera was not offered for a while (ONE-7, REP-10)", () => {
		const contents = new RegisteredContents();
		contents.update(ORIGIN, [offered("door", "one")]);
		const content = contents.find(REQUEST);
		assert.ok(content !== undefined);
		// A member that has just started does not know the others yet.
		contents.update(ORIGIN, []);
		assert.equal(contents.find(REQUEST), undefined);
		assert.deepEqual(contents.contents(), []);
		contents.update(ORIGIN, [offered("door", "two")]);
		assert.equal(contents.find(REQUEST), content, "the monitor keeps the object");
		assert.match(content.url, /pass=two$/);
	});

	it("forgets the cameras that were withdrawn longest ago", () => {
		const contents = new RegisteredContents();
		contents.update(ORIGIN, [offered("door", "one")]);
		const content = contents.find(REQUEST);
		for (let i = 0; i < 1000; i++) contents.update(ORIGIN, [offered(`camera${i}`, "one")]);
		contents.update(ORIGIN, [offered("door", "two")]);
		assert.notEqual(contents.find(REQUEST), content);
		assert.equal(contents.contents().length, 1);
	});
});
