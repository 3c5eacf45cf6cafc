/*
 * All text about relays, in English: translate it as messages.ts says.
 */

/** The text of a relay's own page, of its notices and refusals; functions fill in values. Not yet escaped for HTML. */
export const RELAY_MESSAGES = Object.freeze({
	name: "Relay",
	crowded: "The relay has no room for another connection.",
	logIn: "Log in to the relay with a ticket, or with an account of it.",
	gone: "The origin can't be reached.",

	records: "Metering records",
	recordsOf: (made: number, delivered: number, waiting: number) =>
		`${made} made, ${delivered} delivered, ${waiting} waiting`,
	outboxFault: (fault: string) => `The outbox of metering records can't be written: ${fault}.`,
	outboxFaultRemedy:
		"Records wait in memory meanwhile, and are lost if the relay stops. Free some space on the disk, or replace it; the relay tries again every 10 seconds.",
	outboxLost: (count: number) => `${count} metering records were lost, because more waited than the outbox can hold.`,
	outboxLostRemedy: "See that the origins can be reached and take reports.",
	outboxDamaged: (count: number) => `${count} lines of the outbox could not be read at the start.`,
	outboxDamagedRemedy: "They are kept in the file outbox.damaged in the relay's data folder. Check the disk.",
	reportRefused: (origin: string, why: string) => `${origin} refuses the metering reports of this relay: ${why}.`,
	reportRefusedRemedy:
		"Check that the relay's name and key in its table are those that the origin's page Relays shows, and that the origin keeps a ledger. The records wait.",
	reportLate: (origin: string, count: number, why: string) => `${count} metering records for ${origin} wait: ${why}.`,
	reportUnknown: (origin: string, count: number) =>
		`${count} metering records wait for ${origin}, which is not in the table of this relay any more.`,
	reportUnknownRemedy:
		"Put the origin back into the table with its key, and the records are delivered. Until then they stay in the outbox.",
	reportLateRemedy: "They are delivered as soon as the origin answers.",

	contents: "Contents",
	noContents:
		"This relay has no contents yet: give it a table by --relay-table with lines such as: content garage rtsp://192.0.2.7/live open",
	noContentsViewer: "There is nothing to watch yet.",
	upstream: "Origin",
	viewers: "Viewers",
	hops: "Relays above",
	notWatched: "not watched",
	states: Object.freeze({
		opening: "asking the origin",
		open: "open",
		broken: "broken, trying again",
		refused: "refused",
		closing: "ending",
	}),
	noViewers: "Nobody is watching.",
	content: "Content",
	viewer: "Viewer",
	address: "Address",
	protocol: "Protocol",
	time: "Time",
	sent: "Sent",
	frames: "Pictures",
	drops: "Missed",
	unknown: "unknown",
	traffic: "Traffic since the start",
	sessions: "Sessions",
	payload: "Media",
	total: "All octets",
	facts: "Facts",
	relayName: "Name of the relay",
	origin: (name: string) => `Origin ${name}`,
	registered: (cameras: number) => `registered, ${cameras === 1 ? "1 content" : `${cameras} contents`}`,
	notRegistered: "not registered",
	seconds: (seconds: number) => `${seconds} s`,
	minutes: (minutes: number) => `${minutes} min`,
	hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,

	notices: Object.freeze({
		broken: (key: string) => `The origin of ${key} can't be reached.`,
		brokenRemedy: "Viewers wait, and the relay tries again. Check the origin and its network.",
	}),
});
