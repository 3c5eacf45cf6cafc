import type { Millis, Seconds } from "../core/time";

/** The settings of the gateway client. */
export interface GatewaySettings {
	/** The identity of this camera: 16 hexadecimal digits. */
	readonly id: string;
	/** The kind of device, for descriptions, such as `node`. */
	readonly model: string;
	/** The external ports of the representative, best first; own ports count up from the one in use (IMG-3, IMG-4). */
	readonly representativePorts: readonly number[];
	/** The internal port, for the layout in which only external ports differ; 0: the same as the external port (IMG-6). */
	readonly internalPort: number;
	/** How many own ports are tried after the representative's. @default 256 */
	readonly ownPorts: number;
	/** The lease of the representative's port, renewed at a third of it. */
	readonly representativeLease: Seconds;
	/** The lease of every other port, renewed at a third of it. */
	readonly ownLease: Seconds;
	/** How often the gateway is asked for its external address (IMG-5). */
	readonly addressPoll: Millis;
	/** How the gateway's table is read: entry by entry, in lists, or not at all (IMG-9, IMG-11). */
	readonly table: "walk" | "list" | "none";
	/** How often the representative reads the table (IMG-9). @default 60000 */
	readonly tablePeriod: Millis;
}

/** The settings that are the same in all devices. */
export const GATEWAY_DEFAULTS: Pick<GatewaySettings, "ownPorts" | "tablePeriod"> = Object.freeze({
	ownPorts: 256,
	tablePeriod: 60000,
});
