import process from "porthole:process";
import { installMocha, runAll } from "./runner";
import { installGlobals } from "./shims/globals";

/** Runs one test file inside XS: `porthole-xs FOLDER test/xs/main TOP MODULE`; the last line printed is JSON. */
async function main([top, name]: string[]): Promise<void> {
	installGlobals(`${top}/${name.slice(0, name.lastIndexOf("/"))}`);
	installMocha(JSON.parse(process.environment("PORTHOLE_TEST_SKIP") ?? "[]"));
	await import(name);
	const outcome = await runAll((title, took) => process.print(`${took} ms ${title}\n`));
	process.print(`\n${JSON.stringify(outcome)}\n`);
	process.exit(0);
}

main(process.arguments).catch((error: unknown) => {
	process.error(`${error instanceof Error ? `${error.stack ?? error.message}` : error}\n`);
	process.exit(1);
});
