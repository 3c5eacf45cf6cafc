import assert from "node:assert/strict";
import { join } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { fillFolder } from "../support/recordings-folder";
import { SECOND_FORM } from "../support/stream-tables";
import { pause, until } from "../support/until";
import type { CameraKind, LabProcess } from "./lab";
import { type StreamHouse, streamHouseFor } from "./stream-house";
import { EXPECTED, ffmpegOf, streamNeeds } from "./stream-players";

const CONTENT = "recordings/front-door";
const KEY = "the-key-of-control-host-and-nas";
const COMMON = ["--mapping", "off", "--presence", "off", "--password", PASSWORD, "--link-key", KEY];

const program = (kind: CameraKind): string[] => (kind === "node" ? [process.execPath, NODE_PROGRAM] : [XS_PROGRAM]);

/** The NAS with what a camera saw in ten minutes, at ten pictures a second. */
function startNas({ lab, folder, tableFile }: StreamHouse, kind: CameraKind): LabProcess {
	const storage = ["--storage", join(folder, "storage"), "--data", join(folder, "nas"), "--interface", "a0"];
	const flags = ["--link-port", "8556", "--address-table", tableFile, "--rtsp-port", "0"];
	return lab.spawn("nas", [...program(kind), "nas", ...storage, ...flags, ...COMMON]);
}

function startControl({ lab, folder }: StreamHouse, kind: CameraKind): LabProcess {
	const flags = ["--nas", "10.1.0.20:8556", "--data", join(folder, "control"), "--interface", "a0"];
	return lab.spawn("server", [...program(kind), "stream-control", ...flags, ...COMMON]);
}

const shows = (process: LabProcess, text: string, limit = 30_000): Promise<unknown> =>
	until(`it says: ${text}`, limit, () => process.output.includes(text));

for (const kind of ["node", "xs"] as const)
	describe(`lab/control host and NAS around a firewall (${kind})`, function () {
		this.timeout(180_000);
		const built = streamHouseFor("two", SECOND_FORM, streamNeeds(kind));
		const { lan, internet, source } = EXPECTED.two;
		let nas: LabProcess;
		let control: LabProcess;

		const play = (ns: string, protocol: "udp" | "tcp", ...more: readonly string[]) => {
			const server = ns === "client" ? internet : lan;
			return built().lab.exec(ns, ffmpegOf(CONTENT, server, protocol, "error", ...more), 60_000);
		};

		before(async () => {
			const from = Date.UTC(2026, 2, 1, 10);
			fillFolder(join(built().folder, "storage"), [{ from, to: from + 600_000, interval: 100 }]);
			nas = startNas(built(), kind);
			control = startControl(built(), kind);
			await shows(control, "connected to the NAS");
		});

		it("plays recordings to LAN and Internet: requests at A.10, media and reports at the NAS, by UDP and TCP (STR-5, STR-7, STR-12, STR-16)", async () => {
			const house = built();
			for (const [ns, protocol] of [
				["home", "udp"],
				["client", "udp"],
				["home", "tcp"],
				["client", "tcp"],
			] as const) {
				const { code, stderr } = await play(ns, protocol, "-frames:v", "20");
				assert.equal(code, 0, `${ns}, ${protocol}: ${stderr}`);
			}
			// Nothing enters by B; the control host sends no media by UDP.
			assert.equal(await house.packets("media_in", "nas"), 0);
			assert.ok((await house.packets("media_out", "nas")) > 20);
			assert.equal(await house.packets("media_by_a", "nas"), 0);
			assert.equal(await house.packets("media_by_a", "server"), 0);
			for (const arrived of await house.arrivedAtA("server")) assert.match(arrived, /^tcp 8554$/);
			for (const arrived of await house.arrivedAtA("nas")) assert.match(arrived, /^udp 500$/);
			assert.ok((await house.packets("reports", "nas")) > 0);
		});

		it("tells Internet clients the NAS's advertised address, and no private one (STR-12, STR-19)", async () => {
			const argv = ffmpegOf(CONTENT, internet, "udp", "trace", "-frames:v", "2");
			const { code, stderr } = await built().lab.exec("client", argv, 60_000);
			assert.equal(code, 0, stderr);
			const lines = stderr.split("\n").filter((line) => /line='|^[a-z]=/.test(line));
			assert.match(lines.join("\n"), new RegExp(`;source=${source}(;|')`));
			assert.doesNotMatch(lines.join("\n"), /\b(10|192\.168|172\.16)\.\d+\.\d+/);
		});

		it("does not let the Internet reach the port between them (STR-12, STR-16)", async () => {
			const { lab } = built();
			for (const address of ["10.1.0.20", "198.20.0.110", "198.20.0.210"])
				assert.ok(!(await lab.reaches("client", address, 8556)), address);
		});

		it("ends what is played when either is killed, and plays again when it is back (STR-12)", async () => {
			const began = [play("home", "udp"), play("client", "tcp")];
			await pause(3000);
			await nas.crash();
			nas = startNas(built(), kind);
			// Players see that it is over; they do not wait in silence.
			await Promise.all(began);
			await until("the NAS is there again", 30_000, () => control.output.split("connected to the NAS").length >= 3);
			assert.equal((await play("home", "udp", "-frames:v", "10")).code, 0);
			const later = play("home", "udp");
			await pause(3000);
			await control.crash();
			await later;
			control = startControl(built(), kind);
			await shows(control, "connected to the NAS");
			const { code, stderr } = await play("client", "udp", "-frames:v", "10");
			assert.equal(code, 0, stderr);
		});
	});
