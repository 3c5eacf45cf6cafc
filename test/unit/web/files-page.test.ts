import assert from "node:assert/strict";
import { filesPage, type ListedFile } from "../../../src/web/files-page";
import { sizeText } from "../../../src/web/size-text";

const VISITOR = { owner: true, session: false, links: [] };
const file = (name: string, more: Partial<ListedFile> = {}): ListedFile => ({
	name,
	isFolder: false,
	octets: 1234,
	modified: Date.UTC(2026, 10, 26, 17, 40),
	note: "",
	...more,
});

function text(path: string, files: readonly ListedFile[]): string {
	return filesPage({ visitor: VISITOR, path, url: "http://nas:8000/dav/", files }).body.parts.join("");
}

describe("web/files-page", () => {
	it("lists folders and files, with links that stay in the folder (STR-14)", () => {
		const html = text("files", [file("sub", { isFolder: true }), file("a b.mjpeg", { note: "Can be played" })]);
		assert.ok(html.includes('<a href="./sub/">sub/</a>'));
		assert.ok(html.includes('<a href="./a%20b.mjpeg">a b.mjpeg</a>'));
		assert.ok(html.includes('1.2 kB, <time datetime="2026-11-26T17:40:00.000Z">2026-11-26 17:40 UTC</time>'));
		assert.ok(html.includes("<span>Can be played</span>"));
		assert.ok(html.includes('href="../"'));
	});

	it("does not let a name lead elsewhere", () => {
		const html = text("files", [file("javascript:alert(1)"), file('"><script>'), file("..%2f")]);
		for (const link of html.matchAll(/<li class="row"><a href="([^"]*)"/g))
			assert.match(link[1], /^(\.\/[\w%().-]*|\.\.\/)$/);
	});

	it("says how to connect, what is empty, and what it leaves out", () => {
		assert.match(text("", []), /This folder is empty.*WebDAV.*http:\/\/nas:8000\/dav\//s);
		assert.doesNotMatch(text("", []), /href="\.\.\/"/);
		const many = text(
			"files",
			Array.from({ length: 502 }, (_, i) => file(`${i}`)),
		);
		assert.match(many, />499<\/a>.*2 more are not listed/s);
		assert.doesNotMatch(many, />500<\/a>/);
	});

	it("writes numbers of octets for people", () => {
		const cases: [number, string][] = [
			[0, "0 B"],
			[999, "999 B"],
			[1000, "1.0 kB"],
			[123_456, "123 kB"],
			[2_500_000_000, "2.5 GB"],
			[3e15, "3000 TB"],
		];
		for (const [octets, expected] of cases) assert.equal(sizeText(octets), expected);
	});
});
