import { equalInConstantTime } from "../../base/sha256";
import { CIPHER_KEY_OCTETS, type Ciphers, KEY_OCTETS, type PacketCipher } from "../../ports/ciphers";
import { PATH_HEADROOM } from "../peer-path";
import { NoiseHandshake, type NoiseSetup } from "./noise-handshake";
import { ANSWER, GUEST_HELLO, HELLO, HELLO_HEADER, SESSION_MARK } from "./packet-format";
import { GUEST_ID_OCTETS, PAYLOAD_MAX, type TunnelAcceptance, type TunnelOffer } from "./tunnel-contract";

/** The version of the protocol: the first octet of the first message's payload. */
const VERSION = 1;
/** The payload of the second message. */
const ACCEPTED = new Uint8Array([0]);
const REFUSED = new Uint8Array([1]);
/** What both sides hash first, followed by the session, the epoch, and the hash of the handshake before. */
const PROLOGUE = "porthole tunnel 1";
const NOTHING: Uint8Array = new Uint8Array(0);

/** The keys of both directions that one handshake has agreed on. */
export interface TunnelKeys {
	/** Counts the handshakes of a tunnel, modulo 256. */
	readonly epoch: number;
	readonly send: PacketCipher;
	readonly receive: PacketCipher;
}

/** Makes the keys of packets: the first half of those that Noise gives, as packets are sealed with AES-128. */
function keysOf(ciphers: Ciphers, noise: NoiseHandshake, epoch: number): TunnelKeys {
	const { send, receive } = noise.split();
	return {
		epoch,
		send: ciphers.cipher(send.subarray(0, CIPHER_KEY_OCTETS)),
		receive: ciphers.cipher(receive.subarray(0, CIPHER_KEY_OCTETS)),
	};
}

function prologueOf(session: Uint8Array, epoch: number, before: Uint8Array): Uint8Array {
	const prologue = new Uint8Array(PROLOGUE.length + session.length + 1 + before.length);
	for (let i = 0; i < PROLOGUE.length; i++) prologue[i] = PROLOGUE.charCodeAt(i);
	prologue.set(session, PROLOGUE.length);
	prologue[PROLOGUE.length + session.length] = epoch;
	prologue.set(before, PROLOGUE.length + session.length + 1);
	return prologue;
}

/** Makes a packet with the headroom that a path needs. */
function packetOf(
	type: number,
	session: Uint8Array,
	epoch: number,
	guest: Uint8Array,
	message: Uint8Array,
): Uint8Array {
	const packet = new Uint8Array(PATH_HEADROOM + HELLO_HEADER + guest.length + message.length);
	packet[PATH_HEADROOM] = type;
	packet.set(session.subarray(0, SESSION_MARK), PATH_HEADROOM + 1);
	packet[PATH_HEADROOM + HELLO_HEADER - 1] = epoch;
	packet.set(guest, PATH_HEADROOM + HELLO_HEADER);
	packet.set(message, PATH_HEADROOM + HELLO_HEADER + guest.length);
	return packet;
}

/** The handshakes of the side that has asked for the tunnel: the first one, and those for new keys later. */
export class TunnelCall {
	/** The packet to send until an answer comes, behind PATH_HEADROOM octets; `undefined`: no handshake is going on. */
	hello: Uint8Array | undefined;
	private epoch = -1;
	private before: Uint8Array = NOTHING;
	private noise: NoiseHandshake | undefined;

	/** @param session of the introduction @param deviceKey that the other side must prove */
	constructor(
		private readonly ciphers: Ciphers,
		private readonly offer: TunnelOffer,
		private readonly session: Uint8Array,
		readonly deviceKey: Uint8Array,
	) {
		if (offer.payload.length > PAYLOAD_MAX) throw new RangeError(`a payload of ${offer.payload.length} octets`);
	}

	/** Begins a handshake: makes {@link hello}. @returns false when the device's key is not acceptable */
	begin(): boolean {
		const { offer, session } = this;
		const { guest } = offer;
		const epoch = (this.epoch + 1) & 255;
		const setup = { isInitiator: true, prologue: prologueOf(session, epoch, this.before), remote: this.deviceKey };
		const noise = new NoiseHandshake(
			this.ciphers,
			guest === undefined
				? { ...setup, pattern: "IK", own: offer.own }
				: { ...setup, pattern: "NKpsk0", secret: guest.secret },
		);
		const payload = new Uint8Array(1 + offer.payload.length);
		payload[0] = VERSION;
		payload.set(offer.payload, 1);
		const message = noise.write(payload);
		if (message === undefined) {
			noise.close();
			return false;
		}
		this.close();
		this.noise = noise;
		this.hello = packetOf(guest === undefined ? HELLO : GUEST_HELLO, session, epoch, guest?.id ?? NOTHING, message);
		return true;
	}

