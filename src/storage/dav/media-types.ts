/** What a file that nobody knows is sent as. */
const UNKNOWN = "application/octet-stream";

/**
 * Returns the media type of a file by the end of its name. Only types that browsers show without running anything: a page
 * that somebody uploaded must not act as one of ours.
 */
export function mediaTypeOf(path: string): string {
	const name = path.slice(path.lastIndexOf("/") + 1);
	const dot = name.lastIndexOf(".");
	// A running recording is named for what it will be.
	if (name.endsWith(".mkv.part")) return "video/x-matroska";
	switch (dot < 0 ? "" : name.slice(dot + 1).toLowerCase()) {
		case "mkv":
			return "video/x-matroska";
		case "mp4":
		case "m4v":
			return "video/mp4";
		case "mov":
			return "video/quicktime";
		case "avi":
			return "video/x-msvideo";
		case "webm":
			return "video/webm";
		case "mjpeg":
		case "mjpg":
			return "video/x-motion-jpeg";
		case "h264":
		case "264":
			return "video/h264";
		case "jpg":
		case "jpeg":
			return "image/jpeg";
		case "png":
			return "image/png";
		case "gif":
			return "image/gif";
		case "txt":
		case "log":
		case "csv":
		case "md":
			return "text/plain; charset=utf-8";
		case "pdf":
			return "application/pdf";
		default:
			return UNKNOWN;
	}
}
