import { utf8Encode } from "../../src/base/text";
import { readXml } from "../../src/wire/xml";

/** Reads a document: the names of its elements in order, and the texts of those that contain no other. */
export class XmlLeaves {
	readonly names: string[] = [];
	readonly leaves: [string, string][] = [];

	constructor(document: string | Uint8Array, textMax?: number) {
		readXml(typeof document === "string" ? utf8Encode(document) : document, this, textMax);
	}

	begin(name: string): void {
		this.names.push(name);
	}

	leaf(name: string, text: string): void {
		this.leaves.push([name, text]);
	}

	/** The text of the first element with a name. */
	of(name: string): string | undefined {
		return this.leaves.find(([each]) => each === name)?.[1];
	}
}
