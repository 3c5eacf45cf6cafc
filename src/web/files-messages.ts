/*
 * All text on the pages of files, in English: translate it as messages.ts says.
 */

/** The text of the pages of files; functions fill in values. Not yet escaped for HTML. */
export const FILES_MESSAGES = Object.freeze({
	nav: "Files",
	title: "Files",
	folder: (path: string) => `Files: ${path}`,
	up: "The folder above",
	empty: "This folder is empty.",
	connect: "To connect a file manager by WebDAV, give it this address. Log in as owner to upload and delete files.",
	address: "WebDAV address",
	more: (count: number) => `${count} more are not listed here. A file manager that is connected by WebDAV shows all.`,
	size: (text: string) => `${text}, `,
	plays: "Can be played",
	/** The areas right below the root. */
	areas: Object.freeze({
		files: "Uploaded files. JPEG and H.264 videos can be played by RTSP at once.",
		recordings: "What the cameras have recorded. Recordings can be read and deleted.",
	}),
	/** In answers to uploads and on pages. */
	noVideo: "It is not a video that this server can play.",
	inFolder: "Only files that are not in a folder can be played.",
	slow: "Whether it can be played is not known yet: the server is still looking through it.",
});
