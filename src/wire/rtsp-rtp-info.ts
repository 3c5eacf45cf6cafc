/** Where one stream begins after PLAY. @see RFC 2326 §12.33 */
export interface RtpInfo {
	/** The URL of the stream, absolute or relative. */
	readonly url: string;
	/** The sequence number of the first packet, 16 bits. */
	readonly sequence: number;
	/** The RTP timestamp that corresponds to the beginning of the range, 32 bits; `undefined`: not told. */
	readonly timestamp: number | undefined;
}

/** Formats the RTP-Info field of an answer with one stream. */
export function formatRtpInfo({ url, sequence, timestamp }: RtpInfo): string {
	const text = `url=${url};seq=${sequence & 0xffff}`;
	return timestamp === undefined ? text : `${text};rtptime=${timestamp >>> 0}`;
}
