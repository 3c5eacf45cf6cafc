import assert from "node:assert/strict";
import { needs } from "../support/needs";
import { until } from "../support/until";
import { ORIGIN, OTHER, RELAY2, RelayLab, relayLabFor } from "./relay-lab";
import { gstRtsp } from "./relay-players";

describe("lab/relay-lab: access network, relay, IP network", function () {
	this.timeout(120_000);
	const built = relayLabFor((c) =>
		needs(c, "root", "ip", "nft", "build", "ffmpeg", "gst-launch-1.0", "gst-rtsp-server"),
	);
	let lab: RelayLab;

	before(async () => {
		lab = built();
		await lab.startOrigin("node");
		await lab.startGst();
	});

	it("has origins that play to the relay's machine and to another relay, and viewers that do not reach them (REP-11)", async () => {
		for (const address of [ORIGIN, OTHER]) {
			for (const relay of ["relay", "relay2"] as const)
				await until(`${relay} reaches ${address}`, 5000, () => lab.reaches(relay, address, 8554));
			assert.ok(!(await lab.reaches("v1", address, 8554)));
		}
		assert.ok(!(await lab.reaches("v2", RELAY2, 8554)));
		const played = await lab.lab.exec("relay", gstRtsp(RelayLab.gstUrl("h264"), "udp", 5, "h264"));
		assert.equal(played.code, 0, played.stderr);
	});

	it("counts what the relay's machine asks and gets from the IP network", async () => {
		const before = await lab.originTraffic();
		const curl = ["curl", "-s", "--digest", "-u", "owner:x", `http://${ORIGIN}:8000/stream.mjpeg`];
		await lab.lab.exec("relay", curl);
		const after = await lab.originTraffic();
		assert.equal(after.connections - before.connections, 1);
		assert.ok(after.requests - before.requests >= 2);
		assert.ok(after.octets > before.octets);
	});
});
