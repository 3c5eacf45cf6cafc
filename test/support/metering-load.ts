import { HttpReport } from "../../src/app/relay/http-report";
import type { ReportHost } from "../../src/app/relay/report-route";
import { utf8Encode } from "../../src/base/text";
import type { MeteredSession } from "../../src/relay/metering";
import { type MeteringHost, MeteringManager } from "../../src/relay/metering-manager";
import type { MeteredViewer } from "../../src/relay/metering-record";
import type { RelayedContent } from "../../src/relay/relayed-content";

/** The key that the program and the test share. */
export const LOAD_KEY = utf8Encode("a key of this relay and its home");
/** In milliseconds: longer than a slow disk takes to sync. */
const EVERY = 40;
const LIVE = 6;

const CONTENT: RelayedContent = {
	key: "garage",
	protocol: "rtsp",
	url: "",
	content: "garage",
	origin: "home",
	needsLogin: true,
	tariff: undefined,
};

const VIEWER: MeteredViewer = {
	content: "garage",
	origin: "home",
	protocol: "rtsp",
	framing: "udp",
	viewer: "anna",
	ticket: "",
	address: "192.0.2.9",
	hops: 0,
};

/**
 * Meters sessions that begin and end many times a second, until it is killed, and reports them to a port of this machine. It prints
 * `open`; `safe SESSION PAYLOAD` once the last record of a session is on the medium; and `empty` when nothing waits.
 * @param isQuiet no session begins: what an earlier run has left is delivered
 */
export function meterLoad(
	host: MeteringHost & ReportHost,
	port: number,
	isQuiet: boolean,
	say: (line: string) => void,
): void {
	const server = { secure: false, host: "127.0.0.1", port, target: "/" };
	const manager = new MeteringManager(host, {
		relay: "kiosk",
		interval: 60_000,
		origins: new Map([["home", { name: "home", url: "", key: LOAD_KEY }]]),
		channels: () => [new HttpReport(host, server, "")],
	});
	const live: { account: MeteredSession; payload: number }[] = [];
	let ended: string[] = [];
	let isOpen = false;
	const tick = (): void => {
		const now = host.pump.now();
		if (manager.outbox.isSafe) {
			if (!isOpen) say("open");
			isOpen = true;
			for (const line of ended) say(line);
			ended = [];
			if (isQuiet && manager.outbox.waiting === 0) say("empty");
		}
		if (!isQuiet) {
			const payload = Math.floor(host.random.unit() * 1e6);
			const counters = { payload, total: payload, packets: 1, frames: 1, drops: 0 };
			live.push({ account: manager.begin(now, VIEWER, CONTENT, counters), payload });
			const first = live.length > LIVE ? live.shift() : undefined;
			if (first !== undefined) {
				first.account.end(now, "the viewer left");
				ended.push(`safe ${first.account.id} ${first.payload}`);
			}
		}
		host.pump.after(EVERY, tick);
	};
	manager.start();
	tick();
}
