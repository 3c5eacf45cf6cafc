/** The native modules of hosts/linux. @see native/classes.c */
declare module "embedded:storage/key-value" {
	/** Each value in a file of its own; a power cut leaves the old one or the new one. */
	export default class KeyValue {
		/** @throws {Error} when the folder can't be made */
		constructor(options: { path: string });
		read(key: string): string | undefined;
		write(key: string, value: string): void;
		delete(key: string): void;
	}
}
declare module "porthole:files" {
	const files: {
		/** @throws {Error} `EFBIG: …` when the file is longer than `limit` octets, or as the system says */
		read(path: string, limit: number): ArrayBuffer;
		/** The names in a folder, without those that begin with a dot, in no order. */
		list(folder: string): string[];
		kind(path: string): "file" | "folder" | "other" | undefined;
		/** Takes a lock file until the program ends. @returns false when another process has it */
		lock(path: string): boolean;
	};
	export default files;
}
declare module "porthole:interfaces" {
	const interfaces: {
		/** Each IPv4 address of each interface that is up. */
		list(): {
			readonly name: string;
			readonly address: string;
			readonly prefix: number;
			readonly loopback: boolean;
			readonly gateway?: string;
			readonly mac?: string;
		}[];
		/** Calls after addresses, links or routes may have changed, as long as the program runs. */
		watch(changed: () => void): void;
	};
	export default interfaces;
}
declare module "porthole:process" {
	const process: {
		/** The command line, without the program's name. */
		readonly arguments: string[];
		/** Octets of XS chunks in use, garbage since the last collection included. */
		readonly chunks: number;
		/** XS slots in use, garbage since the last collection included. */
		readonly slots: number;
		/** What this machine calls itself; may be empty. */
		readonly hostName: string;
		readonly pid: number;
		/** Collects garbage now. */
		collect(): void;
		/** The value of an environment variable. */
		environment(name: string): string | undefined;
		/** Names of all environment variables. */
		environmentNames(): string[];
		/** Writes to standard error. */
		error(text: string): void;
		/** Ends the program when JavaScript has returned. */
		exit(code: number): void;
		/** SIGINT (2) and SIGTERM (15) are told from now on, and end the program no more. */
		onSignal(callback: (signal: number) => void): void;
		/** Writes to standard output. */
		print(text: string): void;
		/** Fills the whole array with unpredictable octets. */
		random(bytes: Uint8Array): void;
	};
	export default process;
}
