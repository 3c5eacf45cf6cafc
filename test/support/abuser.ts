import { connect, type Socket } from "node:net";

/**
 * Abuses a web server or a stream server on this machine with many connections from many loopback addresses until it is
 * killed; a process of its own, which is idle most of the time.
 *
 *   abuser.ts PORT CONNECTIONS [rtsp]
 *
 * Prints `ready` when all connections were opened once, and each second a line of JSON with its counters.
 */
const [port, count] = process.argv.slice(2, 4).map(Number);
const isRtsp = process.argv[4] === "rtsp";
/** Number of source addresses, from 127.0.0.2 on. */
const ADDRESSES = 40;

const done = { opened: 0, closed: 0, answers: 0 };

/** Each abuser acts once in this many milliseconds. */
const TURN = 2000;

/** One kind of abuse: the action on connecting, and in each turn after that. */
interface Abuser {
	begin(socket: Socket): void;
	/** @returns true to close the connection and open another */
	go(socket: Socket, turn: number): boolean;
}

const HALF = isRtsp
	? "DESCRIBE rtsp://127.0.0.1/live RTSP/1.0\r\nCSeq: 1\r\nX-Slow: "
	: "GET /stream.mjpeg HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";

const URL = "rtsp://127.0.0.1/live";
const SETUP = `SETUP ${URL} RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n`;
/** Many requests at once, with answers that are as long. */
const AHEAD = `OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nRequire: ${"x".repeat(400)}\r\n\r\n`.repeat(10);

/** The server's realm, once it is known; a guess with another realm does not count as one. */
let realm = "";

/** A request with a wrong password. */
function guess(): string {
	const digest = `Digest username="owner", realm="${realm}", nonce="0", uri="${isRtsp ? URL : "/"}", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="0", response="${"0".repeat(64)}"`;
	if (isRtsp) return `DESCRIBE ${URL} RTSP/1.0\r\nCSeq: 1\r\nAuthorization: ${digest}\r\n\r\n`;
	return `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${digest}\r\n\r\n`;
}

const ABUSERS: readonly Abuser[] = [
	// Slow loris: an octet a turn.
	{ begin: (socket) => void socket.write("G"), go: (socket, turn) => !socket.write(HALF[turn % HALF.length]) },
	// Says nothing at all.
	{ begin() {}, go: () => false },
	// Garbage.
	{
		begin: (socket) => void socket.write(Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 89 + 200) & 255))),
		go: (socket) => !socket.write("\r\n\r\n"),
	},
	// Half a request, and no more.
	{ begin: (socket) => void socket.write(HALF), go: () => false },
	// Wrong passwords, over and over.
	{ begin: (socket) => void socket.write(guess()), go: (socket) => !socket.write(guess().repeat(2)) },
	// Connects, and resets.
	{ begin() {}, go: (socket) => socket.resetAndDestroy() !== undefined },
];

/** Those of a stream server, besides. */
const RTSP_ABUSERS: readonly Abuser[] = [
	// Asks ahead, and takes no answers.
	{ begin: (socket) => void socket.pause().write(AHEAD), go: (socket) => !socket.write(AHEAD) && false },
	// The same, and ends its side.
	{ begin: (socket) => void socket.pause().end(AHEAD), go: (_socket, turn) => turn % 4 === 3 },
	// Frames of media, and empty lines.
	{ begin: (socket) => void socket.write("$\0\0\0".repeat(1000)), go: () => true },
	{ begin: (socket) => void socket.write("\r\n".repeat(1000)), go: (socket) => !socket.write("\r\n") },
	// Asks for ports.
	{
		begin: (socket) => void socket.write(SETUP),
		go: (socket) => !socket.write(SETUP),
	},
];

function run(index: number, opened: () => void): void {
	const abusers = isRtsp ? [...ABUSERS, ...RTSP_ABUSERS] : ABUSERS;
	const abuser = abusers[index % abusers.length];
	const localAddress = `127.0.0.${2 + (index % ADDRESSES)}`;
	let socket: Socket | undefined;
	let turn = 0;
	const open = () => {
		const own = connect({ port, host: "127.0.0.1", localAddress });
		socket = own;
		own.on("connect", () => {
			done.opened++;
			abuser.begin(own);
			opened();
		});
		own.on("data", (chunk) => {
			done.answers++;
			if (realm === "") realm = /realm="([^"]*)"/.exec(chunk.toString("latin1"))?.[1] ?? "";
		});
		own.on("error", () => undefined);
		own.on("close", () => {
			done.closed++;
			if (socket === own) socket = undefined;
			opened();
		});
	};
	open();
	// Not all at the same time.
	setTimeout(
		() =>
			setInterval(() => {
				if (socket === undefined) open();
				else if (!socket.connecting && !socket.destroyed && abuser.go(socket, turn++)) socket.destroy();
			}, TURN),
		(index * TURN) / count,
	);
}

let waiting = count;
for (let i = 0; i < count; i++) {
	let first = true;
	setTimeout(
		() =>
			run(i, () => {
				if (first && --waiting === 0) console.log("ready");
				first = false;
			}),
		i * 2,
	);
}
setInterval(() => console.log(JSON.stringify(done)), 1000);
