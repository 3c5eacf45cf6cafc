import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { skipBecause, skippedBy } from "./skip-reasons";

/** Debian's Chromium without windows, which takes less of the processor. */
const HEADLESS = "/usr/bin/chromium-headless-shell";
/** Where Debian puts its Chromium. */
export const CHROMIUM = existsSync(HEADLESS) ? HEADLESS : "/usr/bin/chromium";

/** What a test may need beyond Node.js: how to see whether it is there, and what a skipped test says if not. */
const NEEDS = {
	root: [mayMakeNamespaces, "no right to make network namespaces"],
	build: [() => existsSync(NODE_PROGRAM), "npm run build has not run"],
	ip: [() => installed("ip"), "iproute2 not installed"],
	nft: [() => installed("nft"), "nftables not installed"],
	miniupnpd: [() => installed("miniupnpd"), "miniupnpd-nftables not installed"],
	conntrack: [() => installed("conntrack"), "conntrack not installed"],
	turnserver: [() => installed("turnserver"), "coturn not installed"],
	libnice: [hasLibnice, "libnice10 and gir1.2-nice-0.1 and python3-gi not installed"],
	"redis-server": [() => installed("redis-server"), "redis-server not installed"],
	upnpc: [() => installed("upnpc"), "miniupnpc not installed"],
	"gssdp-discover": [() => installed("gssdp-discover"), "gupnp-tools not installed"],
	curl: [() => installed("curl"), "curl not installed"],
	wget: [() => installed("wget"), "wget not installed"],
	"avahi-daemon": [() => installed("avahi-daemon"), "avahi-daemon not installed"],
	python3: [() => installed("python3"), "python3 not installed"],
	"python3-zeroconf": [() => existsSync("/usr/lib/python3/dist-packages/zeroconf"), "python3-zeroconf not installed"],
	"python3-httpx": [() => existsSync("/usr/lib/python3/dist-packages/httpx"), "python3-httpx not installed"],
	"python3-requests": [() => existsSync("/usr/lib/python3/dist-packages/requests"), "python3-requests not installed"],
	"python3-yaml": [() => existsSync("/usr/lib/python3/dist-packages/yaml"), "python3-yaml not installed"],
	"python3-prometheus-client": [
		() => existsSync("/usr/lib/python3/dist-packages/prometheus_client"),
		"python3-prometheus-client not installed",
	],
	"python3-zeep": [() => existsSync("/usr/lib/python3/dist-packages/zeep"), "python3-zeep not installed"],
	motion: [() => installed("motion"), "motion not installed"],
	man: [() => installed("man"), "man-db not installed"],
	"bash-completion": [() => existsSync("/usr/share/bash-completion/bash_completion"), "bash-completion not installed"],
	script: [() => installed("script"), "bsdutils not installed"],
	bash: [() => installed("bash"), "bash not installed"],
	zsh: [() => installed("zsh"), "zsh not installed"],
	fish: [() => installed("fish"), "fish not installed"],
	promtool: [() => installed("promtool"), "prometheus not installed"],
	"gst-launch-1.0": [
		() => installed("gst-launch-1.0"),
		"gstreamer1.0-tools and gstreamer1.0-plugins-good not installed",
	],
	"gst-rtsp-server": [
		hasGstRtspServer,
		"python3-gi and gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-base and gstreamer1.0-plugins-ugly not installed",
	],
	vlc: [() => installed("vlc"), "vlc-bin and vlc-plugin-base not installed"],
	openssl: [() => installed("openssl"), "openssl not installed"],
	chromium: [() => existsSync(CHROMIUM), "chromium not installed"],
	cjpeg: [() => installed("cjpeg"), "libjpeg-turbo-progs not installed"],
	ffmpeg: [() => installed("ffmpeg"), "ffmpeg not installed"],
	ffplay: [() => installed("ffplay"), "ffmpeg not installed"],
	ffprobe: [() => installed("ffprobe"), "ffmpeg not installed"],
	ustreamer: [() => installed("ustreamer"), "ustreamer not installed"],
	mosquitto: [
		() => installed("mosquitto") && installed("mosquitto_sub"),
		"mosquitto and mosquitto-clients not installed",
	],
	gcc: [() => installed("gcc"), "gcc and libc6-dev not installed"],
	"liblwip-dev": [() => existsSync("/usr/include/lwip/lwip/udp.h"), "liblwip-dev not installed"],
	"libmbedtls-dev": [() => existsSync("/usr/include/psa/crypto.h"), "libmbedtls-dev not installed"],
	"libssl-dev": [() => existsSync("/usr/include/openssl/ssl.h"), "libssl-dev not installed"],
	arping: [() => installed("arping"), "iputils-arping not installed"],
	libturbojpeg: [hasTurboJpeg, "libturbojpeg0 not installed"],
	"systemd-analyze": [() => installed("systemd-analyze"), "systemd not installed"],
	"dpkg-deb": [() => installed("dpkg-deb"), "dpkg and binutils not installed"],
	"porthole-linux": [() => existsSync(XS_PROGRAM), "npm run build:linux has not run"],
	"porthole-xs": [
		() => existsSync(resolve(__dirname, "../../build/linux/porthole-xs")),
		"npm run build:linux has not run",
	],
	litmus: [() => installed("litmus"), "litmus not installed"],
	cadaver: [() => installed("cadaver"), "cadaver not installed"],
	rclone: [() => installed("rclone"), "rclone not installed"],
	gvfs: [
		() => installed("gio") && installed("dbus-run-session") && existsSync("/usr/libexec/gvfsd-dav"),
		"gvfs and gvfs-backends and libglib2.0-bin and dbus not installed",
	],
	setpriv: [() => installed("setpriv"), "util-linux not installed"],
	taskset: [() => installed("taskset"), "util-linux not installed"],
} as const satisfies Record<string, readonly [() => boolean, string]>;

