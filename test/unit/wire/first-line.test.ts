import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FIRST_OCTETS, isRtspStart } from "../../../src/wire/first-line";
import { mutateOctets } from "../../support/mutate";
import { latin1 } from "../../support/octets";

describe("wire/first-line (ONE-3)", () => {
	const RTSP = [
		"OPTIONS rtsp://198.20.0.1:8080/live RTSP/1.0\r\n",
		"OPTIONS RTSP://198.20.0.1:8080/live RTSP/1.0\r\n",
		"OPTIONS rtsps://198.20.0.1:8080/live RTSP/1.0\r\n",
		"OPTIONS * RTSP/1.0\r\n",
		"DESCRIBE rtsp://198.20.0.1:8080/live RTSP/1.0\r\n",
		"DESCRIBE /live RTSP/1.0\r\n",
		"SETUP rtsp://198.20.0.1:8080/live/trackID=0 RTSP/1.0\r\n",
		"PLAY rtsp://198.20.0.1:8080/live RTSP/1.0\r\n",
		"GET_PARAMETER rtsp://198.20.0.1:8080/live RTSP/1.0\r\n",
		"SET_PARAMETER * RTSP/1.0\r\n",
		"TEARDOWN rtsp://198.20.0.1:8080/live RTSP/1.0\r\n",
	];
	const HTTP = [
		"GET / HTTP/1.1\r\n",
		"GET rtsp://198.20.0.1/ HTTP/1.1\r\n",
		"HEAD /snapshot.jpg HTTP/1.1\r\n",
		"POST /api/v1/motion HTTP/1.1\r\n",
		"PUT /dav/a HTTP/1.1\r\n",
		"PROPFIND /dav/ HTTP/1.1\r\n",
		"NOTIFY /event HTTP/1.1\r\n",
		"OPTIONS * HTTP/1.1\r\n",
		"OPTIONS /dav/ HTTP/1.1\r\n",
		"describe rtsp://198.20.0.1/ RTSP/1.0\r\n",
		"DESCRIBED x\r\n",
		"\r\nDESCRIBE rtsp://198.20.0.1/ RTSP/1.0\r\n",
		"$\0\0\x04abcd",
		"\x16\x03\x01\x02\0",
	];

	for (const [lines, isRtsp] of [
		[RTSP, true],
		[HTTP, false],
	] as const) {
		for (const line of lines) {
			it(`takes ${JSON.stringify(line.slice(0, 30))} for ${isRtsp ? "RTSP" : "HTTP"}, however it arrives`, () => {
				assert.equal(isRtspStart(latin1(line)), isRtsp);
				for (let length = 0; length <= line.length; length++) {
					const told = isRtspStart(latin1(line.slice(0, length)));
					assert.ok(told === isRtsp || told === undefined, `${length} octets`);
					if (length >= FIRST_OCTETS) assert.equal(told, isRtsp, `${length} octets`);
				}
			});
		}
	}

	it("is sure after a few octets, whatever they are", () => {
		const random = new Prng(7);
		const lines = [...RTSP, ...HTTP];
		for (let i = 0; i < 3000; i++) {
			const octets = mutateOctets(random, latin1(lines[random.below(lines.length)]));
			if (octets.length >= FIRST_OCTETS) assert.notEqual(isRtspStart(octets), undefined);
			else isRtspStart(octets);
		}
	});
});
