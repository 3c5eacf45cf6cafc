import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { escapeXml, findElement, findElements, parseXml, textOf } from "../../../src/wire/xml";
import { assertLinearTime } from "../../support/linear-time";

describe("wire/xml", () => {
	const cases: [string, string, string][] = [
		["plain elements", "<a><b>x</b></a>", "x"],
		["prefixes bound to nothing (quirk 19)", "<u:a><m:b>x</m:b></u:a>", "x"],
		["white space in tags and texts (quirk 18)", "\n<a >\n <b\n>\n x \n</b >\n</a>", "x"],
		["attributes with angle brackets", "<a c=\"1 > 2\"><b d='<'>x</b></a>", "x"],
		["declarations, comments, doctypes", '<?xml version="1.0"?><!DOCTYPE a><!-- <b>no</b> --><a><b>x</b></a>', "x"],
		["CDATA", "<a><b><![CDATA[<x>&amp;]]></b></a>", "<x>&amp;"],
		["entities", "<a><b>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&unknown;&</b></a>", "<>&\"'AB&unknown;&"],
		["characters beyond the first plane", "<a><b>&#x1F3E1;</b></a>", "🏡"],
		["forbidden characters by number", "<a><b>&#0;&#xD800;&#x110000;</b></a>", "&#0;&#xD800;&#x110000;"],
		["empty elements", "<a><c/><b>x</b></a>", "x"],
		["anything after the end", "<a><b>x</b></a><garbage", "x"],
		["text before the beginning", "\ufeff  <a><b>x</b></a>", "x"],
	];
	for (const [title, text, value] of cases) {
		it(`reads ${title}`, () => assert.equal(textOf(parseXml(text)!, "b"), value));
	}

	for (const [title, text] of [
		["nothing", ""],
		["text", "hello"],
		["half a document", "<a><b>x</b>"],
		["crossed elements", "<a><b></a></b>"],
		["an end without a beginning", "</a>"],
		["a nameless element", "<a>< ></a>"],
		["half CDATA", "<a><![CDATA[x</a>"],
		["half a tag", '<a b="'],
		["a hundred levels", "<a>".repeat(100) + "</a>".repeat(100)],
		["five thousand elements", `<a>${"<b/>".repeat(5000)}</a>`],
	] as const) {
		it(`rejects ${title}`, () => assert.equal(parseXml(text), undefined));
	}

	it("does not expand a billion laughs", () => {
		const text = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>';
		const root = parseXml(text);
		assert.ok(root === undefined || root.text.length < 100);
	});

	it("finds elements by local name in any case, in document order", () => {
		const root = parseXml("<a><x><B>1</B></x><b>2</b></a>")!;
		assert.deepEqual(
			findElements(root, "b").map((e) => e.text),
			["1", "2"],
		);
		assert.equal(findElement(root, "c"), undefined);
	});

	it("reads back what it escapes", () => {
		const text = "<&>\"' ü";
		assert.equal(textOf(parseXml(`<a>${escapeXml(text)}</a>`)!, "a"), text.trim());
	});

	it("survives mutated documents, and 50,000 repetitions of any piece in linear time", () => {
		const seeds = cases.map(([, text]) => text);
		for (let seed = 0; seed < 20000; seed++) {
			const random = new Prng(seed);
			const characters = [...seeds[random.below(seeds.length)]];
			for (let n = 1 + random.below(6); n > 0; n--)
				characters[random.below(characters.length)] = "<>&;/!?[]-:\"' ab"[random.below(17)] ?? "<";
			assert.doesNotThrow(() => parseXml(characters.join("")), `seed ${seed}`);
		}
		assertLinearTime(() => {
			for (const piece of ["<", "<a ", "&", "<!--", "<![CDATA[", "<a></a>", '<a b="', "]]>", "&#"])
				parseXml(`<r>${piece.repeat(50000)}`);
		});
	});
});
