/**
 * The colours and measures of all pages, in one place: every stylesheet uses these variables and no colour of its own.
 *
 * `back` is behind everything, `card` on it; `line` separates, `edge` surrounds what can be pressed; `dim` is for hints; `link` is
 * for links and buttons, `on` for the text on it; `bad`, `warn` and `good` are states. `tint` is the place of a picture that has not come,
 * and of what the pointer is on; `shade` is the edge beyond which something scrolls, and what lies behind a question. On pictures, in both
 * schemes: `screen` is around them, `veil` behind text on them, `lit` the text. `s`, `m` and `l` are distances, `r` is the radius
 * of corners, `touch` the least height and width of what is touched (44 CSS pixels, WCAG 2.2 §2.5.5).
 */
export const DESIGN_TOKENS = `:root{color-scheme:light dark;--back:#f3f5f8;--card:#fff;--text:#1b1f24;--dim:#57606a;--line:#d5dbe2;--edge:#6e7781;--link:#0b57d0;--on:#fff;--bad:#b3261e;--warn:#8a4b00;--good:#136c2e;--tint:#8883;--shade:#0004;--screen:#000;--veil:#000c;--lit:#fff;--s:.5rem;--m:1rem;--l:1.5rem;--r:.6rem;--touch:2.75rem;font:100%/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--back:#0f1419;--card:#181f27;--text:#e6edf3;--dim:#9aa5b1;--line:#333d48;--edge:#8b949e;--link:#8ab4f8;--on:#0b1a33;--bad:#ff9a92;--warn:#ffc46b;--good:#7ddc95;--shade:#000a}}
`;

/** The colour of the browser's own bars around a page: that of the page's header, light and dark. */
export const THEME_COLOURS: readonly [light: string, dark: string] = Object.freeze(["#ffffff", "#181f27"] as const);

/** The colour of the logo's background, as icons on a home screen have it. */
export const BRAND_COLOUR = "#0b57d0";
