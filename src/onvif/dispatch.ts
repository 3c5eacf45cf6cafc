import type { XmlElement } from "../wire/xml-element";
import { DEVICE_SERVICE } from "./device-service";
import { EVENT_SERVICE, SUBSCRIPTION_SERVICE } from "./event-service";
import { MEDIA_SERVICE } from "./media-service";
import type { OnvifOperation, OnvifService } from "./operation";
import { PTZ_SERVICE } from "./ptz-service";

const SERVICES: readonly OnvifService[] = Object.freeze([
	DEVICE_SERVICE,
	MEDIA_SERVICE,
	PTZ_SERVICE,
	EVENT_SERVICE,
	SUBSCRIPTION_SERVICE,
]);

/** An operation that is there, with the service that has it. */
export interface FoundOperation {
	readonly service: OnvifService;
	readonly operation: OnvifOperation;
}

/** Finds what a request asks for by its namespace and name, at whichever address of ONVIF it came in; `undefined`: it is not here. */
export function findOperation({ namespace, name }: XmlElement): FoundOperation | undefined {
	for (const service of SERVICES) {
		if (service.namespace !== namespace) continue;
		const operation = service.operations.get(name);
		return operation && { service, operation };
	}
	return undefined;
}

/** Whether a service works on subscriptions, so that its operations need an {@link EventCall}. */
export function isAboutEvents(service: OnvifService): boolean {
	return service === EVENT_SERVICE || service === SUBSCRIPTION_SERVICE;
}

/** Writes the element of an answer around its content. */
export function responseOf({ service }: FoundOperation, name: string, content: string): string {
	return `<${service.prefix}:${name}Response>${content}</${service.prefix}:${name}Response>`;
}
