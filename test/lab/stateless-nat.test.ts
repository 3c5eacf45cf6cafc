import assert from "node:assert/strict";
import { needs } from "../support/needs";
import { FIRST_FORM, SECOND_FORM } from "../support/stream-tables";
import { until } from "../support/until";
import { CLIENT, type Form, MEDIA_SEEN, type StreamHouse, streamHouseFor } from "./stream-house";
import { UdpEnd } from "./udp-end";

/** An ordinary rule set for the first form: answers of connections pass, and connections begin at home. */
const STATEFUL_FIRST = `
flush ruleset
table ip ordinary {
	chain after {
		type nat hook postrouting priority srcnat;
		ip saddr 10.3.0.0/24 oifname "wan0" snat to ${MEDIA_SEEN}
	}
	chain through {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		iifname "c0" oifname "wan0" accept
	}
}`;

/** An ordinary rule set for the second form: also forwards the ports of reports. */
const STATEFUL_SECOND = `
flush ruleset
table ip ordinary {
	chain before {
		type nat hook prerouting priority dstnat;
		iifname "wan0" ip daddr ${MEDIA_SEEN} udp dport 5000-5999 dnat to 10.1.0.20:500
	}
	chain after {
		type nat hook postrouting priority srcnat;
		ip saddr 10.3.0.0/24 oifname "wan0" snat to ${MEDIA_SEEN}
	}
	chain through {
		type filter hook forward priority filter; policy accept;
	}
}`;

/** What must pass, and what must not, with the ports of one stream. */
interface Ends {
	/** Interface B: the port that RTP or a sender report leaves from. */
	readonly b: UdpEnd;
	readonly client: UdpEnd;
}

describe("lab/stateless translation", function () {
	this.timeout(120_000);
	const prepare = (context: Mocha.Context): void => needs(context, "root", "ip", "nft", "build");

	/** Opens interface B with `port`, and the client's socket. */
	async function ends({ lab, form }: StreamHouse, port: number): Promise<Ends> {
		const b = await UdpEnd.open(lab, "server", form === "first" ? "10.3.0.10" : "10.3.0.20", port);
		return { b, client: await UdpEnd.open(lab, "client", CLIENT, port + 1000) };
	}

	/** The server sends. @returns where it seems to come from */
	function down({ b, client }: Ends, text: string): Promise<string> {
		b.send(CLIENT, client.port, text);
		return client.expect(text);
	}

	/** The client sends to where the server's packets come from. */
	function up({ b, client }: Ends, text: string): void {
		client.send(MEDIA_SEEN, b.port, text);
	}

	/** Loads the rule set that `porthole routes` prints. */
	async function loadOurs(house: StreamHouse): Promise<void> {
		await house.load("router", `flush ruleset\n${await house.routes("--router")}`);
	}

	/** Waits until the router has counted packets. */
	async function counted(house: StreamHouse, comment: string, packets: number): Promise<void> {
		await until(`${packets} of "${comment}"`, 2000, async () => (await house.passed("router", comment)) === packets);
	}

	const house = (form: Form, table: string) => streamHouseFor(form, table, prepare);

	describe("first form", () => {
		const built = house("first", FIRST_FORM);

		it("is broken by an ordinary rule set: packets from the client's RTP port reach interface B (STR-17)", async () => {
			await built().load("router", STATEFUL_FIRST);
			const pair = await ends(built(), 5004);
			assert.equal(await down(pair, "media"), `${MEDIA_SEEN}:5004`);
			up(pair, "from the RTP port");
			assert.equal(await pair.b.expect("from the RTP port"), `${CLIENT}:6004`);
			assert.equal(await built().packets("media_in"), 1);
		});

		it("works with ours: media leave, and nothing reaches interface B, whatever was sent before (STR-6, STR-17)", async () => {
			await loadOurs(built());
			const before = await built().packets("media_in");
			const pair = await ends(built(), 5104);
			up(pair, "early");
			assert.equal(await down(pair, "media"), `${MEDIA_SEEN}:5104`);
			up(pair, "late");
			assert.equal(await down(pair, "more media"), `${MEDIA_SEEN}:5104`);
			await counted(built(), "not a report", 2);
			assert.equal(await built().packets("media_in"), before);
			assert.deepEqual(pair.b.arrivals(), []);
			assert.deepEqual(await built().arrivedAtA(), []);
		});
	});

	describe("second form", () => {
		const built = house("second", SECOND_FORM);
		let reports: UdpEnd;
		before(async () => {
			reports = await UdpEnd.open(built().lab, "server", "10.1.0.20", 500);
		});

		it("is broken by an ordinary rule set when a sender report leaves first (STR-17)", async () => {
			await built().load("router", STATEFUL_SECOND);
			const pair = await ends(built(), 5105);
			assert.equal(await down(pair, "SR"), `${MEDIA_SEEN}:5105`);
			up(pair, "RR after SR");
			assert.equal(await pair.b.expect("RR after SR"), `${CLIENT}:6105`);
		});

		it("is broken by an ordinary rule set when a receiver report comes first (STR-17)", async () => {
			const pair = await ends(built(), 5205);
			up(pair, "RR before SR");
			assert.equal(await reports.expect("RR before SR"), `${CLIENT}:6205`);
			assert.notEqual(await down(pair, "SR"), `${MEDIA_SEEN}:5205`);
		});

		it("works with ours: RR after SR, SR after RR, and packets from the client's RTP port (STR-7, STR-16, STR-17)", async () => {
			await loadOurs(built());
			const before = await built().packets("media_in");
			const first = await ends(built(), 5305);
			assert.equal(await down(first, "SR 1"), `${MEDIA_SEEN}:5305`);
			up(first, "RR after SR 1");
			assert.equal(await reports.expect("RR after SR 1"), `${CLIENT}:6305`);

			const second = await ends(built(), 5405);
			up(second, "RR before SR 2");
			assert.equal(await reports.expect("RR before SR 2"), `${CLIENT}:6405`);
			assert.equal(await down(second, "SR 2"), `${MEDIA_SEEN}:5405`);
			up(second, "RR after SR 2");
			assert.equal(await reports.expect("RR after SR 2"), `${CLIENT}:6405`);

			// RTP of the same stream, from a port outside the range of reports.
			const media = await ends(built(), 40_404);
			assert.equal(await down(media, "media"), `${MEDIA_SEEN}:40404`);
			up(media, "from the RTP port");
			await counted(built(), "not a report", 1);
			assert.equal(await built().packets("media_in"), before);
			for (const { b } of [first, second, media]) assert.deepEqual(b.arrivals(), []);
			assert.deepEqual(await built().arrivedAtA(), ["udp 500"]);
		});
	});
});
