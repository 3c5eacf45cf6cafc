import { utf8Decode, utf8Encode } from "../../base/text";
import type { Octets } from "../../core/time";
import type { Files } from "../../ports/files";
import type { PropertyChange } from "../../wire/dav-bodies";
import { readSmallFile, writeSmallFile } from "../files/small-file";
import { isBelow } from "./dav-locks";

/** A property that a client has set. */
export interface DeadProperty {
	readonly namespace: string;
	readonly name: string;
	/** The whole element; it means the same wherever it stands. */
	readonly xml: string;
}

/** Limits, in octets of what is stored. */
const ALL_MAX: Octets = 1_048_576;
const RESOURCE_MAX: Octets = 65_536;

const NONE: readonly DeadProperty[] = Object.freeze([]);

/** The properties of one path, and its line of the file: engines without a compiler take long to encode all of them. */
interface Stored {
	readonly properties: readonly DeadProperty[];
	readonly line: Uint8Array;
}

/**
 * The properties that clients have set, of all files and folders. They are kept in memory and, as a whole, in one file,
 * which is replaced after each change: changes that come together are stored together.
 */
export class DeadProperties {
	private readonly all = new Map<string, Stored>();
	private octets: Octets = 0;
	private isSaving = false;
	/** Those who wait for the next save. */
	private waiting: ((detail: string) => void)[] = [];
	private isChanged = false;

	/**
	 * @param path of the file
	 * @param failed told what to log when the file could not be read or written
	 */
	constructor(
		private readonly files: Files,
		private readonly path: string,
		private readonly failed: (detail: string) => void,
	) {}

	/** Reads the file. @param done in any case */
	load(done: () => void): void {
		readSmallFile(this.files, this.path, ALL_MAX * 2, (answer) => {
			if (answer.failure === undefined) this.take(answer.value);
			else if (answer.failure !== "not-found") this.failed(answer.detail);
			done();
		});
	}

	of(path: string): readonly DeadProperty[] {
		return this.all.get(path)?.properties ?? NONE;
	}

	/**
	 * Changes the properties of a path, all or none.
	 * @param done called when they are stored; gets why not, or an empty text
	 * @returns false: there is no room for so much
	 */
	change(path: string, changes: readonly PropertyChange[], done: (detail: string) => void): boolean {
		const properties = [...this.of(path)];
		for (const { namespace, name, xml } of changes) {
			const at = properties.findIndex((property) => property.name === name && property.namespace === namespace);
			if (xml !== undefined) properties.splice(at < 0 ? properties.length : at, 1, { namespace, name, xml });
			else if (at >= 0) properties.splice(at, 1);
		}
		const more = sizeOf(properties) - sizeOf(this.of(path));
		if (sizeOf(properties) > RESOURCE_MAX || (more > 0 && this.octets + more > ALL_MAX)) return false;
		this.set(path, properties);
		this.save(done);
		return true;
	}

	/** A file or folder was copied, with all below it. As much is copied as there is room for. */
	copyTree(from: string, to: string): void {
		for (const [path, { properties }] of [...this.all]) {
			const isPart = path === from || isBelow(path, from);
			if (isPart && this.octets + sizeOf(properties) <= ALL_MAX) this.set(to + path.slice(from.length), properties);
		}
		this.save();
	}

	/** A file or folder is gone, with all below it. */
	removeTree(path: string): void {
		if (this.all.size === 0) return;
		for (const known of [...this.all.keys()]) if (known === path || isBelow(known, path)) this.set(known, NONE);
		this.save();
	}

	/** A file or folder has another path. */
	moveTree(from: string, to: string): void {
		if (this.all.size === 0) return;
		for (const [path, { properties }] of [...this.all]) {
			if (path !== from && !isBelow(path, from)) continue;
			this.set(path, NONE);
			this.set(to + path.slice(from.length), properties);
		}
		this.save();
	}

	private set(path: string, properties: readonly DeadProperty[]): void {
		this.octets += sizeOf(properties) - sizeOf(this.of(path));
		if (properties.length === 0) this.all.delete(path);
		else this.all.set(path, { properties, line: lineOf(path, properties) });
		this.isChanged = true;
	}

	private take(bytes: Uint8Array): void {
		let damaged = 0;
		for (const line of utf8Decode(bytes).split("\n")) {
			const record = line === "" ? undefined : parseLine(line);
			if (record !== undefined) this.set(record.path, record.properties);
			else if (line !== "") damaged++;
		}
		this.isChanged = false;
		if (damaged > 0) this.failed(`${damaged} lines of ${this.path} can't be read`);
	}

	private save(done?: (detail: string) => void): void {
		if (done !== undefined) this.waiting.push(done);
		if (this.isSaving) return;
		if (!this.isChanged) return this.saved("");
		this.isSaving = true;
		this.isChanged = false;
		const { waiting } = this;
		this.waiting = [];
		let length = 0;
		for (const { line } of this.all.values()) length += line.length;
		const bytes = new Uint8Array(length);
		let at = 0;
		for (const { line } of this.all.values()) {
			bytes.set(line, at);
			at += line.length;
		}
		writeSmallFile(this.files, this.path, bytes, (answer) => {
			const detail = answer.failure === undefined ? "" : answer.detail;
			this.isSaving = false;
			if (detail !== "") {
				this.isChanged = true;
				this.failed(detail);
			}
			for (const told of waiting) told(detail);
			if (this.waiting.length > 0 || (this.isChanged && detail === "")) this.save();
		});
	}

	private saved(detail: string): void {
		const { waiting } = this;
		this.waiting = [];
		for (const told of waiting) told(detail);
	}
}

function sizeOf(properties: readonly DeadProperty[]): Octets {
	let octets = 0;
	for (const { namespace, name, xml } of properties) octets += namespace.length + name.length + xml.length + 16;
	return octets;
}

/** Writes a line of the file: path, then namespace, name and element of each property, with tabs between. */
function lineOf(path: string, properties: readonly DeadProperty[]): Uint8Array {
	const values = [path];
	for (const { namespace, name, xml } of properties) values.push(namespace, name, xml);
	return utf8Encode(`${values.map(escapeField).join("\t")}\n`);
}

function parseLine(line: string): { path: string; properties: DeadProperty[] } | undefined {
	const values = line.split("\t").map(unescapeField);
	if (values.length < 4 || values.length % 3 !== 1) return undefined;
	const properties: DeadProperty[] = [];
	for (let i = 1; i < values.length; i += 3)
		properties.push({ namespace: values[i], name: values[i + 1], xml: values[i + 2] });
	return { path: values[0], properties };
}

function escapeField(text: string): string {
	return text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}

function unescapeField(text: string): string {
	if (!text.includes("\\")) return text;
	const parts = text.split("\\\\").map((part) => part.replaceAll("\\t", "\t").replaceAll("\\n", "\n"));
	return parts.join("\\");
}
