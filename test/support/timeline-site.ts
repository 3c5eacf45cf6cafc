import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { Appliance, type ApplianceSettings } from "../../src/app/appliance";
import { CameraPagePart } from "../../src/app/camera/camera-page-part";
import type { RecorderControl } from "../../src/app/nas/recorder-control";
import { TimelinePart } from "../../src/app/nas/timeline-part";
import { startSettings } from "../../src/app/start-settings";
import { NO_FILES } from "../../src/ports/files";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { SHARED_SCHEMA } from "../../src/settings/shared-schema";
import type { EventLog, RecordedEvent } from "../../src/storage/recorded-event";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "./digest";
import { MemoryRecordings } from "./memory-recordings";
import { StreetPictures } from "./street-pictures";
import { eventsOf, knownCamera, recorderOf } from "./timeline-cameras";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

class TimelineAppliance extends Appliance<ApplianceSettings> {
	constructor(port: number, store: MemoryRecordings, recorder: RecorderControl, events: EventLog) {
		const given = new Map([
			["password", PASSWORD],
			["http-port", `${port}`],
			["port-mapping", "off"],
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
			startSettings(SHARED_SCHEMA, given),
			NO_SWITCH,
			NO_FLOATING_ADDRESS,
		);
		const { site, gateway, fleetPart: named } = this;
		const home = new CameraPagePart(this, site, {
			named,
			gateway,
			video: { quality: 0 },
			motion: { drive: undefined },
			extra: "",
		});
		this.compose(
			SHARED_SCHEMA,
			undefined,
			home,
			[new TimelinePart({ node: this, site, storage: NO_FILES, store, recorder, events })],
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
		const node = new TimelineAppliance(port, recordings, recorder, eventsOf(events));
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

	url(path = ""): string {
		return `http://localhost:${this.port}/${path}`;
	}

	stop(): Promise<void> {
		return new Promise((done) => this.node.leave(done));
	}
}
