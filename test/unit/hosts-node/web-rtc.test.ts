import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { h264Of, NO_WEB_RTC, openWebRtc } from "../../../hosts/node/web-rtc";
import { utf8Decode } from "../../../src/base/text";
import type { RtcChannel, RtcSink } from "../../../src/ports/web-rtc";
import { TYPESCRIPT } from "../../../tools/typescript-options";
import { RtcCaller } from "../../support/rtc-caller";
import { until } from "../../support/until";

/** A part of an offer of Chromium. */
const VIDEO = [
	"v=0",
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
	"a=mid:0",
	"m=video 9 UDP/TLS/RTP/SAVPF 96 102 103 106 107",
	"a=mid:1",
	"a=rtpmap:96 VP8/90000",
	"a=rtpmap:102 H264/90000",
	"a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
	"a=rtpmap:103 rtx/90000",
	"a=fmtp:103 apt=102",
	"a=rtpmap:106 H264/90000",
	"a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
	"a=rtpmap:107 H264/90000",
	"a=fmtp:107 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
	"",
];

describe("hosts-node/web-rtc", function () {
	this.timeout(240_000);

	it("finds H.264 in an offer: packetization mode 1, baseline first", () => {
		const format = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
		assert.deepEqual(h264Of(VIDEO.join("\r\n")), { mid: "1", payload: 106, format });
		const one = VIDEO.filter((line) => !/:106 /.test(line));
		assert.equal(h264Of(one.join("\r\n"))?.payload, 102);
		assert.equal(h264Of(VIDEO.filter((line) => !/:10[26] /.test(line)).join("\r\n")), undefined);
		assert.equal(h264Of(VIDEO.slice(0, 3).join("\r\n")), undefined);
		assert.equal(h264Of(VIDEO.filter((line) => line !== "a=mid:1").join("\r\n")), undefined);
	});

	it("answers a call: channels carry messages both ways, and end (P2P-13)", async () => {
		const webRtc = openWebRtc();
		assert.ok(webRtc !== undefined, NO_WEB_RTC);
		const events: string[] = [];
		const caller = new RtcCaller();
		caller.call(webRtc, {
			...caller.toCaller,
			connected: (_address, kind) => void events.push(`connected ${kind}`),
			opened: (channel: RtcChannel) => {
				events.push(`opened ${channel.label}`);
				if (channel.label !== "echo") return undefined;
				return {
					received: (bytes, isText) => {
						if (isText) channel.sendText(`re ${utf8Decode(bytes)}`);
						else channel.send(bytes, 1, bytes.length);
					},
					drained: () => void events.push("drained"),
					closed: () => void events.push("closed"),
				};
			},
			keyWanted() {},
			closed: (detail) => void events.push(`over ${detail}`),
		});
		const told = () => `${caller.states}; ${caller.exchanged}; ${events}`;
		const wait = (what: string, look: () => boolean): Promise<unknown> =>
			until(what, 5000, look).catch((error) => assert.fail(`${error.message}: ${told()}`));
		let isRefused = false;
		const channel = caller.open("echo");
		caller.open("other", () => {
			isRefused = true;
		});
		const got: string[] = [];
		channel.onMessage(
			(message) => void got.push(typeof message === "string" ? message : `${message.constructor.name}`),
		);
		try {
			await wait("the channel is open", () => channel.isOpen());
			channel.sendMessage("hallo");
			channel.sendMessageBinary(new Uint8Array([1, 2, 3]));
			await wait("both echoes", () => got.length === 2);
			assert.equal(got[0], "re hallo");
			await wait("the other channel is refused", () => isRefused);
			assert.equal(caller.answerer?.hasVideo, false);
			caller.answerer?.add("candidate:1 1 UDP 1 0123.local 5 typ host", "0");
			caller.answerer?.add("nonsense", "0");
			channel.close();
			await wait("the end of the channel", () => events.includes("closed"));
			assert.ok(events.includes("connected host") || events.includes("connected prflx"), told());
		} finally {
			caller.answerer?.close();
			caller.answerer?.close();
			caller.close();
		}
	});

	it("lets the process end after a call, also with a refused channel and a video", async () => {
		const child = spawn(process.execPath, [...TYPESCRIPT, join(__dirname, "web-rtc-child.ts")]);
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk) => {
				output += chunk;
			});
		}
		let code: number | null | undefined;
		child.on("close", (ended) => {
			code = ended;
		});
		try {
			await until("the end of the call", 10_000, () => /over/.test(output) || code !== undefined);
			await until("the end of the process", 2000, () => code !== undefined);
		} catch (error) {
			assert.fail(`${error}\n${output}`);
		} finally {
			child.kill("SIGKILL");
		}
		assert.equal(code, 0, output);
	});

	it("refuses an offer that it does not understand", () => {
		const sink = { described: assert.fail, closed: assert.fail } as unknown as RtcSink;
		for (const offer of ["", "v=0\r\n", "nonsense"])
			assert.equal(openWebRtc()?.answer({ offer }, sink), undefined, offer);
	});
});
