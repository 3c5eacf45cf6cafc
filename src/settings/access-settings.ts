import type { Setting } from "./setting";

/** What a password has to be. */
export const PASSWORD_EXPECTED = "a password of 8 to 64 characters without control characters";

/** Tells whether text is fit to be a password. */
export function isPassword(text: string): boolean {
	if (text.length < 8 || text.length > 64) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 32 || code === 127) return false;
	}
	return true;
}

/** The owner's password; the demo has it as well. */
export const PASSWORD_SETTING: Setting = Object.freeze({
	name: "password",
	value: "TEXT",
	kind: "text",
	standard: "",
	secret: true,
	check: (text: string) => text === "" || isPassword(text),
	expected: PASSWORD_EXPECTED,
	help: 'password of the user "owner"; empty: the one that was chosen on a page, or else one that is drawn and printed at the first start',
});

/** Settings that say who may come in. */
export const ACCESS_SETTINGS: readonly Setting[] = Object.freeze([
	PASSWORD_SETTING,
	{
		...PASSWORD_SETTING,
		name: "viewer-password",
		help: 'password of the user "viewer", who may look but change nothing; empty: the one that was chosen on a page, or none',
	},
	{
		name: "digest-md5",
		value: "on|off",
		kind: "switch",
		standard: "off",
		help: "let programs log in by Digest with MD5 as well, which is weaker: for those that know no SHA-256, such as ffmpeg before 8",
	},
	{
		name: "lan-without-password",
		value: "on|off",
		kind: "switch",
		standard: "off",
		help: "on: whoever is in the home network may see and change everything without a password",
	},
]);
