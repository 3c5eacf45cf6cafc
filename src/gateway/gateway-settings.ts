import type { Millis, Seconds } from "../core/time";

/** How a camera deals with Internet gateways. */
export interface GatewaySettings {
	/** This camera: 16 hexadecimal digits, and its kind of device, for descriptions. */
	readonly id: string;
	readonly model: string;
	/** Where the representative is found, in order of choice; own ports count up from the one in use (IMG-3, IMG-4). @default [8080, 18080, 28080] */
	readonly representativePorts: readonly number[];
	/** The port inside, for the layout in which only external ports differ; 0: inside equals outside (IMG-6). @default 8000 */
	readonly internalPort: number;
	/** Own ports that are tried after the representative's. @default 256 */
	readonly ownPorts: number;
	/** @default 60; renewed at a third */
	readonly representativeLease: Seconds;
	/** @default 600; renewed at a third */
	readonly ownLease: Seconds;
	/** How often the external address is asked for (IMG-5). @default 60000 */
	readonly addressPoll: Millis;
	/** How the table is read: entry by entry, in lists, or not at all (IMG-9, IMG-11). @default "walk" */
	readonly table: "walk" | "list" | "none";
	/** How often the representative reads the table. @default 60000 */
	readonly tablePeriod: Millis;
}

/** @see GatewaySettings */
export const GATEWAY_DEFAULTS: Omit<GatewaySettings, "id" | "model"> = Object.freeze({
	representativePorts: Object.freeze([8080, 18080, 28080]),
	internalPort: 8000,
	ownPorts: 256,
	representativeLease: 60,
	ownLease: 600,
	addressPoll: 60000,
	table: "walk",
	tablePeriod: 60000,
});
