/** The part of the script that shows: steps, pictures, and what can be done with the device. */
export const WATCH_VIEW_SCRIPT = `
const find = (id) => document.getElementById(id);
const canvas = document.querySelector("canvas");
const video = document.querySelector("video");
const figure = find("stage");
const caption = figure.querySelector("figcaption");
const textFor = (name, detail = "") => T[name].replace("%", detail);

const view = {
	line: undefined, call: undefined, access: undefined, cookie: "", session: "", wanted: "pictures", facts: {},

	begin() {
		if (typeof RTCPeerConnection !== "function") return this.step("noCalls", "", true);
		this.isDevice = main.dataset.device !== undefined && location.hash.length < 2;
		if (!this.isDevice) {
			this.access = readPairing(location.hash.slice(1));
			if (this.access === undefined) return this.step("noLink", "", true);
			if (this.access.name !== "") this.name(this.access.name);
		}
		this.connect();
	},
	connect() {
		if (this.line === undefined) {
			this.step("server");
			this.line = new Line(this, this.access);
		} else if (this.call === undefined && this.peer !== undefined) this.dial(this.peer, this.peerName);
	},
	name(name) {
		document.querySelector("h1").textContent = document.title = name;
		canvas.setAttribute("aria-label", textFor("picture", name));
		video.setAttribute("aria-label", textFor("picture", name));
	},
	// Shows what has been reached; a step is not shown twice in a row.
	step(name, detail = "", isBad = false) {
		const text = textFor(name, detail);
		const steps = find("steps");
		steps.dataset.step = name;
		if (steps.lastChild?.textContent === text) return;
		const item = document.createElement("li");
		item.textContent = text;
		item.className = isBad ? "bad" : "";
		steps.append(item);
		while (steps.children.length > 6) steps.firstChild.remove();
	},
	ready(line) {
		this.access = line.access;
		if (!this.isDevice) this.step("serverFound");
		const { peer, name } = line.access;
		if (peer !== "") this.dial(peer, name || peer);
		else if (this.peer !== undefined) this.dial(this.peer, this.peerName);
	},
	found(devices) {
		if (this.call !== undefined) return;
		const list = find("devices");
		list.hidden = devices.length === 0;
		this.step(devices.length === 0 ? "noDevices" : "choose", "", devices.length === 0);
		list.querySelector("ul").replaceChildren(...devices.map(({ peer, name }) => {
			const button = Object.assign(document.createElement("button"), { type: "button", textContent: name || peer });
			button.onclick = () => { this.call?.end("closed"); this.dial(peer, name || peer); };
			const item = document.createElement("li");
			item.append(button);
			return item;
		}));
		if (devices.length === 1) this.dial(devices[0].peer, devices[0].name || devices[0].peer);
	},
	dial(peer, name) {
		if (this.call !== undefined || this.line?.access === undefined) return;
		Object.assign(this, { peer, peerName: name });
		this.name(name);
		this.step("calling", name);
		const { line } = this;
		this.call = new Call(this, line.access, peer, line.servers, (data) => line.send(peer, data));
	},
	signal(peer, data) { if (peer === this.peer) this.call?.receive(data); },
	gone(peer) {
		if (peer !== this.peer || this.call === undefined || this.call.isConnected) return;
		this.call.end("absent", this.peerName);
	},
	ended(call, why, detail) {
		if (this.call !== call) return;
		this.call = undefined;
		this.playing = undefined;
		if (why === "closed") return;
		this.step(why, detail, true);
		if (why !== "forged") setTimeout(() => this.connect(), RETRY);
	},
	lineEnded(line) {
		if (this.line !== line) return;
		this.line = undefined;
		if (line.isRefused) return;
		// A call goes on without the server.
		if (this.call === undefined || !this.call.isConnected) { this.call?.end("closed"); this.step("noServer", "", true); }
		setTimeout(() => this.connect(), RETRY);
	},
	opened(call) {
		this.watch();
		this.lookAround(call);
	},
	watch() {
		const { pass } = this.access;
		this.call?.watch({ content: this.wanted, link: pass || undefined, session: this.session || undefined });
	},
	told(message) {
		if (message.type === "refused") {
			if (message.status === 401) { find("login").hidden = false; this.step("logIn", "", this.session !== ""); }
			else if (message.status === 503) { this.step("full", "", true); setTimeout(() => { if (this.playing === undefined) this.watch(); }, RETRY); }
			else this.step("failed", message.status, true);
			return;
		}
		if (message.type !== "watching") return;
		this.facts = message;
		find("login").hidden = true;
		if (message.name) this.name(message.name);
		find("formats").hidden = !message.h264;
		find("jpeg").setAttribute("aria-pressed", message.content === "pictures");
		find("h264").setAttribute("aria-pressed", message.content === "h264");
		if (this.playing !== undefined) return;
		// A recording may have been played in its place.
		if (this.stream && video.srcObject !== this.stream) this.playStream();
		if (!message.pictures) this.step("noPictures");
		if (message.trouble) this.step("trouble", message.trouble, true);
		this.show(message.content === "h264" ? video : canvas);
	},
	show(element) {
		figure.hidden = false;
		for (const one of [canvas, video]) one.hidden = one !== element;
	},
	async picture(bytes, time) {
		const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => undefined);
		if (bitmap === undefined) return;
		if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
		canvas.getContext("2d").drawImage(bitmap, 0, 0);
		bitmap.close();
		canvas.dataset.shown = Number(canvas.dataset.shown ?? 0) + 1;
		canvas.dataset.first ??= Math.round(performance.now());
		if (time) caption.textContent = new Date(time).toLocaleString();
	},
	video(track) { this.stream = new MediaStream([track]); this.playStream(); },
	playStream() { video.srcObject = this.stream; video.play().catch(() => {}); },
	// Requests to the device: on its own page directly, elsewhere over the call.
	async ask(method, path, more = {}) {
		if (!this.isDevice) return new Request(this.call, method, path, { ...more, pass: this.cookie ? "" : this.access.pass, cookie: this.cookie }).done;
		const answer = await fetch(path, { method, ...(more.form && { body: new URLSearchParams(more.form) }) });
		const octets = new Uint8Array(await answer.arrayBuffer());
		return { status: answer.status, octets, get json() { return JSON.parse(new TextDecoder().decode(octets)); } };
	},
	// What the device can do besides.
	async lookAround() {
		try {
			const motion = await this.ask("GET", "/api/v1/motion");
			find("moves").hidden = motion.status !== 200 || !(motion.json.panLimit > 0 || motion.json.tiltLimit > 0);
			const recordings = await this.ask("GET", "/api/v1/recordings");
			if (recordings.status === 200) this.list(recordings.json.cameras);
		} catch { /* The call has ended. */ }
	},
	list(cameras) {
		const form = find("recordings");
		form.hidden = cameras.length === 0;
		form.camera.replaceChildren(...cameras.map(({ key, title }) => new Option(title || key, key)));
		const newest = Math.max(...cameras.map(({ to }) => to ?? 0));
		if (newest > 0 && form.from.value === "") {
			const time = new Date(newest - 60000);
			form.from.value = new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
		}
	},
	async move(kind) {
		const step = 10;
		const form = { left: { pan: -step }, right: { pan: step }, up: { tilt: step }, down: { tilt: -step }, home: { home: "yes" } }[kind];
		try {
			const { status } = await this.ask("POST", "/api/v1/motion", { form });
			if (status === 401 || status === 403) { this.step("notAllowed", "", true); find("login").hidden = this.isDevice; }
			else if (status >= 400) this.step("failed", status, true);
		} catch { this.step("failed", "", true); }
	},
	async logIn(user, password) {
		try {
			const answer = await this.ask("POST", "/login", { form: { user, password } });
			const cookie = answer.fields?.find(([key, value]) => key === "set-cookie" && !value.includes("-known="))?.[1].split(";")[0];
			if (answer.status >= 400 || cookie === undefined) return this.step("wrong", "", true);
			this.cookie = cookie;
			this.session = cookie.slice(cookie.indexOf("=") + 1);
			find("login").hidden = true;
			this.watch();
			this.lookAround();
		} catch { this.step("failed", "", true); }
	},
	// Plays a recording, in place of the live picture.
	async play(key, from, speed) {
		this.stop();
		const mine = this.playing = {};
		this.step("playing", new Date(from).toLocaleString());
		this.call?.watch({ content: "none", link: this.access.pass || undefined, session: this.session || undefined });
		const pictures = new Pictures((bytes, time) => { if (this.playing === mine) { this.show(canvas); this.picture(bytes, time); } });
		const path = "/recordings/" + encodeURIComponent(key) + "/";
		try {
			if (this.isDevice) return this.playHere(path, from, speed, mine);
			const given = { pass: this.cookie ? "" : this.access.pass, cookie: this.cookie };
			mine.request = new Request(this.call, "GET", path + "video.mjpeg?from=" + from + "&speed=" + speed, { ...given, take: (bytes) => { if (mine.request.status === 200) pictures.take(bytes); } });
			const { status } = await mine.request.done;
			if (this.playing !== mine) return;
			if (status === 415) return await this.playVideo(path, from, mine);
			this.step(status === 200 ? "ended" : status === 404 ? "nothing" : "failed", status, status !== 200);
		} catch { if (this.playing === mine) this.step("ended"); }
	},
	// H.264: a minute after the other as a file.
	async playVideo(path, from, mine) {
		for (let at = from; this.playing === mine; at += 60000) {
			const { status, octets } = await this.ask("GET", path + "video.mp4?from=" + at + "&to=" + (at + 60000));
			if (this.playing !== mine) return;
			if (status !== 200) return this.step(at === from ? "nothing" : "ended");
			this.show(video);
			video.srcObject = null;
			const url = video.src = URL.createObjectURL(new Blob([octets], { type: "video/mp4" }));
			await video.play().catch(() => {});
			await new Promise((done) => { video.onended = video.onerror = done; });
			URL.revokeObjectURL(url);
		}
	},
	playHere(path, from, speed, mine) {
		const picture = mine.image = new Image();
		picture.alt = "";
		// H.264 is played as a video.
		picture.onerror = () => { picture.remove(); if (this.playing === mine) this.playVideo(path, from, mine); };
		picture.src = path + "video.mjpeg?from=" + from + "&speed=" + speed;
		figure.append(picture);
	},
	stop() {
		this.playing?.request?.cancel();
		this.playing?.image?.remove();
		this.playing = undefined;
	},
};

for (const [id, content] of [["jpeg", "pictures"], ["h264", "h264"]])
	find(id).onclick = () => { view.stop(); view.wanted = content; view.watch(); };
for (const button of document.querySelectorAll("[data-move]")) button.onclick = () => view.move(button.dataset.move);
find("login").onsubmit = (event) => {
	event.preventDefault();
	view.logIn(event.target.user.value, event.target.password.value);
	event.target.password.value = "";
};
find("recordings").onsubmit = (event) => {
	event.preventDefault();
	const { camera, from, speed } = event.target;
	view.play(camera.value, new Date(from.value).getTime(), Number(speed.value));
};
find("recordings").stop.onclick = () => { view.stop(); view.watch(); };
// The device need not wait until it notices.
addEventListener("pagehide", () => view.call?.pc.close());
// A page restored from the cache has no connection.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("hashchange", () => location.reload());
view.begin();
`;
