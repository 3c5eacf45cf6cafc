import type { MeteringRecord } from "../../src/relay/metering-record";

/** A record for tests: the last of a session of a minute. @param changes what differs */
export function meteringRecord(changes: Partial<MeteringRecord> = {}): MeteringRecord {
	const { session = "00112233445566778899aabbccddeeff", part = 0 } = changes;
	return {
		id: `${session}-${part}`,
		session,
		part,
		isLast: true,
		relay: "kiosk",
		content: "garage",
		protocol: "rtsp",
		framing: "udp",
		viewer: "anna",
		ticket: "AAECAwQFBgcICQoL",
		hops: 0,
		start: 1_795_000_000_000,
		end: 1_795_000_060_000,
		reason: "the viewer left",
		payload: 7_200_000,
		total: 7_368_000,
		packets: 6000,
		frames: 1500,
		drops: 3,
		amount: 7_200,
		currency: "EUR",
		...changes,
	};
}
