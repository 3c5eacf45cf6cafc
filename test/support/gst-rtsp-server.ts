import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { resolve } from "node:path";

const SCRIPT = resolve(__dirname, "gst_rtsp_server.py");

/** The RTSP server of GStreamer on 127.0.0.1, with `/jpeg` and `/h264` behind Digest. */
export class GstRtspServer {
	static readonly user = "admin";
	static readonly password = "se cret";
	private constructor(
		readonly port: number,
		private readonly child: ChildProcess,
	) {}

	/** Starts it. @param protocols what it offers @param wanted the port; 0: any */
	static async start(protocols: "udp" | "tcp" | "both" = "both", wanted = 0): Promise<GstRtspServer> {
		const port = wanted || (await freePort());
		const args = [SCRIPT, `${port}`, GstRtspServer.user, GstRtspServer.password, protocols];
		const child = spawn("/usr/bin/python3", args, { stdio: ["ignore", "pipe", "pipe"] });
		let said = "";
		child.stderr.on("data", (chunk: Buffer) => {
			said = (said + chunk.toString()).slice(-2000);
		});
		await new Promise<void>((done, failed) => {
			child.once("exit", () => failed(new Error(`gst-rtsp-server ended: ${said}`)));
			child.stdout.on("data", (chunk: Buffer) => {
				if (chunk.toString().includes("ready")) done();
			});
		});
		return new GstRtspServer(port, child);
	}

	/** The URL of `jpeg` or `h264`. */
	url(path: string, password = GstRtspServer.password): string {
		return `rtsp://${GstRtspServer.user}:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${path}`;
	}

	stop(): void {
		this.child.removeAllListeners("exit");
		this.child.kill("SIGKILL");
	}
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	await new Promise((done) => server.close(done));
	return port;
}
