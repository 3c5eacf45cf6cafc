import { drawable, GLYPH_HEIGHT, GLYPH_WIDTH, hasInk } from "./glyphs";

/** A picture in memory, row by row. */
export interface Picture {
	readonly width: number;
	readonly height: number;
	/** Three octets per pixel (red, green, blue), or four (with opacity) in pictures that are drawn onto others. */
	readonly pixels: Buffer;
}

/** A picture that can be drawn on, with 3 octets per pixel. */
export class Canvas implements Picture {
	readonly pixels: Buffer;

	constructor(
		readonly width: number,
		readonly height: number,
	) {
		this.pixels = Buffer.alloc(width * height * 3);
	}

	/** Fills the canvas with the part of a larger picture (3 octets per pixel) at `left`, `top`. */
	view(scene: Picture, left: number, top: number): void {
		const row = this.width * 3;
		for (let y = 0; y < this.height; y++) {
			const from = ((top + y) * scene.width + left) * 3;
			scene.pixels.copy(this.pixels, y * row, from, from + row);
		}
	}

	/** Draws a picture with opacity (4 octets per pixel) at `left`, `top`, clipped to the canvas. */
	stamp(sprite: Picture, left: number, top: number): void {
		const [x0, x1] = [Math.max(0, -left), Math.min(sprite.width, this.width - left)];
		const [y0, y1] = [Math.max(0, -top), Math.min(sprite.height, this.height - top)];
		const { pixels } = this;
		for (let y = y0; y < y1; y++) {
			let from = (y * sprite.width + x0) * 4;
			let to = ((top + y) * this.width + left + x0) * 3;
			for (let x = x0; x < x1; x++, from += 4, to += 3) {
				const opacity = sprite.pixels[from + 3];
				if (opacity === 0) continue;
				for (let i = 0; i < 3; i++) {
					pixels[to + i] += ((sprite.pixels[from + i] - pixels[to + i]) * opacity) / 255;
				}
			}
		}
	}

	/** Darkens a rectangle, so that white text is legible on it. */
	darken(left: number, top: number, width: number, height: number): void {
		for (let y = Math.max(0, top); y < Math.min(this.height, top + height); y++) {
			const end = (y * this.width + Math.min(this.width, left + width)) * 3;
			for (let at = (y * this.width + Math.max(0, left)) * 3; at < end; at++) this.pixels[at] *= 0.35;
		}
	}

	/** Writes a line of white text on a dark background. @param scale scale of the glyphs: 1, 2 … */
	write(text: string, left: number, top: number, scale: number): void {
		const line = drawable(text);
		this.darken(left, top, textWidth(line, scale), textHeight(scale));
		for (let i = 0; i < line.length; i++) {
			this.glyph(line.charCodeAt(i), left + scale * (MARGIN + i * GLYPH_WIDTH), top + scale * MARGIN, scale);
		}
	}

	private glyph(code: number, left: number, top: number, scale: number): void {
		for (let y = 0; y < GLYPH_HEIGHT * scale; y++) {
			for (let x = 0; x < GLYPH_WIDTH * scale; x++) {
				const [column, row] = [left + x, top + y];
				if (column >= this.width || row >= this.height) continue;
				if (!hasInk(code, Math.floor(x / scale), Math.floor(y / scale))) continue;
				const at = (row * this.width + column) * 3;
				this.pixels.fill(255, at, at + 3);
			}
		}
	}
}

/** The dark margin around text, in pixels at scale 1. */
const MARGIN = 4;

/** Returns the width of a line of {@link Canvas.write} in pixels. */
export function textWidth(text: string, scale: number): number {
	return scale * (text.length * GLYPH_WIDTH + 2 * MARGIN);
}

/** Returns the height of a line of {@link Canvas.write} in pixels. */
export function textHeight(scale: number): number {
	return scale * (GLYPH_HEIGHT + 2 * MARGIN);
}
