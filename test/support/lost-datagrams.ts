import { readFileSync } from "node:fs";

/** How many datagrams this machine's kernel has thrown away, because a program did not read them in time. */
function lostDatagrams(): number {
	const [names, values] = [...readFileSync("/proc/net/snmp", "latin1").matchAll(/^Udp: (.*)$/gm)].map(([, row]) => row);
	return Number(values.split(" ")[names.split(" ").indexOf("RcvbufErrors")]);
}

/** Leaves out the complaints of ffmpeg about ports that other programs have; it takes the next one. */
export function withoutPorts(said: string): string {
	return said.replace(/^.*bind failed: Address already in use\n(?: *Last message repeated.*\n)?/gm, "");
}

/** Plays until the kernel has thrown no datagram away meanwhile, five times at most. @returns what the last play gave */
export async function withoutLosses<T>(play: () => Promise<T>): Promise<T> {
	for (let more = 4; ; more--) {
		const before = lostDatagrams();
		const result = await play();
		if (more === 0 || lostDatagrams() === before) return result;
	}
}
