/** Reads what a player gets on an RTSP connection: messages, and the frames of pictures as `pictureOf` makes them. */
export class InterleavedPlayer {
	/** When each picture was sent, if the test knows it; the longest time that a frame of one was on its way. */
	readonly sentAt: number[] = [];
	delay = 0;
	frames = 0;
	/** The first frame whose content is not as it should be. */
	wrong: string | undefined;
	text = "";
	private readonly counts = new Map<number, number>();
	private readonly sizes = new Map<number, number>();
	private rest = new Uint8Array(0);
	private last = -1;

	/** @param now the time */
	constructor(private readonly now: () => number) {}

	/** How many pictures came whole. */
	get whole(): number {
		let whole = 0;
		for (const [number, count] of this.counts) if (count === this.sizes.get(number)) whole++;
		return whole;
	}

	/** Takes what has come on the connection. */
	take(bytes: Uint8Array): void {
		const all = new Uint8Array(this.rest.length + bytes.length);
		all.set(this.rest);
		all.set(bytes, this.rest.length);
		let at = 0;
		while (at < all.length) {
			if (all[at] !== 36 || (this.text !== "" && !this.text.endsWith("\r\n\r\n"))) {
				this.text += String.fromCharCode(all[at++]);
				continue;
			}
			if (at + 4 > all.length) break;
			const end = at + 4 + ((all[at + 2] << 8) | all[at + 3]);
			if (end > all.length) break;
			this.frame(all.subarray(at + 4, end));
			at = end;
		}
		this.rest = all.slice(at);
	}

	private frame(bytes: Uint8Array): void {
		const number = (bytes[0] << 8) | bytes[1];
		const [, , n, count] = bytes;
		const octet = (number * 7 + n) & 255;
		const order = number * 256 + n;
		this.frames++;
		if (bytes[4] !== octet || bytes[bytes.length - 1] !== octet || order <= this.last) this.wrong ??= `${number}/${n}`;
		this.last = order;
		this.counts.set(number, (this.counts.get(number) ?? 0) + 1);
		this.sizes.set(number, count);
		const sent = this.sentAt[number];
		if (sent !== undefined) this.delay = Math.max(this.delay, this.now() - sent);
	}
}
