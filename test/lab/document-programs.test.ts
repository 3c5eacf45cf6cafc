import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CAMERA_PROGRAMS, FRAME, NODE_PROGRAM, startCamera, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { blocksIn, linesOf } from "../support/document-commands";
import { LedgerSite } from "../support/ledger-site";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor } from "./house";
import { type LabProcess, type Outcome, OWNER } from "./lab";

const TOP = resolve(__dirname, "../..");
const KEY = "only-the-cameras-of-this-house";
/** Time for a program to start and find others on a busy machine, in milliseconds. */
const START_TIME = 40_000;

const textOf = (path: string): string => readFileSync(join(TOP, path), "utf8");

/** The lines of a document's blocks of code that match, of which there is one at least. */
function commands(path: string, pattern: RegExp): string[] {
	const found = linesOf(textOf(path)).filter((line) => pattern.test(line));
	assert.ok(found.length > 0, `${path} has no ${pattern}`);
	return found;
}

describe("lab/Porthole's own commands in the documents", function () {
	this.timeout(240_000);
	const house = houseFor("igd1 secure cams=2", (c) => needs(c, ...LAB_NEEDS, "build", "openssl"));
	let scratch = "";

	before(() => {
		scratch = mkdtempSync(join(tmpdir(), "porthole-documents-"));
		const bin = join(scratch, "bin");
		mkdirSync(bin);
		const programs: Record<string, string> = {
			porthole: `exec "${process.execPath}" "${NODE_PROGRAM}" "$@"`,
			"porthole-linux": `exec "${XS_PROGRAM}" "$@"`,
			// The tests are root already.
			sudo: 'exec "$@"',
		};
		for (const [name, text] of Object.entries(programs)) {
			writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
			chmodSync(join(bin, name), 0o755);
		}
	});
	after(() => rmSync(scratch, { recursive: true, force: true }));

	/** A folder of its own, in which `node dist/…` is the program that was built. */
	function newFolder(): string {
		const folder = mkdtempSync(join(scratch, "c"));
		symlinkSync(join(TOP, "dist"), join(folder, "dist"));
		return folder;
	}

	/** Words that run a command of a shell in a folder, which is also where programs store what they know. */
	const shell = (text: string, folder: string): string[] => {
		const paths = `HOME=${folder} XDG_STATE_HOME=${folder}/state PATH=${scratch}/bin:/usr/sbin:/sbin:$PATH`;
		return ["sh", "-c", `cd "${folder}" && export ${paths} && eval "$1"`, "sh", text];
	};
	const run = (text: string, folder: string, ns = "home"): Promise<Outcome> =>
		house().lab.exec(ns, shell(text, folder));
	const succeed = async (text: string, folder: string, ns = "home"): Promise<string> => {
		const { code, stdout, stderr } = await run(text, folder, ns);
		assert.equal(code, 0, `${text}\n${stdout}${stderr}`);
		return stdout;
	};
	/** Starts what a document shows. The shell is replaced, so signals reach the program. */
	const start = (text: string, folder: string, ns: string): LabProcess =>
		house().lab.spawn(ns, shell(`exec ${text}`, folder));
	/** Waits until a program has said something. @returns what matched */
	const said = (program: LabProcess, pattern: RegExp): Promise<RegExpExecArray> =>
		until(`${program.title} says ${pattern}`, START_TIME, () => {
			assert.ok(program.running, program.output);
			return pattern.exec(program.output) ?? undefined;
		});

	it("of docs/tls.md make certificates that cameras serve and curl trusts", async () => {
		const folder = newFolder();
		const made = commands("docs/tls.md", /^openssl /);
		assert.equal(made.length, 3);
		for (const command of made) await succeed(command, folder);
		const [flags] = commands("docs/tls.md", /main\.js camera /).map((line) =>
			line.split(" camera ")[1].replaceAll("/etc/porthole/key.pem", `${folder}/key.pem`),
		);
		const words = flags.replaceAll("/etc/porthole", folder).split(" ");
		const names = ["--host-name", "cams.example.org", "--password", PASSWORD];
		const camera = await startCamera(CAMERA_PROGRAMS[0], ...words, ...names);
		try {
			const at = `--cacert ca.pem --connect-to ::127.0.0.1:${camera.port} --digest -u owner:${PASSWORD}`;
			for (const host of ["cams.example.org", "192.168.0.11"]) {
				const curl = `curl -sS -o now.jpg -w '%{http_code}' ${at} https://${host}:${camera.port}/snapshot.jpg`;
				// The camera runs outside the lab.
				const [program, ...argv] = shell(curl, folder);
				const { stdout, stderr } = spawnSync(program, argv, { encoding: "utf8" });
				assert.equal(stdout, "200", stderr);
			}
		} finally {
			await camera.stop();
		}
	});

	it("of docs/stream-server.md describe and check its tables, and load their rule sets into the kernel (STR-15)", async () => {
		const document = "docs/stream-server.md";
		const tables = blocksIn(textOf(document), "").filter((block) => block.startsWith("network "));
		assert.equal(tables.length, 3);
		const describe = commands(document, /^porthole routes --table \/etc/);
		const load = commands(document, /^porthole routes .*\| nft -f -$/);
		assert.equal(describe.length + load.length, 4);
		for (const table of tables) {
			const folder = newFolder();
			writeFileSync(join(folder, "table"), table);
			for (const command of describe)
				assert.match(await succeed(command.replace("/etc/porthole/table", "table"), folder), /\S/, command);
			for (const command of load) {
				const text = command.replace("FILE", "table");
				// A namespace of its own: the rules of the lab's router stay as they are.
				const rules = await succeed(`unshare --net sh -ec '${text}; nft list ruleset'`, folder);
				// A home with one interface has no firewall between.
				if (!text.includes("--firewall") || !table.includes("192.168.1.")) assert.match(rules, /chain /, text);
			}
		}
	});

	it("of docs/relay.md print rules that the kernel takes, and start a transparent relay (REP-1)", async () => {
		const folder = newFolder();
		const [rules, load, relay] = commands("docs/relay.md", /--relay --access|nft -f relay\.nft|--transparent-port/);
		await succeed(rules, folder);
		assert.match(await succeed(`unshare --net sh -ec '${load}; nft list ruleset'`, folder), /tproxy/);
		const program = start(relay, folder, "cam2");
		await said(program, /\b8599\b|open/i);
		assert.equal(await program.leave(), 0, program.output);
	});

	it("of docs/relay.md print the key of a relay, and what the ledger has (REP-8)", async () => {
		const folder = newFolder();
		writeFileSync(join(folder, "key"), `${KEY}\n`, { mode: 0o600 });
		assert.match(await succeed("porthole relay-key train --fleet-key-file key", folder), /^[0-9a-f]{64}\s*$/);
		const site = await LedgerSite.start();
		try {
			for (const command of commands("docs/relay.md", /^porthole ledger /)) {
				const text = command.replace("/mnt/disk", site.storage);
				const out = await succeed(text, folder);
				if (text.includes("sum")) assert.match(out, /anna/);
				else assert.ok(JSON.parse(readFileSync(join(folder, "records.json"), "utf8")), text);
			}
		} finally {
			await site.stop();
		}
	});

	it("of docs/relay.md relay what its table names, and of docs/rendezvous.md print the setting for devices (REP-1, P2P-17)", async () => {
		const folder = newFolder();
		const [block] = blocksIn(textOf("docs/relay.md"), "").filter((each) => each.includes("cat > relay.table"));
		const [table, relay] = [/^cat[\s\S]*?\nEND$/m, /^node dist.*main\.js relay .*$/m].map(
			(pattern) => pattern.exec(block)?.[0] ?? assert.fail(block),
		);
		await succeed(table, folder);
		const program = start(relay, folder, "cam1");
		await said(program, /8080/);
		assert.match(
			await succeed("curl -s -o /dev/null -w '%{http_code}' http://192.168.0.11:8080/", folder),
			/401|200|303/,
		);
		assert.equal(await program.leave(), 0, program.output);
		const server = start(commands("docs/rendezvous.md", /^porthole rendezvous /)[0], folder, "cam1");
		await said(server, /the setting for devices is --rendezvous [0-9a-f]{64}@rendezvous\.example\.org:3478/);
		assert.equal(await server.leave(), 0, server.output);
	});

	it("of docs/command-line.md write completions", async () => {
		const folder = newFolder();
		for (const command of commands("docs/command-line.md", /^porthole completion /)) {
			const file = command.split("> ~/")[1];
			await succeed(`mkdir -p ~/$(dirname ${file}) && ${command} && test -s ~/${file}`, folder);
		}
	});

	it("of docs/nas.md are those of README.md", () => {
		const plain = (path: string) =>
			commands(path, /main\.js (?:camera|nas) .*--fleet-key/).map((line) => line.replaceAll(/\s+/g, " "));
		assert.deepEqual(plain("docs/nas.md"), plain("README.md"));
	});

	it("of README.md: a camera and a NAS that records it, a relay, and a viewer through a rendezvous server (ONE-2, P2P-13)", async () => {
		const folder = newFolder();
		const disk = join(folder, "disk");
		mkdirSync(disk);
		const readme = (pattern: RegExp): string => {
			const [text, ...more] = commands("README.md", pattern);
			assert.deepEqual(more, [], `${pattern}`);
			return text
				.replace("/dev/video0", FRAME)
				.replace("/mnt/disk", disk)
				.replace("--fleet-key KEY", `--fleet-key ${KEY}`)
				.replace("--password PASSWORD", `--password ${PASSWORD}`);
		};
		const { lab } = house();
		const login = ["curl", "-s", "-m", "20", ...OWNER];
		const [cameras, relays, viewer] = [newFolder(), newFolder(), newFolder()];
		// From camera to recording, on two machines.
		const camera = start(readme(/main\.js camera .*--fleet-key/), cameras, "cam1");
		start(readme(/main\.js nas /), newFolder(), "cam2");
		await until("the NAS records", START_TIME, async () => {
			const { stdout } = await lab.exec("home", [...login, "http://192.168.0.12:8000/metrics"]);
			return /^porthole_recorder_recording 1$/m.test(stdout);
		});
		// A relay, elsewhere in the home.
		await succeed(
			readme(/^echo "content/).replace(/rtsp:\S+/, `rtsp://owner:${PASSWORD}@192.168.0.11:8554/live`),
			relays,
		);
		const relay = start(readme(/main\.js relay /), relays, "home");
		await said(relay, /8554/);
		const probe = "ffprobe -v error -rtsp_transport tcp -show_entries stream=codec_name -of csv=p=0";
		await until("the relay shows the camera", START_TIME, async () => {
			const { stdout } = await run(`timeout 15 ${probe} rtsp://127.0.0.1:8554/garage`, relays);
			return stdout.trim() === "mjpeg";
		});
		assert.equal(await relay.leave(), 0);
		assert.equal(await camera.leave(), 0);
		// Behind any NAT.
		const server = start(readme(/main\.js rendezvous$/), newFolder(), "home");
		const [, key] = await said(server, /--rendezvous ([0-9a-f]{64})@/);
		const known = readme(/main\.js camera --rendezvous/).replace("KEY@HOST", `${key}@192.168.0.200`);
		// Without --source it shows a street that is drawn.
		const registered = start(`${known} --password ${PASSWORD}`, cameras, "cam1");
		const form = ["-d", "kind=viewer&days=1&home=Cabin", "http://192.168.0.11:8000/api/v1/pairings"];
		const code = await until("a code", START_TIME, async () => {
			const { stdout } = await lab.exec("home", [...login, ...form]);
			return stdout.startsWith("{") && (JSON.parse(stdout).text as string);
		});
		const pairing = start(readme(/main\.js view --pair/).replace("CODE", code), viewer, "cam2");
		await Promise.race([said(pairing, /Pages: +http/), pairing.ended]);
		await pairing.leave();
		await until("the camera is registered", START_TIME, async () => {
			const { stdout } = await lab.exec("home", [...login, "http://192.168.0.11:8000/metrics"]);
			return /^porthole_peer_registered 1$/m.test(stdout);
		});
		const view = start(readme(/main\.js view --pair/).replace(" --pair CODE", ""), viewer, "cam2");
		const [, url] = await said(view, /Pages: +(http:\/\/localhost:8088\/\S*)/);
		const shown = await lab.exec("cam2", ["curl", "-sL", "-m", "20", "-c", "/dev/null", url]);
		assert.match(shown.stdout, /<title>/);
		assert.equal(await registered.leave(), 0);
		// What there is of a router is found, and said.
		const doctor = await run(readme(/main\.js doctor/), newFolder());
		assert.match(doctor.stdout, /router/i);
	});
});
