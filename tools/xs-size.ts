import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { buildTools, OUT } from "./build-linux";
import {
	bundle,
	ESP32_LIST,
	ESP32_MAIN,
	ESP32_PEER_MAIN,
	ESP32_STREAMS_MAIN,
	writeEsp32,
	writeFile,
} from "./device-modules";

/** Memory that one scene took: XS slots, and octets of chunks on a 64-bit machine. @see tools/xs-size/scene.ts */
export interface SceneSize {
	readonly members: number;
	readonly representative: boolean;
	/** Viewers that got every frame. */
	readonly delivered: number;
	/** Players that got every frame by RTSP. */
	readonly players: number;
	/** Octets of pages that the visitor got. */
	readonly page: number;
	/** Octets that a visitor without an account got: the login page. */
	readonly login: number;
	readonly idle: Memory;
	readonly fleet: Memory;
	readonly full: Memory;
	/** All modules with the engine's own objects; on a board most of it lies in flash. */
	readonly modules: Memory;
	/** Octets of the buffers that frames come in. */
	readonly frameBuffers: number;
	/** Slots that one frame takes, garbage included, with one viewer; and what each further viewer adds. */
	readonly slotsPerFrame: number;
	readonly slotsPerFrameAndViewer: number;
	/** Slots that players add to a frame, however many they are. */
	readonly slotsPerFrameStreamed: number;
	/** Slots that handling an announcement of a known camera takes, garbage included; and one under the fleet's seal. */
	readonly slotsPerAnnouncement: number;
	readonly slotsPerSealedAnnouncement: number;
}

/** XS memory: slots, and octets of chunks. */
export interface Memory {
	readonly slots: number;
	readonly chunks: number;
}

/** The limits of a scene. Slots are 16 octets on ESP32. */
export interface SizeBudget {
	readonly name: string;
	/** The scene of `tools/xs-size`. */
	readonly scene: string;
	readonly viewers: number;
	/** By RTSP. */
	readonly players: number;
	readonly slots: number;
	/** Octets of chunks beside the frames' buffers. */
	readonly chunks: number;
	readonly slotsPerFrame: number;
	readonly slotsPerFrameAndViewer: number;
	/** What players add to a frame, however many they are. */
	readonly slotsPerFrameStreamed: number;
	/** For each announcement, sealed or not. */
	readonly slotsPerAnnouncement: number;
}

const SCENE = "scene";

/**
 * The budgets of a representative that knows 20 cameras, with its viewers, and one visitor who has opened all pages.
 *
 * With PSRAM the boards' manifests give 12,288 slots and 384 kB of chunks, frames included. Without it there are about 4,900 slots and
 * 77 kB; the buffers of frames come on top.
 */
export const BUDGETS: readonly SizeBudget[] = Object.freeze([
	{
		name: "ESP32 with PSRAM, four viewers",
		scene: SCENE,
		viewers: 4,
		players: 0,
		slots: 4000,
		chunks: 60_000,
		slotsPerFrame: 16,
		slotsPerFrameAndViewer: 0,
		slotsPerFrameStreamed: 0,
		slotsPerAnnouncement: 250,
	},
	{
		name: "ESP32 without PSRAM, two viewers",
		scene: SCENE,
		viewers: 2,
		players: 0,
		slots: 3600,
		chunks: 56_000,
		slotsPerFrame: 16,
		slotsPerFrameAndViewer: 0,
		slotsPerFrameStreamed: 0,
		slotsPerAnnouncement: 250,
	},
	{
		name: "ESP32 with PSRAM and streams, four viewers, two players",
		scene: "scene-with-streams",
		viewers: 4,
		players: 2,
		slots: 4800,
		// With a buffer of packets, which takes as much as a picture and a quarter: 32 kB here.
		chunks: 90_000,
		slotsPerFrame: 16,
		slotsPerFrameAndViewer: 0,
		slotsPerFrameStreamed: 60,
		slotsPerAnnouncement: 250,
	},
	{
		name: "ESP32 with PSRAM, streams and peer to peer, four viewers, two players",
		scene: "scene-with-peer",
		viewers: 4,
		players: 2,
		slots: 6000,
		chunks: 110_000,
		slotsPerFrame: 16,
		slotsPerFrameAndViewer: 0,
		slotsPerFrameStreamed: 60,
		slotsPerAnnouncement: 250,
	},
]);

