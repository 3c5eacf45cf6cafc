import type { CameraChoice, CameraDriver, LentCamera } from "../../../../hosts/linux/devices/camera-driver";
import type { DeviceTimer } from "../../../../hosts/linux/devices/device-timer";
import type { Clock } from "../../../../src/ports/clock";

/** Time that a test lets pass, with one timer. */
export class TestTime implements Clock, DeviceTimer {
	private at = 5000;
	private due = Infinity;
	private call: (() => void) | undefined;

	now = () => this.at;
	utc = () => undefined;

	set(delay: number, ring: () => void): void {
		this.due = this.at + delay;
		this.call = ring;
	}

	clear(): void {
		this.due = Infinity;
	}

	/** What is left until the timer rings. */
	get left(): number {
		return this.due - this.at;
	}

	pass(ms: number): void {
		const end = this.at + ms;
		while (this.due <= end) {
			this.at = this.due;
			this.due = Infinity;
			this.call?.();
		}
		this.at = end;
	}
}

/** A camera with three slots of 256 octets. */
export class FakeCamera implements LentCamera {
	readonly path = "/dev/video2";
	readonly name = "Fake";
	readonly format = "MJPG";
	readonly width = 640;
	readonly height = 480;
	readonly start = 100;
	end = 150;
	readonly slots = [0, 1, 2].map(() => new ArrayBuffer(256));
	readonly released: number[] = [];
	sequence = -1;
	fresh = true;
	quality = 0;
	broken = 0;
	closed = 0;
	asked = 0;
	keys = 0;
	/** What was asked of its look. */
	readonly looks: (readonly number[])[] = [];
	private given = 0;
	private readonly seen = new Set<number>();

	constructor(
		readonly driver: FakeDriver,
		readonly readable: () => void,
	) {}

	grab(): number {
		if (this.driver.gone !== undefined) throw new Error(this.driver.gone);
		if (this.driver.empty) return -1;
		this.sequence++;
		const slot = this.sequence % 3;
		this.fresh = !this.seen.has(slot);
		this.seen.add(slot);
		const { pictures } = this.driver;
		const picture = pictures[Math.min(this.given++, pictures.length - 1)];
		if (picture !== undefined) {
			new Uint8Array(this.slots[slot]).set(picture, this.start);
			this.end = this.start + picture.length;
		}
		return slot;
	}

	memory(slot: number): ArrayBuffer {
		this.asked++;
		return this.slots[slot];
	}

	release(slot: number): void {
		this.released.push(slot);
	}

	setQuality(quality: number): void {
		this.quality = quality;
	}

	/** @see LentCamera.look */
	get look(): number {
		return this.driver.look;
	}

	setLook(brightness: number, horizontal: number, vertical: number): void {
		this.looks.push([brightness, horizontal, vertical]);
	}

	requestKey(): void {
		this.keys++;
	}

	companion(): string | undefined {
		return this.driver.companion;
	}

	close(): void {
		this.closed++;
	}
}

/** Opens {@link FakeCamera}s. */
export class FakeDriver implements CameraDriver {
	readonly cameras: FakeCamera[] = [];
	tries = 0;
	/** What an open camera and an attempt to open one say. */
	gone: string | undefined;
	refusal: string | undefined;
	empty = false;
	/** Pictures to be given, one after another; the last one again and again. */
	pictures: readonly (readonly number[])[] = [];
	changed: (() => void) | undefined;

	/** The camera's other node. */
	companion: string | undefined;
	/** How the camera was opened last. */
	choice: CameraChoice | undefined;
	/** What can be changed of how the camera's pictures look. */
	look = 3;
	/** False: the camera compresses as it likes. */
	obeys = true;

	open(choice: CameraChoice, readable: () => void): LentCamera {
		const { quality } = choice;
		this.choice = choice;
		this.tries++;
		if (this.refusal !== undefined) throw new Error(this.refusal);
		const camera = new FakeCamera(this, readable);
		if (this.obeys) camera.quality = quality;
		this.cameras.push(camera);
		return camera;
	}

	watch(changed: (() => void) | undefined): void {
		this.changed = changed;
	}
}
