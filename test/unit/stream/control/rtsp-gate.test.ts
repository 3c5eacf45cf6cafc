import assert from "node:assert/strict";
import type { AccessRequest, Authentication } from "../../../../src/access/authentication";
import { type ExchangeCarrier, RtspExchange } from "../../../../src/stream/control/rtsp-exchange";
import { RtspGate } from "../../../../src/stream/control/rtsp-gate";
import { parseRtspTarget } from "../../../../src/stream/control/rtsp-target";
import type { TextMessage } from "../../../../src/wire/text-message";

const REFUSED: Authentication = { outcome: "refused", reason: "no-credentials", challenges: [] };

/** A camera that accepts one pass, for pictures. */
class Camera {
	now = 0;
	readonly statuses: number[] = [];
	private readonly carrier = {
		remoteAddress: "192.0.2.7",
		localAddress: "192.0.2.1",
		secure: false,
		link: "",
		respond: (_now: number, _exchange: RtspExchange, status: number) => void this.statuses.push(status),
	} as unknown as ExchangeCarrier;
	private readonly gate = new RtspGate({
		authenticate: ({ credentials, pictures, now }: AccessRequest): Authentication =>
			credentials.ticket === "p.good" && pictures === true && now < 300
				? { outcome: "granted", admission: { role: "viewer", proof: "pass", until: 300 } }
				: REFUSED,
	});

	/** Whether a request on the one connection is admitted. */
	admits(method: string, url: string): boolean {
		const message = { method, target: url, fields: [], body: new Uint8Array() } as unknown as TextMessage;
		const exchange = new RtspExchange(this.carrier, message, this.now);
		const target = url === "*" ? undefined : parseRtspTarget(url);
		return this.gate.admit(this.now, exchange, target) && exchange.admission?.proof === "pass";
	}
}

describe("stream/control/rtsp-gate", () => {
	it("admits a relay to the camera's own pictures by a pass (ONE-5, ONE-7)", () => {
		for (const content of ["live", "h264"])
			assert.equal(new Camera().admits("DESCRIBE", `rtsp://camera/${content}?pass=p.good`), true, content);
		const camera = new Camera();
		for (const url of ["/live", "/live?pass=p.bad", "/files/holiday.mjpeg?pass=p.good", "/recordings/1?pass=p.good"])
			assert.equal(camera.admits("DESCRIBE", `rtsp://camera${url}`), false, url);
		assert.deepEqual(camera.statuses, [401, 401, 401, 401]);
	});

	it("keeps the connection that a pass has begun, for the pictures alone (ONE-7)", () => {
		const camera = new Camera();
		assert.equal(camera.admits("DESCRIBE", "rtsp://camera/live?pass=p.good"), true);
		camera.now = 1000;
		for (const [method, url] of [
			["SETUP", "rtsp://camera/live/trackID=0"],
			["GET_PARAMETER", "rtsp://camera/live?pass=p.good"],
			["GET_PARAMETER", "*"],
			["TEARDOWN", "rtsp://camera/live"],
		])
			assert.equal(camera.admits(method, url), true, `${method} ${url}`);
		assert.equal(camera.admits("DESCRIBE", "rtsp://camera/files/holiday.mjpeg"), false);
		assert.equal(camera.admits("DESCRIBE", "rtsp://camera/live?pass=p.other"), false);
		assert.equal(new Camera().admits("SETUP", "rtsp://camera/live"), false, "another connection");
	});
});