/** The number of cameras that the scene has to know. */
const MEMBERS = 20;
/** The least octets of all pages of the visitor. */
const PAGES_MIN = 10_000;
/** The least octets of the login page, with its head. */
const LOGIN_MIN = 2000;
/** The most flash that the preloaded modules may take: a program has 1.9 MB on the smallest board, the rest of it about 1.2. */
const FLASH_MAX = 500_000;

/**
 * The most octets of bytecode that the ESP32's program may have, names and texts included. Preloaded it takes some 1.3
 * times as much flash, and the engine with the SDK's modules 190 kB more.
 */
export const PROGRAM_MAX = 496_000;
/** The same of the program with streams, for boards with 8 MB of flash and more: 4.1 MB for the program. */
export const STREAMS_PROGRAM_MAX = 593_000;

/** The same of the program with peer to peer, for the same boards. */
export const PEER_PROGRAM_MAX = 808_000;

/** The programs of the boards, by their first modules, with the most octets of bytecode. */
export const PROGRAMS: readonly (readonly [string, number])[] = Object.freeze([
	[ESP32_MAIN, PROGRAM_MAX],
	[ESP32_STREAMS_MAIN, STREAMS_PROGRAM_MAX],
	[ESP32_PEER_MAIN, PEER_PROGRAM_MAX],
]);

/** Compares a scene with its budget. @returns what is exceeded, or was not played; empty if nothing */
export function judge(size: SceneSize, budget: SizeBudget): string[] {
	const faults: string[] = [];
	const most = (what: string, value: number, limit: number): void => {
		if (!(value <= limit)) faults.push(`${budget.name}: ${what}: ${value}, at most ${limit}`);
	};
	if (size.members !== MEMBERS) faults.push(`${budget.name}: the scene knew ${size.members} cameras, not ${MEMBERS}`);
	if (!size.representative) faults.push(`${budget.name}: the camera of the scene was not the representative`);
	if (size.delivered !== budget.viewers) faults.push(`${budget.name}: ${size.delivered} viewers got all frames`);
	if (size.players !== budget.players) faults.push(`${budget.name}: ${size.players} players got all frames`);
	if (size.page < PAGES_MIN) faults.push(`${budget.name}: the pages had ${size.page} octets only`);
	if (size.login < LOGIN_MIN) faults.push(`${budget.name}: the stranger got ${size.login} octets only`);
	most("slots", size.full.slots, budget.slots);
	most("octets of chunks", size.full.chunks, budget.chunks);
	most("slots a frame", size.slotsPerFrame, budget.slotsPerFrame);
	most("slots a frame and viewer", size.slotsPerFrameAndViewer, budget.slotsPerFrameAndViewer);
	most("slots a frame for players", size.slotsPerFrameStreamed, budget.slotsPerFrameStreamed);
	most("slots an announcement", size.slotsPerAnnouncement, budget.slotsPerAnnouncement);
	most("slots a sealed announcement", size.slotsPerSealedAnnouncement, budget.slotsPerAnnouncement);
	return faults;
}

/** Plays scenes in the engine of hosts/linux, which is built if necessary. */
export function measure(budgets: readonly Pick<SizeBudget, "scene" | "viewers">[]): SceneSize[] {
	const program = buildTools();
	const tree = join(OUT, "size-js");
	return budgets.map(({ scene, viewers }) => {
		const main = `tools/xs-size/${scene}`;
		// As it is flashed: joined into one module.
		writeFile(join(tree, `${main}.js`), bundle(main).text);
		return JSON.parse(execFileSync(program, [tree, main, `${viewers}`], { encoding: "utf8", timeout: 300_000 }));
	});
}

/**
 * Compiles an ESP32 program as it is flashed, one bundle.
 * @param main its first module
 * @returns octets of bytecode, without what an empty program has: the names of the modules of hosts/linux, in whose engine it is compiled
 */
export function measureProgram(main: string): number {
	buildTools();
	writeEsp32(main);
	return compiledSize(readFileSync(join(dirname(ESP32_LIST), "main.js"))) - compiledSize("export {};");
}

