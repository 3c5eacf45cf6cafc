import type { Path } from "../../src/core/path";

/** Asks esp_netif for the station's address: `address prefix gateway mac`, or `undefined` while there is none. */
function stationInfo(this: unknown): string | undefined {
	return native("xs_porthole_station_info").call(this) as string | undefined;
}

function nativeMacTail(this: unknown): string {
	return native("xs_porthole_mac_tail").call(this) as string;
}

/** Returns the end of the board's hardware address, which keeps several new cameras apart: four hexadecimal digits. */
export function macTail(): string {
	return nativeMacTail.call(undefined);
}

/** Returns the wireless interface while it has an address. */
export function stationPaths(): readonly Path[] {
	const text = stationInfo.call(undefined);
	if (text === undefined) return [];
	const [address, prefix, gateway, mac] = text.split(" ");
	const path = { name: "wlan0", address, prefix: Number(prefix), mac };
	return [gateway === "0.0.0.0" ? path : { ...path, gateway }];
}
