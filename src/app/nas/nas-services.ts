import type { Files } from "../../ports/files";
import type { Schema } from "../../settings/schema";
import type { ContentStore } from "../../storage/content-store";
import type { EventLog } from "../../storage/recorded-event";
import type { AccessPart } from "../access/access-part";
import type { FleetPart } from "../fleet/fleet-part";
import type { GatewayPart } from "../gateway/gateway-part";
import type { Node } from "../node";
import type { Part } from "../part";
import type { Site } from "../site";
import type { RecorderControl } from "./recorder-control";

/** What the parts of a NAS share. A part takes from it only what it uses. */
export interface NasServices {
	readonly node: Node;
	readonly site: Site;
	readonly access: AccessPart;
	readonly gateway: GatewayPart;
	readonly fleet: FleetPart;
	/** The folder of the store. */
	readonly storage: Files;
	readonly store: ContentStore;
	readonly events: EventLog;
	readonly recorder: RecorderControl;
}

/** One more part of a NAS: what only some hosts have. */
export interface NasExtra {
	/** The settings of the part; the host reads them together with the NAS's own. */
	readonly settings?: Schema;
	/** Makes the part; the node's settings have the part's among them. */
	make(nas: NasServices): Part;
}
