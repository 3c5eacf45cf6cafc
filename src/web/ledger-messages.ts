/*
 * All text on the page of the ledger, in English: translate it as messages.ts says.
 */

/** The text of the page of the ledger and of its operations; functions fill in values. Not yet escaped for HTML. */
export const LEDGER_MESSAGES = Object.freeze({
	nav: "Ledger",
	title: "Ledger",
	about: "What relays delivered to viewers, as they reported it.",
	today: "Delivered by relays today",
	sessions: (count: number, size: string) => `${size} in ${count} ${count === 1 ? "session" : "sessions"}`,
	by: "Sum up by",
	groups: Object.freeze({ viewer: "Viewer", content: "Content", relay: "Relay", day: "Day (UTC)" }),
	from: "From day (UTC)",
	to: "To day (UTC)",
	onlyOf: Object.freeze({ viewer: "Only of viewer", content: "Only of content", relay: "Only of relay" }),
	show: "Show",
	sums: "Sums",
	records: "Sessions",
	recordsHint: "The newest first. A long session has several entries.",
	none: "No reports for this choice.",
	empty: "No relay has reported yet. The page Relays says how to start one.",
	unknownViewer: "(unknown)",
	columns: Object.freeze({
		sessions: "Sessions",
		time: "Watched",
		payload: "Media",
		total: "Total",
		packets: "Packets",
		frames: "Pictures",
		drops: "Missed",
		amount: "Amount",
		end: "End",
		reason: "Reason",
	}),
	lasts: "still going on",
	older: "Older",
	newest: "Newest",
	csv: "Download as CSV",
	json: "Download as JSON",
	flags: "Used tickets without a report",
	flagsHint:
		"These tickets were used, but the relay has reported no session. It may report late, after its connection was lost; or it reports less than it delivers.",
	flagTime: "Used",
	witnesses: Object.freeze({
		upstream: "The relay showed it",
		page: "The viewer's page had a picture",
		redirect: "The viewer was sent to the relay, and may not have gone there",
	}),
	more: (count: number) => `and ${count} more`,
	broken: "The ledger can't be read now. Check the disk and try again.",

	refused: Object.freeze({
		times:
			"from and to must be days such as 2026-11-27, times such as 2026-11-27T17:40Z or milliseconds since 1970, from before to.",
		by: "by must be viewer, content, relay or day.",
		limit: (most: number) => `limit must be 1 to ${most}.`,
		text: "viewer, content, relay and before have at most 256 characters.",
	}),

	notices: Object.freeze({
		notStored: "Reports of relays can't be stored.",
		notStoredRemedy: "Check the disk. The relays keep their reports and send them again.",
		flagged: (count: number) => `Tickets without a report of the relay: ${count}.`,
		flaggedRemedy: "The page Ledger lists them.",
	}),
});
