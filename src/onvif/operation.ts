import type { XmlElement } from "../wire/xml-element";
import type { OnvifCall, OnvifNeed } from "./onvif-device";
import type { SoapFault } from "./soap-fault";

/** The content of an answer's element, already XML; or why there is none. */
export type OnvifAnswer = string | SoapFault;

/** One operation of a service. */
export interface OnvifOperation {
	readonly need: OnvifNeed;
	/** What the action of its answer begins with; absent: its answer has none. @see WS-Addressing 1.0 §3.1 */
	readonly action?: string;
	/**
	 * Carries it out.
	 * @param request its element
	 * @param answer must be called once, now or later
	 */
	run(call: OnvifCall, request: XmlElement, answer: (result: OnvifAnswer) => void): void;
}

/** A service: its operations by their names. Names of strangers are only looked up in it. */
export interface OnvifService {
	readonly namespace: string;
	/** The prefix of its answers, as in `DECLARATIONS`. */
	readonly prefix: string;
	readonly operations: ReadonlyMap<string, OnvifOperation>;
}

/** An operation that answers at once. */
export function operation(need: OnvifNeed, run: (call: OnvifCall, request: XmlElement) => OnvifAnswer): OnvifOperation {
	return { need, run: (call, request, answer) => answer(run(call, request)) };
}

/** Writes an element with text. @param text is escaped by the caller where it is not a constant */
export function tag(name: string, text: string | number | boolean): string {
	return `<${name}>${text}</${name}>`;
}
