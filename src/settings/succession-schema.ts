import { addressKind, parseIpv4 } from "../core/ipv4";
import { schema } from "./schema";
import { choice, integer, range, set, text } from "./setting";

/** Settings of succession: how cameras replace a representative that is gone. */
export const SUCCESSION_SCHEMA = schema("Succession", {
	succession: choice({
		of: ["heirs", "contention", "port-order", "probing"],
		default: "heirs",
		editable: true,
		restart: true,
		help: "how a new representative is chosen: heirs named by the old one, a contest of random delays, or the order of ports; probing is short for port-order with --detection bye,probe; must be the same on all devices of the fleet",
	}),
	detection: set({
		of: ["bye", "silence", "probe"],
		default: ["bye", "silence"],
		help: "how cameras notice that the representative is gone; with bye alone a crash is never noticed; must be the same on all devices of the fleet",
	}),
	priority: integer({
		min: 0,
		max: 255,
		default: 100,
		editable: true,
		restart: true,
		help: "how well suited this camera is to be the representative; give a higher number to cameras on a network cable and mains power",
	}),
	heartbeat: integer({
		min: 50,
		max: 60000,
		default: 250,
		unit: "milliseconds",
		placeholder: "MS",
		editable: true,
		restart: true,
		help: "how often the representative shows that it is alive; must be the same on all devices of the fleet",
	}),
	missedHeartbeats: integer({
		min: 2,
		max: 20,
		default: 3,
		help: "number of heartbeats (or answers to probes) missed in a row after which the representative counts as gone",
	}),
	contention: choice({
		of: ["all", "claimants"],
		default: "all",
		help: "with --succession contention: which cameras draw again after two have claimed",
	}),
	claimWindow: integer({
		min: 20,
		max: 60000,
		default: 100,
		unit: "milliseconds",
		placeholder: "MS",
		help: "with --succession contention: the longest delay before a claim, and how long a second claim is a contention",
	}),
	claimTurn: integer({
		min: 50,
		max: 60000,
		default: 500,
		unit: "milliseconds",
		placeholder: "MS",
		help: "with --succession port-order: the time for each camera with a lower port",
	}),
	heirTurn: integer({
		min: 20,
		max: 60000,
		default: 60,
		unit: "milliseconds",
		placeholder: "MS",
		help: "with --succession heirs: the time for each heir after a bye; twice that after a failure",
	}),
	claimDelay: choice({
		of: ["random", "identity"],
		default: "random",
		help: "with --succession contention: whether the delay before a claim is random or computed from the camera's MAC address, or its identity where that is not known",
	}),
	probeInterval: range({
		min: 1,
		max: 3600,
		default: [1, 2],
		unit: "seconds",
		help: "with --detection probe: how often each camera probes the representative; a random time from this range",
	}),
	probeDelivery: set({
		of: ["multicast", "broadcast", "unicast"],
		default: ["unicast"],
		help: "how cameras send probes",
	}),
	floatingAddress: text({
		placeholder: "ADDRESS",
		check: (value) => value === "" || (parseIpv4(value) !== undefined && addressKind(value) === "private"),
		expected: "a private IPv4 address that no other machine uses",
		help: "an extra address on the home network that the representative takes over, so that the router needs no new mapping; Linux only, needs root or CAP_NET_ADMIN and CAP_NET_RAW; must be the same on all devices of the fleet",
	}),
});
