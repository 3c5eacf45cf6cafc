/** A picture that the driver lends. */
class LentPicture extends Native("_xs_disposable_hostbuffer_destructor") {
	/** Returns the memory to the driver. */
	close(): void {
		native("_xs_disposable_hostbuffer_close").call(this);
	}
}

/** The camera sensor: `embedded:io/image/in/camera` of the SDK, made safe by driver.c; only what {@link SensorCamera} uses. */
export default class Camera extends Native("xs_camera_destructor") {
	/** @throws {Error} when the sensor does not answer; nothing is left of it then */
	constructor(options: object) {
		super();
		try {
			native("xs_camera_constructor").call(this, { ...options, prototype: LentPicture.prototype });
		} catch (error) {
			native("xs_porthole_camera_discard").call(this);
			throw error;
		}
	}

	/** Ends the driver's task. */
	close(): void {
		native("xs_camera_close").call(this);
	}

	/** The oldest picture that has come; empty: the sensor gave none in time. */
	read(): unknown {
		return native("xs_camera_read").call(this);
	}

	start(): void {
		native("xs_camera_start").call(this);
	}

	stop(): void {
		native("xs_camera_stop").call(this);
	}
}
