import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { pause, until } from "../support/until";
import type { CameraKind, LabProcess } from "./lab";
import { ORIGIN, RELAY, type RelayLab, relayLabFor, type ViewerName } from "./relay-lab";
import { ffmpegRtsp } from "./relay-players";

const FLEET_KEY = "0123456789abcdef0123456789abcdef";
const LOGIN = `owner:${PASSWORD}@${ORIGIN}`;
const TABLE = `
origin home ${relayKeyText(relayKeyOf(FLEET_KEY, "relay"))}
content garage rtsp://${LOGIN}:8554/live open origin=home
content garage http://${LOGIN}:8000/stream.mjpeg open origin=home
`;
/** Counts what comes from the relay, in the viewer's own kernel. */
const COUNT = `
table inet viewer_watch {
	counter datagrams { }
	counter segments { }
	chain in {
		type filter hook prerouting priority raw; policy accept;
		ip saddr ${RELAY} meta l4proto udp counter name datagrams
		ip saddr ${RELAY} tcp sport 8080 counter name segments
	}
}`;
/** The headers of IPv4 and of TCP with timestamps; a SYN has 8 octets of options more. */
const TCP_HEADERS = 52;
const SYN_MORE = 8;

for (const kind of ["node", "xs"] as const)
	describe(`lab/relay-metering: the relay on ${kind}`, function () {
		this.timeout(120_000);
		const built = relayLabFor((context) =>
			needs(context, "root", "ip", "nft", "build", "curl", "ffmpeg", ...program(kind)),
		);
		let lab: RelayLab;
		let origin: LabProcess;

		before(async () => {
			lab = built();
			// The kernel cuts runs of datagrams before the cable, so that the viewer's kernel sees each one.
			await lab.must("relay", ["ip", "link", "set", "dev", "acc0", "gso_max_segs", "1"]);
			origin = await lab.startOrigin("node", "--fleet-key", FLEET_KEY);
			await lab.startRelay(kind, TABLE, ["--grace", "1"]);
		});

		/** What the origin's ledger has, through the owner's interface for programs. */
		const ledger = async (): Promise<readonly MeteringRecord[]> => {
			const url = `http://${ORIGIN}:8000/api/v1/ledger?limit=1000`;
			const { stdout } = await lab.must("relay", ["curl", "-s", "--digest", "-u", `owner:${PASSWORD}`, url]);
			return JSON.parse(stdout).records;
		};
		/** The record that comes when a viewer has left. */
		const recordAfter = async (known: number): Promise<MeteringRecord> => {
			let records: readonly MeteringRecord[] = [];
			await until("a record is in the origin's ledger", 20_000, async () => {
				records = await ledger();
				return records.length > known;
			});
			assert.equal(records.length, known + 1);
			return records[0];
		};
		const counted = async (viewer: ViewerName, name: string): Promise<{ packets: number; bytes: number }> => {
			const { stdout } = await lab.must(viewer, ["nft", "-j", "list", "counters", "table", "inet", "viewer_watch"]);
			const items: { counter?: { name: string; packets: number; bytes: number } }[] = JSON.parse(stdout).nftables;
			const found = items.find(({ counter }) => counter?.name === name)?.counter;
			assert.ok(found !== undefined);
			return found;
		};

		/** Segments that the relay's kernel has sent again so far. */
		const resent = async (): Promise<number> => {
			const { stdout } = await lab.must("relay", ["grep", "^Tcp:", "/proc/net/snmp"]);
			const [names, values] = stdout.split("\n").map((line) => line.split(" "));
			return Number(values[names.indexOf("RetransSegs")]);
		};

		it("REP-5, REP-6, REP-14 a viewer by UDP: the record in the ledger is equal to the kernel's counter, to the byte", async () => {
			const known = (await ledger()).length;
			await lab.load("v1", COUNT);
			await lab.must("v1", ffmpegRtsp(`rtsp://${RELAY}:8554/garage`, "udp", "-frames:v", "30"));
			const record = await recordAfter(known);
			const { packets, bytes } = await counted("v1", "datagrams");
			assert.equal(record.total, bytes);
			// Reports are datagrams, too.
			assert.ok(record.packets < packets && record.packets > packets - 20, `${record.packets} of ${packets}`);
			assert.equal(record.framing, "udp");
			assert.ok(record.isLast && record.frames >= 30 && record.drops === 0);
		});

		it("REP-5, REP-6, REP-14 a viewer of Motion JPEG: the record is equal to the octets that the kernel got in its connection", async () => {
			const known = (await ledger()).length;
			const before = await resent();
			await lab.load("v2", COUNT);
			const url = `http://${RELAY}:8080/garage`;
			const file = join(lab.folder, "garage");
			const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
			const curl = lab.lab.spawn("v2", ["curl", "-siN", "-o", file, url]);
			await until("pictures come", 20_000, () => size() > 300_000);
			// Nothing is on its way when curl stops.
			origin.signal("SIGSTOP");
			await until("all has come", 20_000, async () => {
				const before = size();
				await pause(1000);
				return size() === before;
			});
			await curl.crash();
			origin.signal("SIGCONT");
			const record = await recordAfter(known);
			const { packets, bytes } = await counted("v2", "segments");
			const inKernel = bytes - TCP_HEADERS * packets - SYN_MORE;
			assert.equal(record.total, size());
			// What the relay's kernel has sent again (a probe of the last segment), in this connection or another, may have come twice.
			const again = (await resent()) - before;
			const more = inKernel - record.total;
			assert.ok(more >= 0 && more <= again * 1500, `${more} octets more than ${record.total}, ${again} segments again`);
			assert.equal(record.packets, 0);
		});
	});

function program(kind: CameraKind): readonly "porthole-linux"[] {
	return kind === "xs" ? ["porthole-linux"] : [];
}
