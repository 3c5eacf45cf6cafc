import { NodeClock } from "../../hosts/node/clock";
import { NodeFiles } from "../../hosts/node/files";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { Appliance, type ApplianceSettings } from "../../src/app/appliance";
import { CameraPagePart } from "../../src/app/camera/camera-page-part";
import type { RecorderControl } from "../../src/app/nas/recorder-control";
import { TimelinePart } from "../../src/app/nas/timeline/timeline-part";
import type { Node } from "../../src/app/node";
import { startSettings } from "../../src/app/start-settings";
import type { Pump } from "../../src/core/pump";
import { type Files, NO_FILES } from "../../src/ports/files";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { SHARED_SCHEMA } from "../../src/settings/shared-schema";
import type { ContentStore } from "../../src/storage/content-store";
import type { EventLog, RecordedEvent } from "../../src/storage/recorded-event";
import { FileContentStore } from "../../src/storage/store/file-content-store";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "./digest";
import { MemoryRecordings } from "./memory-recordings";
import { StreetPictures } from "./street-pictures";
import { eventsOf, knownCamera, NO_EVENTS, recorderOf } from "./timeline-cameras";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

class TimelineAppliance extends Appliance<ApplianceSettings> {
	constructor(
		port: number,
		recorder: RecorderControl,
		events: EventLog,
		given: (node: Node) => { store: ContentStore; storage: Files },
	) {
		const settings = new Map([
			["password", PASSWORD],
			["name", "Shelf"],
			["http-port", `${port}`],
			["mapping", "off"],
		]);
		super(
			{
				network: new NodeNetwork({ use: ["lo"] }),
				clock: new NodeClock(),
				random: new NodeRandom(),
				store: new VirtualStore(),
				log: { write: (level, area, text) => void (level === "error" && console.error(area, text)) },
				model: "test",
				tellPassword() {},
			},
			startSettings(SHARED_SCHEMA, settings),
			NO_SWITCH,
			NO_FLOATING_ADDRESS,
		);
		const { site, gateway, fleetPart: named } = this;
		const home = new CameraPagePart(this, site, {
			named,
			gateway,
			video: { view: undefined },
			motion: { drive: undefined },
			extra: "",
		});
		this.compose(
			SHARED_SCHEMA,
			undefined,
			home,
			[new TimelinePart({ node: this, site, recorder, events, ...given(this) })],
			[],
		);
		for (const part of this.parts) site.serve(part);
	}
}

/** An appliance with a timeline on this machine: yesterday and today of three cameras, made up as they are looked at. */
export class TimelineSite {
	private constructor(
		private readonly node: TimelineAppliance,
		readonly port: number,
		readonly recordings: MemoryRecordings,
		/** The store on a disk. */
		readonly store?: ContentStore,
	) {}

	/** Starts it. */
	static async start(): Promise<TimelineSite> {
		const now = Date.now();
		const recordings = new MemoryRecordings();
		const local = new Date(now);
		const today = new Date(local.getFullYear(), local.getMonth(), local.getDate()).getTime();
		const pictures = await Promise.all(
			["Driveway", "Garden", "Front door"].map((name, i) => StreetPictures.paint(name, i + 1)),
		);
		const add = (i: number, start: number, end: number, more = {}): void => {
			const key = ["1111111111111111", "2222222222222222", "front-door"][i];
			const picture = (utc: number) => pictures[i].at(utc);
			recordings.add(key, ["Driveway", "Garden", "Front door"][i], {
				start,
				end,
				picture,
				width: 640,
				height: 480,
				...more,
			});
		};
		for (let day = 9; day >= 2; day -= 2) add(0, today - day * DAY, today - day * DAY + 20 * HOUR, { gap: "waiting" });
		add(0, today - DAY, today - DAY + 8 * HOUR + 12 * MINUTE, { gap: "source" });
		add(0, today - DAY + 9 * HOUR, today - DAY + 14 * HOUR, { isLocked: true });
		add(0, today - DAY + 14 * HOUR, now, { gap: undefined, isRunning: true });
		add(1, today - DAY + 5 * HOUR, today - DAY + 22 * HOUR, { gap: "off" });
		add(1, today, now, { isRunning: true });
		for (let i = 0; i < 12; i++)
			add(2, today - DAY + i * 2 * HOUR, today - DAY + i * 2 * HOUR + 7 * MINUTE, { gap: "waiting" });
		const events: RecordedEvent[] = [];
		for (let i = 0; i < 30; i++) {
			const from = today - DAY + 17 * HOUR + 40 * MINUTE + (i - 20) * 37 * MINUTE;
			const to = from + 20_000 + i * 1000;
			const camera = i % 3 === 0 ? "2222222222222222" : "1111111111111111";
			events.push({
				id: i,
				camera,
				kind: "motion",
				from,
				to,
				still: from + 5000,
				score: (i * 37) % 100,
				label: i % 4 === 0 ? "Gate" : "",
			});
		}
		const recorder = recorderOf([
			knownCamera("1111111111111111", "Driveway"),
			knownCamera("2222222222222222", "Garden"),
			knownCamera("front-door", "Front door", { mode: "event", isRecording: false, why: "waiting" }),
		]);
		const port = await freePort();
		const node = new TimelineAppliance(port, recorder, eventsOf(events), () => ({
			store: recordings,
			storage: NO_FILES,
		}));
		node.start();
		const running = setInterval(() => {
			for (const key of ["1111111111111111", "2222222222222222"]) {
				const last = recordings.of(key).at(-1);
				if (last?.isRunning)
					recordings.grow(last, { end: Date.now(), pictures: Math.ceil((Date.now() - last.start) / last.interval) });
			}
		}, 500);
		running.unref();
		return new TimelineSite(node, port, recordings);
	}

	/** Starts one with the recordings in a folder, by the store that a NAS has. Cameras called `live…` are being recorded. */
	static async startOn(folder: string, keys: readonly string[]): Promise<TimelineSite> {
		const recorder = recorderOf(keys.map((key) => knownCamera(key, key, { isRecording: key.startsWith("live") })));
		const port = await freePort();
		const files = new NodeFiles(folder);
		const log = { write() {} };
		let made: ContentStore | undefined;
		const store = (pump: Pump): ContentStore => {
			made = new FileContentStore({ files, pump, clock: new NodeClock(), log }, { octets: 0, age: 0, free: 0 });
			return made;
		};
		const node = new TimelineAppliance(port, recorder, NO_EVENTS, ({ pump }) => ({
			store: store(pump),
			storage: files,
		}));
		node.start();
		return new TimelineSite(node, port, new MemoryRecordings(), made);
	}

	/** The address of a page. */
	url(path = ""): string {
		return `http://localhost:${this.port}/${path}`;
	}

	stop(): Promise<void> {
		return new Promise((done) => this.node.leave(done));
	}
}
