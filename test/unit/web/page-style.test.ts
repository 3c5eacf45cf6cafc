import assert from "node:assert/strict";
import { DESIGN_TOKENS } from "../../../src/web/design-tokens";
import { DEVICES_STYLE } from "../../../src/web/devices-style";
import { EVENTS_STYLE } from "../../../src/web/events-style";
import { LEDGER_STYLE } from "../../../src/web/ledger-style";
import { STRANGERS_STYLE } from "../../../src/web/login-page";
import { STYLESHEET } from "../../../src/web/page-style";
import { TIMELINE_STYLE } from "../../../src/web/timeline-style";
import { WATCH_STYLE } from "../../../src/web/watch-style";

const STYLES = { STYLESHEET, STRANGERS_STYLE, DEVICES_STYLE, EVENTS_STYLE, LEDGER_STYLE, TIMELINE_STYLE, WATCH_STYLE };
/** In a declaration, after its colon: identifiers of elements stand before it. */
const COLOUR = /[:,( ]#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi;

describe("web/page-style", () => {
	for (const [name, style] of Object.entries(STYLES)) {
		it(`has its colours from the design tokens: ${name}`, () => {
			const declarations = style
				.replace(DESIGN_TOKENS, "")
				.split("}")
				.map((rule) => rule.slice(rule.lastIndexOf("{") + 1));
			assert.deepEqual(declarations.join(";").match(COLOUR) ?? [], []);
		});

		it(`uses no variable that is not a design token: ${name}`, () => {
			const defined = new Set(`${DESIGN_TOKENS}--columns:`.match(/--[a-z]+(?=:)/g));
			const used = (style.match(/var\(--[a-z]+/g) ?? []).map((use) => use.slice("var(".length));
			assert.deepEqual(
				used.filter((variable) => !defined.has(variable)),
				[],
			);
		});
	}
});
