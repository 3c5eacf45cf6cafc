import type { Setting } from "./setting";

/** The longest path of a file. */
const PATH_MAX = 1024;

/** Settings of `https://`: both are given, or none. */
export const TLS_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "tls-certificate",
		value: "FILE",
		kind: "text",
		standard: "",
		check: isPath,
		expected: "the path of a file",
		help: "certificate in PEM format, with its chain: the camera is reached by https:// then; read anew when it changes; not on ESP32",
	},
	{
		name: "tls-key",
		value: "FILE",
		kind: "text",
		standard: "",
		check: isPath,
		expected: "the path of a file",
		help: "private key of that certificate in PEM format, without a passphrase",
	},
]);

function isPath(text: string): boolean {
	if (text.length > PATH_MAX) return false;
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 32 || text.charCodeAt(i) === 127) return false;
	return true;
}
