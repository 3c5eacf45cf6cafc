import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { parsePropertySet } from "../../../src/wire/gena";
import { parseSoapAnswer } from "../../../src/wire/soap";
import { escapeXml } from "../../../src/wire/xml";
import { assertLinearTime } from "../../support/linear-time";
import { XmlLeaves } from "../../support/xml-leaves";

/** Octets of a hostile document: far more than is accepted from a gateway. */
const HOSTILE = 131072;
/** What hostile documents repeat. */
const PIECES = ["a", " ", "<", "<a ", "&", "&#", "<!--", "<![CDATA[", "<a></a>", '<a b="', "</", "]]>", "ü", "🏡"];

describe("wire/xml", () => {
	const cases: [string, string, string][] = [
		["plain elements", "<a><b>x</b></a>", "x"],
		["prefixes bound to nothing (quirk 19)", "<u:a><m:b>x</m:b></u:a>", "x"],
		["white space in tags and texts (quirk 18)", "\n<a >\n <b\n>\n x \n</b >\n</a>", "x"],
		["white space before names (quirk 18)", "< a>< b>x</ b></ a>", "x"],
		["attributes with angle brackets", "<a c=\"1 > 2\"><b d='<'>x</b></a>", "x"],
		["a quote that is never closed", '<a><c d="1><b>x</b></a>', "x"],
		["declarations, comments, doctypes", '<?xml version="1.0"?><!DOCTYPE a><!-- <b>no</b> --><a><b>x</b></a>', "x"],
		["CDATA", "<a><b><![CDATA[<x>&amp;]]></b></a>", "<x>&amp;"],
		["a text in several pieces", "<a><b>x<!-- c -->y<![CDATA[z>]]><?p?>!</b></a>", "xyz>!"],
		["entities", "<a><b>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&unknown;&</b></a>", "<>&\"'AB&unknown;&"],
		["characters of each length", "<a><b>&#x1F3E1;&#xe9;&#8364; é€🏡</b></a>", "🏡é€ é€🏡"],
		["forbidden characters by number", "<a><b>&#0;&#xD800;&#x110000;</b></a>", "&#0;&#xD800;&#x110000;"],
		["empty elements", "<a><c/><b>x</b></a>", "x"],
		["anything after the end", "<a><b>x</b></a><garbage", "x"],
		["text before the beginning", "\ufeff  <a><b>x</b></a>", "x"],
		["a tag that does not match (quirk 28)", "<a><UPC>0</upc><b>x</b></a>", "x"],
		["a tag that is never closed (quirk 28)", "<a><UPC><b>x</b></a>", "x"],
		["a tag that was never opened (quirk 28)", "<a></c></a><b>x</b></a>", "x"],
		["crossed elements (quirk 28)", "<a><c><b>x</c></b></a>", "x"],
		["a < in a text that nobody needs (quirk 28)", "<a><c>1 < 2 <3 <</c><b>x</b></a>", "x"],
		["a < in the text (quirk 28)", "<a><b>1 < 2 <3 <</b></a>", "1 < 2 <3 <"],
		["a < before a letter in another text (quirk 28)", "<a><c>a <b c</c><b>x</b></a>", "x"],
		["half a document", "<a><b>x</b>", "x"],
	];
	for (const [title, text, value] of cases) {
		it(`reads ${title}`, () => assert.equal(new XmlLeaves(text).of("b"), value));
	}

	for (const [title, text] of [
		["nothing", ""],
		["text", "hello"],
		["an end without a beginning", "</a>"],
		["a nameless element", "< ></>"],
		["half CDATA", "<![CDATA[x</a>"],
		["half a comment", "<!-- <a>x</a>"],
		["half a tag", '<a b="'],
	] as const) {
		it(`reads no element of ${title}`, () => {
			const { names, leaves } = new XmlLeaves(text);
			assert.deepEqual([names, leaves], [[], []]);
		});
	}

	it("reads no text that the document's end has cut", () => {
		assert.deepEqual(new XmlLeaves("<a><b>x</b><c>360").leaves, [["b", "x"]]);
	});

	it("tells elements in order by local name, and texts of those that contain no other", () => {
		const { names, leaves } = new XmlLeaves("<s:a> <x>1<y/>2</x><B></B> </s:a>");
		assert.deepEqual(names, ["a", "x", "y", "B"]);
		assert.deepEqual(leaves, [
			["x", "1"],
			["y", ""],
			["B", ""],
		]);
	});

	it("bounds names, texts and the number of tags", () => {
		const name = "n".repeat(257);
		assert.deepEqual(new XmlLeaves(`<${name}>x</${name}><b>y</b>`).names, ["", "b"]);
		assert.equal(new XmlLeaves(`<b>${"x".repeat(5000)}</b>`).of("b")?.length, 1024);
		assert.equal(
			new XmlLeaves(`<b>${" ".repeat(5000)}x<![CDATA[${"y".repeat(5000)}]]></b>`, 3000).of("b")?.length,
			3000,
		);
		assert.equal(new XmlLeaves(`<a>${"<b/>".repeat(5000)}</a>`).names.length, 4096);
		assert.equal(new XmlLeaves("<a>".repeat(4000)).names.length, 4000);
	});

	it("does not expand a billion laughs", () => {
		const text = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>';
		assert.equal(new XmlLeaves(text).of("l"), "&b;");
	});

	it("reads back what it escapes", () => {
		const text = "<&>\"' ü";
		assert.equal(new XmlLeaves(`<a>${escapeXml(text)}</a>`).of("a"), text.trim());
	});

	it("survives mutated documents, and 50,000 repetitions of any piece in linear time", () => {
		const seeds = cases.map(([, text]) => text);
		for (let seed = 0; seed < 20000; seed++) {
			const random = new Prng(seed);
			const characters = [...seeds[random.below(seeds.length)]];
			for (let n = 1 + random.below(6); n > 0; n--)
				characters[random.below(characters.length)] = "<>&;/!?[]-:\"' ab"[random.below(17)] ?? "<";
			assert.doesNotThrow(() => new XmlLeaves(characters.join("")), `seed ${seed}`);
		}
		assertLinearTime(() => {
			for (const piece of PIECES) new XmlLeaves(`<r>${piece.repeat(50000)}`);
		});
	});

	for (const piece of ["x<!---->", "<a>x</a>", "<a>x"])
		it(`searches no octet again and again where there are many texts: ${piece}`, () => {
			const document = new Counted(utf8Encode(`<r>${piece.repeat(4096)}`));
			new XmlLeaves(document, 16384);
			assert.ok(document.searched < 10 * document.length, `${document.searched} of ${document.length}`);
		});

	for (const start of ["<", "<x>", "<x a='", "<x><!--", "<x><![CDATA["]) {
		it(`reads 128 kB of ${start} and any piece in linear time, on XS too`, () => {
			const documents = PIECES.map((piece) => {
				const [head, body] = [utf8Encode(start), utf8Encode(piece)];
				const bytes = new Uint8Array(HOSTILE);
				bytes.set(head);
				for (let at = head.length; at + body.length <= HOSTILE; at += body.length) bytes.set(body, at);
				return bytes;
			});
			assertLinearTime(() => {
				for (const document of documents) {
					parseSoapAnswer(document, "GetStatusInfo");
					parsePropertySet(document);
				}
			});
		});
	}
});

/** Counts the octets that are searched: for the host's own search there is no limit but the end of the document. */
class Counted extends Uint8Array {
	searched = 0;

	override indexOf(octet: number, from = 0): number {
		const at = super.indexOf(octet, from);
		this.searched += (at < 0 ? this.length : at + 1) - from;
		return at;
	}
}
