import { latin1, utf8Decode, utf8Encode } from "../../../src/base/text";

/** What our tests use of Node's Buffer. */
export class Buffer extends Uint8Array {
	static override from(source: unknown, encoding?: unknown): Buffer {
		let bytes: ArrayLike<number>;
		if (typeof source !== "string") {
			bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : (source as ArrayLike<number>);
		} else if (encoding === "latin1") bytes = Array.from(source, (character) => character.charCodeAt(0) & 0xff);
		else if (encoding === "hex") bytes = Array.from(source.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
		else bytes = utf8Encode(source);
		const buffer = new Buffer(bytes.length);
		buffer.set(bytes);
		return buffer;
	}

	static alloc(length: number, value = 0): Buffer {
		return new Buffer(length).fill(value);
	}

	static concat(parts: readonly Uint8Array[]): Buffer {
		const whole = new Buffer(parts.reduce((sum, part) => sum + part.length, 0));
		let at = 0;
		for (const part of parts) {
			whole.set(part, at);
			at += part.length;
		}
		return whole;
	}

	override toString(encoding?: string): string {
		if (encoding === "latin1" || encoding === "ascii") return latin1(this);
		if (encoding === "hex") return Array.from(this, (octet) => octet.toString(16).padStart(2, "0")).join("");
		return utf8Decode(this);
	}
}
