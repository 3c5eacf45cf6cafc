import type { BulkKind, TaskState } from "../../../web/devices-page";
import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	moment,
	named,
	nullable,
	object,
	oneOf,
	text,
	whole,
} from "../../../web/json-schema";
import { ID_SCHEMA } from "./common-schemas";

const KIND_SCHEMA = oneOf<BulkKind>({ rename: true, restart: true, setting: true, password: true });
const STATE_SCHEMA = oneOf<TaskState>({ waiting: true, working: true, done: true, failed: true });

const ACTION_SCHEMA = named(
	"FleetAction",
	object({
		action: KIND_SCHEMA,
		begun: nullable(moment("when it began")),
		isOver: flag("whether nothing more happens"),
		summary: text("for people"),
		devices: list(
			object({
				id: ID_SCHEMA,
				name: text("as it was when the action began"),
				state: STATE_SCHEMA,
				message: text("what has happened, for people; empty: nothing to say"),
			}),
		),
	}),
);

const STATE_OF_ACTION = named(
	"FleetActionState",
	object({
		boot: whole("counts the starts of the device that answers: a later start has forgotten the action"),
		action: nullable(ACTION_SCHEMA),
	}),
);

const EXAMPLE = Object.freeze({
	boot: 7,
	action: Object.freeze({
		action: "restart",
		begun: 1795772400000,
		isOver: true,
		summary: "1 done, 1 failed",
		devices: Object.freeze([
			Object.freeze({ id: "14d957c4f6f78bd3", name: "Garden", state: "done", message: "It is back." }),
			Object.freeze({ id: "5be1f0c2a0917d44", name: "Gate", state: "failed", message: "It did not answer." }),
		]),
	}),
});

const STARTED_SCHEMA = named("FleetActionStarted", object({ done: flag(), message: text("for people") }));

/** What operations on many devices answer. */
export const DEVICE_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/fleet/actions", STATE_OF_ACTION, EXAMPLE),
	answer("POST /api/v1/fleet/actions", STARTED_SCHEMA, Object.freeze({ done: true, message: "Started on 2 devices." })),
]);
