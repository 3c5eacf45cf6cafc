import { ByteWriter } from "../base/byte-writer";
import type { DatagramOutbox } from "../core/datagram";
import { broadcastAddress } from "../core/ipv4";
import type { Path } from "../core/path";
import { encodeFleetMessage, FLEET_MESSAGE_MAX, type FleetMessage } from "../wire/fleet-message";
import type { AddressCredit } from "./address-credit";
import type { FleetKey } from "./fleet-key";
import { FLEET_GROUP, FLEET_PORT, type FleetDelivery } from "./fleet-settings";
import type { Member } from "./member";

/** No members: nobody is sent a message to all by unicast. */
export const NO_MEMBERS: readonly Member[] = Object.freeze([]);

/** Sends messages to one camera, or to all of them in the chosen ways; numbers and seals each message. */
export class FleetSender {
	/** The interfaces that messages to all are sent by. */
	paths: readonly Path[] = [];
	/** The key that messages are sealed with; `undefined`: the fleet is open. */
	key: FleetKey | undefined;
	/** Limits what an open fleet sends to single addresses. */
	credit: AddressCredit | undefined;
	private sequence = 0;
	private readonly writer = new ByteWriter(FLEET_MESSAGE_MAX);

	constructor(private readonly delivery: FleetDelivery) {}

	/** Sends a message to one address, and fills its sequence number in. In an open fleet its credit must suffice. */
	send(message: FleetMessage, path: Path, address: string, port: number, out: DatagramOutbox): void {
		this.transmit(message, path, address, port, this.key === undefined ? this.credit : undefined, out);
	}

	private transmit(
		message: FleetMessage,
		path: Path,
		address: string,
		port: number,
		credit: AddressCredit | undefined,
		out: DatagramOutbox,
	): void {
		const { writer, key } = this;
		message.sequence = this.sequence = (this.sequence + 1) >>> 0;
		if (!encodeFleetMessage(message, writer, key?.number)) throw new RangeError("fleet message with an invalid field");
		if (credit !== undefined && !credit.take(address, writer.length)) return;
		// The socket of a path is bound to its address, so that is the datagram's source address.
		key?.seal(writer.bytes, writer.length, path.address);
		out.send(path, address, port, writer.bytes, 0, writer.length);
	}

	/** Sends a message to one member. */
	sendTo(member: Member, message: FleetMessage, out: DatagramOutbox): void {
		const { path, address, port } = member;
		this.send(message, path, address, port, out);
		const nonce = this.key === undefined ? (this.credit?.ask(address) ?? 0) : 0;
		if (nonce === 0) return;
		const { fleet, sender, boot, term, representative, holds } = message;
		const probe: FleetMessage = {
			type: "probe",
			fleet,
			sender,
			boot,
			sequence: 0,
			term,
			answer: false,
			representative,
			holds,
			target: member.id,
			nonce,
		};
		this.send(probe, path, address, port, out);
	}

	/**
	 * Sends a message to all cameras.
	 * @param unicast the members that get it by unicast too, where unicast is chosen
	 * @param delivery if given, in place of the usual one
	 */
	sendToAll(
		message: FleetMessage,
		unicast: readonly Member[],
		out: DatagramOutbox,
		delivery: FleetDelivery = this.delivery,
	): void {
		const { paths } = this;
		for (let i = 0; i < paths.length; i++) {
			const path = paths[i];
			if (delivery.multicast) this.transmit(message, path, FLEET_GROUP, FLEET_PORT, undefined, out);
			if (!delivery.broadcast) continue;
			this.transmit(message, path, broadcastAddress(path.address, path.prefix), FLEET_PORT, undefined, out);
		}
		if (!delivery.unicast) return;
		for (let i = 0; i < unicast.length; i++) this.sendTo(unicast[i], message, out);
	}
}
