import type { Millis, Seconds } from "../core/time";

/** How a camera deals with Internet gateways. */
export interface GatewaySettings {
	/** This camera: 16 hexadecimal digits, and its kind of device, for descriptions. */
	readonly id: string;
	readonly model: string;
	/** Where the representative is found, in order of choice; own ports count up from the one in use (IMG-3, IMG-4). */
	readonly representativePorts: readonly number[];
	/** The port inside, for the layout in which only external ports differ; 0: inside equals outside (IMG-6). */
	readonly internalPort: number;
	/** Own ports that are tried after the representative's. @default 256 */
	readonly ownPorts: number;
	/** Renewed at a third. */
	readonly representativeLease: Seconds;
	/** Renewed at a third. */
	readonly ownLease: Seconds;
	/** How often the external address is asked for (IMG-5). */
	readonly addressPoll: Millis;
	/** How the table is read: entry by entry, in lists, or not at all (IMG-9, IMG-11). */
	readonly table: "walk" | "list" | "none";
	/** How often the representative reads the table. @default 60000 */
	readonly tablePeriod: Millis;
}

/** The settings that are the same in all devices. */
export const GATEWAY_DEFAULTS: Pick<GatewaySettings, "ownPorts" | "tablePeriod"> = Object.freeze({
	ownPorts: 256,
	tablePeriod: 60000,
});
