/** Statuses with which RTSP refuses a request; 508 is that of HTTP. @see RFC 2326 §7.1.1, §11, RFC 5842 §7.2 */
export type RtspErrorStatus =
	| 400
	| 401
	| 403
	| 404
	| 405
	| 406
	| 408
	| 410
	| 413
	| 414
	| 415
	| 451
	| 453
	| 454
	| 455
	| 457
	| 459
	| 460
	| 461
	| 462
	| 463
	| 500
	| 501
	| 502
	| 503
	| 504
	| 505
	| 508
	| 551;

/** Why a request is refused: the status of the answer, and a sentence for the client's user and the log. */
export class RtspRefusal {
	/**
	 * @param message without a capital at its beginning and a full stop; it follows the reason phrase. It names no address, as clients
	 * from the Internet get it (STR-19). Empty: the status says enough
	 */
	constructor(
		readonly status: RtspErrorStatus,
		readonly message: string,
	) {}
}
