/** Writes text to the serial console, in release builds too. */
export function serialLine(this: unknown, text: string): void {
	native("xs_porthole_serial_line").call(this, text);
}