	/** Reads an ANSWER. @returns the keys; `refused` when the device does not want us; `undefined`: not the answer to {@link hello} */
	answer(packet: Uint8Array): TunnelKeys | "refused" | undefined {
		const { hello, noise } = this;
		if (hello === undefined || noise === undefined) return undefined;
		const epoch = hello[PATH_HEADROOM + HELLO_HEADER - 1];
		if (packet[HELLO_HEADER - 1] !== epoch) return undefined;
		// A forged answer must not end the handshake, so another object reads the true one.
		const attempt = noise.copy();
		const payload = attempt.read(packet.subarray(HELLO_HEADER));
		if (payload === undefined || payload.length !== 1 || payload[0] !== ACCEPTED[0]) {
			attempt.close();
			return payload?.length === 1 ? "refused" : undefined;
		}
		this.close();
		this.epoch = epoch;
		this.before = attempt.hash.slice();
		return keysOf(this.ciphers, attempt, epoch);
	}

	/** Ends the handshake that is going on, and forgets its keys. */
	close(): void {
		this.noise?.close();
		this.noise = undefined;
		this.hello = undefined;
	}
}

/** The handshakes of a device that others ask for a tunnel. */
export class TunnelReply {
	/** The public key of the other side; `undefined`: a guest's. */
	callerKey: Uint8Array | undefined;
	private epoch = -1;
	private before: Uint8Array = NOTHING;
	private guest: Uint8Array | undefined;
	/** The last HELLO that was accepted, and the answer to it, until the other side has used the keys. */
	private heard: Uint8Array | undefined;
	private reply: Uint8Array | undefined;
	private pending: Uint8Array | undefined;

	constructor(
		private readonly ciphers: Ciphers,
		private readonly acceptance: TunnelAcceptance,
		private readonly session: Uint8Array,
	) {}

	/** The ANSWER to send to a HELLO that was answered before; `undefined`: this is another one, which costs a handshake. */
	again(packet: Uint8Array): Uint8Array | undefined {
		const { heard } = this;
		if (heard === undefined || heard.length !== packet.length) return undefined;
		return equalInConstantTime(heard, 0, packet, 0, heard.length) ? this.reply : undefined;
	}

	/** Whether this may be the next HELLO. */
	isNext(packet: Uint8Array): boolean {
		const isGuest = packet[0] === GUEST_HELLO;
		if (packet.length < HELLO_HEADER + (isGuest ? GUEST_ID_OCTETS : 0) + KEY_OCTETS) return false;
		if (packet.length > HELLO_HEADER + GUEST_ID_OCTETS + 3 * KEY_OCTETS + PAYLOAD_MAX + 1) return false;
		return packet[HELLO_HEADER - 1] === ((this.epoch + 1) & 255);
	}

	/**
	 * Reads the next HELLO.
	 * @returns the ANSWER and the keys, which are absent when the caller is refused; `undefined`: malformed or forged
	 */
	hello(packet: Uint8Array): { readonly answer: Uint8Array; readonly keys: TunnelKeys | undefined } | undefined {
		const { acceptance, session } = this;
		const isGuest = packet[0] === GUEST_HELLO;
		const epoch = packet[HELLO_HEADER - 1];
		const start = HELLO_HEADER + (isGuest ? GUEST_ID_OCTETS : 0);
		const guest = isGuest ? packet.slice(HELLO_HEADER, start) : undefined;
		const setup = this.setup(guest, prologueOf(session, epoch, this.before));
		if (setup === undefined) return undefined;
		const noise = new NoiseHandshake(this.ciphers, setup);
		const payload = noise.read(packet.subarray(start));
		if (payload === undefined || payload[0] !== VERSION) {
			noise.close();
			return undefined;
		}
		const key = isGuest ? undefined : noise.remote;
		const isFirst = this.epoch < 0;
		const isAdmitted = isFirst
			? acceptance.admit({ key, guest, payload: payload.subarray(1) })
			: this.isSame(key, guest);
		const message = noise.write(isAdmitted ? ACCEPTED : REFUSED);
		if (message === undefined || !isAdmitted) noise.close();
		if (message === undefined) return undefined;
		const answer = packetOf(ANSWER, session, epoch, NOTHING, message);
		if (!isAdmitted) return { answer, keys: undefined };
		this.callerKey = key;
		this.guest = guest;
		this.heard = packet.slice();
		this.reply = answer;
		this.pending = noise.hash.slice();
		return { answer, keys: keysOf(this.ciphers, noise, epoch) };
	}

	/** The other side has used the keys of an epoch: the handshake is done. */
	confirmed(epoch: number): void {
		this.epoch = epoch;
		this.before = this.pending ?? NOTHING;
		this.pending = undefined;
		this.heard = undefined;
		this.reply = undefined;
	}

	private setup(guest: Uint8Array | undefined, prologue: Uint8Array): NoiseSetup | undefined {
		const { acceptance } = this;
		const common = { isInitiator: false, prologue, own: acceptance.own };
		if (guest === undefined) return { ...common, pattern: "IK" };
		const secret = acceptance.guestSecret?.(guest);
		return secret === undefined ? undefined : { ...common, pattern: "NKpsk0", secret };
	}

	/** New keys are only for the one who had the ones before. */
	private isSame(key: Uint8Array | undefined, guest: Uint8Array | undefined): boolean {
		return isEqual(key, this.callerKey) && isEqual(guest, this.guest);
	}
}

function isEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
	if (a === undefined || b === undefined) return a === b;
	return a.length === b.length && equalInConstantTime(a, 0, b, 0, a.length);
}
