/**
 * The hardware address that clients identify the camera by. It is made of its identity, with the bit for addresses that nobody
 * has assigned, because cameras on one machine share the machine's.
 * @param id 16 hexadecimal digits
 */
export function hardwareAddressOf(id: string): string {
	let text = ((Number.parseInt(id.slice(0, 2), 16) & 0xfc) | 2).toString(16).padStart(2, "0");
	for (let i = 2; i < 12; i += 2) text += `:${id.slice(i, i + 2)}`;
	return text;
}
