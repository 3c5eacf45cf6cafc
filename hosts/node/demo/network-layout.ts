import type { NetworkView } from "./network-view";

/** A place in the drawing, in its units. */
export interface Place {
	readonly x: number;
	readonly y: number;
}

/** The width of the drawing: what a phone shows without making the text small. */
export const WIDTH = 400;
/** The size of a device's box, and of a router's. */
export const BOX_WIDTH = 114;
export const BOX_HEIGHT = 74;
/** Where the cable lies that joins all on the Internet. */
const BACKBONE = 134;
const SERVERS_Y = 72;
const ROUTERS_Y = 226;
const MEMBERS_Y = 330;
const ROW = 90;
/** The left edges and the widths of the home and of the other network. */
const HOME_LEFT = 4;
const HOME_WIDTH = 264;
const AWAY_LEFT = 274;
const AWAY_WIDTH = 122;
/** The top of both, and how far they reach below their last box, for their names. */
const ZONE_TOP = 176;
const ZONE_FOOT = 62;
/** The middle of the home, where its cable lies, and of the other network. */
const HOME_X = HOME_LEFT + HOME_WIDTH / 2;
const AWAY_X = AWAY_LEFT + AWAY_WIDTH / 2;
const COLUMNS: readonly [number, number] = [HOME_X - 71, HOME_X + 71];

/** Where everything is in the drawing. */
export interface NetworkLayout {
	readonly height: number;
	readonly places: ReadonlyMap<string, Place>;
	/** The areas of the networks: left, top, width, height. */
	readonly zones: readonly { readonly name: "internet" | "home" | "away"; readonly box: readonly number[] }[];
	/** Points on the way of the cable from a device to the Internet's. */
	readonly cables: ReadonlyMap<string, readonly Place[]>;
}

/** Lays out the network: the Internet above, the home below it, and the other network beside the home. */
export function layOut({ home, router, servers, away }: NetworkView): NetworkLayout {
	const places = new Map<string, Place>();
	const cables = new Map<string, readonly Place[]>();
	const rows = Math.max(1, Math.ceil(home.length / COLUMNS.length));
	const bottom = MEMBERS_Y + (rows - 1) * ROW + ZONE_FOOT;
	servers.forEach(({ id }, i) => {
		const x = Math.round((WIDTH * (i + 0.5)) / servers.length);
		places.set(id, { x, y: SERVERS_Y });
		cables.set(id, [
			{ x, y: SERVERS_Y },
			{ x, y: BACKBONE },
		]);
	});
	const trunk = [
		{ x: HOME_X, y: ROUTERS_Y },
		{ x: HOME_X, y: BACKBONE },
	];
	places.set(router.id, trunk[0]);
	cables.set(router.id, trunk);
	home.forEach(({ id }, i) => {
		const place = { x: COLUMNS[i % 2], y: MEMBERS_Y + ROW * Math.floor(i / 2) };
		places.set(id, place);
		cables.set(id, [place, { x: HOME_X, y: place.y }, ...trunk]);
	});
	const zones: NetworkLayout["zones"][number][] = [
		{ name: "internet", box: [4, 4, WIDTH - 8, BACKBONE + 10] },
		{ name: "home", box: [HOME_LEFT, ZONE_TOP, HOME_WIDTH, bottom - ZONE_TOP] },
	];
	const [nat, laptop] = away;
	if (nat !== undefined && laptop !== undefined) {
		const up = [
			{ x: AWAY_X, y: ROUTERS_Y },
			{ x: AWAY_X, y: BACKBONE },
		];
		places.set(nat.id, up[0]);
		cables.set(nat.id, up);
		places.set(laptop.id, { x: AWAY_X, y: MEMBERS_Y });
		cables.set(laptop.id, [{ x: AWAY_X, y: MEMBERS_Y }, ...up]);
		zones.push({ name: "away", box: [AWAY_LEFT, ZONE_TOP, AWAY_WIDTH, MEMBERS_Y + ZONE_FOOT - ZONE_TOP] });
	}
	return { height: bottom + 4, places, zones, cables };
}

/**
 * Finds the way of a flow along the cables.
 * @param shift how far beside the cable it is drawn, so that several can be seen
 */
export function wayOf(layout: NetworkLayout, from: string, to: string, shift: number): readonly Place[] {
	const out = layout.cables.get(from) ?? [];
	const back = [...(layout.cables.get(to) ?? [])].reverse();
	// Within one network both leave it by the same cable: they turn where their cables meet.
	const meeting = out.find(
		(place) => place.x === HOME_X && back.some((other) => other.x === HOME_X) && back.length > 2 && out.length > 2,
	);
	const points =
		meeting === undefined
			? [...out, ...back]
			: [
					...out.slice(0, out.indexOf(meeting) + 1),
					...back.slice(back.findIndex(({ x, y }) => x === HOME_X && y > ROUTERS_Y)),
				];
	return points.map(({ x, y }, i) => {
		const isEnd = i === 0 || i === points.length - 1;
		const next = points[i === 0 ? 1 : i - 1];
		// Each end stays where it is along the cable.
		return { x: isEnd && next.y === y ? x : x + shift, y: isEnd && next.x === x ? y : y + shift };
	});
}
