import type { Schema } from "../../settings/schema";
import type { Appliance } from "../appliance";
import type { Camera, ExtraPart } from "../camera/camera";
import { InventoryPart } from "../inventory/inventory-part";
import type { Part } from "../part";
import { WaysPart } from "../ways/ways-part";
import { DevicesPart } from "./devices-part";

/** The {@link operatorParts} of a camera. */
export const OPERATOR_PARTS: ExtraPart = Object.freeze({
	make: (camera: Camera) => operatorParts(camera, camera.schema),
});

/**
 * The parts for operators of many devices: the inventory of the fleet, the page on which many devices are changed at once, and the one
 * that says how each is reached.
 * @param schema has the settings that can be changed
 */
export function operatorParts(appliance: Appliance, schema: Schema): readonly Part[] {
	const inventory = new InventoryPart(appliance);
	return [inventory, new DevicesPart(appliance, schema, inventory), new WaysPart(appliance)];
}
