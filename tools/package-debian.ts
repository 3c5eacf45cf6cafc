import { execFileSync } from "node:child_process";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { LINUX_CAMERA_SCHEMA } from "../hosts/linux/linux-settings";
import { completionScript, type Shell, shellOf } from "../src/settings/cli/completion";
import { variableOf } from "../src/settings/cli/gather-settings";
import { type Schema, settingsOf } from "../src/settings/schema";
import { expectedOf, formatValue } from "../src/settings/setting";
import { manPages } from "./man-pages";
import { LINUX_PROGRAM_SCHEMAS } from "./program-schemas";
import { TYPESCRIPT } from "./typescript-options";

const TOP = resolve(__dirname, "..");
const LINUX = join(TOP, "hosts/linux");

/** Architectures by Debian's name: the compiler, and the machine number in ELF files. */
export const ARCHITECTURES: Readonly<Record<string, { readonly triplet: string; readonly machine: number }>> =
	Object.freeze({
		amd64: { triplet: "x86_64-linux-gnu", machine: 62 },
		arm64: { triplet: "aarch64-linux-gnu", machine: 183 },
		armhf: { triplet: "arm-linux-gnueabihf", machine: 40 },
	});

/** Explains why the package can't be made. */
export class PackageError extends Error {}

/** Files of the package by target path: the source in the repository and the mode. */
const FILES: Readonly<Record<string, readonly [string, number]>> = Object.freeze({
	"lib/systemd/system/porthole.service": ["hosts/linux/systemd/porthole.service", 0o644],
	"lib/udev/rules.d/60-porthole.rules": ["hosts/linux/systemd/60-porthole.rules", 0o644],
	"usr/lib/sysusers.d/porthole.conf": ["hosts/linux/systemd/porthole.sysusers", 0o644],
	"etc/avahi/services/porthole.service": ["hosts/linux/debian/avahi.service", 0o644],
	"usr/share/doc/porthole/README.md": ["README.md", 0o644],
	"usr/share/doc/porthole/copyright": ["hosts/linux/debian/copyright", 0o644],
	"usr/share/doc/porthole/NOTICE": ["NOTICE", 0o644],
	"DEBIAN/postinst": ["hosts/linux/debian/postinst", 0o755],
	"DEBIAN/prerm": ["hosts/linux/debian/prerm", 0o755],
	"DEBIAN/postrm": ["hosts/linux/debian/postrm", 0o755],
});

/** Where Debian's shells look for completions, below usr/share. */
const COMPLETIONS: Readonly<Record<Shell, string>> = Object.freeze({
	bash: "bash-completion/completions/porthole-linux",
	zsh: "zsh/vendor-completions/_porthole-linux",
	fish: "fish/vendor_completions.d/porthole-linux.fish",
});

/**
 * Makes a Debian package of `porthole-linux`.
 * @param program the executable, stripped
 * @param arch a key of {@link ARCHITECTURES}, which the program must be made for
 * @param folder where the package goes
 * @returns the package's path
 * @throws {PackageError}
 */
