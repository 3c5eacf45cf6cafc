import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { freePort } from "../../tools/free-port";

const SCRIPT = resolve(__dirname, "gst_rtsp_server.py");

/** The RTSP server of GStreamer on 127.0.0.1, with `/jpeg` and `/h264` behind Digest. */
export class GstRtspServer {
	static readonly user = "admin";
	static readonly password = "se cret";
	private static readonly running = new Set<ChildProcess>();

	private constructor(
		readonly port: number,
		private readonly child: ChildProcess,
	) {}

	/** Stops all servers, those included that a failed test has left or that never got ready. */
	static stopAll(): void {
		for (const child of GstRtspServer.running) GstRtspServer.end(child);
	}

	/** Starts it. @param protocols what it offers @param wanted the port; 0: any */
	static async start(protocols: "udp" | "tcp" | "both" = "both", wanted = 0): Promise<GstRtspServer> {
		const port = wanted || (await freePort());
		const args = [SCRIPT, `${port}`, GstRtspServer.user, GstRtspServer.password, protocols];
		const child = spawn("/usr/bin/python3", args, { stdio: ["ignore", "pipe", "pipe"] });
		GstRtspServer.running.add(child);
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
		GstRtspServer.end(this.child);
	}

	private static end(child: ChildProcess): void {
		GstRtspServer.running.delete(child);
		child.removeAllListeners("exit");
		child.kill("SIGKILL");
	}
}
