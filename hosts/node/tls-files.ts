import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import type { Octets } from "../../src/core/time";
import type { TlsIdentity } from "../../src/ports/net";
import { codeOf } from "./error-code";

/** The largest certificate or key file. */
const FILE_MAX: Octets = 1 << 20;

/** Says why the files are unusable, and what to do. */
export class TlsFileError extends Error {}

/** The content of both files in PEM format. */
export interface TlsPair {
	readonly cert: string;
	readonly key: string;
}

/** Reads the certificate and the key of a server, again when the files have changed. */
export class TlsFiles {
	private seen = "";

	constructor(private readonly identity: TlsIdentity) {}

	/** Reads both files. @throws {TlsFileError} when they are unreadable or don't match */
	read(): TlsPair {
		const { certificate, key } = this.identity;
		// Read before the content, so that a write in between counts as a change the next time.
		this.seen = `${lookOf(certificate)} ${lookOf(key)}`;
		const pair = { cert: textOf(certificate), key: textOf(key) };
		const first = certificateIn(pair.cert);
		if (first === undefined) throw new TlsFileError(`${certificate} has no certificate in PEM format`);
		const secret = keyIn(pair.key);
		if (secret === undefined) {
			throw new TlsFileError(`${key} has no private key in PEM format that can be read without a passphrase`);
		}
		if (!first.checkPrivateKey(secret)) {
			throw new TlsFileError(
				`the key in ${key} does not match the first certificate in ${certificate}: use a pair that was issued together`,
			);
		}
		return pair;
	}

	/** Reads both files if they have changed since the last time. @throws {TlsFileError} like {@link read}, once per change */
	readChanged(): TlsPair | undefined {
		const { certificate, key } = this.identity;
		return `${lookOf(certificate)} ${lookOf(key)}` === this.seen ? undefined : this.read();
	}
}

/** Returns a text that changes whenever a file is written or replaced. */
function lookOf(path: string): string {
	const status = statusOf(path);
	return status === undefined ? "none" : `${status.dev}:${status.ino}:${status.size}:${status.mtimeMs}`;
}

function statusOf(path: string): Stats | undefined {
	try {
		return statSync(path);
	} catch {
		return undefined;
	}
}

function textOf(path: string): string {
	const status = statusOf(path);
	if (status !== undefined && (!status.isFile() || status.size > FILE_MAX)) {
		throw new TlsFileError(`${path} is not a PEM file: give the path of one`);
	}
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		const advice = "give the path of a PEM file that this program may read";
		throw new TlsFileError(`${path} can't be read (${codeOf(error)}): ${advice}`);
	}
}

function certificateIn(pem: string): X509Certificate | undefined {
	try {
		return new X509Certificate(pem);
	} catch {
		return undefined;
	}
}

function keyIn(pem: string): KeyObject | undefined {
	try {
		return createPrivateKey(pem);
	} catch {
		return undefined;
	}
}
