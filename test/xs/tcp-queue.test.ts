import assert from "node:assert/strict";
import { Listening, Tcp, type TcpSocket } from "../../hosts/linux/adapters/native-sockets";
import { Time, Timer } from "../../hosts/linux/adapters/timers";

const PORTION = 1 << 20;
/** Less than `write` promises to take. */
const QUEUED = 60_000;
const LIMIT = 60_000;

describe("a TCP socket of hosts/linux", () => {
	it("sends what `write` has queued before its end", async () => {
		const input = new Uint8Array(PORTION);
		let [sent, received, last] = [0, 0, 0];
		let over = false;
		let reader = undefined as TcpSocket | undefined;
		const ignore = (): void => {};
		const port = new Listening({
			port: 0,
			address: "127.0.0.1",
			target: undefined,
			onReadable() {
				reader = this.read();
			},
			onError: ignore,
		});
		const writer = new Tcp({
			address: "127.0.0.1",
			port: port.port ?? 0,
			target: undefined,
			onReadable: ignore,
			onWritable() {
				if (sent > 0) return;
				// Nobody reads yet: the kernel gets as much as it takes, and the rest waits in the queue.
				for (let taken = PORTION; taken === PORTION; sent += taken)
					taken = this.send!(new Uint8Array(PORTION), 0, PORTION);
				this.write(new Uint8Array(QUEUED).fill(1).buffer as unknown as Uint8Array);
				sent += QUEUED;
				this.end!();
			},
			onError: ignore,
			onEnd: ignore,
		});
		await until(() => sent > 0 && reader !== undefined);
		const taker = new Tcp({
			from: reader as TcpSocket,
			target: undefined,
			onReadable() {
				const count = this.read(input) ?? 0;
				received += count;
				if (count > 0) last = input[count - 1];
			},
			onWritable: ignore,
			onError: ignore,
			onEnd() {
				over = true;
			},
		});
		await until(() => over);
		for (const socket of [port, writer, taker]) socket.close();
		assert.deepEqual([over, received, last], [true, sent, 1]);
	});
});

async function until(done: () => boolean): Promise<void> {
	const end = Time.ticks + LIMIT;
	while (!done() && Time.ticks < end) await new Promise<void>((next) => Timer.set(next, 2));
}
