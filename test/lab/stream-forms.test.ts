import assert from "node:assert/strict";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { FIRST_FORM, SECOND_FORM } from "../support/stream-tables";
import { until } from "../support/until";
import type { Outcome } from "./lab";
import {
	CONTROL_PORT,
	CONTROL_SEEN,
	type Form,
	MEDIA_SEEN,
	type StreamHouse,
	setLine,
	streamHouseFor,
} from "./stream-house";

const PICTURES = 25;
/** Hosts that play, and the address of the control port for each. */
const HOSTS = [
	["home", "10.1.0.10"],
	["client", CONTROL_SEEN],
] as const;
const PROTOCOLS = ["udp", "tcp"] as const;

/** What both players print and how they end, in words of the test. */
interface Playback {
	readonly title: string;
	readonly outcome: Outcome;
}

function urlAt(address: string): string {
	return `rtsp://owner:${PASSWORD}@${address}:${CONTROL_PORT}/live`;
}

function ffmpeg(address: string, protocol: "udp" | "tcp", level: string, ...more: readonly string[]): string[] {
	const input = ["-rtsp_transport", protocol, "-i", urlAt(address)];
	return ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", level, ...input, ...more, "-f", "null", "-"];
}

function gstreamer(address: string, protocol: "udp" | "tcp"): string[] {
	const source = ["rtspsrc", `location=rtsp://${address}:${CONTROL_PORT}/live`, "user-id=owner", `user-pw=${PASSWORD}`];
	const sink = ["!", "rtpjpegdepay", "!", "jpegdec", "!", "fakesink", `num-buffers=${PICTURES}`];
	return ["gst-launch-1.0", "-v", ...source, `protocols=${protocol}`, "latency=200", ...sink];
}

/** Plays the live pictures in both hosts by both protocols with both players, all at once. */
async function playAll({ lab }: StreamHouse): Promise<Playback[]> {
	const plays = HOSTS.flatMap(([ns, address]) =>
		PROTOCOLS.flatMap((protocol) => [
			[`ffmpeg, ${ns}, ${protocol}`, ns, ffmpeg(address, protocol, "error", "-frames:v", `${PICTURES}`)] as const,
			[`GStreamer, ${ns}, ${protocol}`, ns, gstreamer(address, protocol)] as const,
		]),
	);
	return Promise.all(plays.map(async ([title, ns, argv]) => ({ title, outcome: await lab.exec(ns, argv, 60_000) })));
}

/** Starts a camera that is the stream server of a house. */
async function serve(house: StreamHouse): Promise<void> {
	const flags = ["--address-table", house.tableFile, "--mapping", "off", "--presence", "off", "--password", PASSWORD];
	house.serve("--interface", "a0", "--data", `${house.folder}/camera`, ...flags);
	await until("the control port is open", 10_000, async () => {
		const { code } = await house.lab.exec("home", ["bash", "-c", `exec 3<>/dev/tcp/10.1.0.10/${CONTROL_PORT}`]);
		return code === 0;
	});
}

/** The lines of RTSP answers and SDP that an Internet client gets. */
async function answers({ lab }: StreamHouse): Promise<string> {
	const argv = ffmpeg(CONTROL_SEEN, "udp", "trace", "-frames:v", "2");
	const { code, stderr } = await lab.exec("client", argv, 60_000);
	assert.equal(code, 0, stderr);
	const lines = stderr.split("\n");
	return lines
		.filter((line) => /^[a-z]=|line='/.test(line))
		.map((line) => line.replace(/^\[rtsp[^\]]*\] line='(.*)'$/, "$1"))
		.join("\n");
}

describe("lab/stream server around a firewall", function () {
	this.timeout(120_000);
	const prepare = (context: Mocha.Context): void =>
		needs(context, "root", "ip", "nft", "python3", "ffmpeg", "gst-launch-1.0", "build");

	const forms: readonly (readonly [Form, string, readonly string[]])[] = [
		["first", FIRST_FORM, [`tcp ${CONTROL_PORT}`]],
		["second", SECOND_FORM, [`tcp ${CONTROL_PORT}`, "udp 500"]],
	];
	for (const [form, table, reachable] of forms) {
		// Control host and NAS are one machine here, with all addresses of both.
		describe(`in the ${form} form`, () => {
			const built = streamHouseFor(form, table, prepare);
			before(() => serve(built()));

			it("plays to LAN and Internet at once, by UDP and TCP, with ffmpeg and GStreamer; nothing enters by interface B (STR-5, STR-6, STR-7, STR-8, STR-16)", async () => {
				for (const { title, outcome } of await playAll(built()))
					assert.equal(outcome.code, 0, `${title}: ${outcome.stderr}\n${outcome.stdout.slice(-2000)}`);
				assert.equal(await built().packets("media_in"), 0);
				assert.equal(await built().packets("others_in"), 0);
				assert.deepEqual(await built().arrivedAtA(), reachable);
				// Media for the Internet leave by interface B, and by it alone.
				assert.ok((await built().packets("media_out")) > 2 * PICTURES);
				assert.equal(await built().packets("media_by_a"), 0);
				assert.equal((await built().packets("reports")) > 0, form === "second");
			});

			it("tells Internet clients advertised addresses and a pair of ports, and no private address (STR-19, STR-20)", async () => {
				const text = await answers(built());
				assert.match(text, /^RTSP\/1\.0 200 OK$/m);
				assert.doesNotMatch(text, /\b(10|192\.168|172\.16)\.\d+\.\d+/);
				const transport = /^Transport: (.*)$/m.exec(text)?.[1] ?? "";
				assert.match(transport, new RegExp(`;source=${MEDIA_SEEN}(;|$)`));
				const [, rtp, rtcp] = /;server_port=(\d+)-(\d+)/.exec(transport) ?? [];
				assert.equal(Number(rtp) % 2, 0, transport);
				assert.equal(Number(rtcp), Number(rtp) + 1, transport);
				if (form === "second") assert.ok(Number(rtcp) >= 5000 && Number(rtcp) <= 5999, transport);
			});
		});
	}

	describe("on a line with loss", () => {
		const built = streamHouseFor("second", SECOND_FORM, prepare);
		before(() => serve(built()));

		it("sends fewer pictures while reports tell of loss, and all again afterwards (STR-7, STR-10)", async () => {
			const { lab } = built();
			const line = await built().connectFar();
			await setLine(line, "delay 20");
			lab.spawn("far", ffmpeg(CONTROL_SEEN, "udp", "error"));
			/** Packets to the client in a second, over what is usual. */
			const share = async (): Promise<number> => (await built().packetsIn(1000)) / usual;
			let usual = 1;
			usual = await until("pictures come evenly", 10_000, async () => {
				const [one, other] = [await built().packetsIn(1000), await built().packetsIn(1000)];
				return other > 100 && Math.abs(one / other - 1) < 0.15 && other;
			});
			await setLine(line, "loss 7.5");
			await until("fewer pictures are sent", 10_000, async () => (await share()) < 0.75);
			await setLine(line, "loss 0");
			await until("all pictures are sent again", 15_000, async () => (await share()) > 0.85);
			assert.equal(await built().packets("media_in"), 0);
		});
	});
});
