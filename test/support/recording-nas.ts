import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Appliance } from "../../src/app/appliance";
import type { Recorder } from "../../src/app/nas/recorder/recorder";
import { RecorderPart } from "../../src/app/nas/recorder/recorder-part";
import type { KnownCamera } from "../../src/app/nas/recorder-control";
import type { Part } from "../../src/app/part";
import { get } from "../../src/app/part";
import type { HomePage } from "../../src/app/portal/portal-part";
import { startSettings } from "../../src/app/start-settings";
import { MjpegSource } from "../../src/camera/mjpeg-source";
import type { FrameSource } from "../../src/ports/camera";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { NAS_SCHEMA, type NasSettings } from "../../src/settings/nas-schema";
import type { EventLog, RecordedEvent } from "../../src/storage/recorded-event";
import { RtspSource } from "../../src/stream/client/rtsp-source";
import { parseHttpSource } from "../../src/wire/http-source-url";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import { PASSWORD } from "./digest";
import { FakeContentStore } from "./fake-content-store";
import type { VirtualHome } from "./virtual-home";

/** A log of events in memory. */
class FakeEvents implements EventLog {
	readonly list: RecordedEvent[] = [];

	events(): readonly RecordedEvent[] {
		return this.list;
	}

	event(id: number): RecordedEvent | undefined {
		return this.list[id];
	}

	begin: EventLog["begin"] = (camera, kind, from, label) => {
		const event = { id: this.list.length, camera, kind, from, to: undefined, still: from, score: 0, label };
		this.list.push(event);
		return event;
	};

	update(): void {}

	end(id: number, to: number): RecordedEvent | undefined {
		this.list[id] = { ...this.list[id], to };
		return this.list[id];
	}

	watch(): () => void {
		return () => {};
	}
}

/** The first page of a NAS without pages. */
const HOME: Part & HomePage = {
	navigation: [{ path: "/nas", label: "NAS", need: "viewer" }],
	routes: [get("/nas", (_part: never, _request, reply) => reply.empty(204))],
	show: (_request, reply) => reply.empty(204),
};

/** The recorder of a NAS with all that makes it a member of a fleet, in a {@link VirtualHome}, with a store that keeps no pictures. */
class RecordingAppliance extends Appliance<NasSettings> {
	readonly recorder: Recorder;

	constructor(machine: VirtualMachine, settings: NasSettings, store: FakeContentStore, events: EventLog) {
		const { network, clock, random, log, resolver } = machine;
		super(
			{ network, clock, random, store: machine.store, log, model: "sim", tellPassword() {} },
			settings,
			NO_SWITCH,
			NO_FLOATING_ADDRESS,
		);
		const host = { pump: this.pump, network, resolver, random, utc: () => clock.utc() };
		const openSource = (spec: string, fps: number): FrameSource => {
			const place = parseHttpSource(spec);
			if (place !== undefined) return new MjpegSource(host, { place, basic: false, certificate: "" }, fps);
			const url = parseSourceUrl(spec);
			if (url === undefined) throw new Error(`${spec}: not a URL`);
			return new RtspSource(host, { url, framing: "tcp", basic: false, certificate: "" }, fps);
		};
		const part = new RecorderPart({
			node: this,
			access: this.access,
			fleet: this.fleetPart,
			store: store as never,
			events,
			openSource,
		});
		this.recorder = part.recorder;
		this.compose(NAS_SCHEMA, undefined, HOME, [], [part]);
		for (const one of this.parts) this.site.serve(one);
	}
}

/** A NAS with the machine it runs on; `restart` after the power was cut. */
export class RecordingNas {
	readonly machine: VirtualMachine;
	readonly store = new FakeContentStore();
	readonly events = new FakeEvents();
	nas: RecordingAppliance;

	constructor(
		readonly home: VirtualHome,
		private readonly settings: Readonly<Record<string, string>> = {},
	) {
		this.machine = new VirtualMachine(home.world, "nas");
		this.machine.attach(home.lan, { address: "192.168.0.5", gateway: "192.168.0.1" }, home.link);
		this.nas = this.build();
	}

	get recorder(): Recorder {
		return this.nas.recorder;
	}

	get log(): string {
		return this.machine.log.lines.map((line) => JSON.stringify(line)).join("\n");
	}

	/** The keys of the cameras that are being recorded now. */
	get recording(): readonly string[] {
		return this.recorder.cameras().flatMap(({ key, isRecording }) => (isRecording ? [key] : []));
	}

	camera(key: string): KnownCamera | undefined {
		return this.recorder.camera(key);
	}

	/** The power was cut, and comes back: the program starts again with its stored state. */
	restart(): void {
		this.machine.crash();
		this.machine.powerOn();
		this.store.listeners.clear();
		this.nas = this.build();
	}

	private build(): RecordingAppliance {
		const given = new Map(Object.entries({ password: PASSWORD, priority: "10", ...this.settings }));
		const settings = startSettings(NAS_SCHEMA, given, this.machine.store);
		const nas = new RecordingAppliance(this.machine, settings, this.store, this.events);
		nas.start();
		return nas;
	}
}
