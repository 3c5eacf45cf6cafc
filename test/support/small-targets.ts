import type { Page } from "playwright-core";

const SMALL_TARGETS = `[...document.querySelectorAll("a, button, input, select, summary")].flatMap((target) => {
	const { width, height } = target.getBoundingClientRect();
	return width === 0 || (width >= 24 && height >= 24) ? [] : [target.outerHTML + ": " + width + " x " + height];
})`;

/** Finds touch targets of the present page that are smaller than 24 pixels in either direction (WCAG 2.2 §2.5.8). */
export function findSmallTargets(page: Page): Promise<string[]> {
	return page.evaluate<string[]>(SMALL_TARGETS);
}
