import { escapeHtml } from "./escape-html";

/** Makes the place in which the page draws a text as a QR code. @param name escaped, for screen readers @see QR_SCRIPT */
export function drawnCode(text: string, name: string): string {
	return `<div class="qr" role="img" aria-label="${name}" data-qr="${escapeHtml(text)}"></div>`;
}
