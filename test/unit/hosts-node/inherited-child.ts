import { NodeNetwork } from "../../../hosts/node/network";
import type { ListenerSink, Stream } from "../../../src/ports/net";

// As systemd does, which knows the process before it runs.
process.env["LISTEN_PID"] = `${process.pid}`;

/** Answers each connection with the number of the listener that took it. */
function listen(number: number, opened: (close: () => void) => void): void {
	const sink: ListenerSink = {
		opened: () => opened(() => listener.close()),
		accepted: (stream: Stream) => ({
			room: () => {
				const text = Buffer.from(`${number} ${listener.port === stream.localPort}`);
				stream.write(text, 0, text.length);
				stream.end();
			},
			received() {},
			ended() {},
			gone() {},
		}),
		failed: (why, detail) => process.send?.(`${why}: ${detail}`),
	};
	const listener = new NodeNetwork().listen({ port: 0, transparent: true }, sink);
}

// An appliance that begins again closes its port first.
listen(1, (close) => {
	close();
	listen(2, () => process.send?.("ready"));
});
