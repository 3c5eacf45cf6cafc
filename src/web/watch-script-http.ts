/** The part of the script that sends HTTP requests to the device over channels of the call: one channel for each. */
export const WATCH_HTTP_SCRIPT = `
class Request {
	// \`take\` gets the octets of the body as they come; absent: they are collected.
	constructor(call, method, path, { form, pass, cookie, take } = {}) {
		const channel = this.channel = call.pc.createDataChannel("http");
		channel.binaryType = "arraybuffer";
		const body = form === undefined ? new Uint8Array(0) : utf8(new URLSearchParams(form).toString());
		const fields = ["Host: localhost", "Connection: close", "Accept: application/json, */*"];
		if (pass) fields.push("Authorization: Bearer " + pass);
		if (cookie) fields.push("Cookie: " + cookie);
		if (form !== undefined) fields.push("Content-Type: application/x-www-form-urlencoded", "Content-Length: " + body.length);
		this.head = new Uint8Array(0);
		this.pieces = [];
		this.take = take ?? ((piece) => { this.pieces.push(piece); });
		this.done = new Promise((resolve, reject) => {
			channel.onopen = () => channel.readyState === "open" && channel.send(joined(utf8(method + " " + path + " HTTP/1.1\\r\\n" + fields.join("\\r\\n") + "\\r\\n\\r\\n"), body));
			channel.onmessage = ({ data }) => this.receive(new Uint8Array(data));
			channel.onclose = () => (this.status === undefined ? reject(new Error("closed")) : resolve(this));
			channel.onerror = () => reject(new Error("closed"));
		});
	}
	receive(bytes) {
		if (this.status !== undefined) return this.body(bytes);
		this.head = joined(this.head, bytes);
		const text = Array.from(this.head, (octet) => String.fromCharCode(octet)).join("");
		const end = text.indexOf("\\r\\n\\r\\n");
		if (end < 0) return;
		const [first, ...fields] = text.slice(0, end).split("\\r\\n");
		this.status = Number(first.split(" ")[1]);
		this.fields = fields.map((field) => [field.slice(0, field.indexOf(":")).toLowerCase(), field.slice(field.indexOf(":") + 1).trim()]);
		const length = this.field("content-length");
		this.left = length === undefined ? Infinity : Number(length);
		this.body(this.head.slice(end + 4));
	}
	body(bytes) {
		if (bytes.length > 0) this.take(bytes);
		this.left -= bytes.length;
		if (this.left <= 0) this.channel.close();
	}
	field(name) { return this.fields.find(([key]) => key === name)?.[1]; }
	get octets() { return joined(...this.pieces); }
	get json() { return JSON.parse(new TextDecoder().decode(this.octets)); }
	cancel() { this.channel.close(); }
}

// Cuts pictures out of multipart/x-mixed-replace.
class Pictures {
	constructor(show) { this.show = show; this.rest = new Uint8Array(0); }
	take(bytes) {
		this.rest = joined(this.rest, bytes);
		for (;;) {
			const head = this.headEnd();
			if (head < 0) return;
			const text = new TextDecoder("latin1").decode(this.rest.subarray(0, head));
			const length = Number(/content-length: *(\\d+)/i.exec(text)?.[1] ?? 0);
			if (this.rest.length < head + length) return;
			const time = Number(/x-timestamp: *([\\d.]+)/i.exec(text)?.[1] ?? 0);
			if (length > 0) this.show(this.rest.slice(head, head + length), time * 1000);
			this.rest = this.rest.slice(head + length);
		}
	}
	headEnd() {
		const { rest } = this;
		for (let i = 3; i < rest.length; i++) if (rest[i] === 10 && rest[i - 1] === 13 && rest[i - 2] === 10 && rest[i - 3] === 13) return i + 1;
		return -1;
	}
}
`;
