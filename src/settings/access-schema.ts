import { schema } from "./schema";
import { onOff, text } from "./setting";

/** Describes an acceptable password; completes "must be …". */
export const PASSWORD_EXPECTED = "a password of 8 to 64 characters without control characters";

/** Tells whether text is acceptable as a password. */
export function isPassword(text: string): boolean {
	if (text.length < 8 || text.length > 64) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 32 || code === 127) return false;
	}
	return true;
}

/** Defines a password, which may be empty. */
export function password(help: string) {
	return text({ secret: true, check: isPasswordOrEmpty, expected: PASSWORD_EXPECTED, help });
}

/** Settings of accounts and logins. */
export const ACCESS_SCHEMA = schema("Access", {
	password: password(
		'password of the user "owner" (full access); empty: the one set on a page, or a random one at the first start, which is printed on a terminal or else kept in a file of the data folder until it is used',
	),
	viewerPassword: password('password of the user "viewer" (view only); empty: the one set on a page, or no such user'),
	digestMd5: onOff({
		default: true,
		help: "also accept Digest logins with MD5, which is weaker than SHA-256 but all that ffmpeg before version 8, VLC, wget, GStreamer and motion support",
	}),
	lanWithoutPassword: onOff({
		default: false,
		editable: true,
		help: "give other devices on the home network full access without a password; this machine and the router still need one, as visitors from elsewhere can come through them",
	}),
});

function isPasswordOrEmpty(text: string): boolean {
	return text === "" || isPassword(text);
}
