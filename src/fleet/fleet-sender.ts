import { ByteWriter } from "../base/byte-writer";
import type { DatagramOutbox } from "../core/datagram";
import { broadcastAddress } from "../core/ipv4";
import type { Path } from "../core/path";
import { encodeFleetMessage, FLEET_MESSAGE_MAX, type FleetMessage } from "../wire/fleet-message";
import type { FleetKey } from "./fleet-key";
import { FLEET_GROUP, FLEET_PORT, type FleetDelivery } from "./fleet-settings";
import type { Member } from "./member";

/** Speaks to the other cameras: to one, or to all in the ways that are chosen; numbers and seals each message. */
export class FleetSender {
	paths: readonly Path[] = [];
	/** The key that messages are sealed with; `undefined`: the fleet is open. */
	key: FleetKey | undefined;
	private sequence = 0;
	private readonly writer = new ByteWriter(FLEET_MESSAGE_MAX);

	constructor(private readonly delivery: FleetDelivery) {}

	/** Sends one message to one address. The message's sequence number is filled in here. */
	send(message: FleetMessage, path: Path, address: string, port: number, out: DatagramOutbox): void {
		const { writer, key } = this;
		message.sequence = this.sequence = (this.sequence + 1) >>> 0;
		if (!encodeFleetMessage(message, writer, key?.number)) throw new RangeError("fleet message with a bad field");
		// The socket of a path is bound to its address, so that is where the datagram leaves from.
		key?.seal(writer.bytes, writer.length, path.address);
		out.send(path, address, port, writer.bytes, 0, writer.length);
	}

	/** Sends one message to all, `alone` among them by unicast where that is one of the ways. */
	toAll(message: FleetMessage, alone: Iterable<Member>, out: DatagramOutbox): void {
		const { delivery } = this;
		for (const path of this.paths) {
			if (delivery.multicast) this.send(message, path, FLEET_GROUP, FLEET_PORT, out);
			if (delivery.broadcast) this.send(message, path, broadcastAddress(path.address, path.prefix), FLEET_PORT, out);
		}
		if (!delivery.unicast) return;
		for (const member of alone) this.send(message, member.path, member.address, member.port, out);
	}
}
