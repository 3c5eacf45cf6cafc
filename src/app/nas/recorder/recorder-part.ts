import type { Metric, Part } from "../../part";
import { Recorder, type RecorderNeeds } from "./recorder";
import { RECORDER_OPERATIONS } from "./recorder-operations";

/** Records the cameras of the fleet and those at URLs; the owner says when (STR-13, STR-26, STR-27). */
export class RecorderPart implements Part {
	readonly operations = RECORDER_OPERATIONS;
	readonly recorder: Recorder;

	constructor(needs: RecorderNeeds) {
		this.recorder = new Recorder(needs);
	}

	start(): void {
		this.recorder.start();
	}

	refresh(): void {
		this.recorder.refresh();
	}

	leave(done: () => void): void {
		this.recorder.close(done);
	}

	status(): Record<string, unknown> {
		return { recorder: this.recorder.totals };
	}

	metrics(): readonly Metric[] {
		const { cameras, recording, pictures } = this.recorder.totals;
		return [
			["recorder_cameras", "gauge", "Cameras that can be recorded", cameras],
			["recorder_recording", "gauge", "Cameras that are being recorded", recording],
			["recorder_pictures_total", "counter", "Pictures recorded", pictures],
		];
	}
}
