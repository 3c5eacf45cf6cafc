import assert from "node:assert/strict";
import { InterleavedPlayer } from "../support/interleaved-player";
import { INTERVAL, pictureOf } from "../support/tunnel-camera";
import { TunnelPair } from "../support/tunnel-pair";

function octets(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "2");
/** Pictures, and requests while they are sent. */
const PICTURES = 90;
const REQUESTS = 12;

describe("peer tunnel with video of 8 Mbit/s", () => {
	for (const [title, wire] of [
		["without loss", {}],
		["at 2 % loss", { loss: 0.02 }],
		["at 2 % loss on a link of 12 Mbit/s", { loss: 0.02, rate: 1_500_000 }],
		["on a link of 12 Mbit/s whose queue holds half a picture", { rate: 1_500_000, queue: 30_000 }],
	] as const) {
		it(`carries every picture and never stalls control, ${title} (P2P-13)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const pair = new TunnelPair({ seed, wire }).open();
				const request = pair.caller.open("rtsp");
				pair.until("open", () => request.rooms > 0);
				const player = new InterleavedPlayer(() => pair.world.now);
				request.onReceived = (bytes) => player.take(bytes);
				const [camera] = pair.device.streams;
				let sent = 0;
				let answered = 0;
				const waits: number[] = [];
				camera.onReceived = () => {
					const answer = octets(`RTSP/1.0 200 OK\r\nCSeq: ${++answered}\r\n\r\n`);
					camera.stream.write(answer, 0, answer.length);
				};
				const start = pair.world.now;
				for (let n = 0; n < PICTURES; n++) {
					pair.world.at(start + n * INTERVAL, () => {
						const bytes = pictureOf(n);
						player.sentAt[n] = pair.world.now;
						if (camera.stream.offer(bytes, 0, bytes.length)) sent++;
					});
				}
				let asked = 0;
				for (let n = 0; n < REQUESTS; n++) {
					pair.world.at(start + n * 500, () => {
						const from = pair.world.now;
						const message = octets(`GET_PARAMETER * RTSP/1.0\r\nCSeq: ${++asked}\r\n\r\n`);
						const before = answered;
						request.stream.write(message, 0, message.length);
						pair.world.at(from, function poll() {
							if (player.text.includes(`CSeq: ${before + 1}\r\n\r\n`)) waits.push(pair.world.now - from);
							else pair.world.after(1, poll);
						});
					});
				}
				pair.world.runFor(PICTURES * INTERVAL + 1000);
				assert.ok(sent >= PICTURES - 2, `seed ${seed}: ${sent} pictures were taken`);
				assert.equal(player.whole, sent, `seed ${seed}`);
				assert.equal(player.wrong, undefined, `seed ${seed}`);
				assert.ok(player.delay < 300, `seed ${seed}: a picture took ${player.delay} ms`);
				assert.ok(Math.max(...waits) < 300, `seed ${seed}: an answer took ${Math.max(...waits)} ms`);
				assert.equal(waits.length, REQUESTS);
			}
		});
	}
});
