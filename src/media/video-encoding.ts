/** How a video is encoded. */
export type VideoEncoding = "JPEG" | "H264";
