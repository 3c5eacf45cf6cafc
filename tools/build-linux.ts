import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { shortenScripts } from "./shorten-scripts";

/** The XS engine's C sources come with this package; its own scripts are never run. */
const XS_PACKAGE = "@agoric/xsnap@0.15.0";
const XS_TARBALL = "agoric-xsnap-0.15.0.tgz";
const XS_INTEGRITY = "ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A==";

const TOP = resolve(__dirname, "..");
/** Where hosts/linux is built; the variable `OUT` overrides it (one folder for each target). */
export const OUT = resolve(process.env["OUT"] ?? join(TOP, "build/linux"));
const MAIN = "hosts/linux/main";

/** Explains why hosts/linux can't be built. */
export class BuildError extends Error {}

/** Builds `porthole-xs` and `porthole-xsc`, which run sources and tests. @returns the path of `porthole-xs` */
export function buildTools(): string {
	make("tools", []);
	return join(OUT, "porthole-xs");
}

/** Compiles the TypeScript of a project below `OUT`. @param options further ones of the compiler */
export function compile(project: string, outDir: string, options: readonly string[] = []): void {
	const tsc = join(TOP, "node_modules/typescript/bin/tsc");
	// The compiler's record is deleted together with its output.
	const known = ["--tsBuildInfoFile", join(outDir, ".tsbuildinfo")];
	run(
		process.execPath,
		[tsc, "-p", join(TOP, project), "--outDir", outDir, ...known, ...options],
		"TypeScript was not compiled",
	);
}

/** Builds the tools, and the program with all its modules inside. @returns its path */
export function buildProgram(): string {
	buildTools();
	compile("hosts/linux", join(OUT, "js"));
	shortenScripts(join(OUT, "js"), "ES");
	make("all", modulesOf(MAIN));
	return join(OUT, "porthole-linux");
}

/** Downloads the XS sources into `OUT/xs` and verifies the pinned checksum. @returns their folder */
function xsSources(): string {
	const folder = join(OUT, "xs");
	const sources = join(folder, "package/moddable/xs");
	if (existsSync(sources)) return sources;
	const tarball = join(OUT, XS_TARBALL);
	mkdirSync(OUT, { recursive: true });
	if (!existsSync(tarball)) {
		run(
			"npm",
			["pack", XS_PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", OUT],
			`The XS sources (npm package ${XS_PACKAGE}) could not be fetched. The first build needs npm's registry; or put ${XS_TARBALL} into ${OUT} by hand.`,
		);
	}
	const sum = createHash("sha512").update(readFileSync(tarball)).digest("base64");
	if (sum !== XS_INTEGRITY) {
		rmSync(tarball);
		throw new BuildError(
			`${XS_TARBALL} is not what it should be: its SHA-512 is ${sum}, not ${XS_INTEGRITY}. It was deleted.`,
		);
	}
	const partial = `${folder}.new`;
	rmSync(partial, { recursive: true, force: true });
	mkdirSync(partial, { recursive: true });
	run("tar", ["-xzf", tarball, "-C", partial, "package/moddable/xs"], `${XS_TARBALL} could not be unpacked`);
	renameSync(partial, folder);
	return sources;
}

function make(target: string, modules: readonly string[]): void {
	const xs = xsSources();
	const variables = ["CC", "HOSTCC", "STRIP", "OPTIMIZE"].flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [`${name}=${value}`];
	});
	const compiler = process.env["CC"] ?? "gcc";
	variables.push(`TLS=${hasOpenSsl(compiler) ? "yes" : "no"}`);
	if (process.env["CC"] !== undefined) {
		variables.push(`HOSTTLS=${hasOpenSsl(process.env["HOSTCC"] ?? "gcc") ? "yes" : "no"}`);
	}
	// A cross compiler must not build the tools that run here.
	if (process.env["CC"] !== undefined && process.env["HOSTCC"] === undefined) variables.push("HOSTCC=gcc");
	const file = join(TOP, "hosts/linux/native/Makefile");
	run(
		"make",
		["-s", "-j2", "-f", file, `XS=${xs}`, `OUT=${OUT}`, `MODULES=${modules.join(" ")}`, ...variables, target],
		"hosts/linux was not built; it needs gcc and make (Debian: apt-get install gcc make libc6-dev)",
	);
}

const openSsl = new Map<string, boolean>();

/** Tells whether a compiler can link with OpenSSL 3; prints a message once if not. */
function hasOpenSsl(compiler: string): boolean {
	let there = openSsl.get(compiler);
	if (there === undefined) {
		const program =
			"#include <openssl/ssl.h>\n#if OPENSSL_VERSION_NUMBER < 0x30000000L\n#error old\n#endif\nint main(void) { return SSL_CTX_new(TLS_method()) == 0; }\n";
		const command = `${compiler} -x c - -o /dev/null -lssl -lcrypto`;
		there = spawnSync("sh", ["-c", command], { input: program }).status === 0;
		openSsl.set(compiler, there);
		if (!there) {
			const remedy = "Debian: apt-get install libssl-dev, of the architecture that is built for";
			console.error(`build:linux: ${compiler} finds no OpenSSL 3, so there is no TLS in the program (${remedy})`);
		}
	}
	return there;
}

/** Lists `main` and the modules that it imports directly or indirectly, from the compiled tree. */
function modulesOf(main: string): string[] {
	const found = new Set<string>();
	const wanted = [main];
	for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
		if (found.has(name)) continue;
		found.add(name);
		const text = readFileSync(join(OUT, "js", `${name}.js`), "utf8");
		for (const [, specifier] of text.matchAll(/^\s*(?:import|export)\b[^"';]*?["'](\.{1,2}\/[^"']+)["']/gm)) {
			wanted.push(join(dirname(name), specifier));
		}
		for (const [, specifier] of text.matchAll(/\bimport\(["'](\.{1,2}\/[^"']+)["']\)/g))
			wanted.push(join(dirname(name), specifier));
	}
	return [...found].sort();
}

function run(program: string, args: readonly string[], words: string): void {
	try {
		execFileSync(program, args, { stdio: ["ignore", "inherit", "inherit"], cwd: TOP });
	} catch {
		throw new BuildError(words);
	}
}

if (require.main === module) {
	try {
		console.log(buildProgram());
	} catch (error) {
		if (!(error instanceof BuildError)) throw error;
		console.error(`build:linux: ${error.message}`);
		process.exit(1);
	}
}
