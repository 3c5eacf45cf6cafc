import { renderSVG } from "uqr";

/** The width and height of the picture in CSS pixels: a phone can scan it, and a phone can show it. */
const SIZE = 288;

/** Draws a QR code as SVG, in black on white whatever the page looks like. */
export function qrCode(text: string): string {
	return renderSVG(text, { ecc: "L", border: 4 }).replace("<svg ", `<svg width="${SIZE}" height="${SIZE}" `);
}
