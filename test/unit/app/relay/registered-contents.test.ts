import assert from "node:assert/strict";
import { RegisteredContents } from "../../../../src/app/relay/registered-contents";
import type { OfferedCamera } from "../../../../src/relay/registration-answer";

const HOME = { name: "home", url: "http://192.0.2.1:8080", key: new Uint8Array(32) };
const camera = (id: string, port: number): OfferedCamera => ({
	id,
	name: id,
	http: `http://192.0.2.1:${port}/stream.mjpeg?pass=p.${port}`,
	rtsp: "",
	h264: "",
});
const find = (contents: RegisteredContents, id: string) =>
	contents.find({ protocol: "http", path: `home/${id}`, query: "", proxied: "" });

describe("app/relay/registered-contents", () => {
	it("leads sessions that wait for a camera to its new port, and new viewers to none while it is away (ONE-8)", () => {
		const contents = new RegisteredContents();
		contents.update(HOME, [camera("a", 8080), camera("b", 8081)]);
		const waited = find(contents, "a");
		assert.ok(waited);
		assert.equal(waited.isElsewhere, false);
		contents.update(HOME, [camera("b", 8080)]);
		assert.equal(find(contents, "a"), undefined);
		assert.deepEqual(
			contents.contents().map(({ content }) => content),
			["b"],
		);
		contents.update(HOME, [camera("b", 8080), camera("a", 8082)]);
		assert.equal(find(contents, "a"), waited);
		assert.match(waited.url, /:8082\//);
		assert.equal(waited.isElsewhere, true);
	});

	it("remembers 256 that are away, whatever an origin names", () => {
		const contents = new RegisteredContents();
		contents.update(HOME, [camera("old", 8080)]);
		const old = find(contents, "old");
		for (let i = 0; i < 1000; i++) contents.update(HOME, [camera(`c${i}`, 8080)]);
		assert.equal(contents["gone"].size, 256);
		const late = contents["gone"].get("http home/c900");
		contents.update(HOME, [camera("old", 8081), camera("c900", 8082)]);
		assert.notEqual(find(contents, "old"), old);
		assert.equal(find(contents, "c900"), late);
	});
});
