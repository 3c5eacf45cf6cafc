import assert from "node:assert/strict";
import { needs } from "../support/needs";
import { SECOND_FORM } from "../support/stream-tables";
import { until } from "../support/until";
import { FAR, MEDIA_SEEN, setLine, streamHouseFor } from "./stream-house";
import { UdpEnd } from "./udp-end";

describe("lab/line with delay and loss", function () {
	this.timeout(60_000);
	const built = streamHouseFor("second", SECOND_FORM, (context) =>
		needs(context, "root", "ip", "nft", "python3", "build"),
	);

	it("carries packets in both directions, late, and loses the share that it is told", async () => {
		const line = await built().connectFar();
		const b = await UdpEnd.open(built().lab, "server", "10.3.0.20", 5501);
		const reports = await UdpEnd.open(built().lab, "server", "10.1.0.20", 500);
		const far = await UdpEnd.open(built().lab, "far", FAR, 6501);
		await setLine(line, "delay 100");
		const start = performance.now();
		b.send(FAR, far.port, "SR");
		assert.equal(await far.expect("SR"), `${MEDIA_SEEN}:5501`);
		far.send(MEDIA_SEEN, b.port, "RR");
		assert.equal(await reports.expect("RR"), `${FAR}:6501`);
		assert.ok(performance.now() - start >= 200, "there and back");
		await setLine(line, "delay 0");
		await setLine(line, "loss 50");
		for (let i = 0; i < 400; i++) b.send(FAR, far.port, `media ${i}`);
		const lost = await until("all packets have come or are lost", 5000, async () => {
			await setLine(line, "delay 0");
			const count = Number(/lost (\d+)\s*$/.exec(line.output)?.[1]);
			return far.arrivals().length - 1 + count === 400 && count;
		});
		assert.ok(lost > 120 && lost < 280, `${lost} of 400 are lost`);
	});
});
