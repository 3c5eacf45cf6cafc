import type { Path } from "../../core/path";
import { FLEET_GROUP, FLEET_PORT } from "../../fleet/fleet-settings";
import type { UdpOptions } from "../../ports/net";
import type { Node } from "../node";
import { type DatagramReceiver, UdpBinding } from "../udp-binding";

/**
 * The UDP sockets of the fleet, two on each network interface: several cameras on one machine share the port that all are called
 * at, and each is answered at one of its own. All is said by the latter, whose address the fleet's seal covers: so it is bound to one.
 */
export class FleetSockets {
	/** What this camera says, and what others answer. */
	private readonly own: UdpBinding;
	/** What is said to all. */
	private readonly group: UdpBinding;

	/** @param receiver takes the datagrams of both */
	constructor({ host, pump }: Node, receiver: DatagramReceiver) {
		this.own = new UdpBinding(host.network, pump, host.log, "fleet", ownSocket, receiver);
		this.group = new UdpBinding(host.network, pump, host.log, "fleet", groupSocket, receiver);
	}

	/** @see UdpBinding.setPaths */
	setPaths(paths: readonly Path[]): void {
		this.own.setPaths(paths);
		this.group.setPaths(paths);
	}

	/** @see DatagramOutbox.send */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.own.send(path, address, port, bytes, start, end);
	}

	/** @see UdpBinding.close */
	close(): void {
		this.own.close();
		this.group.close();
	}
}

function ownSocket(path: Path): UdpOptions {
	return { address: path.address, port: 0, path, broadcast: true };
}

function groupSocket(path: Path): UdpOptions {
	return { port: FLEET_PORT, reuse: true, path, groups: [FLEET_GROUP], broadcast: true };
}
