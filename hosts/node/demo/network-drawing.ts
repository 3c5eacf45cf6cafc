import { escapeHtml } from "../../../src/web/escape-html";
import { sizeText } from "../../../src/web/size-text";
import { BOX_HEIGHT, BOX_WIDTH, layOut, type NetworkLayout, type Place, WIDTH, wayOf } from "./network-layout";
import { NETWORK_MESSAGES } from "./network-messages";
import type { NetworkFlow, NetworkNode, NetworkView } from "./network-view";

/** How far beside the cable each kind of flow is drawn. */
const SHIFTS: Readonly<Record<NetworkFlow["kind"], number>> = Object.freeze({
	watched: -6,
	recorded: 0,
	tunnel: 6,
	relayed: -3,
});
/** The most characters of a name, and of a line below it. */
const NAME_MAX = 14;
const LINE_MAX = 19;

/** The one device that can't be cut off: the user's own. */
const BROWSER = "browser";

/** The identifier of the element on the page by which a device is cut off and plugged in. */
export function turnId(id: string): string {
	return `turn-${id}`;
}

/** Draws the network in SVG with the classes of {@link NETWORK_STYLE}; each device leads to where it is cut off. */
export function drawNetwork(view: NetworkView): string {
	const layout = layOut(view);
	const { height } = layout;
	const nodes = nodesOf(view);
	const zones = layout.zones.map(
		({ name, box: [x, y, width, h] }) =>
			`<rect class="zone" x="${x}" y="${y}" width="${width}" height="${h}" rx="10"/><text class="zone" x="${x + 10}" y="${name === "internet" ? y + 17 : y + h - 8}">${escapeHtml(NETWORK_MESSAGES[name])}</text>`,
	);
	const cables = nodes.map((node) => cable(layout, node));
	const flows = view.flows.map(({ kind, from, to }) => {
		const points = wayOf(layout, from, to, SHIFTS[kind]);
		return `<path class="flow ${kind}" d="${pathOf(points)}"/>`;
	});
	const backbone = backboneOf(layout);
	return `<svg id="drawing" viewBox="0 0 ${WIDTH} ${height}" role="group" aria-label="${escapeHtml(NETWORK_MESSAGES.drawing)}">${zones.join("")}${backbone}${cables.join("")}${flows.join("")}${nodes.map((node) => box(layout, node)).join("")}</svg>`;
}

function nodesOf({ home, router, servers, away }: NetworkView): readonly NetworkNode[] {
	return [...servers, router, ...home, ...away];
}

/** The cable that joins everything on the Internet. */
function backboneOf({ cables }: NetworkLayout): string {
	const ends = [...cables.values()].map((points) => points[points.length - 1]);
	const xs = ends.map(({ x }) => x);
	return `<path class="cable" d="${pathOf([
		{ x: Math.min(...xs), y: ends[0].y },
		{ x: Math.max(...xs), y: ends[0].y },
	])}"/>`;
}

/** The last piece of the cable to a device. */
function cable({ cables }: NetworkLayout, { id, isConnected }: NetworkNode): string {
	const points = cables.get(id) ?? [];
	// From a device at home to the router the cable is drawn whole, for each of them.
	const own = points.length > 2 ? points.slice(0, -1) : points;
	return `<path class="cable${isConnected ? "" : " cut"}" data-id="${id}" d="${pathOf(own)}"/>`;
}

function box({ places }: NetworkLayout, node: NetworkNode): string {
	const { id, name, isOn, isRepresentative, facts, rate } = node;
	const { x, y } = places.get(id) ?? { x: 0, y: 0 };
	const lines = [...facts.slice(0, 2), ...(isOn ? [NETWORK_MESSAGES.rate(sizeText(rate))] : [])];
	const top = y - BOX_HEIGHT / 2;
	const texts = lines.map(
		(line, i) => `<text x="${x}" y="${top + 35 + 15 * i}">${escapeHtml(shorten(line, LINE_MAX))}</text>`,
	);
	const crown = isRepresentative
		? `<path class="crown" d="M${x - 9} ${top - 3}v-9l4.500 4 4.500-7 4.500 7 4.500-4v9z"><title>${escapeHtml(NETWORK_MESSAGES.representative)}</title></path>`
		: "";
	const classes = `node${isOn ? "" : " off"}${isRepresentative ? " first" : ""}`;
	const element = id === BROWSER ? "g" : "a";
	const target = id === BROWSER ? "" : ` href="#${turnId(id)}"`;
	return `<${element} class="${classes}" data-id="${id}"${target}><rect x="${x - BOX_WIDTH / 2}" y="${top}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="8"/>${crown}<text class="name" x="${x}" y="${top + 19}">${escapeHtml(shorten(name, NAME_MAX))}</text>${texts.join("")}</${element}>`;
}

function pathOf(points: readonly Place[]): string {
	return points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
}

function shorten(text: string, most: number): string {
	return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
