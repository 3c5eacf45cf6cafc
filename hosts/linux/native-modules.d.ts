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
declare module "porthole:disk" {
	/** Called once when an operation has ended: with the name of an errno, or with "" and the results. */
	interface Listener {
		ended(code: string, first?: unknown, second?: unknown, third?: unknown): void;
	}
	export interface DiskFile {
		/** Octets of the file as it is now; `undefined` when it is closed. */
		readonly length: number | undefined;
		read(at: number, bytes: Uint8Array, start: number, end: number, listener: Listener): void;
		write(at: number, bytes: Uint8Array, start: number, end: number, listener: Listener): void;
		truncate(length: number, listener: Listener): void;
		sync(listener: Listener): void;
		/** No operation may be under way. */
		close(): void;
	}
	export interface DiskList {
		/** Gives `[name, isFolder, size, modified, …]` of some entries; an empty array is the end. */
		next(listener: Listener): void;
		close(): void;
	}
	/** The files below a root folder, by threads. Each call throws if it cannot be started. */
	export default class Disk {
		/** @throws {Error} when the folder cannot be made or opened */
		constructor(options: { root: string });
		/** @param mode 0 read, 1 update, 2 create, 3 create or update */
		open(path: string, mode: number, listener: Listener): void;
		stat(path: string, listener: Listener): void;
		openList(path: string, listener: Listener): void;
		makeFolder(path: string, listener: Listener): void;
		rename(from: string, to: string, listener: Listener): void;
		delete(path: string, listener: Listener): void;
		syncFolder(path: string, listener: Listener): void;
		space(listener: Listener): void;
	}
}
declare module "porthole:fan-out" {
	/** One receiver, with its counts. */
	export interface NativeReceiver {
		readonly delivered: number;
		readonly missed: number;
		readonly octets: number;
		readonly last: number;
		readonly packets: number;
		/** @see FanOutReceiver.wire */
		readonly wire: number;
		/** Of its next packet. */
		readonly sequence: number;
		/** 1: passed over; 0: not. */
		hold(on: number): void;
	}
	/** Sends to many TCP connections and UDP peers with one call. */
	export default class FanOut {
		readonly size: number;
		readonly sends: number;
		readonly delivered: number;
		readonly missed: number;
		/** @param socket a TCP socket of `embedded:io/socket/tcp` */
		addStream(socket: object): NativeReceiver;
		/**
		 * @param socket a UDP socket of `embedded:io/socket/udp`; `name` is that of a peer
		 * @param sequence of its next RTP packet; -1: its packets are not numbered
		 */
		addPeer(socket: object, name: ArrayBuffer, ssrc: number, sequence: number): NativeReceiver;
		remove(receiver: NativeReceiver): void;
		/** @returns how many took it */
		send(bytes: Uint8Array, start: number, end: number): number;
		/** @returns how many took all of it */
		sendBatch(bytes: Uint8Array, offsets: Uint32Array, count: number): number;
		/** Returns a TCP socket of which the last send took a part only, each once; {@link sent} tells how much. */
		takePartial(): object | undefined;
		readonly sent: number;
	}
}
declare module "porthole:files" {
	const files: {
		/** @throws {Error} `EFBIG: …` when the file is longer than `limit` octets, or as the system says */
		read(path: string, limit: number): ArrayBuffer;
		/** The names in a folder, without those that start with a dot, in no order. */
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
		/** Each lasting IPv6 address of each interface that is up, without loopback; link-local ones with their zone. */
		listIpv6(): {
			readonly name: string;
			readonly address: string;
			readonly prefix: number;
			readonly gateway?: string;
			readonly mac?: string;
		}[];
		/** Calls after addresses, links or routes may have changed, as long as the program runs. */
		watch(changed: () => void): void;
	};
	export default interfaces;
}
declare module "porthole:agreement" {
	/** X25519 by OpenSSL. @see Ciphers */
	const agreement: {
		/** Whether the program was built with OpenSSL; without it all calls throw. */
		readonly isThere: boolean;
		/** Fills `into` with the public key. */
		publicKeyOf(privateKey: Uint8Array, into: Uint8Array): void;
		/** Fills `into` with the secret. @returns false when the public key is of small order */
		agree(privateKey: Uint8Array, publicKey: Uint8Array, into: Uint8Array): boolean;
	};
	export default agreement;
}
declare module "porthole:packet-cipher" {
	/** AES-GCM by OpenSSL. @see PacketCipher */
	export default class PacketCipher {
		/** @param key 16 or 32 octets */
		constructor(key: Uint8Array);
		seal(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): void;
		open(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): boolean;
		close(): void;
	}
}
declare module "porthole:process" {
	const process: {
		/** The command line, without the program's name. */
		readonly arguments: string[];
		/** Octets of XS chunks in use, garbage since the last collection included. */
		readonly chunks: number;
		/** How many files and sockets the process may have open. */
		readonly descriptors: number;
		/** Property names in use. XS never frees one, and ends the program when there are too many. */
		readonly names: number;
		/** XS slots in use, garbage since the last collection included. */
		readonly slots: number;
		/** The name of this machine; may be empty. */
		readonly hostName: string;
		/** Whether standard output is a terminal, and not a file or a log. */
		readonly isTerminal: boolean;
		/** What reads standard error: a person, the journal of systemd, or something else. */
		readonly errorReader: "terminal" | "journal" | "other";
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
		/** From now on SIGINT (2) and SIGTERM (15) call this and no longer end the program. */
		onSignal(callback: (signal: number) => void): void;
		/** Writes to standard output. @returns false when its reader did not take all within a second */
		print(text: string): boolean;
		/** Fills the whole array with unpredictable octets. */
		random(bytes: Uint8Array): void;
	};
	export default process;
}
