import { BRAND_COLOUR } from "./design-tokens";

/** A porthole: the ring with its two hinges, the glass, and the light in it, in a square of 32. */
const SHAPES =
	'<path fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" d="M16 5.5a10.5 10.5 0 100 21 10.5 10.5 0 000-21zM4 16H2.5M29.5 16H28"/><circle cx="16" cy="16" r="5.5" fill="currentColor"/>';

/** The logo in the header of a page, in the colour of the text around it. */
export const LOGO = `<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">${SHAPES}</svg>`;

/** The logo as an icon of tabs and bookmarks: white on the colour of the product. @see SVG 2 */
export const ICON_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" color="#fff"><rect width="32" height="32" rx="7" fill="${BRAND_COLOUR}"/><g transform="translate(3.2 3.2) scale(.8)">${SHAPES}</g></svg>`;
