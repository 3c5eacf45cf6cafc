import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

interface Violation {
	readonly id: string;
	readonly nodes: readonly { readonly html: string }[];
}

let source: string | undefined;

/**
 * Looks for barriers on the page that is shown, by axe-core: all of its rules, best practices too.
 * @returns the rules that are broken, each with the elements that break it
 */
export async function findBarriers(page: Page): Promise<string[]> {
	source ??= readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
	// By the debugger, as the pages' policy lets no foreign script in.
	await page.evaluate(source);
	const violations = await page.evaluate<Violation[]>("axe.run().then((result) => result.violations)");
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" ")}`);
}
