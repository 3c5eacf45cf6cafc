import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { parseXmlDocument } from "../../../src/wire/xml-document";
import { writeXmlElement, XML_NAMESPACE, type XmlElement } from "../../../src/wire/xml-element";
import { assertLinearTime } from "../../support/linear-time";
import { mutate, splice } from "../../support/mutate";

const parse = (text: string): XmlElement | undefined => parseXmlDocument(utf8Encode(text));

/** A short form of an element: `{namespace}name@attribute=value(content)`. */
function shown(element: XmlElement | undefined): string | undefined {
	if (element === undefined) return undefined;
	const attributes = element.attributes.map(([space, name, value]) => `@{${space}}${name}=${value}`).join("");
	const content = element.content.map((part) => (typeof part === "string" ? part : shown(part))).join("");
	return `{${element.namespace}}${element.name}${attributes}(${content})`;
}

const GOOD: [string, string, string][] = [
	["an element", "<a/>", "{}a()"],
	["a default namespace", '<a xmlns="u:"><b/></a>', "{u:}a({u:}b())"],
	["a prefix", '<D:a xmlns:D="DAV:"><D:b>x</D:b></D:a>', "{DAV:}a({DAV:}b(x))"],
	["a prefix that is declared again", '<p:a xmlns:p="1"><p:b xmlns:p="2"/><p:c/></p:a>', "{1}a({2}b(){1}c())"],
	["a default namespace that is undone", '<a xmlns="1"><b xmlns=""><c/></b></a>', "{1}a({}b({}c()))"],
	["attributes", `<a b="1" c='2"'/>`, '{}a@{}b=1@{}c=2"()'],
	["attributes with a namespace", '<a xmlns:p="u" p:b="1" b="2"/>', "{}a@{u}b=1@{}b=2()"],
	["the prefix of XML", '<a xml:lang="en"/>', `{}a@{${XML_NAMESPACE}}lang=en()`],
	["text and elements", "<a>x<b/>y</a>", "{}a(x{}b()y)"],
	["comments and instructions", "<?xml version='1.0'?><!-- x - y --><a>1<!-- --><?p q?>2</a><!-- -->", "{}a(12)"],
	["literal text", "<a><![CDATA[<b>&amp;]]]]></a>", "{}a(<b>&amp;]])"],
	["entities", "<a b='&lt;&#10;&quot;'>&amp;&#x1F3E1;&#233;&gt;&apos;</a>", "{}a@{}b=<\n\"(&🏡é>')"],
	["line ends", "<a b='1\r\n2'>1\r\n2\r3</a>", "{}a@{}b=1 2(1\n2\n3)"],
	["names beyond ASCII", "<größe:é xmlns:größe='u'/>", "{u}é()"],
	["a byte order mark", "\ufeff<a/>", "{}a()"],
	["white space in tags", "<a  b = '1' ></a >", "{}a@{}b=1()"],
];

const BAD: [string, string][] = [
	["nothing", ""],
	["text", "hello"],
	["text after the root", "<a/>x"],
	["two roots", "<a/><b/>"],
	["an end that is missing", "<a><b></a>"],
	["an end that is too many", "<a/></a>"],
	["crossed elements", "<a><b></a></b>"],
	["another prefix at the end", '<p:a xmlns:p="1" xmlns:q="1"></q:a>'],
	["a document type", "<!DOCTYPE a><a/>"],
	["an entity that is not predefined", "<a>&nbsp;</a>"],
	["an ampersand", "<a>1 & 2</a>"],
	["a control character", "<a>\u0001</a>"],
	["a control character by number", "<a>&#0;</a>"],
	["half a surrogate pair by number", "<a>&#xD800;</a>"],
	["a < in an attribute", "<a b='<'/>"],
	["an attribute twice", "<a b='1' b='2'/>"],
	["an attribute twice by its namespace", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"],
	["an attribute without quotes", "<a b=1/>"],
	["no space between attributes", "<a b='1'c='2'/>"],
	["a prefix that is not declared", "<p:a/>"],
	["an attribute's prefix that is not declared", "<a p:b='1'/>"],
	["a prefix that is undone", '<D:propfind xmlns:D=""/>'],
	["a prefix outside its element", '<a><p:b xmlns:p="u"/><p:c/></a>'],
	["a name that begins with a digit", "<1a/>"],
	["two colons", "<a:b:c xmlns:a='u'/>"],
	["a comment with two hyphens", "<a><!-- -- --></a>"],
	["literal text outside the root", "<![CDATA[x]]><a/>"],
	["a tag that does not end", "<a"],
	["too deep", `${"<a>".repeat(33)}${"</a>".repeat(33)}`],
	["too many elements", `<a>${"<b/>".repeat(1000)}</a>`],
	["too many attributes", `<a ${Array.from({ length: 129 }, (_, i) => `a${i}=""`).join(" ")}/>`],
];

describe("wire/xml-document", () => {
	for (const [title, text, expected] of GOOD) {
		it(`reads ${title}`, () => assert.equal(shown(parse(text)), expected));
	}

	for (const [title, text] of BAD) {
		it(`refuses ${title}`, () => assert.equal(parse(text), undefined));
	}

	it("refuses octets that are not UTF-8", () => {
		assert.equal(parseXmlDocument(new Uint8Array([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e])), undefined);
		assert.equal(parseXmlDocument(new Uint8Array([0xfe, 0xff, 0, 0x3c, 0, 0x61, 0, 0x2f, 0, 0x3e])), undefined);
	});

	it("writes an element so that it means the same anywhere", () => {
		for (const [, text] of GOOD) {
			const element = parse(text) as XmlElement;
			const again = parse(`<other xmlns="elsewhere:">${writeXmlElement(element)}</other>`) as XmlElement;
			assert.deepEqual(again.content, [element], text);
		}
	});

	it("takes what it has written, whatever it read, and never throws", () => {
		const random = new Prng(5);
		const texts = GOOD.map(([, text]) => text);
		const letters = "<>/='\"&;:ab xmlns![]-?#10\n";
		let read = 0;
		for (let i = 0; i < 4000; i++) {
			const one = texts[random.below(texts.length)];
			const text = random.chance(0.3) ? splice(random, one, texts[random.below(texts.length)]) : one;
			const element = parse(mutate(random, text, letters));
			if (element === undefined) continue;
			read++;
			assert.deepEqual(parse(writeXmlElement(element)), element);
		}
		assert.ok(read > 200, `${read}`);
	});

	it("takes time in proportion to the length", () => {
		for (const piece of ["a", "<!---->", "&#65;", "<![CDATA[x]]>", "<?a?>", "é"]) {
			const bytes = utf8Encode(`<a>${piece.repeat(Math.ceil(65_536 / piece.length))}</a>`);
			assertLinearTime(() => {
				for (let i = 0; i < 2; i++) parseXmlDocument(bytes);
			});
		}
	});
});
