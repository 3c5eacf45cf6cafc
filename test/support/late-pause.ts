/**
 * Tells whether GStreamer 1.22 has failed only when it stopped, after the last picture: at times it loses a race with itself. It
 * then reports that its PAUSE could not be sent, without having tried; the server gets the TEARDOWN that follows.
 * @param said its standard error
 */
export function isLatePause(said: string): boolean {
	return said.includes("gst_rtspsrc_pause");
}
