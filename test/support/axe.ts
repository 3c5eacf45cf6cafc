import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

interface Violation {
	readonly id: string;
	readonly nodes: readonly { readonly html: string }[];
}

let source: string | undefined;

/**
 * Checks the present page for accessibility violations with all rules of axe-core, including best practices.
 * @returns the violated rules, each with the elements
 */
export async function findBarriers(page: Page): Promise<string[]> {
	source ??= readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
	// Through the debugger, because the pages' policy allows no other script.
	await page.evaluate(source);
	const violations = await page.evaluate<Violation[]>("axe.run().then((result) => result.violations)");
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" ")}`);
}
