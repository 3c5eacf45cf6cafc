import type { FanOutGroup, ListenerSink, Network, Stream, StreamSink, UdpSink, UdpSocket } from "../../src/ports/net";

const PACKETS = 20;
const SIZE = 1400;
const FRAMED = SIZE + 4;
const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=ports\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track0\r\n";

/** One connection, which speaks just enough RTSP for rtp-load. */
class Control implements StreamSink {
	stream!: Stream;
	private socket: UdpSocket | undefined;
	private port = 0;

	constructor(private readonly server: RtpPortsServer) {}

	room(): void {}
	gone(): void {}

	received(bytes: Uint8Array): void {
		let text = "";
		for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
		if (text.startsWith("DESCRIBE")) this.say(`CSeq: 1\r\nContent-Length: ${SDP.length}`, SDP);
		else if (text.startsWith("SETUP")) this.setUp(text.indexOf("client_port="), text);
		else {
			this.say("CSeq: 3\r\nSession: 1");
			if (this.socket !== undefined) this.server.addPeer(this.socket, this.port);
			else this.server.streams.addStream(this.stream);
		}
	}

	ended(): void {
		this.socket?.close();
	}

	private setUp(at: number, text: string): void {
		const transport = at < 0 ? "RTP/AVP/TCP;interleaved=0-1" : "RTP/AVP;unicast;client_port=1-2;server_port=3-4";
		this.port = at < 0 ? 0 : Number.parseInt(text.slice(at + 12), 10);
		if (at >= 0) this.socket = this.server.network.udp({ address: "127.0.0.1", port: 0 }, new Deaf());
		this.say(`CSeq: 2\r\nSession: 1\r\nTransport: ${transport}`);
	}

	private say(fields: string, body = ""): void {
		const text = `RTSP/1.0 200 OK\r\n${fields}\r\n\r\n${body}`;
		const bytes = new Uint8Array(text.length);
		for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
		this.stream.write(bytes, 0, bytes.length);
	}
}

/** What a socket that only sends hears. */
class Deaf implements UdpSink {
	opened(): void {}
	received(): void {}
	failed(): void {}
}

/** Sends made-up packets to clients by the fan-out groups of a host and nothing else, as rtp-floor.c does it in C. */
export class RtpPortsServer implements ListenerSink {
	readonly streams: FanOutGroup;
	private readonly peers: FanOutGroup;
	private readonly datagrams = new Uint8Array(PACKETS * SIZE);
	private readonly framed = new Uint8Array(PACKETS * FRAMED);
	private readonly offsets = new Uint32Array(PACKETS + 1);
	private readonly framedOffsets = new Uint32Array(PACKETS + 1);
	private sequence = 0;
	private clients = 0;

	constructor(
		readonly network: Network,
		port: number,
	) {
		this.streams = network.fanOut();
		this.peers = network.fanOut();
		for (let i = 0; i <= PACKETS; i++) {
			this.offsets[i] = i * SIZE;
			this.framedOffsets[i] = i * FRAMED;
		}
		network.listen({ address: "127.0.0.1", port }, this);
	}

	opened(): void {}
	failed(): void {}

	accepted(stream: Stream): StreamSink {
		const control = new Control(this);
		control.stream = stream;
		return control;
	}

	addPeer(socket: UdpSocket, port: number): void {
		const peer = socket.peer("127.0.0.1", port);
		if (peer !== undefined) this.peers.addPeer(socket, peer, { ssrc: ++this.clients, sequence: 0 });
	}

	/** Sends a picture to everybody. */
	send(): void {
		for (let i = 0; i < PACKETS; i++) {
			const marker = i === PACKETS - 1 ? 0x80 | 26 : 26;
			this.datagrams[i * SIZE] = 0x80;
			this.datagrams[i * SIZE + 1] = marker;
			const at = i * FRAMED;
			this.framed[at] = 0x24;
			this.framed[at + 2] = SIZE >> 8;
			this.framed[at + 3] = SIZE;
			this.framed[at + 4] = 0x80;
			this.framed[at + 5] = marker;
			this.framed[at + 6] = this.sequence >> 8;
			this.framed[at + 7] = this.sequence;
			this.sequence = (this.sequence + 1) & 0xffff;
		}
		// A copy, as octets without a lease never change.
		this.streams.sendBatch(this.streams.size > 0 ? this.framed.slice() : this.framed, this.framedOffsets, PACKETS);
		this.peers.sendBatch(this.datagrams, this.offsets, PACKETS);
	}
}