function compiledSize(code: string | Buffer): number {
	const folder = mkdtempSync(join(tmpdir(), "xs-size-"));
	try {
		const out = join(folder, "program.bin");
		mkdirSync(join(folder, dirname(ESP32_MAIN)), { recursive: true });
		writeFileSync(join(folder, `${ESP32_MAIN}.js`), code);
		execFileSync(join(OUT, "porthole-xsc"), [folder, out, ESP32_MAIN]);
		return statSync(out).size;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * Measures what the preloaded modules take of the flash of a 32-bit board: compiles what the SDK linked (`mc.xs.c`) by an
 * ARM compiler, whose pointers are as long.
 */
function measureFlash(linked: string, moddable: string): number {
	const folder = mkdtempSync(join(tmpdir(), "xs-size-"));
	try {
		const object = join(folder, "mc.xs.o");
		const xs = join(moddable, "xs");
		const here = resolve(__dirname, "../hosts/linux/native");
		const includes = [here, dirname(resolve(linked)), ...["includes", "platforms", "sources"].map((f) => join(xs, f))];
		const places = ["FLASH1", "FLASH", "XS6RO2", "RODATA", "XS6STRING"].map((place) => `-DICACHE_${place}_ATTR=`);
		const defines = ["-DINCLUDE_XSPLATFORM", '-DXSPLATFORM="xs-platform.h"', "-DmxRun=1", ...places];
		const flags = ["-w", "-c", ...defines, ...includes.map((path) => `-I${path}`)];
		execFileSync("arm-linux-gnueabihf-gcc", [...flags, linked, "-o", object]);
		const table = execFileSync("size", [object], { encoding: "utf8" });
		return Number(table.split("\n")[1].trim().split(/\s+/)[3]);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function headingOf({ viewers, players }: SizeBudget): string {
	return `${viewers} viewers${players > 0 ? `, ${players} players` : ""}`.padEnd(30);
}

function table(sizes: readonly SceneSize[]): string {
	const rows: (readonly [string, (size: SceneSize) => string])[] = [
		["slots: camera alone", (size) => `${size.idle.slots}`],
		["slots: knows 20 cameras", (size) => `${size.fleet.slots}`],
		["slots: and viewers, pages", (size) => `${size.full.slots} (${size.full.slots * 16} octets on ESP32)`],
		["chunks, octets", (size) => `${size.full.chunks}`],
		["frames' buffers, octets", (size) => `${size.frameBuffers}`],
		["slots a frame", (size) => `${size.slotsPerFrame}`],
		["slots a frame and viewer", (size) => `${size.slotsPerFrameAndViewer}`],
		["slots a frame for players", (size) => `${size.slotsPerFrameStreamed}`],
		["slots an announcement", (size) => `${size.slotsPerAnnouncement}`],
		["slots a sealed announcement", (size) => `${size.slotsPerSealedAnnouncement}`],
	];
	const lines = rows.map(([name, of]) => `${name.padEnd(28)}${sizes.map((size) => of(size).padEnd(30)).join("")}`);
	return [`${"".padEnd(28)}${BUDGETS.map(headingOf).join("")}`, ...lines].join("\n");
}

/** `npm run xs:size [-- --flash FILE]`: FILE is the `mc.xs.c` of `npm run build:esp32 -- BOARD --modules`. */
function main(args: readonly string[]): void {
	const sizes = measure(BUDGETS);
	console.log(table(sizes));
	const faults = sizes.flatMap((size, i) => judge(size, BUDGETS[i]));
	for (const [main, most] of PROGRAMS) {
		const program = measureProgram(main);
		console.log(`${"program's bytecode, octets".padEnd(28)}${program.toString().padEnd(30)}${main}`);
		if (program > most) faults.push(`${main}: ${program} octets of bytecode, at most ${most}`);
	}
	if (args[0] === "--flash") {
		const flash = measureFlash(args[1] ?? "", process.env["MODDABLE"] ?? "");
		console.log(`${"preloaded in flash, octets".padEnd(28)}${flash}`);
		if (flash > FLASH_MAX) faults.push(`flash: ${flash} octets, at most ${FLASH_MAX}`);
	}
	for (const fault of faults) console.error(fault);
	if (faults.length > 0) process.exitCode = 1;
}

if (require.main === module) main(process.argv.slice(2));
