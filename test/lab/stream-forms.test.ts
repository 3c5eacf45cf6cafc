import assert from "node:assert/strict";
import { isLatePause } from "../support/late-pause";
import { FIRST_FORM, ONE_INTERFACE, SECOND_FORM } from "../support/stream-tables";
import type { Outcome } from "./lab";
import { type StreamHouse, streamHouseFor } from "./stream-house";
import { EXPECTED, ffmpeg, gstreamer, PICTURES, serve, streamNeeds } from "./stream-players";

const PROTOCOLS = ["udp", "tcp"] as const;

/** Plays the live pictures in both hosts by both protocols with both players, all at once. */
function playAll({ lab, form }: StreamHouse): Promise<{ readonly title: string; readonly outcome: Outcome }[]> {
	const { lan, internet } = EXPECTED[form];
	const plays: (readonly [string, string, readonly string[]])[] = [];
	for (const [ns, server] of [["home", lan] as const, ["client", internet] as const])
		for (const protocol of PROTOCOLS) {
			plays.push([`ffmpeg, ${ns}, ${protocol}`, ns, ffmpeg(server, protocol, "error", "-frames:v", `${PICTURES}`)]);
			plays.push([`GStreamer, ${ns}, ${protocol}`, ns, gstreamer(server, protocol)]);
		}
	return Promise.all(plays.map(async ([title, ns, argv]) => ({ title, outcome: await lab.exec(ns, argv, 60_000) })));
}

/** The lines of RTSP answers and SDP that an Internet client gets. */
async function answers({ lab, form }: StreamHouse): Promise<string> {
	const argv = ffmpeg(EXPECTED[form].internet, "udp", "trace", "-frames:v", "2");
	const { code, stderr } = await lab.exec("client", argv, 60_000);
	assert.equal(code, 0, stderr);
	const lines = stderr.split("\n").filter((line) => /^[a-z]=|line='/.test(line));
	return lines.map((line) => line.replace(/^\[rtsp[^\]]*\] line='(.*)'$/, "$1")).join("\n");
}

describe("lab/stream server around a firewall", function () {
	this.timeout(120_000);
	// Control host and NAS of the second form are one machine here, with all addresses of both.
	for (const [form, table, kind] of [
		["first", FIRST_FORM, "node"],
		["second", SECOND_FORM, "node"],
		["second", SECOND_FORM, "xs"],
		["one", ONE_INTERFACE, "node"],
	] as const) {
		const title = form === "one" ? "a home with one interface" : `the ${form} form`;
		describe(`in ${title} (${kind})`, () => {
			const built = streamHouseFor(form, table, streamNeeds(kind));
			const { source, ports, reachable, hasReports } = EXPECTED[form];
			before(() => serve(built(), kind));

			it("plays to LAN and Internet at once, by UDP and TCP, with ffmpeg and GStreamer; nothing enters by interface B (STR-5, STR-6, STR-7, STR-8, STR-16)", async () => {
				for (const { title, outcome } of await playAll(built())) {
					const { code, stdout, stderr } = outcome;
					assert.ok(code === 0 || isLatePause(stderr), `${title}: ${stderr}\n${stdout.slice(-2000)}`);
				}
				assert.equal(await built().packets("media_in"), 0);
				assert.equal(await built().packets("others_in"), 0);
				for (const arrived of await built().arrivedAtA()) assert.match(arrived, reachable);
				assert.equal((await built().passed("router", "reports")) > 0, hasReports);
				// What ffmpeg sends to open ways, from its RTP port too, ends at the router.
				if (form === "first") assert.ok((await built().passed("router", "not a report")) > 0);
				if (form === "one") return;
				// Media for the Internet leave by interface B, and by it alone.
				assert.ok((await built().packets("media_out")) > 2 * PICTURES);
				assert.equal(await built().packets("media_by_a"), 0);
			});

			it("tells Internet clients advertised addresses and a pair of ports, and no private address (STR-19, STR-20)", async () => {
				const text = await answers(built());
				assert.match(text, /^RTSP\/1\.0 200 OK$/m);
				assert.doesNotMatch(text, /\b(10|192\.168|172\.16)\.\d+\.\d+/);
				const transport = /^Transport: (.*)$/m.exec(text)?.[1] ?? "";
				assert.match(transport, new RegExp(`;source=${source}(;|$)`));
				const [, rtp, rtcp] = /;server_port=(\d+)-(\d+)/.exec(transport) ?? [];
				assert.equal(Number(rtp) % 2, 0, transport);
				assert.equal(Number(rtcp), Number(rtp) + 1, transport);
				assert.ok(Number(rtcp) >= ports[0] && Number(rtcp) <= ports[1], transport);
			});
		});
	}
});
