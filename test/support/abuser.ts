import { connect, type Socket } from "node:net";

/**
 * Misuses a web server on this machine by many connections from many loopback addresses, until it is killed; a
 * process of its own, which sleeps most of the time.
 *
 *   abuser.ts PORT CONNECTIONS
 *
 * Says `ready` when all have been opened once, and a line of JSON with what it has done each second.
 */
const [port, count] = process.argv.slice(2).map(Number);
/** Addresses that it comes from: 127.0.0.2 and on. */
const ADDRESSES = 40;

const done = { opened: 0, closed: 0, answers: 0 };

/** One who misuses: what he does when connected, and each second after that. */
interface Abuser {
	begin(socket: Socket): void;
	/** @returns true to hang up and come again */
	go(socket: Socket, second: number): boolean;
}

const HALF = "GET /stream.mjpeg HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
const WRONG = `Digest username="owner", realm="Porthole", nonce="0", uri="/", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="0", response="${"0".repeat(64)}"`;

const ABUSERS: readonly Abuser[] = [
	// Slow loris: an octet a second.
	{ begin: (socket) => void socket.write("G"), go: (socket, second) => !socket.write(HALF[second % HALF.length]) },
	// Says nothing at all.
	{ begin() {}, go: () => false },
	// Garbage.
	{
		begin: (socket) => void socket.write(Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 89 + 200) & 255))),
		go: (socket) => !socket.write("\r\n\r\n"),
	},
	// Half a request, and no more.
	{ begin: (socket) => void socket.write(HALF), go: () => false },
	// Wrong passwords, three a second.
	{
		begin() {},
		go: (socket) => {
			const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${WRONG}\r\n\r\n`;
			socket.write(request.repeat(3));
			return false;
		},
	},
	// Connects, and resets.
	{ begin() {}, go: (socket) => socket.resetAndDestroy() !== undefined },
];

function run(index: number, opened: () => void): void {
	const abuser = ABUSERS[index % ABUSERS.length];
	const localAddress = `127.0.0.${2 + (index % ADDRESSES)}`;
	let socket: Socket | undefined;
	let second = 0;
	const open = () => {
		const own = connect({ port, host: "127.0.0.1", localAddress });
		socket = own;
		own.on("connect", () => {
			done.opened++;
			abuser.begin(own);
			opened();
		});
		own.on("data", () => void done.answers++);
		own.on("error", () => undefined);
		own.on("close", () => {
			done.closed++;
			if (socket === own) socket = undefined;
			opened();
		});
	};
	open();
	// Not all in the same moment.
	setTimeout(
		() =>
			setInterval(() => {
				if (socket === undefined) open();
				else if (!socket.connecting && !socket.destroyed && abuser.go(socket, second++)) socket.destroy();
			}, 1000),
		(index * 1000) / count,
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
