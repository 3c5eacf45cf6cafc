import { FileStore } from "../../../hosts/node/file-store";

// The child of file-store.test.ts: writes forever, and prints each value once it is durable.
const store = new FileStore(process.argv[2]);
for (let i = 0; ; i++) {
	const value = `${i}:${"x".repeat((i * 97) % 3000)}:end`;
	store.write("value", value);
	process.stdout.write(`${i}\n`);
}
