import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LINUX_CAMERA_SCHEMA } from "../../../hosts/linux/linux-settings";
import { variableOf } from "../../../src/settings/cli/gather-settings";
import { HTTP_SCHEMA } from "../../../src/settings/http-schema";
import { settingsOf } from "../../../src/settings/schema";
import { formatValue, parseValue } from "../../../src/settings/setting";
import { ARCHITECTURES, packageDebian, settingsFile } from "../../../tools/package-debian";
import { needs } from "../../support/needs";

const SYSTEMD = resolve(__dirname, "../../../hosts/linux/systemd");
const UNIT = join(SYSTEMD, "porthole.service");

/** How many connections a camera has unless it is told otherwise. */
const CONNECTIONS = settingsOf(HTTP_SCHEMA).find(({ name }) => name === "connections")?.default as number;
/** How exposed the service may be by systemd's own measure: 0 is nothing, 100 is everything. */
const EXPOSURE_MAX = 20;

describe("hosts-linux/packaging", function () {
	this.timeout(120_000);
	let folder: string;

	before(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-packaging-"));
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	describe("the unit of systemd", () => {
		it("is well formed, and knows no setting that systemd does not", function () {
			needs(this, "systemd-analyze");
			// The program is not installed here, so another stands for it.
			const unit = join(folder, "porthole.service");
			writeFileSync(unit, readFileSync(UNIT, "utf8").replace("/usr/bin/porthole-linux", "/bin/true"));
			const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit], { encoding: "utf8" });
			const ours = stderr.split("\n").filter((line) => line.includes(unit));
			assert.deepEqual([status, ours], [0, []]);
		});

		it("denies the service everything that it does not need", function () {
			needs(this, "systemd-analyze");
			const args = ["security", "--offline=true", `--threshold=${EXPOSURE_MAX}`, UNIT];
			const { status, stdout } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
			assert.equal(status, 0, stdout.split("\n").at(-2));
		});

		it("permits what it needs: cameras, pins, its folder, the network, port 80, and time to shut down", () => {
			const text = readFileSync(UNIT, "utf8");
			for (const line of [
				"Type=notify",
				"DeviceAllow=char-video4linux rw",
				"DeviceAllow=char-gpiochip rw",
				"StateDirectory=porthole",
				"RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
				"EnvironmentFile=-/etc/porthole/porthole.conf",
				"TimeoutStopSec=20",
				// A service waits where a person is told.
				"Environment=PORTHOLE_RETRY=on",
				"CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
				"AmbientCapabilities=CAP_NET_BIND_SERVICE",
			])
				assert.ok(text.split("\n").includes(line), line);
			const descriptors = Number(/^LimitNOFILE=(\d+)$/m.exec(text)?.[1]);
			assert.ok(descriptors >= CONNECTIONS + 128, "connections, and everything else");
			assert.ok(!/^PrivateDevices=/m.test(text), "private devices would hide the camera");
		});
	});

	it("runs the service as its own user, in the groups that own cameras and pins", function () {
		needs(this, "systemd-analyze", "root");
		const root = join(folder, "users");
		execFileSync("mkdir", ["-p", join(root, "etc")]);
		execFileSync("systemd-sysusers", [`--root=${root}`, join(SYSTEMD, "porthole.sysusers")], { stdio: "pipe" });
		assert.match(
			readFileSync(join(root, "etc/passwd"), "utf8"),
			/^porthole:x:\d+:\d+:[^:]*:\/var\/lib\/porthole:\/usr\/sbin\/nologin$/m,
		);
		const groups = readFileSync(join(root, "etc/group"), "utf8");
		for (const group of ["video", "gpio"]) assert.match(groups, new RegExp(`^${group}:x:\\d+:porthole$`, "m"));
	});

	describe("the settings file", () => {
		const file = settingsFile(LINUX_CAMERA_SCHEMA);

		it("has every setting of the program with its default, all commented out", () => {
			const lines = file.split("\n");
			for (const setting of settingsOf(LINUX_CAMERA_SCHEMA)) {
				const at = lines.findIndex((line) => line.startsWith(`#${variableOf(setting.name)}=`));
				// The folder is the unit's own.
				assert.equal(at >= 0, setting.name !== "data", setting.name);
				if (at < 0) continue;
				const text = lines[at].slice(lines[at].indexOf("=") + 1).replace(/^"(.*)"$/, "$1");
				assert.equal(text, formatValue(setting, setting.default));
				assert.notEqual(parseValue(setting, text), undefined, setting.name);
			}
			assert.deepEqual(
				lines.filter((line) => line !== "" && !line.startsWith("#")),
				[],
			);
		});
	});

	describe("the package for Debian", () => {
		let program: string;
		let arch: string;

		before(function () {
			needs(this, "gcc", "dpkg-deb");
			program = join(folder, "program");
			writeFileSync(`${program}.c`, '#include <stdio.h>\nint main(void) { puts("camera"); return 0; }\n');
			execFileSync("gcc", ["-o", program, `${program}.c`]);
			arch = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
		});

		function field(path: string, name: string): string {
			return execFileSync("dpkg-deb", ["--field", path, name], { encoding: "utf8" }).trim();
		}

		it("contains the program, its unit and its settings, owned by root, and declares its dependencies", () => {
			const path = packageDebian(program, arch, folder);
			const { version } = JSON.parse(readFileSync(resolve(__dirname, "../../../package.json"), "utf8"));
			assert.equal(path, join(folder, `porthole_${version}_${arch}.deb`));
			assert.deepEqual([field(path, "Package"), field(path, "Architecture")], ["porthole", arch]);
			assert.match(field(path, "Depends"), /^libc6 \(>= 2\.\d+\), systemd/);
			assert.match(field(path, "Installed-Size"), /^\d{2,4}$/);
			const list = execFileSync("dpkg-deb", ["--contents", path], { encoding: "utf8" });
			for (const [mode, file] of [
				["-rwxr-xr-x", "./usr/bin/porthole-linux"],
				["-rw-r--r--", "./etc/porthole/porthole.conf"],
				["-rw-r--r--", "./etc/avahi/services/porthole.service"],
				["-rw-r--r--", "./lib/systemd/system/porthole.service"],
				["-rw-r--r--", "./lib/udev/rules.d/60-porthole.rules"],
				["-rw-r--r--", "./usr/lib/sysusers.d/porthole.conf"],
				["-rw-r--r--", "./usr/share/doc/porthole/copyright"],
				["-rw-r--r--", "./usr/share/man/man1/porthole-linux.1.gz"],
				["-rw-r--r--", "./usr/share/man/man1/porthole-linux-camera.1.gz"],
				["-rw-r--r--", "./usr/share/bash-completion/completions/porthole-linux"],
				["-rw-r--r--", "./usr/share/zsh/vendor-completions/_porthole-linux"],
				["-rw-r--r--", "./usr/share/fish/vendor_completions.d/porthole-linux.fish"],
				["drwxr-xr-x", "./usr/bin/"],
			]) {
				const line = list.split("\n").find((l) => l.endsWith(` ${file}`));
				assert.ok(line?.startsWith(`${mode} root/root`), `${file}: ${line}`);
			}
		});

		it("depends on OpenSSL when the program does", function () {
			needs(this, "libssl-dev");
			const secure = join(folder, "secure");
			writeFileSync(`${secure}.c`, "#include <openssl/ssl.h>\nint main(void) { return !SSL_CTX_new(TLS_method()); }\n");
			execFileSync("gcc", ["-o", secure, `${secure}.c`, "-lssl", "-lcrypto"]);
			const path = packageDebian(secure, arch, folder);
			assert.match(field(path, "Depends"), /^libc6 \(>= 2\.\d+\), libssl3t64 \| libssl3, systemd/);
		});

		it("keeps changed settings through an upgrade: they are a conffile", () => {
			const path = packageDebian(program, arch, folder);
			const root = join(folder, "control");
			execFileSync("dpkg-deb", ["--control", path, root]);
			assert.deepEqual(readFileSync(join(root, "conffiles"), "utf8").split("\n"), [
				"/etc/porthole/porthole.conf",
				"/etc/avahi/services/porthole.service",
				"",
			]);
			for (const script of ["postinst", "prerm", "postrm"]) {
				const file = join(root, script);
				assert.equal(statSync(file).mode & 0o777, 0o755);
				execFileSync("sh", ["-n", file]);
			}
		});

		it("installs and is removed again, in a root of its own", function () {
			needs(this, "root");
			const path = packageDebian(program, arch, folder);
			const root = join(folder, "root");
			execFileSync("mkdir", ["-p", `${root}/var/lib/dpkg/info`, `${root}/var/lib/dpkg/updates`]);
			writeFileSync(join(root, "var/lib/dpkg/status"), "");
			const dpkg = (...args: string[]) =>
				// There is no shell in that root for the package's scripts; so only unpacking and removing are tested.
				execFileSync("dpkg", [`--root=${root}`, "--force-depends", "--log=/dev/null", ...args], { stdio: "pipe" });
			dpkg("--unpack", path);
			assert.equal(execFileSync(join(root, "usr/bin/porthole-linux"), { encoding: "utf8" }), "camera\n");
			assert.ok(
				readFileSync(join(root, "etc/porthole/porthole.conf.dpkg-new"), "utf8").includes("#PORTHOLE_HTTP_PORT=8000"),
			);
		});

		it("refuses a program for another machine, and a file that is not a program, with a message", () => {
			const other = Object.keys(ARCHITECTURES).find((name) => name !== arch) as string;
			assert.throws(() => packageDebian(program, other, folder), new RegExp(`is not a program for ${other}`));
			assert.throws(() => packageDebian(`${program}.c`, arch, folder), /is not a program for/);
			assert.throws(() => packageDebian(join(folder, "nothing"), arch, folder), /no such file/);
			assert.throws(
				() => packageDebian(program, "sparc", folder),
				/unknown architecture; known ones: amd64, arm64, armhf/,
			);
		});
	});
});
