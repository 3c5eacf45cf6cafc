import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { BRAND_COLOUR } from "../src/web/design-tokens";
import { ICON_SVG } from "../src/web/logo";
import { TOP } from "./moddable-sdk";

/** The side of the icon for home screens, in pixels: the least that a browser asks for. */
export const ICON_SIDE = 192;

/** Draws the icon for home screens, which round its corners themselves. @returns a PNG in few colours */
export function drawIcon(): Promise<Buffer> {
	const square = ICON_SVG.replace(' rx="7"', "");
	return sharp(Buffer.from(square), { density: (72 * ICON_SIDE) / 32 })
		.resize(ICON_SIDE, ICON_SIDE)
		.flatten({ background: BRAND_COLOUR })
		.png({ palette: true, colours: 8, effort: 10, compressionLevel: 9 })
		.toBuffer();
}

/** `node -r ./tools/typescript tools/icons.ts`: writes the icon into the sources, so that boards have it too. */
async function main(): Promise<void> {
	const text = (await drawIcon()).toString("base64");
	writeFileSync(
		join(TOP, "src/web/icon-png.ts"),
		`/** The icon for home screens: a PNG of 192 pixels in Base64, drawn by tools/icons.ts. */\nexport const ICON_PNG =\n\t"${text}";\n`,
	);
	console.log(`${text.length} characters`);
}

if (require.main === module) main();
