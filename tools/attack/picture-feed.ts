import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Prng } from "../../src/base/prng";

// A network camera in the LAN, a process of its own: picture-feed.ts ADDRESS PORT JPEG. Serves the picture as
// multipart/x-mixed-replace. A line PART SEED on standard input makes it corrupt that part of the pictures from then on.

const FPS = 10;

const [address, port, file] = process.argv.slice(2);
const good = readFileSync(file);
let [part, random] = [0, new Prng(1)];

/** The picture, mostly with damage of a kind that cameras really do. */
function picture(): Buffer {
	if (!random.chance(part)) return good;
	return corrupted(good, random);
}

/** Damages a JPEG picture: octets flipped, a false marker, the end or the tables missing, another picture inside. */
export function corrupted(jpeg: Buffer, from: Prng): Buffer {
	const bytes = Buffer.from(jpeg);
	const at = 20 + from.below(bytes.length - 20);
	switch (from.below(7)) {
		case 0:
			return bytes.subarray(0, at);
		case 1:
			bytes.set([0xff, 0xc5, 0x80, 0], Math.min(at, bytes.length - 4));
			return bytes;
		case 2:
			return Buffer.concat([bytes, Buffer.alloc(from.below(5000), from.below(256))]);
		case 3:
			return bytes.subarray(at);
		case 4:
			return Buffer.concat([bytes.subarray(0, at), bytes]);
		case 5:
			return Buffer.from(Array.from({ length: from.below(3000) }, () => from.below(256)));
		default:
			for (let n = from.below(30); n >= 0; n--) bytes[from.below(bytes.length)] = from.below(256);
			return bytes;
	}
}

createInterface({ input: process.stdin })
	.on("line", (line) => {
		const [share, seed] = line.split(" ").map(Number);
		part = share;
		random = new Prng(seed);
	})
	.on("close", () => process.exit(0));

createServer((_request, answer) => {
	answer.writeHead(200, { "Content-Type": "multipart/x-mixed-replace; boundary=feed" });
	const timer = setInterval(() => {
		if (answer.writableLength > 1_000_000) return;
		const bytes = picture();
		answer.write(`--feed\r\nContent-Type: image/jpeg\r\nContent-Length: ${bytes.length}\r\n\r\n`);
		answer.write(bytes);
		answer.write("\r\n");
	}, 1000 / FPS);
	answer.on("close", () => clearInterval(timer));
	answer.on("error", () => undefined);
}).listen(Number(port), address);