export function packageDebian(program: string, arch: string, folder: string): string {
	const { version } = JSON.parse(readFileSync(join(TOP, "package.json"), "utf8"));
	checkProgram(program, arch);
	const root = mkdtempSync(join(tmpdir(), "porthole-deb-"));
	try {
		// The mode of the temporary folder would become that of the installing user's root folder.
		chmodSync(root, 0o755);
		place(root, "usr/bin/porthole-linux", readFileSync(program), 0o755);
		for (const [to, [from, mode]] of Object.entries(FILES)) place(root, to, readFileSync(join(TOP, from)), mode);
		place(root, "usr/share/doc/porthole/changelog.gz", gzipSync(readFileSync(join(TOP, "CHANGELOG.md")), { level: 9 }));
		placeManual(root);
		place(root, "etc/porthole/porthole.conf", settingsFile(LINUX_CAMERA_SCHEMA));
		place(root, "DEBIAN/conffiles", "/etc/porthole/porthole.conf\n/etc/avahi/services/porthole.service\n");
		const values: Record<string, string> = {
			VERSION: version,
			ARCH: arch,
			SIZE: String(Math.ceil(sizeOf(root) / 1024)),
			LIBC: libraryVersion(program),
			TLS: usesOpenSsl(program) ? ", libssl3t64 | libssl3" : "",
		};
		const control = readFileSync(join(LINUX, "debian/control.in"), "utf8");
		place(
			root,
			"DEBIAN/control",
			control.replace(/@(\w+)@/g, (_, name: string) => values[name]),
		);
		mkdirSync(folder, { recursive: true });
		const path = join(folder, `porthole_${version}_${arch}.deb`);
		const args = ["--root-owner-group", "-Zxz", "--build", root, path];
		run("dpkg-deb", args, "dpkg-deb made no package (Debian package dpkg)");
		return path;
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}

/** Adds the manual pages, and what shells complete. */
function placeManual(root: string): void {
	for (const [file, text] of manPages(LINUX_PROGRAM_SCHEMAS))
		place(root, `usr/share/man/man1/${file}.gz`, gzipSync(text, { level: 9 }));
	for (const [shell, path] of Object.entries(COMPLETIONS))
		place(root, `usr/share/${path}`, completionScript(LINUX_PROGRAM_SCHEMAS, shellOf(shell)));
}

/** Writes the settings file of the service: every setting with its help, all of them commented out. */
export function settingsFile(schema: Schema): string {
	const head = [
		"# Settings of the Porthole camera, read when the service starts: systemctl restart porthole",
		"# Remove the # at the start of a line to change its setting. Put values with spaces in double quotes.",
		"# The unit sets PORTHOLE_RETRY=on: a service waits for a port that is in use.",
		'# The first password of the user "owner" is in /var/lib/porthole/first-password.value (sudo cat) until you log in with it.',
	];
	const entries = settingsOf(schema)
		.filter(({ name }) => name !== "data")
		.map((setting) => {
			const text = formatValue(setting, setting.default);
			const value = /^[\w.,:/-]*$/.test(text) ? text : JSON.stringify(text);
			return `# ${setting.help}\n# (${expectedOf(setting)})\n#${variableOf(setting.name)}=${value}`;
		});
	return `${[head.join("\n"), ...entries].join("\n\n")}\n`;
}

function place(root: string, to: string, content: string | Uint8Array, mode = 0o644): void {
	const path = join(root, to);
	let folder = root;
	for (const name of dirname(to).split("/")) {
		folder = join(folder, name);
		mkdirSync(folder, { recursive: true });
		chmodSync(folder, 0o755);
	}
	writeFileSync(path, content);
	chmodSync(path, mode);
}

function sizeOf(path: string): number {
	const status = lstatSync(path);
	if (!status.isDirectory()) return status.size;
	return readdirSync(path).reduce((sum, name) => sum + (name === "DEBIAN" ? 0 : sizeOf(join(path, name))), 4096);
}

/** ELF, little-endian, and the right machine. @see System V ABI, chapter 4 */
function checkProgram(program: string, arch: string): void {
	const wanted = ARCHITECTURES[arch];
	if (wanted === undefined) {
		throw new PackageError(`${arch}: unknown architecture; known ones: ${Object.keys(ARCHITECTURES).join(", ")}.`);
	}
	if (!existsSync(program)) throw new PackageError(`${program}: no such file; build it first.`);
	const head = readFileSync(program).subarray(0, 20);
	if (head.length < 20 || head.readUInt32BE(0) !== 0x7f454c46 || head.readUInt16LE(18) !== wanted.machine) {
		throw new PackageError(`${program} is not a program for ${arch}.`);
	}
}

/** The oldest C library that has all the functions that the program uses. */
function libraryVersion(program: string): string {
	const text = run("readelf", ["-V", program], "readelf can't read the program (Debian package binutils)");
	const versions = [...text.matchAll(/\bGLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [
		Number(major),
		Number(minor),
	]);
	const [newest] = versions.sort((a, b) => b[0] - a[0] || b[1] - a[1]);
	if (newest === undefined) throw new PackageError(`${program} does not use the GNU C library.`);
	return newest.join(".");
}

/** Debian calls the library `libssl3`, from release 13 on `libssl3t64`. */
function usesOpenSsl(program: string): boolean {
	return run("readelf", ["-d", program], "readelf can't read the program").includes("[libssl.so.3]");
}

function run(program: string, args: readonly string[], words: string, env: NodeJS.ProcessEnv = {}): string {
	try {
		return execFileSync(program, args, {
			cwd: TOP,
			encoding: "utf8",
			env: { ...process.env, ...env },
			stdio: ["ignore", "pipe", "inherit"],
			maxBuffer: 64 * 1024 * 1024,
		});
	} catch {
		throw new PackageError(words);
	}
}

/** Builds `porthole-linux` for an architecture, by Debian's cross compiler if need be. @returns its path */
function build(arch: string): string {
	const wanted = ARCHITECTURES[arch];
	if (wanted === undefined) {
		throw new PackageError(`${arch}: unknown architecture; known ones: ${Object.keys(ARCHITECTURES).join(", ")}.`);
	}
	const native = arch === ownArchitecture();
	const out = join(TOP, native ? "build/linux" : `build/linux-${arch}`);
	const tarball = "agoric-xsnap-0.15.0.tgz";
	if (!native && existsSync(join(TOP, "build/linux", tarball)) && !existsSync(join(out, tarball))) {
		// Fetched once is enough; its checksum is looked at again.
		mkdirSync(out, { recursive: true });
		copyFileSync(join(TOP, "build/linux", tarball), join(out, tarball));
	}
	const { triplet } = wanted;
	const words = `porthole-linux was not built for ${arch} (Debian packages gcc-${triplet.replace(/_/g, "-")} and libc6-dev-${arch}-cross; for TLS libssl-dev:${arch})`;
	const cross = native ? {} : { CC: `${triplet}-gcc`, STRIP: `${triplet}-strip`, HOSTCC: "gcc" };
	const tool = join(TOP, "tools/build-linux.ts");
	run(process.execPath, [...TYPESCRIPT, tool], words, { ...cross, OUT: out });
	return join(out, "porthole-linux");
}

function ownArchitecture(): string {
	return run("dpkg", ["--print-architecture"], "dpkg is missing: packages for Debian are made on Debian").trim();
}

function main(args: readonly string[]): void {
	const archs = args.length > 0 ? args : [ownArchitecture()];
	for (const arch of archs) console.log(packageDebian(build(arch), arch, join(TOP, "build")));
}

if (require.main === module) {
	try {
		main(process.argv.slice(2));
	} catch (error) {
		if (!(error instanceof PackageError)) throw error;
		console.error(`package:debian: ${error.message}`);
		process.exit(1);
	}
}
