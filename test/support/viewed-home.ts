import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualFloatingAddress } from "../../hosts/virtual/virtual-floating-address";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { PairingPart } from "../../src/app/peer/pairing-part";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import type { PeerExtra } from "../../src/app/peer/peer-part-services";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { startSettings } from "../../src/app/start-settings";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { ViewProgram } from "../../src/app/viewer/view-program";
import { latin1, utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import { NO_MOTION } from "../../src/ports/motion";
import type { Stream, StreamSink } from "../../src/ports/net";
import { NO_SWITCH } from "../../src/ports/pins";
import { VIEW_SCHEMA } from "../../src/settings/cli/view-schema";
import { parseSettings } from "../../src/settings/schema";
import { PASSWORD } from "./digest";
import { loginFor } from "./home-answer";
import type { PeerWorld } from "./peer-world";
import { toyJpeg } from "./toy-jpeg";

/** Gives ten pictures a second. */
class Pictures implements FrameSource {
	readonly description = "pictures";
	private sink: FrameSink | undefined;
	private sequence = 0;

	constructor(
		private readonly machine: VirtualMachine,
		private readonly picture: Uint8Array,
	) {}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.tick();
	}

	stop(): void {
		this.sink = undefined;
	}

	private tick(): void {
		if (this.sink === undefined || !this.machine.on) return;
		const end = FRAME_HEADROOM + this.picture.length;
		const bytes = new Uint8Array(end + FRAME_TAILROOM);
		bytes.set(this.picture, FRAME_HEADROOM);
		this.sink.frame(new Frame(bytes, FRAME_HEADROOM, end, this.sequence++, this.machine.clock.now(), undefined));
		this.machine.world.after(100, () => this.tick());
	}
}

/** A camera on a machine of the virtual world, with everything of peer to peer. */
export function viewedCamera(
	scene: PeerWorld,
	machine: VirtualMachine,
	name: string,
	given: Readonly<Record<string, string>> = {},
	more: readonly PeerExtra[] = [],
): Camera {
	const { network, random, store, log, clock, resolver } = machine;
	const supply = { ciphers: new ToyCiphers(random), resolver, spread: 64 };
	const extras: readonly ExtraPart[] = [
		rtspServer(),
		peerToPeer(supply, [
			(services) => new TunnelDoorPart(services, LARGE_TUNNEL),
			(services) => new PairingPart(services),
			...more,
		]),
	];
	const settings = startSettings(
		cameraSchema(extras),
		new Map(Object.entries({ name, password: PASSWORD, rendezvous: scene.rendezvous, ...given })),
		store,
	);
	const host = {
		network,
		clock,
		random,
		store,
		log,
		source: new Pictures(machine, toyJpeg()),
		motion: NO_MOTION,
		switch: NO_SWITCH,
		floating: new VirtualFloatingAddress(machine),
		model: "sim",
		tellPassword() {},
	};
	const camera = new Camera(host, settings, extras);
	camera.start();
	return camera;
}

/** A run of `porthole view` on a machine of the virtual world. */
export class ViewRun {
	readonly lines: string[] = [];
	readonly errors: string[] = [];
	code: number | undefined;
	readonly program: ViewProgram;

	constructor(
		readonly scene: Pick<PeerWorld, "world" | "until">,
		readonly machine: VirtualMachine,
		word = "",
		given: Readonly<Record<string, string>> = {},
	) {
		const { network, random, store, log, clock, resolver } = machine;
		const { values, faults } = parseSettings(VIEW_SCHEMA, new Map(Object.entries(given)));
		if (faults.length > 0) throw new Error(faults[0].message);
		const host = {
			pump: new Pump(clock),
			network,
			resolver,
			random,
			clock,
			ciphers: new ToyCiphers(random),
			store,
			log,
			spread: 64,
			print: (line: string) => void this.lines.push(line),
			error: (line: string) => void this.errors.push(line),
		};
		this.program = new ViewProgram(host, values, word, (code) => {
			this.code = code;
		});
		this.program.start();
	}

	/** Waits for a line. @returns it, and how long it took */
	until(pattern: RegExp, limit = 10_000): [string, number] {
		const find = (): string | undefined => this.lines.find((line) => pattern.test(line));
		try {
			const took = this.scene.until(() => find() !== undefined || this.code !== undefined, limit, `${pattern}`);
			const found = find();
			if (found !== undefined) return [found, took];
		} catch {}
		throw new Error(`no line ${pattern}:\n${this.lines.concat(this.errors).join("\n")}`);
	}

	/**
	 * Sends text to a local port, and waits until the answer matches.
	 * @param enough absent: until the connection ends @returns all that came
	 */
	ask(port: number, request: string, enough?: RegExp, limit = 5000): string {
		const visit = new LocalVisit(request);
		visit.stream = this.machine.network.connect({ address: "127.0.0.1", port }, visit);
		this.scene.world.runUntil(() => visit.isOver || enough?.test(visit.text) === true, limit);
		visit.stream.abort();
		return visit.text;
	}

	/** Gets a page by a local port. */
	get(port: number, target: string, host = `localhost:${port}`, fields = ""): string {
		return this.ask(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${fields}\r\n`);
	}
}

class LocalVisit implements StreamSink {
	text = "";
	isOver = false;
	stream!: Stream;
	private isAsked = false;

	constructor(private readonly request: string) {}

	room(): void {
		if (this.isAsked) return;
		this.isAsked = true;
		const bytes = utf8Encode(this.request);
		this.stream.write(bytes, 0, bytes.length);
	}

	received(bytes: Uint8Array): void {
		this.text += latin1(bytes);
	}

	ended(): void {
		this.isOver = true;
	}

	gone(): void {
		this.isOver = true;
	}
}

/** Asks a camera for a pairing in its own network, as the owner. @returns its text */
export function pairingOf(
	scene: Pick<PeerWorld, "world">,
	camera: Camera,
	machine: VirtualMachine,
	form: string,
): string {
	const target = "/api/v1/pairings";
	const post = (fields: string): string => {
		const visit = new LocalVisit(
			`POST ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n${fields}\r\n${form}`,
		);
		visit.stream = machine.network.connect({ address: "127.0.0.1", port: camera.settings.httpPort }, visit);
		scene.world.runUntil(() => visit.isOver, 3000);
		return visit.text;
	};
	const answer = post(`${loginFor(post(""), "POST", target)}\r\n`);
	const [, text] = /"text":"([^"]+)"/.exec(answer) ?? [];
	if (text === undefined) throw new Error(answer);
	return text;
}