/** A thing that a test may need, by name. */
export type Need = keyof typeof NEEDS;

/** What every test in the lab of peers needs. */
export const PEER_LAB_NEEDS = ["root", "ip", "nft", "conntrack", "python3", "curl"] as const satisfies readonly Need[];

/** What every test in the home's lab needs. */
export const LAB_NEEDS = ["root", "ip", "nft", "miniupnpd", "curl"] as const satisfies readonly Need[];

/**
 * Skips the calling test or suite when something that it needs is missing. With `PORTHOLE_TEST_REQUIRE_ALL=1` it fails
 * instead.
 *
 * To be called first in a test or a `before` hook: `needs(this, "root", "nft")`.
 */
export function needs(context: Mocha.Context, ...names: readonly Need[]): void {
	const missing = names.filter((name) => !isThere(name)).map((name) => NEEDS[name][1]);
	skipFor(context, [...new Set<string>(missing)]);
}

/**
 * Skips the calling test or suite for other reasons than a missing {@link Need}; does nothing for none.
 * @param missing what is missing, each in the form "gcc not installed"
 */
export function skipFor(context: Mocha.Context, missing: readonly string[]): void {
	if (missing.length === 0) return;
	const message = missing.join(", ");
	if (process.env["PORTHOLE_TEST_REQUIRE_ALL"] === "1") throw new Error(message);
	// The test runner prints it in its summary.
	if (process.env["PORTHOLE_TEST_WORKER"] === undefined)
		process.stderr.write(`SKIPPED ${skippedBy(context).title}: ${message}\n`);
	skipBecause(context, missing);
}

/** Finds a program in PATH and in the folders of system programs. */
export function installed(program: string): boolean {
	const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
	return folders.some((folder) => existsSync(join(folder, program)));
}

const known = new Map<Need, boolean>();

function isThere(name: Need): boolean {
	let there = known.get(name);
	if (there === undefined) {
		there = NEEDS[name][0]();
		known.set(name, there);
	}
	return there;
}

/** The RTSP server of GStreamer with the encoders that test/support/gst_rtsp_server.py uses. */
function hasGstRtspServer(): boolean {
	const words = [
		"import gi",
		"gi.require_version('GstRtspServer', '1.0')",
		"from gi.repository import Gst, GstRtspServer",
		"Gst.init(None)",
		"names = ('videotestsrc', 'jpegenc', 'rtpjpegpay', 'x264enc', 'rtph264pay')",
		"raise SystemExit(0 if all(Gst.ElementFactory.find(name) for name in names) else 1)",
	];
	return spawnSync("/usr/bin/python3", ["-c", words.join("\n")]).status === 0;
}

/** The ICE agent of test/support/libnice_agent.py. */
function hasLibnice(): boolean {
	const words = "import gi; gi.require_version('Nice', '0.1'); from gi.repository import Nice";
	return spawnSync("/usr/bin/python3", ["-c", words]).status === 0;
}

function hasTurboJpeg(): boolean {
	return spawnSync("ldconfig", ["-p"], { encoding: "utf8" }).stdout?.includes("libturbojpeg.so.0") === true;
}

function mayMakeNamespaces(): boolean {
	return process.getuid?.() === 0 && spawnSync("unshare", ["--net", "--mount", "true"]).status === 0;
}
