/** The part of the script that calls a device: signals by the server, the WebRTC connection, its channels. */
export const WATCH_CALL_SCRIPT = `
const CONNECT_TIME = 20000;
const RETRY = 3000;
// The device's part of an address candidate of a media line, as both sides sign it.
const signed = (candidate) => candidate.candidate + "\\n" + (candidate.sdpMid ?? "0");

// A call to one device. It tells \`owner\`: step, ended, opened, picture, video, told.
class Call {
	constructor(owner, access, peer, servers, send) {
		Object.assign(this, { owner, access, peer, send, nonce: draw(16), waiting: [], started: performance.now() });
		const pc = this.pc = new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-bundle" });
		this.live = pc.createDataChannel("live");
		// Old pictures are of no use: what has not arrived by then is given up.
		this.pictures = pc.createDataChannel("pictures", { ordered: false, maxPacketLifeTime: 500 });
		this.pictures.binaryType = "arraybuffer";
		pc.addTransceiver("video", { direction: "recvonly" });
		pc.ontrack = ({ track }) => owner.video(track);
		this.live.onopen = () => owner.opened(this);
		this.live.onmessage = ({ data }) => owner.told(JSON.parse(data));
		this.pictures.onmessage = ({ data }) => this.piece(new Uint8Array(data));
		pc.onicecandidate = ({ candidate }) => {
			if (candidate !== null && candidate.candidate !== "") this.say({ kind: "candidate", candidate: candidate.candidate, mid: candidate.sdpMid ?? "0" }, signed(candidate));
		};
		pc.onconnectionstatechange = () => this.changed();
		this.timer = setTimeout(() => this.end("noPath"), CONNECT_TIME);
		this.offer();
	}
	mac(from, content) { return hmac(this.access.secret, "porthole call\\n" + from + "\\n" + this.peer + "\\n" + this.nonce + "\\n" + content); }
	say(data, content) { this.send({ ...data, nonce: this.nonce, mac: this.mac("caller", content) }); }
	async offer() {
		const { pc } = this;
		await pc.setLocalDescription(await pc.createOffer());
		const { sdp } = pc.localDescription;
		this.say({ kind: "offer", guest: this.access.guest, sdp }, sdp);
	}
	// A signal of the device. What it has not signed with the secret of the link is worth nothing.
	async receive(data) {
		const { pc } = this;
		if (this.over || data.nonce !== this.nonce) return;
		if (data.kind === "refused") return this.end("busy", data.reason);
		if (data.kind === "answer") {
			if (data.mac !== this.mac("device", data.sdp)) return this.end("forged");
			if (pc.signalingState !== "have-local-offer") return;
			this.owner.step("checking");
			await pc.setRemoteDescription({ type: "answer", sdp: data.sdp });
			for (const candidate of this.waiting.splice(0)) pc.addIceCandidate(candidate).catch(() => {});
		} else if (data.kind === "candidate" && data.mac === this.mac("device", data.candidate + "\\n" + data.mid)) {
			const candidate = { candidate: data.candidate.replace(/^a=/, ""), sdpMid: data.mid };
			if (pc.remoteDescription === null) this.waiting.push(candidate);
			else pc.addIceCandidate(candidate).catch(() => {});
		}
	}
	changed() {
		const { connectionState } = this.pc;
		if (connectionState === "connected") {
			clearTimeout(this.timer);
			// A path that was lost for a moment.
			if (this.isConnected) return;
			this.isConnected = true;
			find("steps").dataset.took = Math.round(performance.now() - this.started);
			this.describe();
		} else if (connectionState === "failed" || connectionState === "closed") this.end(this.isConnected ? "lost" : "noPath");
		else if (connectionState === "disconnected") this.timer = setTimeout(() => this.end("lost"), 4000);
	}
	// Which path is in use, and again when it changes.
	async describe() {
		if (this.over) return;
		const stats = await this.pc.getStats();
		let pair;
		for (const one of stats.values()) if (one.type === "transport" && one.selectedCandidatePairId !== undefined) pair = stats.get(one.selectedCandidatePairId);
		const local = stats.get(pair?.localCandidateId), remote = stats.get(pair?.remoteCandidateId);
		if (remote !== undefined) {
			const address = remote.address ?? remote.ip ?? "";
			const kind = local?.candidateType === "relay" || remote.candidateType === "relay" ? "relayed" : address.includes(":") && !/^f[cde]/i.test(address) ? "ipv6" : remote.candidateType === "host" ? "lan" : "punched";
			if (kind !== this.path) { this.path = kind; this.owner.step("connected", T.paths[kind]); }
		}
		setTimeout(() => this.describe(), 2000);
	}
	// A piece of a picture: number, length, place. Pictures that are older than the newest whole one are dropped.
	piece(bytes) {
		if (bytes.length <= 12) return;
		const view = new DataView(bytes.buffer);
		const number = view.getUint32(0), length = view.getUint32(4), at = view.getUint32(8);
		if (length > 4194304 || at + bytes.length - 12 > length || number <= (this.shown ?? 0)) return;
		if (this.frame === undefined || number > this.frame.number) this.frame = { number, bytes: new Uint8Array(length), missing: length };
		const { frame } = this;
		if (frame.number !== number || frame.bytes.length !== length) return;
		frame.bytes.set(bytes.subarray(12), at);
		frame.missing -= bytes.length - 12;
		if (frame.missing > 0) return;
		this.shown = number;
		this.frame = undefined;
		this.owner.picture(frame.bytes);
	}
	watch(what) { if (this.live.readyState === "open") this.live.send(JSON.stringify({ type: "watch", ...what })); }
	end(why, detail = "") {
		if (this.over) return;
		this.over = true;
		clearTimeout(this.timer);
		this.pc.close();
		this.owner.ended(this, why, detail);
	}
}

// The connection to the server by which a device is called: a rendezvous server, or the device itself.
class Line {
	constructor(owner, access) {
		Object.assign(this, { owner, access, servers: [] });
		const { protocol, host } = location;
		const isDevice = access === undefined;
		const ws = this.ws = new WebSocket((protocol === "https:" ? "wss://" : "ws://") + host + (isDevice ? "/watch/signal" : "/socket"), isDevice ? "watch.porthole" : "signal.porthole");
		ws.onmessage = ({ data }) => this.receive(JSON.parse(data));
		ws.onclose = () => owner.lineEnded(this);
	}
	say(message) { if (this.ws.readyState === 1) this.ws.send(JSON.stringify(message)); }
	// Data for a device.
	send(peer, data) { this.say(this.isDirect ? data : { type: "signal", peer, data: JSON.stringify(data) }); }
	stun(port) {
		const host = location.hostname;
		if (port > 0) this.servers.push({ urls: "stun:" + host + ":" + port });
	}
	receive(message) {
		const { owner, access } = this;
		switch (message.type) {
			case "hello":
				this.nonce = draw(16);
				this.serverNonce = message.nonce;
				this.stun(message.stunPort);
				return this.say({ type: "login", user: access.ticket, nonce: this.nonce, homeKey: "", mac: this.proof("client") });
			case "welcome":
				if (message.mac !== this.proof("server")) return this.fail("impostor");
				if (message.turnAddress !== undefined) this.servers.push({ urls: "turn:" + (message.turnAddress.includes(":") ? "[" + message.turnAddress + "]" : message.turnAddress) + ":" + message.turnPort, username: message.turnUser, credential: message.turnPassword });
				this.devices = [];
				owner.ready(this);
				return access.peer === "" ? this.say({ type: "find" }) : undefined;
			// The device itself: what it says here is for the visitor who has logged in.
			case "secret":
				this.isDirect = true;
				this.access = { secret: octetsOf(message.secret), guest: "", peer: message.peer, name: message.name, pass: "" };
				if (message.stun !== "") this.servers.push({ urls: message.stun });
				return owner.ready(this);
			case "refused":
				return this.fail("refused", message.reason);
			case "device":
				this.devices?.push(message);
				return;
			case "found":
				return owner.found(this.devices ?? []);
			case "gone":
				return owner.gone(message.peer);
			case "signal":
				return owner.signal(message.peer, JSON.parse(message.data));
			default:
				if (this.isDirect && message.kind !== undefined) owner.signal(this.access.peer, message);
		}
	}
	proof(side) { return hmac(this.access.ticketSecret, "porthole signal " + side + "\\n" + this.serverNonce + "\\n" + this.nonce + "\\n" + this.access.ticket); }
	fail(why, detail) {
		this.isRefused = true;
		this.owner.step(why, detail, true);
		this.ws.close();
	}
}
`;
