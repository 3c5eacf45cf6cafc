import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";

/** Where Debian puts its Chromium. */
export const CHROMIUM = "/usr/bin/chromium";

/** What a test may need beyond Node.js: how to see whether it is there, and what to do if not. */
const NEEDS = {
	root: [mayMakeNamespaces, "run as root, outside of containers that forbid network namespaces"],
	build: [() => existsSync(NODE_PROGRAM), "npm run build"],
	ip: [() => installed("ip"), "Debian package iproute2"],
	nft: [() => installed("nft"), "Debian package nftables"],
	miniupnpd: [() => installed("miniupnpd"), "Debian package miniupnpd-nftables"],
	upnpc: [() => installed("upnpc"), "Debian package miniupnpc"],
	"gssdp-discover": [() => installed("gssdp-discover"), "Debian package gupnp-tools"],
	curl: [() => installed("curl"), "Debian package curl"],
	"avahi-daemon": [() => installed("avahi-daemon"), "Debian package avahi-daemon"],
	"python3-zeroconf": [() => existsSync("/usr/lib/python3/dist-packages/zeroconf"), "Debian package python3-zeroconf"],
	"python3-httpx": [() => existsSync("/usr/lib/python3/dist-packages/httpx"), "Debian package python3-httpx"],
	"python3-requests": [() => existsSync("/usr/lib/python3/dist-packages/requests"), "Debian package python3-requests"],
	"python3-prometheus-client": [
		() => existsSync("/usr/lib/python3/dist-packages/prometheus_client"),
		"Debian package python3-prometheus-client",
	],
	"gst-launch-1.0": [
		() => installed("gst-launch-1.0"),
		"Debian packages gstreamer1.0-tools and gstreamer1.0-plugins-good",
	],
	vlc: [() => installed("vlc"), "Debian packages vlc-bin and vlc-plugin-base"],
	openssl: [() => installed("openssl"), "Debian package openssl"],
	chromium: [() => existsSync(CHROMIUM), "Debian package chromium"],
	ffmpeg: [() => installed("ffmpeg"), "Debian package ffmpeg"],
	ffprobe: [() => installed("ffprobe"), "Debian package ffmpeg"],
	ustreamer: [() => installed("ustreamer"), "Debian package ustreamer"],
	gcc: [() => installed("gcc"), "Debian packages gcc and libc6-dev"],
	"libssl-dev": [() => existsSync("/usr/include/openssl/ssl.h"), "Debian package libssl-dev"],
	arping: [() => installed("arping"), "Debian package iputils-arping"],
	libturbojpeg: [hasTurboJpeg, "Debian package libturbojpeg0"],
	"systemd-analyze": [() => installed("systemd-analyze"), "Debian package systemd"],
	"dpkg-deb": [() => installed("dpkg-deb"), "Debian packages dpkg and binutils"],
	"porthole-linux": [() => existsSync(XS_PROGRAM), "npm run build:linux"],
	"porthole-xs": [() => existsSync(resolve(__dirname, "../../build/linux/porthole-xs")), "npm run build:linux"],
	setpriv: [() => installed("setpriv"), "Debian package util-linux"],
	taskset: [() => installed("taskset"), "Debian package util-linux"],
} as const satisfies Record<string, readonly [() => boolean, string]>;

/** A thing that a test may need, by name. */
export type Need = keyof typeof NEEDS;

/** What every test in the lab needs. */
export const LAB_NEEDS = ["root", "ip", "nft", "miniupnpd", "curl"] as const satisfies readonly Need[];

/**
 * Skips the calling test or suite, loudly and by name, when something that it needs is missing. With
 * `PORTHOLE_TEST_REQUIRE_ALL=1` it fails instead.
 *
 * To be called first in a test or a `before` hook: `needs(this, "root", "nft")`.
 */
export function needs(context: Mocha.Context, ...names: readonly Need[]): void {
	const missing = names.filter((name) => !isThere(name)).map((name) => `${name} (${NEEDS[name][1]})`);
	if (missing.length === 0) return;
	const words = `needs ${missing.join(", ")}`;
	if (process.env["PORTHOLE_TEST_REQUIRE_ALL"] === "1") throw new Error(words);
	const runnable = context.test;
	const inHook = runnable?.title.startsWith('"before all" hook') === true;
	const title = inHook ? runnable?.parent?.fullTitle() : runnable?.fullTitle();
	process.stderr.write(`SKIPPED ${title}: ${words}\n`);
	context.skip();
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

function hasTurboJpeg(): boolean {
	return spawnSync("ldconfig", ["-p"], { encoding: "utf8" }).stdout?.includes("libturbojpeg.so.0") === true;
}

function mayMakeNamespaces(): boolean {
	return process.getuid?.() === 0 && spawnSync("unshare", ["--net", "--mount", "true"]).status === 0;
}
