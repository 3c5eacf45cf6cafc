import jsQr from "jsqr";
import sharp from "sharp";

/** Reads the QR code in a picture of any format that sharp reads. @returns its text; `undefined`: there is none that can be read */
export async function readQrCode(picture: Uint8Array): Promise<string | undefined> {
	const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
	return jsQr(new Uint8ClampedArray(data), info.width, info.height)?.data;
}
