import { Shape as Form, LIMITS, Solid, SIDE as WIDTH } from "./shapes";
import type { Other } from "./types-only";

const NAME = "main";

class Shape implements Other {
	readonly other = NAME;
}

/** What the bundle exports. */
export default function main(): unknown {
	const SIDE = "a local one";
	const solid = new Solid("cube", ["a", "b"]);
	return [
		new Form("square").text,
		solid.solid,
		solid.largerThan(new Form("x")),
		LIMITS,
		WIDTH,
		SIDE,
		new Shape().other,
	];
}
