import assert from "node:assert/strict";
import { SECOND_FORM } from "../support/stream-tables";
import { until } from "../support/until";
import { type LabProcess, OWNER } from "./lab";
import { setLine, streamHouseFor } from "./stream-house";
import { EXPECTED, ffmpeg, serve, streamNeeds } from "./stream-players";

describe("lab/stream server and a bad line", function () {
	this.timeout(300_000);
	const built = streamHouseFor("second", SECOND_FORM, streamNeeds("node"));
	const { internet } = EXPECTED.second;
	let line: LabProcess;
	before(async () => {
		await serve(built(), "node");
		line = await built().connectFar();
		await setLine(line, "delay 20");
	});

	/** Packets of UDP media in a second, once they come evenly. */
	const evenly = (): Promise<number> =>
		until("pictures come evenly", 10_000, async () => {
			const [one, other] = [await built().packetsIn(1000), await built().packetsIn(1000)];
			return other > 100 && Math.abs(one / other - 1) < 0.15 && other;
		});

	/** What the owner's interface for programs tells. */
	const owned = async (path: string): Promise<string> =>
		(await built().lab.exec("home", ["curl", "-s", ...OWNER, `http://10.1.0.10:8000${path}`])).stdout;

	it("sends fewer pictures by UDP while reports tell of loss, and all again afterwards (STR-7, STR-10)", async () => {
		const player = built().lab.spawn("far", ffmpeg(internet, "udp", "error"));
		const usual = await evenly();
		// Sender reports leave by interface B, and the client's answers to them come in by interface A.
		await until("the round trip is measured", 15_000, async () => {
			const { streams } = JSON.parse(await owned("/api/v1/streams"));
			return streams[0].roundTrip >= 40;
		});
		const share = async (): Promise<number> => (await built().packetsIn(1000)) / usual;
		await setLine(line, "loss 7.5");
		await until("fewer pictures are sent", 10_000, async () => (await share()) < 0.75);
		await setLine(line, "loss 0");
		await until("all pictures are sent again", 15_000, async () => (await share()) > 0.85);
		assert.equal(await built().packets("media_in"), 0);
		await player.leave();
	});

	it("lets a slow TCP client miss pictures, and others none (STR-8, STR-10)", async () => {
		const { lab } = built();
		const other = lab.spawn("client", ffmpeg(internet, "udp", "error"));
		const usual = await evenly();
		await setLine(line, "rate 1000");
		const slow = lab.exec("far", ffmpeg(internet, "tcp", "error", "-frames:v", "25"), 60_000);
		await until("pictures are missed", 10_000, async () => {
			return JSON.parse(await owned("/api/v1/status")).rtsp.missed > 0;
		});
		await until("the other client gets all pictures", 5000, async () => (await built().packetsIn(1000)) > 0.85 * usual);
		const { code, stderr } = await slow;
		assert.equal(code, 0, stderr);
		await other.leave();
	});
});
