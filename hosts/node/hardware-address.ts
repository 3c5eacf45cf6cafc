import { readFileSync } from "node:fs";
import { ARP_TABLE, hardwareAddressIn } from "../../src/wire/arp-table";

/** Returns the hardware address of a device in the LAN, where the system shows it (Linux); empty otherwise. */
export function hardwareAddress(address: string): string {
	try {
		return hardwareAddressIn(readFileSync(ARP_TABLE, "latin1"), address);
	} catch {
		return "";
	}
}
