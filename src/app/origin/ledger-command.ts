import { utf8Encode } from "../../base/text";
import type { Millis, Octets } from "../../core/time";
import type { Ledger } from "../../relay/ledger";
import { isoTime, moneyText } from "../../relay/ledger-format";
import type { LEDGER_COMMAND_SCHEMA } from "../../settings/cli/commands";
import { EXIT_CODES } from "../../settings/cli/commands";
import { suggestion } from "../../settings/cli/suggestion";
import type { ValuesOf } from "../../settings/schema";
import { UsageError } from "../../settings/usage-error";
import { FLAG_AFTER } from "./flag-after";
import { LedgerWriter } from "./ledger-export";
import { parseLedgerQuery } from "./ledger-query";

/** What may stand before the options. */
const WORDS: readonly string[] = Object.freeze(["list", "sum", "export", "unrecorded"]);

/** The output of a command. */
export interface LedgerOutput {
	/** Writes to standard output. @param done gets whether it was taken: false ends the command */
	write(bytes: Uint8Array, done: (isTaken: boolean) => void): void;
	/** Writes a line to standard error. */
	error(line: string): void;
	/** Tells a person who waits how much of an export is written. @default nobody waits */
	progress?(octets: Octets): void;
}

/**
 * Runs `porthole ledger`.
 * @param word `list` (also if it is empty), `sum`, `export` or `unrecorded`
 * @param open opens the ledger, which is closed at the end
 * @param utc the date
 * @param done gets the exit code
 * @throws {UsageError} for another word, or settings that mean nothing
 */
export function runLedgerCommand(
	word: string,
	values: ValuesOf<typeof LEDGER_COMMAND_SCHEMA>,
	open: (folder: string) => Ledger,
	output: LedgerOutput,
	utc: Millis,
	done: (code: number) => void,
): void {
	if (word !== "" && !WORDS.includes(word)) {
		const near = suggestion(word, WORDS, "");
		throw new UsageError(`Unknown word "${word.slice(0, 40)}"${near} It is list, sum, export or unrecorded.`);
	}
	const { by, from, to, viewer, content, relay, limit, format, folder } = values;
	const given = new Map<string, string>(Object.entries({ by, from, to, viewer, content, relay, limit: `${limit}` }));
	const asked = parseLedgerQuery((name) => given.get(name));
	if (typeof asked === "string") throw new UsageError(asked);
	if (folder === "")
		throw new UsageError("--folder FOLDER says where the storage of the NAS, or the data of the camera, is.");
	const ledger = open(folder);
	const end = (code: number): void => ledger.close(() => done(code));
	const print = (lines: readonly string[] | undefined): void => {
		if (lines === undefined) {
			output.error("the ledger can't be read");
			return end(EXIT_CODES.failed);
		}
		if (lines.length === 1) output.error("nothing in the ledger fits");
		output.write(utf8Encode(`${lines.join("\n")}\n`), (isTaken) => end(isTaken ? EXIT_CODES.done : EXIT_CODES.failed));
	};
	if (word === "sum") {
		ledger.sum(asked.query, asked.by, (sums) => {
			const rows = sums?.map(({ key, sessions, time, payload, total, packets, frames, drops, amounts }) => {
				const money = amounts.map(([currency, amount]) => `${moneyText(amount)} ${currency}`).join(", ");
				return [key || "(unknown)", sessions, time / 1000, payload, total, packets, frames, drops, money];
			});
			print(
				rows && table([by, "sessions", "seconds", "payload", "total", "packets", "frames", "drops", "amount"], rows),
			);
		});
	} else if (word === "unrecorded") {
		ledger.unrecorded(utc - FLAG_AFTER, (tickets) => {
			const rows = tickets?.map((ticket) => [
				isoTime(ticket.at),
				ticket.viewer || "(unknown)",
				ticket.content,
				ticket.relay,
				ticket.ticket,
				ticket.witness,
			]);
			print(rows && table(["used", "viewer", "content", "relay", "ticket", "witness"], rows));
		});
	} else if (word === "export") {
		exportAll(new LedgerWriter(ledger, asked.query, format), output, end);
	} else {
		ledger.list(asked.query, limit + 1, "", (records) => {
			const rows = records
				?.slice(0, limit)
				.map((record) => [
					isoTime(record.end),
					record.viewer || "(unknown)",
					record.content,
					record.relay,
					(record.end - record.start) / 1000,
					record.payload,
					record.total,
					record.currency === "" ? "" : `${moneyText(record.amount)} ${record.currency}`,
					record.reason || "still going on",
				]);
			const heads = ["end", "viewer", "content", "relay", "seconds", "payload", "total", "amount", "reason"];
			print(rows && table(heads, rows));
			if ((records?.length ?? 0) > limit) output.error("there are older ones: --limit N lists more, export all");
		});
	}
}

function exportAll(writer: LedgerWriter, output: LedgerOutput, end: (code: number) => void, written = 0): void {
	writer.next((bytes, isEnd) => {
		if (bytes === undefined) {
			output.error("the ledger can't be read");
			return end(EXIT_CODES.failed);
		}
		output.write(bytes, (isTaken) => {
			const sum = written + bytes.length;
			output.progress?.(sum);
			if (!isTaken) output.error("the export is not complete: standard output takes no more");
			if (!isTaken || isEnd) end(isTaken ? EXIT_CODES.done : EXIT_CODES.failed);
			else exportAll(writer, output, end, sum);
		});
	});
}

/** Lines with columns of equal width; numbers at the right. */
function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
	const widths = heads.map((head, i) => rows.reduce((width, row) => Math.max(width, `${row[i]}`.length), head.length));
	const line = (cells: readonly (string | number)[]): string =>
		cells
			.map((cell, i) =>
				typeof (rows[0]?.[i] ?? "") === "number" ? `${cell}`.padStart(widths[i]) : `${cell}`.padEnd(widths[i]),
			)
			.join("  ")
			.trimEnd();
	return [line(heads), ...rows.map(line)];
}
