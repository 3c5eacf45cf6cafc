/*
 * All text on the page of events, in English: translate it as messages.ts says.
 */

/** The text of the page of events and of its operations; functions fill in values. Not yet escaped for HTML. */
export const EVENTS_MESSAGES = Object.freeze({
	nav: "Events",
	title: "Events",
	kinds: Object.freeze({ motion: "Motion", switch: "Switch", call: "Event" }),
	cameras: "Cameras",
	all: "All cameras",
	list: "Latest events",
	none: "No events in the last seven days.",
	lasts: "still going on",
	lasted: (seconds: number) => `${seconds} s`,
	score: (percent: number) => `${percent}\u00a0% of the picture`,
	still: (camera: string) => `Picture of the event at ${camera}`,

	live: (camera: string) => `Live picture of ${camera}, with what moves marked`,
	noPicture: "No pictures come from this camera.",
	motion: "Motion in the picture",
	states: Object.freeze({
		off: "Motion is not looked for.",
		learning: "The picture is being learned.",
		still: "Nothing moves.",
		motion: "Motion",
		light: "The light has changed. The picture is being learned.",
		none: "No pictures come.",
	}),
	/** `%` is the size in percent of the picture. */
	moves: "Motion: % of the picture.",
	small: "Too small or too short to count: % of the picture.",
	on: "Look for motion",
	yes: "On",
	no: "Off",
	sensitivity: "Sensitivity (1 to 100: higher reports smaller changes of brightness)",
	area: "Smallest thing, in thousandths of the picture (1 to 500)",
	pictures: "Pictures in which it must move, one after another (1 to 20)",
	hold: "Seconds until an event ends after the last motion (1 to 300)",
	save: "Save",

	zones: "Zones",
	zonesHint:
		"Without a zone to watch the whole picture is watched. Drag in the picture to draw the zone whose fields have the focus, or type its sides in percent.",
	zone: (number: number) => `Zone ${number}`,
	newZone: "New zone",
	name: "Name",
	use: "Use",
	uses: Object.freeze({ watch: "Watch", ignore: "Ignore", none: "Remove" }),
	sides: Object.freeze({ left: "Left %", top: "Top %", right: "Right %", bottom: "Bottom %" }),
	saveZone: (number: number) => `Save zone ${number}`,

	refused: Object.freeze({
		camera: "There is no such camera.",
		times: "from and to must be milliseconds since 1970 or times such as 2026-11-25T17:40Z, from before to.",
		max: (most: number) => `max must be 1 to ${most}.`,
		field: (name: string) => `The value of ${name} is not valid.`,
		kind: "kind must be call or switch.",
		state: "state must be on, off or pulse.",
		seconds: "seconds must be 1 to 3600.",
		noEvent: "No such event is going on.",
		tooMany: "The camera is not there now, or too many events are going on.",
		noStill: "This event has no picture.",
	}),

	notices: Object.freeze({
		notKept: "Events can't be stored.",
		notKeptRemedy: "Check the disk. They are stored as soon as it works again.",
		webhook: (why: string) => `The webhook can't be told of events: ${why}.`,
		mqtt: (why: string) => `The MQTT broker can't be used: ${why}.`,
		mqttRemedy: "Check --mqtt and the broker. What happens meanwhile is told later.",
		webhookRemedy: "Check --webhook and the server that it names.",
	}),
});
