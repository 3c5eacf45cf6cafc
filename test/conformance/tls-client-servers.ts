import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { TlsServers } from "./tls-client-suite";
import { openssl } from "./tls-fixture";

/** An authority that signs with any dates, which `openssl x509` can't. */
const AUTHORITY = `[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = p
copy_extensions = copy
unique_subject = no
[p]
commonName = supplied
`;

/** Servers on 127.0.0.1 for `tlsClientSuite`, with certificates of an authority of their own. */
export class TlsClientServers {
	private readonly folder = mkdtempSync(join(tmpdir(), "porthole-tls-client-"));
	private readonly servers: Server[] = [];

	private constructor() {}

	/** Makes the certificates by openssl, and starts all servers. */
	static async start(): Promise<{ servers: TlsServers; stop(): void }> {
		const own = new TlsClientServers();
		own.makeAuthority();
		const good = own.certificate("good", "DNS:camera.porthole.test,IP:127.0.0.1", "491231235959Z");
		const expired = own.certificate("expired", "DNS:camera.porthole.test,IP:127.0.0.1", "200102000000Z");
		const servers: TlsServers = {
			address: "127.0.0.1",
			authority: own.at("ca.pem"),
			good: await own.secure(good),
			expired: await own.secure(expired),
			old: await own.secure({ ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
			plain: await own.listen(createTcpServer((socket) => socket.on("error", ignore).end("HTTP/1.1 400 Bad\r\n\r\n"))),
			silent: await own.listen(createTcpServer((socket) => socket.on("error", ignore).resume())),
			closing: await own.listen(createTcpServer((socket) => socket.on("error", ignore).end())),
		};
		return { servers, stop: () => own.stop() };
	}

	private at(name: string): string {
		return join(this.folder, name);
	}

	private makeAuthority(): void {
		writeFileSync(this.at("index.txt"), "");
		writeFileSync(this.at("serial"), "01");
		const paths = AUTHORITY.replace("index.txt", this.at("index.txt"))
			.replace("= .", `= ${this.folder}`)
			.replace("= serial", `= ${this.at("serial")}`);
		writeFileSync(this.at("ca.conf"), paths);
		openssl(
			"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority",
			...["-keyout", this.at("ca.key"), "-out", this.at("ca.pem")],
		);
	}

	/** @param end when it ends, as `YYMMDDhhmmssZ` */
	private certificate(name: string, names: string, end: string): { cert: Buffer; key: Buffer } {
		const [key, request, cert] = [this.at(`${name}.key`), this.at(`${name}.csr`), this.at(`${name}.pem`)];
		openssl(
			"req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=camera",
			...["-addext", `subjectAltName=${names}`, "-keyout", key, "-out", request],
		);
		openssl(
			"ca -batch -notext -startdate 200101000000Z",
			...["-enddate", end, "-config", this.at("ca.conf"), "-cert", this.at("ca.pem"), "-keyfile", this.at("ca.key")],
			...["-in", request, "-out", cert],
		);
		return { cert: readFileSync(cert), key: readFileSync(key) };
	}

	private secure(options: TlsOptions): Promise<number> {
		return this.listen(
			createTlsServer({ ...options, allowHalfOpen: true } as TlsOptions, (socket) => greet(socket)).on(
				"tlsClientError",
				ignore,
			),
		);
	}

	private listen(server: Server): Promise<number> {
		this.servers.push(server);
		return new Promise((done) => {
			server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port));
		});
	}

	private stop(): void {
		for (const server of this.servers) server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Says which name was asked for, sends back what it hears, and says goodbye. */
function greet(socket: TLSSocket): void {
	// The types don't know of the name, which is false where there is none.
	const { servername } = socket as unknown as { servername: string | false };
	socket.on("error", ignore);
	socket.write(`name=${servername || "-"}\n`);
	socket.on("data", (chunk) => socket.write(chunk));
	socket.on("end", () => socket.end("bye"));
}

function ignore(): void {}
