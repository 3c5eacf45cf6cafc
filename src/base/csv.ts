/** A value of a line of CSV; text may come from anybody. */
export type CsvValue = string | number | boolean;

/** Writes a line of CSV with its line end. @see RFC 4180 */
export function csvLine(values: readonly CsvValue[]): string {
	return `${values.map(csvValue).join(",")}\r\n`;
}

/**
 * Text that a spreadsheet would take for a formula begins with an apostrophe; so does what follows a semicolon, at which spreadsheets split
 * in many countries. Spreadsheets skip blanks and control characters before a formula.
 */
function csvValue(value: CsvValue): string {
	if (typeof value !== "string") return `${value}`;
	const text = value.replace(/(^|;)[ \t\r\n]*(?=[=+\-@\uff0b\uff0d\uff1d\uff20])/g, "$&'");
	return /[",\r\n]/.test(text) ? `"${text.split('"').join('""')}"` : text;
}
