/** Where Linux shows its table of hardware addresses. @see proc(5) */
export const ARP_TABLE = "/proc/net/arp";
/** The largest table that is looked at, in octets. */
export const ARP_TABLE_MAX = 65536;

/**
 * Finds the hardware address of an IPv4 address in the text of Linux's table: a heading, then a line for each neighbour
 * (`192.168.0.1 0x1 0x2 02:fc:00:00:00:05 * eth0`).
 * @returns empty when it is not there, or not complete
 */
export function hardwareAddressIn(table: string, address: string): string {
	const start = table.indexOf(`\n${address} `);
	if (start < 0) return "";
	const end = table.indexOf("\n", start + 1);
	const words = table
		.slice(start + 1, end < 0 ? table.length : end)
		.split(" ")
		.filter((word) => word !== "");
	const hardware = words[3] ?? "";
	return hardware === "00:00:00:00:00:00" ? "" : hardware;
}
