import assert from "node:assert/strict";
import { passedUrl } from "../../../../src/app/peer/passed-url";

const CABIN = {
	name: "Cabin",
	pass: "vu.t9.0123",
	access: { home: "22".repeat(16), rendezvous: "", ticket: "", ticketSecret: new Uint8Array(32) },
};

describe("app/peer/passed-url", () => {
	for (const [url, passed] of [
		["rtsp://garage.cabin.peer/live", "rtsp://garage.cabin.peer/live?link=vu.t9.0123"],
		["rtsp://garage.cabin.peer:554", "rtsp://garage.cabin.peer:554?link=vu.t9.0123"],
		["http://Garage.Cabin.peer/stream.mjpeg?fps=5", "http://Garage.Cabin.peer/stream.mjpeg?fps=5&link=vu.t9.0123"],
		["rtsp://owner:secret@garage.cabin.peer/live", ""],
		["rtsp://garage.cabin.peer/live?link=other", ""],
		["rtsp://garage.flat.peer/live", ""],
		["rtsp://garage.cabin.peer.example.org/live", ""],
		["rtsp://192.0.2.1/live", ""],
		["/dev/video0", ""],
		["", ""],
	]) {
		it(passed === "" ? `leaves "${url}" as it is` : `adds the pass of the home to ${url}`, () => {
			assert.equal(passedUrl(url, [CABIN]), passed || url);
		});
	}
});
