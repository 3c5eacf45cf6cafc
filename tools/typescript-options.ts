import { join } from "node:path";

/** Options of Node.js that let it run a file of TypeScript, such as a child of a test. @see tools/typescript.js */
export const TYPESCRIPT: readonly string[] = Object.freeze(["--require", join(__dirname, "typescript.js")]);
