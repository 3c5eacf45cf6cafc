import type { Metric } from "../part";

/** The media type of metrics. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Writes metrics for Prometheus. Those of one name get one heading, which is why they follow each other.
 * @see Prometheus text exposition format 0.0.4
 */
export function metricsText(metrics: readonly Metric[]): string {
	let text = "";
	let before = "";
	for (const [name, kind, help, value, labels = []] of metrics) {
		if (name !== before) text += `# HELP porthole_${name} ${help}.\n# TYPE porthole_${name} ${kind}\n`;
		before = name;
		let mark = "{";
		text += `porthole_${name}`;
		for (const [label, content] of labels) {
			text += `${mark}${label}="${escapeLabel(content)}"`;
			mark = ",";
		}
		text += `${mark === "{" ? "" : "}"} ${value}\n`;
	}
	return text;
}

/** Escapes the value of a label, which may be any text: names come from users and from the network. */
function escapeLabel(value: string): string {
	let text = "";
	for (const letter of value) {
		if (letter === "\\" || letter === '"') text += `\\${letter}`;
		else if (letter === "\n") text += "\\n";
		else text += letter;
	}
	return text;
}
