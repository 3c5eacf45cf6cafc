import { connect, type Socket } from "node:net";
import type { Scene, Target } from "./scene";

/** How a request is brought to a server. */
export type Manner =
	/** In one write. */
	| "whole"
	/** In small pieces with pauses. */
	| "drip"
	/** In one write; then the client closes its side. */
	| "half-close"
	/** In one write; then the connection is reset. */
	| "reset"
	/** In one write, and the answer is never read. */
	| "deaf"
	/** In one write; then the connection is held as long as the server lets it be. */
	| "hold";

/** All manners, the common one several times. */
export const MANNERS: readonly Manner[] = ["whole", "whole", "whole", "drip", "half-close", "reset", "deaf", "hold"];

/** An attacker waits this long for an answer, in milliseconds. */
const PATIENCE = 4000;
/** Silence after an answer for which it waits, in milliseconds. */
const QUIET = 150;
/** The longest time that a connection is held. */
const HOLD_MAX = 12_000;
/** What only users may see: pictures, and what the pages and the API say about cameras; and a field that an attacker wrote. */
const SECRET = /\r\nX-Injected|image\/jpeg\r|x-mixed-replace|"cameras":|"fleet":|porthole_|name="priority"/;
/** The most octets of answers that are kept. */
const KEPT_MAX = 4096;

/** Brings octets to a server, and counts its answers. @returns the beginning of what it sent, as Latin-1 */
export function deliver(scene: Scene, to: Target, raw: string, manner: Manner): Promise<string> {
	scene.sends(`${to.host}:${to.port} ${manner}`, raw);
	const octets = Buffer.from(raw, "latin1");
	return new Promise((done) => {
		let answers = "";
		let timer: NodeJS.Timeout | undefined;
		let isOver = false;
		const socket = connect({ ...to, localAddress: scene.source(), allowHalfOpen: true });
		const end = (how: string): void => {
			if (isOver) return;
			isOver = true;
			clearTimeout(timer);
			socket.destroy();
			const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
			for (const status of statuses) scene.answered(status);
			if (statuses.length === 0) scene.answered(how);
			if (SECRET.test(answers) && !hasLink(scene, raw)) scene.answered("INTRUSION");
			done(answers);
		};
		const wait = (ms: number, how: string): void => {
			clearTimeout(timer);
			timer = setTimeout(() => end(how), ms);
		};
		socket.on("connect", () => {
			bring(scene, socket, octets, manner, () => isOver);
			if (manner === "reset") {
				setTimeout(() => {
					if (!socket.destroyed) socket.resetAndDestroy();
					end("left");
				}, scene.random.below(50));
			}
			if (manner === "deaf" || manner === "hold") wait(500 + scene.random.below(HOLD_MAX), "held");
		});
		if (manner !== "deaf") {
			socket.on("data", (chunk) => {
				if (answers.length < KEPT_MAX) answers += chunk.toString("latin1");
				if (manner === "whole" || manner === "half-close") wait(QUIET, "answered");
			});
		}
		socket.on("end", () => end("closed"));
		socket.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? "error"));
		wait(manner === "drip" ? HOLD_MAX : PATIENCE, "silence");
	});
}

/** Whether a request carries a valid viewer link, with which pictures may be seen. */
function hasLink(scene: Scene, raw: string): boolean {
	return Object.values(scene.order.links).some((link) => link !== "" && raw.includes(link));
}

function bring(scene: Scene, socket: Socket, octets: Buffer, manner: Manner, isOver: () => boolean): void {
	if (manner !== "drip") {
		socket.write(octets);
		if (manner === "half-close") socket.end();
		return;
	}
	let at = 0;
	const next = (): void => {
		if (isOver() || socket.destroyed || at >= octets.length) return;
		const end = at + 1 + scene.random.below(Math.max(4, octets.length / 20));
		socket.write(octets.subarray(at, end));
		at = end;
		setTimeout(next, scene.random.below(300));
	};
	next();
}
