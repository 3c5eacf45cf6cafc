import assert from "node:assert/strict";
import type { CommandOutcome } from "../../../hosts/node/command-runner";
import * as commands from "../../../hosts/node/floating-commands";
import type { FloatingFailure } from "../../../src/ports/floating-address";

const PATH = { name: "eth0", address: "192.168.0.11", prefix: 24 };
const FLOATING = "192.168.0.250";

function outcome(code: number, stdout = "", stderr = "", trouble?: CommandOutcome["trouble"]): CommandOutcome {
	return { code, stdout, stderr, ...(trouble && { trouble }) };
}

describe("hosts-node/floating-commands", () => {
	const LINES: readonly [string[], string][] = [
		[commands.probeWords("eth0", FLOATING), "arping -D -f -c 1 -w 1 -I eth0 192.168.0.250"],
		[commands.announceWords("eth0", FLOATING), "arping -U -q -c 2 -w 2 -I eth0 192.168.0.250"],
		[commands.answerWords("eth0", FLOATING), "arping -A -q -c 1 -w 1 -I eth0 192.168.0.250"],
		[commands.addWords(PATH, FLOATING), "ip address replace 192.168.0.250/24 dev eth0 valid_lft 15 preferred_lft 15"],
		[commands.deleteWords("eth0", 24, FLOATING), "ip address del 192.168.0.250/24 dev eth0"],
	];
	for (const [words, line] of LINES) it(`builds: ${line}`, () => assert.equal(words.join(" "), line));

	it("gives the guard a command without a line end", () => {
		assert.equal(commands.guardInput(PATH, FLOATING), "address del 192.168.0.250/24 dev eth0");
	});

	it("finds an address of the machine, and whether it is an additional one", () => {
		const list = JSON.stringify([
			{ ifname: "lo", addr_info: [{ local: "127.0.0.1", prefixlen: 8 }] },
			{ ifname: "tun0" },
			{
				ifname: "eth0",
				addr_info: [
					{ local: "192.168.0.11", prefixlen: 24 },
					{ local: FLOATING, prefixlen: 24, secondary: true, dynamic: true },
				],
			},
		]);
		assert.deepEqual(commands.findAddress(list, FLOATING), { name: "eth0", prefix: 24, secondary: true });
		assert.deepEqual(commands.findAddress(list, "192.168.0.11"), { name: "eth0", prefix: 24, secondary: false });
		assert.equal(commands.findAddress(list, "192.168.0.1"), undefined);
	});

	for (const text of ["", "{", "null", "7", "[null]", '[{"addr_info":7}]', '[{"addr_info":[null]}]', '{"a":[]}']) {
		it(`finds nothing in ${JSON.stringify(text)}`, () => assert.equal(commands.findAddress(text, FLOATING), undefined));
	}

	it("finds the machine that answered, unless it is this one", () => {
		const said = `ARPING ${FLOATING} from 0.0.0.0 eth0\nUnicast reply from ${FLOATING} [AE:56:17:DF:4F:01]  0.6ms\n`;
		assert.equal(commands.ownerOf(outcome(1, said), []), "ae:56:17:df:4f:01");
		assert.equal(commands.ownerOf(outcome(1, said), ["ae:56:17:df:4f:01"]), undefined);
		assert.equal(commands.ownerOf(outcome(0, said), []), undefined);
		assert.equal(commands.ownerOf(outcome(1, "Timeout\n"), []), undefined, "another program of that name");
	});

	it("distinguishes an answer from an announcement", () => {
		const said = (words: string): CommandOutcome => {
			return outcome(1, `ARPING ${FLOATING} from 0.0.0.0 eth0\n${words} from ${FLOATING} [AE:56:17:DF:4F:01]  0.6ms\n`);
		};
		assert.equal(commands.isAnswer(said("Unicast reply")), true);
		for (const words of ["Broadcast request", "Broadcast reply", "Unicast request"]) {
			assert.equal(commands.isAnswer(said(words)), false, words);
		}
	});

	const FAILURES: readonly [string, CommandOutcome, FloatingFailure, RegExp][] = [
		["ip", outcome(-1, "", "spawn ip ENOENT", "missing"), "not-permitted", /ip is not installed .*iproute2/],
		["arping", outcome(-1, "", "spawn", "missing"), "not-permitted", /arping is not installed .*iputils-arping/],
		["arping", outcome(-1, "", "spawn arping EPERM", "forbidden"), "not-permitted", /root or CAP_NET_RAW/],
		["arping", outcome(2, "", "arping: socket: Operation not permitted\n"), "not-permitted", /CAP_NET_RAW/],
		["ip", outcome(2, "", "RTNETLINK answers: Operation not permitted\n"), "not-permitted", /root or CAP_NET_ADMIN/],
		[
			"ip",
			outcome(1, "", 'Cannot find device "eth0"\nmore'),
			"failed",
			/^ip exited with code 1: Cannot find device "eth0"$/,
		],
		["arping", outcome(2, "usage\n"), "failed", /^arping exited with code 2: usage$/],
		["arping", outcome(1), "failed", /^arping exited with code 1: no message$/],
		["ip", outcome(-1), "failed", /^ip timed out$/],
		["ip", outcome(1, "", "x".repeat(5000)), "failed", /^.{100,230}$/],
	];
	for (const [program, how, why, words] of FAILURES) {
		it(`explains ${program}, exit code ${how.code} ${how.trouble ?? how.stderr.slice(0, 20)}: ${why}`, () => {
			const failure = commands.failureOf(program, how);
			assert.equal(failure.why, why);
			assert.match(failure.detail, words);
		});
	}
});
