import { DEVICES_MESSAGES } from "../../web/devices-messages";
import type { ShownJob, TaskState } from "../../web/devices-page";
import { type BulkAction, DeviceTask, type TaskHost } from "./device-task";

/** How many devices are acted on at a time. */
const AT_ONCE = 4;

/** A device that was chosen. */
export interface ChosenDevice {
	readonly id: string;
	readonly name: string;
}

/** One action at several devices, with what has become of it at each. The device that carries it out comes last. */
export class BulkJob {
	private readonly tasks: readonly DeviceTask[];
	private readonly queue: DeviceTask[];
	private running = 0;

	/**
	 * @param begun the date, in milliseconds since 1970; `undefined`: not known
	 * @param ended called for each device that is done or has failed
	 */
	constructor(
		private readonly host: TaskHost,
		private readonly action: BulkAction,
		devices: readonly ChosenDevice[],
		private readonly begun: number | undefined,
		private readonly ended: (task: DeviceTask) => void,
	) {
		this.tasks = devices.map(({ id, name }) => {
			const task: DeviceTask = new DeviceTask(host, action, id, name, () => this.over(task));
			return task;
		});
		const isOwn = ({ id }: DeviceTask): boolean => id === host.ownId;
		this.queue = [...this.tasks.filter((task) => !isOwn(task)), ...this.tasks.filter(isOwn)];
	}

	/** Whether nothing more happens. */
	get isOver(): boolean {
		return this.running === 0 && this.queue.length === 0;
	}

	/** What has become of it so far. */
	get view(): ShownJob {
		const count = (...states: readonly TaskState[]): number =>
			this.tasks.filter(({ state }) => states.includes(state)).length;
		const { summary } = DEVICES_MESSAGES.progress;
		return {
			action: this.action.kind,
			begun: this.begun ?? null,
			isOver: this.isOver,
			summary: summary(count("done"), count("failed"), count("waiting", "working")),
			devices: this.tasks.map(({ id, name, state, message }) => ({ id, name, state, message })),
		};
	}

	/** Begins. */
	start(): void {
		while (this.running < AT_ONCE) {
			const [next] = this.queue;
			if (next === undefined || (next.id === this.host.ownId && this.running > 0)) return;
			this.queue.shift();
			this.running++;
			next.start();
		}
	}

	private over(task: DeviceTask): void {
		this.running--;
		this.ended(task);
		// Not from within: a task may end while it starts.
		this.host.after(0, () => this.start());
		this.host.changed();
	}
}
