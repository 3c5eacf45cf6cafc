import { Prng } from "../../../src/base/prng";

/** The size in pixels of the scene in which the synthetic camera moves. */
export const SCENE_WIDTH = 1600;
export const SCENE_HEIGHT = 800;

/** The vertical positions of the houses and the cars. */
const GROUND = 545;
const STREET = 560;
const STREET_END = 640;

/** An object that moves through the scene. Positions are in pixels of the scene. */
export interface Mover {
	readonly svg: string;
	readonly width: number;
	readonly y: number;
	/** Pixels per second; negative values move to the left. */
	readonly speed: number;
	/** The position at time 0. */
	readonly x: number;
}

/** Returns the hue of a camera's scene. The golden angle keeps neighbouring numbers apart. */
function hueOf(look: number): number {
	return Math.round((205 + look * 137.508) % 360);
}

/** Draws the street that a synthetic camera looks at, as SVG. @param look chooses the colours and houses */
export function sceneSvg(look: number): string {
	const random = new Prng(look);
	const hue = hueOf(look);
	const parts = [sky(hue), hills(hue)];
	for (let x = 10; x < SCENE_WIDTH; ) {
		const width = 120 + random.below(70);
		parts.push(house(x, width, 130 + random.below(110), (hue + random.below(80) + 320) % 360, random));
		x += width + 8 + random.below(2) * 50;
	}
	for (let x = 60; x < SCENE_WIDTH; x += 150 + random.below(130)) parts.push(tree(x, 50 + random.below(35), hue));
	parts.push(street(), garden(hue, random));
	return svg(SCENE_WIDTH, SCENE_HEIGHT, parts.join(""));
}

/** Returns the cars and clouds of a scene. */
export function movers(look: number): Mover[] {
	const hue = hueOf(look);
	const random = new Prng(look + 1);
	const clouds = [0, 1, 2, 3].map((i) => ({
		svg: cloud(),
		width: 190,
		y: 40 + 65 * i + random.below(25),
		speed: 9 + random.below(14),
		x: random.below(SCENE_WIDTH),
	}));
	return [
		...clouds,
		{ svg: car((hue + 180) % 360, true), width: 130, y: STREET - 22, speed: -150, x: 1300 },
		{ svg: car((hue + 60) % 360, false), width: 130, y: STREET + 18, speed: 190, x: 500 },
	];
}

function svg(width: number, height: number, content: string): string {
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`;
}

function rect(x: number, y: number, width: number, height: number, fill: string, more = ""): string {
	return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" ${more}/>`;
}

function circle(x: number, y: number, r: number, fill: string, more = ""): string {
	return `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}" ${more}/>`;
}

function hsl(hue: number, saturation: number, light: number): string {
	return `hsl(${hue},${saturation}%,${light}%)`;
}

function sky(hue: number): string {
	const stops = `<stop offset="0" stop-color="${hsl(hue, 70, 62)}"/><stop offset="1" stop-color="${hsl(hue, 75, 92)}"/>`;
	return (
		`<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">${stops}</linearGradient></defs>` +
		rect(0, 0, SCENE_WIDTH, SCENE_HEIGHT, "url(#sky)") +
		circle(1010, 235, 85, "#fff7c2", 'opacity="0.45"') +
		circle(1010, 235, 52, "#ffe680")
	);
}

function hills(hue: number): string {
	const far = `M0 430 Q200 330 420 410 T850 390 T1250 400 T1600 370 V${GROUND} H0Z`;
	const near = `M0 480 Q260 390 520 470 T1000 450 T1600 470 V${GROUND} H0Z`;
	return `<path d="${far}" fill="${hsl(hue, 30, 68)}"/><path d="${near}" fill="${hsl((hue + 300) % 360, 25, 60)}"/>`;
}

function house(x: number, width: number, height: number, hue: number, random: Prng): string {
	const top = GROUND - height;
	const wall = hsl(hue, 50, 72);
	const roof = `<path d="M${x - 8} ${top} L${x + width / 2} ${top - 60} L${x + width + 8} ${top}Z" fill="${hsl(hue, 45, 36)}"/>`;
	const parts = [rect(x + width - 38, top - 62, 16, 50, hsl(hue, 20, 40)), roof, rect(x, top, width, height, wall)];
	for (let y = top + 16; y + 36 < GROUND - 60; y += 52) {
		for (let column = 0; column < 3; column++) {
			const left = x + 14 + column * ((width - 54) / 2);
			parts.push(rect(left, y, 26, 34, random.chance(0.3) ? "#ffe9a3" : "#5b7a92", 'stroke="#fff" stroke-width="3"'));
		}
	}
	const door = x + width / 2 - 15;
	parts.push(
		rect(door, GROUND - 54, 30, 54, hsl((hue + 150) % 360, 45, 38)),
		circle(door + 24, GROUND - 26, 2.5, "#ffd"),
	);
	return parts.join("");
}

function tree(x: number, size: number, hue: number): string {
	const leaves = hsl((hue % 40) + 95, 38, 36);
	const trunk = rect(x - 5, GROUND - size, 10, size, "#6b4a2f");
	const crown = [-0.4, 0, 0.4].map((side) =>
		circle(x + side * size, GROUND - size * (side === 0 ? 1.5 : 1.1), size * 0.5, leaves),
	);
	return trunk + crown.join("");
}

function street(): string {
	const dashes = Array.from({ length: 20 }, (_, i) => rect(i * 80 + 12, 598, 44, 5, "#e8e4d4"));
	return (
		rect(0, GROUND, SCENE_WIDTH, STREET - GROUND, "#c9c3b6") +
		rect(0, STREET, SCENE_WIDTH, STREET_END - STREET, "#565a60") +
		dashes.join("") +
		rect(0, STREET_END, SCENE_WIDTH, 14, "#c9c3b6")
	);
}

function garden(hue: number, random: Prng): string {
	const parts = [rect(0, STREET_END + 14, SCENE_WIDTH, SCENE_HEIGHT, hsl((hue % 30) + 90, 40, 48))];
	for (let i = 0; i < 150; i++) {
		const [x, y] = [random.below(SCENE_WIDTH), STREET_END + 30 + random.below(120)];
		parts.push(circle(x, y, 5, hsl((hue + random.below(90)) % 360, 85, 68)), circle(x, y, 2, "#ffe680"));
	}
	return parts.join("");
}

function cloud(): string {
	const puffs = [circle(50, 55, 32, "#fff"), circle(92, 42, 40, "#fff"), circle(138, 54, 34, "#fff")];
	return svg(190, 95, `<g opacity="0.85">${puffs.join("")}${rect(26, 56, 140, 32, "#fff", 'rx="16"')}</g>`);
}

function car(hue: number, left: boolean): string {
	const wheels = [32, 98].map((x) => circle(x, 46, 12, "#222") + circle(x, 46, 5, "#bbb")).join("");
	const body =
		`<path d="M28 24 L44 4 H88 L104 24Z" fill="${hsl(hue, 60, 40)}"/>` +
		'<path d="M38 22 L48 9 H63 V22Z M68 22 V9 H84 L94 22Z" fill="#cfe6f2"/>' +
		rect(4, 22, 122, 24, hsl(hue, 70, 50), 'rx="8"') +
		rect(120, 27, 6, 8, "#fff6c0") +
		rect(4, 27, 5, 8, "#d33");
	return svg(130, 60, `<g ${left ? 'transform="translate(130 0) scale(-1 1)"' : ""}>${body}${wheels}</g>`);
}
