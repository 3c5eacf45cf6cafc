import { spawn } from "node:child_process";
import { buildTools } from "../../tools/build-linux";
import { BULK, CAMERA_KEY, type RunningCamera, tunnelUdpSuite } from "../conformance/tunnel-udp-suite";
import { needs } from "../support/needs";
import { prepareTree, TREE } from "./xs-tree";

describe("a tunnel between Node.js and XS on hosts/linux", () => {
	let program: string;

	before(function () {
		this.timeout(300_000);
		needs(this, "libssl-dev");
		program = buildTools();
		prepareTree();
	});

	tunnelUdpSuite((to) => {
		return new Promise<RunningCamera>((done, failed) => {
			const args = [TREE, "test/xs/tunnel-camera", `${to}`, CAMERA_KEY, `${BULK}`];
			const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
			let text = "";
			child.stdout.on("data", (chunk) => {
				text += chunk;
				if (text.endsWith("\n")) done({ port: Number(text), stop: () => child.kill("SIGKILL") });
			});
			child.on("error", failed);
			child.on("exit", (code, signal) => failed(new Error(`the camera has ended: ${code ?? signal}`)));
		});
	});
});
