import { escapeHtml } from "./escape-html";

/**
 * Generates a table, which scrolls within its own frame on a narrow screen.
 * @param heads the titles of the columns; an empty one is a cell without a title
 * @param texts how many columns from the left are text; the others are numbers
 * @param rows the cells of each row, already HTML
 */
export function dataTable(heads: readonly string[], texts: number, rows: readonly string[]): string {
	const cells = heads.map((head, i) =>
		head === "" ? "<td></td>" : `<th scope="col"${i < texts ? "" : ' class="n"'}>${escapeHtml(head)}</th>`,
	);
	const body = rows.map((row) => `<tr>${row}</tr>`).join("");
	return `<div class="table" tabindex="0"><table><thead><tr>${cells.join("")}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Generates a cell of a {@link dataTable}. @param isHtml the text is HTML already */
export function textCell(text: string, isHtml = false): string {
	return `<td>${isHtml ? text : escapeHtml(text)}</td>`;
}

/** Generates a cell of a {@link dataTable} with a number. */
export function numberCell(text: string): string {
	return `<td class="n">${escapeHtml(text)}</td>`;
}
