/** The part of the timeline's script that shows pictures: one tile a camera, all at the same time. */
export const TIMELINE_PLAYER_SCRIPT = `
// The time that all pictures show, and whether they play.
let at = 0;
let playing = false;
let speed = 1;
const shown = new Map();
const TILES_MAX = 9;
// Faster than this, videos are not played but shown picture by picture.
const VIDEO_SPEED_MAX = 8;

class Tile {
	constructor(key) {
		this.key = key;
		this.canvas = make("canvas", { width: 640, height: 480 });
		this.canvas.setAttribute("role", "img");
		this.why = make("p", { className: "why" });
		this.name = make("span");
		this.clock = make("span");
		this.figure = make("figure", { className: "empty" }, this.canvas, this.why, make("figcaption", {}, this.name, this.clock));
		find("stage").append(this.figure);
		this.rename();
	}
	rename() {
		const title = cameraOf(this.key)?.title ?? this.key;
		this.name.textContent = title;
		this.canvas.setAttribute("aria-label", T.picture.replace("%", title));
	}
	get url() { return "/recordings/" + this.key + "/"; }
	// Shows the reason for a missing picture; an empty text hides it.
	explain(text) {
		this.why.textContent = text;
		this.figure.classList.toggle("empty", text !== "");
		if (text !== "") this.clock.textContent = "";
	}
	draw(bitmap, utc) {
		const { canvas } = this;
		if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
		canvas.getContext("2d").drawImage(bitmap, 0, 0);
		bitmap.close?.();
		this.seen(utc);
	}
	seen(utc) {
		this.utc = utc;
		this.explain("");
		this.clock.textContent = clockOf(utc);
	}
	swap(element) {
		const other = this.canvas.isConnected ? this.canvas : this.video;
		if (other !== element) other.replaceWith(element);
	}
	// Shows the picture of a time. While one loads, only the newest wish waits: dragging is a time-lapse.
	async show(t) {
		this.stop();
		this.hasFailed = false;
		const state = stateAt(this.key, t);
		// A picture that is on its way must not cover what is said of a gap.
		this.inGap = state.stretch === undefined;
		if (this.inGap) {
			this.wish = undefined;
			return this.explain(state.loading ? T.loading : t > now() ? T.noneYet : gapText(state.why));
		}
		const busy = this.wish !== undefined || this.loading;
		this.wish = { t, stretch: state.stretch };
		if (busy) return;
		this.loading = true;
		while (this.wish !== undefined) {
			const { t: wanted, stretch } = this.wish;
			this.wish = undefined;
			try {
				if (stretch.encoding === "H264") await this.still(wanted, () => this.inGap || this.playing);
				else {
					const answer = await fetch(this.url + "picture.jpg?at=" + Math.round(wanted), { signal: AbortSignal.timeout?.(15000) });
					if (answer.status === 401) location.reload();
					if (!answer.ok) throw answer;
					const bitmap = await createImageBitmap(await answer.blob());
					if (!this.inGap) this.swap(this.canvas);
					if (!this.playing && !this.inGap) this.draw(bitmap, Number(answer.headers.get("x-timestamp")) * SECOND);
				}
			} catch (error) {
				if (this.wish !== undefined || this.playing || this.inGap) continue;
				const why = error.status === 404 ? T.none : error.message === T.unplayable ? T.unplayable : T.lost;
				// The page tries again.
				this.hasFailed = why === T.lost;
				this.explain(why);
			}
		}
		this.loading = false;
	}
	// Of H.264: a video that stands still at its first picture.
	async still(t, isOver) {
		const { utc } = await get("/api/v1/recordings/" + this.key + "/picture?at=" + Math.round(t));
		if (isOver()) return;
		await this.open(utc, utc + SECOND);
		this.seen(utc);
	}
	open(from, to) {
		// There is one video: what was opened before never comes.
		this.giveUp?.(new Error());
		this.video ??= make("video", { muted: true, playsInline: true });
		this.video.setAttribute("aria-label", this.canvas.getAttribute("aria-label"));
		this.swap(this.video);
		this.base = from;
		this.video.src = this.url + "video.mp4?from=" + Math.round(from) + "&to=" + Math.round(to);
		return new Promise((done, fail) => {
			this.giveUp = fail;
			this.video.onloadeddata = done;
			this.video.onerror = () => fail(new Error(T.unplayable));
		});
	}
	stop() {
		this.abort?.abort();
		this.abort = undefined;
		this.playing = false;
		this.video?.pause();
	}
	// Plays from a time to the end of the stretch. @returns when it has ended
	async play(t, stretch) {
		this.stop();
		this.wish = undefined;
		this.playing = true;
		this.since = performance.now();
		this.utc = t;
		const abort = this.abort = new AbortController();
		const live = growing(this.key, stretch);
		try {
			if (stretch.encoding === "H264") await this.playVideo(t, Math.min(endOf(this.key, stretch), t + HOUR), abort.signal);
			else {
				await this.playPictures(t, live ? undefined : stretch.to, abort.signal);
				// What was played is over, even if its last picture came before its end.
				if (!live && !abort.signal.aborted) this.utc = Math.max(this.utc, stretch.to);
			}
		} catch {
			if (!abort.signal.aborted) {
				// Not again at once.
				await new Promise((done) => setTimeout(done, SECOND));
				this.utc += speed * SECOND;
			}
		}
		if (this.abort === abort) this.playing = false;
	}
	async playPictures(from, to, signal) {
		const answer = await fetch(this.url + "video.mjpeg?from=" + Math.round(from) + (to === undefined ? "" : "&to=" + Math.round(to)) + "&speed=" + speed, { signal, cache: "no-store" });
		if (answer.status === 401) location.reload();
		if (!answer.ok) throw answer;
		this.swap(this.canvas);
		const body = answer.body.getReader();
		let bytes = new Uint8Array(0);
		for (;;) {
			const { done, value } = await body.read();
			if (done) return;
			const joined = new Uint8Array(bytes.length + value.length);
			joined.set(bytes);
			joined.set(value, bytes.length);
			bytes = joined;
			for (let part = partOf(bytes); part !== undefined; part = partOf(bytes)) {
				const picture = new Blob([bytes.subarray(part.start, part.end)], { type: "image/jpeg" });
				bytes = bytes.subarray(part.end);
				const bitmap = await createImageBitmap(picture);
				if (signal.aborted) return;
				this.draw(bitmap, part.utc);
			}
		}
	}
	async playVideo(t, to, signal) {
		if (speed > VIDEO_SPEED_MAX) return this.leap(t, to, signal);
		const { utc } = await get("/api/v1/recordings/" + this.key + "/picture?at=" + Math.round(t));
		if (signal.aborted) return;
		await this.open(utc, to);
		if (signal.aborted) return;
		const { video } = this;
		if (t > utc) video.currentTime = (t - utc) / SECOND;
		video.playbackRate = speed;
		await video.play();
		while (!signal.aborted && !video.ended) {
			if (video.error !== null) throw video.error;
			this.seen(this.base + video.currentTime * SECOND);
			await new Promise((done) => setTimeout(done, 100));
		}
		if (!signal.aborted) this.utc = to;
	}
	async leap(from, to, signal) {
		const start = performance.now();
		for (let t = from; t < to && !signal.aborted; t = from + (performance.now() - start) * speed) {
			await this.still(t, () => signal.aborted);
			this.utc = Math.max(t, this.utc);
			await new Promise((done) => setTimeout(done, 100));
		}
		if (!signal.aborted) this.utc = to;
	}
	close() {
		this.stop();
		this.video?.removeAttribute("src");
		this.figure.remove();
	}
}

// Finds the first picture in a multipart body. RFC 2046
const decoder = new TextDecoder("latin1");
function partOf(bytes) {
	const head = decoder.decode(bytes.subarray(0, 512));
	const end = head.indexOf("\\r\\n\\r\\n");
	const length = /content-length: (\\d+)/i.exec(head);
	const time = /x-timestamp: ([\\d.]+)/i.exec(head);
	if (end < 0 || length === null || time === null) return undefined;
	const start = end + 4;
	const until = start + Number(length[1]);
	return bytes.length < until ? undefined : { start, end: until, utc: Math.round(Number(time[1]) * SECOND) };
}

// The first camera that plays leads; the others follow its time.
let skipAt;
function follow() {
	if (!playing) return;
	const tiles = [...shown.values()];
	const leader = tiles.find((tile) => tile.playing);
	if (leader !== undefined) moveTo(leader.utc);
	let next = Infinity;
	let any = false;
	for (const tile of tiles) {
		const state = stateAt(tile.key, at);
		if (state.stretch !== undefined) {
			any = true;
			const lag = Math.abs(tile.utc - at) / speed;
			// One that fell behind begins again, but not before it had time to begin.
			const lost = tile !== leader && lag > 3 * SECOND && performance.now() - tile.since > 5 * SECOND;
			if (!tile.playing || lost) tile.play(at, state.stretch).then(() => { if (playing && tile.utc > at && ![...shown.values()].some((each) => each.playing)) moveTo(tile.utc); });
		} else if (state.loading) any = true;
		else {
			if (tile.playing) tile.stop();
			tile.explain(gapText(state.why));
			next = Math.min(next, state.next);
		}
	}
	if (any) skipAt = undefined;
	else skip(next);
}

// Nobody has anything here: says so, stays for a moment, then goes on where something is recorded.
function skip(next) {
	const t = performance.now();
	if (next === Infinity && dayEnd >= now()) {
		setPlaying(false);
		return say(T.over);
	}
	const to = next === Infinity ? dayEnd : next;
	if (skipAt === undefined) {
		skipAt = t + 1500;
		say(T.skip.replace("%", clockOf(to)));
	} else if (t >= skipAt) {
		skipAt = undefined;
		say("");
		moveTo(to);
	}
}

function setPlaying(on) {
	playing = on;
	skipAt = undefined;
	find("play").textContent = on ? T.pause : T.play;
	if (!on) for (const tile of shown.values()) tile.stop();
	else { say(""); follow(); }
}
`;
