import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { needs } from "../../support/needs";

const TOP = resolve(__dirname, "../../..");

describe("hosts-linux/native/disk-path", function () {
	this.timeout(120_000);
	let folder: string;
	let root: string;

	before(function () {
		needs(this, "gcc");
		folder = mkdtempSync(join(tmpdir(), "porthole-disk-"));
		root = join(folder, "root");
		const native = join(TOP, "hosts/linux/native");
		const sources = [join(__dirname, "native/disk-probe.c"), join(native, "disk-path.c")];
		const flags = [
			"-std=gnu11",
			"-D_GNU_SOURCE",
			"-g",
			"-fsanitize=address,undefined",
			"-Wall",
			"-Werror",
			`-I${native}`,
		];
		execFileSync("gcc", [...flags, ...sources, "-o", join(folder, "probe")]);
	});
	beforeEach(() => {
		rmSync(root, { recursive: true, force: true });
		mkdirSync(join(root, "folder"), { recursive: true });
		writeFileSync(join(root, "file"), "inside");
		writeFileSync(join(root, "folder/inner"), "inside");
		writeFileSync(join(folder, "outside"), "outside");
		symlinkSync("../outside", join(root, "out"));
		symlinkSync("..", join(root, "up"));
		symlinkSync("folder", join(root, "link"));
		symlinkSync("nowhere", join(root, "dangling"));
	});
	after(() => {
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	});

	function run(operations: readonly string[]): string[] {
		const out = execFileSync(join(folder, "probe"), [root, ...operations], { encoding: "utf8" });
		return out.trim().split("\n");
	}

	it("follows no symbolic link, wherever it leads and whatever is to be done", () => {
		const paths = ["out", "up", "link", "dangling", "up/outside", "link/inner", "link/new"];
		for (const operation of ["open", "stat", "folder", "make", "delete", "rename"]) {
			for (const line of run(paths.flatMap((path) => [operation, path]))) {
				assert.match(line, /: (ELOOP|ENOTDIR|EEXIST)$/, line);
			}
		}
		assert.ok(existsSync(join(folder, "outside")) && !existsSync(join(root, "folder/new")));
	});

	it("takes no name for one that the engine can't take: it would throw wherever the name is used", () => {
		const probe = (bytes: readonly number[]): string => {
			const name = bytes.map((octet) => `\\x${octet.toString(16).padStart(2, "0")}`).join("");
			// Arguments of programs have to be UTF-8 for Node.
			const command = `"$0" "$1" name "$(printf '${name}_')"`;
			const out = execFileSync("bash", ["-c", command, join(folder, "probe"), root], { encoding: "latin1" });
			return out.slice(out.lastIndexOf(": ") + 2).trim();
		};
		for (const name of ["a", "ä", "€", "🙂", "\u{10ffff}", "\ufffd", "%ff", "<img>", '"']) {
			assert.equal(probe([...Buffer.from(name)]), "done", name);
		}
		const refused = [
			"ff",
			"fe41",
			"80",
			"c0ae",
			"c1bf",
			"e08080",
			"eda080",
			"edbfbf",
			"f0808080",
			"f4908080",
			"f5808080",
		];
		for (const hex of [...refused, "e282", "c3", "f09f99", "0a", "1f", "7f", "5c"]) {
			assert.equal(probe([0x61, ...Buffer.from(hex, "hex")]), "EINVAL", hex);
		}
	});

	it("never waits for the other end of a pipe", () => {
		execFileSync("mkfifo", [join(root, "pipe")]);
		assert.deepEqual(run(["open", "pipe", "stat", "pipe", "delete", "pipe"]), [
			"open pipe: EISDIR",
			"stat pipe: ELOOP",
			"delete pipe: ELOOP",
		]);
	});

	it("names the fault of each path", () => {
		const cases = [
			["open", "", "EISDIR"],
			["open", "folder", "EISDIR"],
			["open", "file/below", "ENOTDIR"],
			["open", "no/such", "ENOENT"],
			["open", "folder/new", "done"],
			["stat", "", "done"],
			["folder", "", "done"],
			["folder", "file", "ENOTDIR"],
			["make", "", "EEXIST"],
			["make", "folder", "EEXIST"],
			["delete", "", "EISDIR"],
			["delete", "folder", "ENOTEMPTY"],
			["rename", "folder", "EEXIST"],
			["rename", "folder/other", "done"],
			["rename", "gone", "ENOENT"],
		];
		const words: string[] = [];
		for (const [operation, path] of cases) words.push(operation, path);
		assert.deepEqual(
			run(words),
			cases.map(([operation, path, result]) => `${operation} ${path}: ${result}`),
		);
	});
});
