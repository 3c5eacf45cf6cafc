import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { TlsIdentity } from "../../src/ports/net";
import type { TlsServerState } from "./tls-server";

/** A running {@link TlsServer}; `port` is 0 and `words` says why when it could not listen. */
export interface RunningServer {
	readonly port: number;
	readonly words: string;
	stop(): void;
}

/** Starts a {@link TlsServer} on a host. */
export type StartServer = (tls: TlsIdentity) => Promise<RunningServer>;

/** Certificates in a folder, made by the openssl program. */
export class TlsFolder {
	readonly path = mkdtempSync(join(tmpdir(), "porthole-tls-"));
	readonly certificate = join(this.path, "cert.pem");
	readonly key = join(this.path, "key.pem");

	/** Makes a certificate for 127.0.0.1, and puts it in place as ACME clients do: by renaming. @returns its serial number */
	make(serial: number): string {
		const folder = join(this.path, `${serial}`);
		mkdirSync(folder, { recursive: true });
		const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
		openssl(
			"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=camera",
			...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-set_serial", `${serial}`],
			...["-keyout", key, "-out", cert],
		);
		renameSync(key, this.key);
		renameSync(cert, this.certificate);
		return openssl("x509 -noout -serial", "-in", this.certificate).trim();
	}

	remove(): void {
		rmSync(this.path, { recursive: true, force: true });
	}
}

/** Runs openssl. @param words arguments with blanks between @returns what it prints */
export function openssl(words: string, ...more: string[]): string {
	return execFileSync("openssl", [...words.split(" "), ...more], { encoding: "utf8", stdio: "pipe" });
}

/** What a program printed, and how it ended. */
export interface Ran {
	readonly code: number;
	readonly out: string;
	readonly err: string;
}

/** Runs a client to its end. @param input what it gets on standard input, which is closed then */
export function client(program: string, args: readonly string[], input = ""): Promise<Ran> {
	return new Promise((done) => {
		const child = execFile(program, args, { timeout: 100_000, maxBuffer: 1 << 26 }, (error, out, err) =>
			done({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, out, err }),
		);
		child.stdin?.on("error", () => {});
		child.stdin?.end(input);
	});
}

/** Opens TLS to a server with Node's client, without reading. */
export function dial(port: number, ca: string): Promise<TLSSocket> {
	return new Promise((done, failed) => {
		// The types don't know of half-open connections, which the class does.
		const options: ConnectionOptions & { allowHalfOpen: boolean } = {
			host: "127.0.0.1",
			port,
			ca,
			allowHalfOpen: true,
		};
		const socket = connect(options);
		socket.once("error", failed);
		socket.once("secureConnect", () => {
			socket.off("error", failed);
			socket.on("error", () => {});
			done(socket);
		});
	});
}

/** Reads all until the peer's end, or until the connection breaks. */
export function readAll(socket: TLSSocket): Promise<Buffer> {
	return new Promise((done) => {
		const chunks: Buffer[] = [];
		socket.on("data", (chunk: Buffer) => chunks.push(chunk));
		for (const event of ["end", "close"]) socket.once(event, () => done(Buffer.concat(chunks)));
	});
}

/** Asks a server for its state, without TLS. */
export async function stateOf(port: number): Promise<TlsServerState> {
	const { out } = await client("curl", ["-sS", `http://127.0.0.1:${port}/state`]);
	return JSON.parse(out);
}

/** Starts a server that is a program of its own and prints `{ port, words }` in JSON first. */
export function startProgram(program: string, args: readonly string[]): Promise<RunningServer> {
	return new Promise((done, failed) => {
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
		let text = "";
		child.stdout.on("data", (chunk) => {
			text += chunk;
			if (text.endsWith("\n")) done({ ...JSON.parse(text), stop: () => child.kill("SIGKILL") });
		});
		child.on("error", failed);
		child.on("exit", (code, signal) => failed(new Error(`${program} ended: ${code ?? signal}`)));
	});
}
