import { latin1, utf8Encode } from "../../src/base/text";
import { type SceneNetwork, SinkStream } from "./fake-host";

const URL = "rtsp://192.168.0.2:8554/live";
/** As many as a board serves, besides its owner. */
const PLAYERS = 2;

/** The first letter of a response. */
const R = 82;

/** A player's connection, which keeps the last response. */
class PlayerStream extends SinkStream {
	response = "";

	override write(bytes: Uint8Array, start: number, end: number): void {
		super.write(bytes, start, end);
		if (bytes[start] === R) this.response = latin1(bytes, start, end);
	}
}

/** Makes as many players watch as a board serves. @see SceneExtras.play */
export function playStreams(network: SceneNetwork, frame: () => void): readonly SinkStream[] {
	const players: PlayerStream[] = [];
	for (let i = 0; i < PLAYERS; i++) {
		const stream = new PlayerStream(1 << 30, `192.168.0.${150 + i}`);
		const sink = network.visit(stream, 1);
		const ask = (text: string): void => {
			sink.received(utf8Encode(`${text}\r\nCSeq: 1\r\n\r\n`));
			frame();
			if (!stream.response.startsWith("RTSP/1.0 200")) throw new Error(`the server answered ${stream.response}`);
		};
		ask(`OPTIONS ${URL} RTSP/1.0`);
		ask(`DESCRIBE ${URL} RTSP/1.0`);
		ask(`SETUP ${URL}/trackID=0 RTSP/1.0\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1`);
		const [, session = ""] = stream.response.split("Session: ");
		ask(`PLAY ${URL} RTSP/1.0\r\nSession: ${session.slice(0, session.indexOf(";"))}`);
		players.push(stream);
	}
	return players;
}
