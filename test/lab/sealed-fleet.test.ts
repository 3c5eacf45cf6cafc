import assert from "node:assert/strict";
import { FleetKey } from "../../src/fleet/fleet-key";
import { FLEET_GROUP, FLEET_PORT } from "../../src/fleet/fleet-settings";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, outside, WAN } from "./house";
import { Lab } from "./lab";

const KEY = "only-the-cameras-of-this-house";
const FLAGS = ["--fleet-key", KEY, "--delivery", "multicast,broadcast,unicast"];
const PORTAL = `http://${WAN}:8080/`;
/** The visitor in the LAN. */
const STRANGER = "192.168.0.200";
/** A second address of camera `n`, from which its kernel sends by default. */
const further = (n: number) => `192.168.0.5${n}`;

/**
 * Prints received messages as HOW (group, all, alone), FROM and hexadecimal octets, and relays unicast ones to everybody
 * from its own address.
 */
const RELAY = `
const { createSocket } = require("node:dgram");
const [own, group, port, ...targets] = process.argv.slice(1);
const open = (how, address) => {
	const socket = createSocket({ type: "udp4", reuseAddr: true });
	socket.on("message", (bytes, from) => {
		if (from.address === own) return;
		console.log(how, from.address, bytes.toString("hex"));
		if (how === "alone") for (const target of targets) socket.send(bytes, Number(port), target);
	});
	socket.bind(Number(port), address, () => how === "group" && socket.addMembership(group, own));
};
open("group", group);
open("all", own.replace(/[0-9]+$/, "255"));
open("alone", own);
`;

/** Floods the group in a camera's name: from its address, with the numbers that its next messages have, for some seconds. */
const FLOOD = `
import socket, struct, sys, time
own, group, port, victim, seconds = sys.argv[1:]
heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
heard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
heard.bind((group, int(port)))
heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(own))
heard.setblocking(False)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
last, sent, end = None, 0, time.time() + float(seconds)
while time.time() < end:
    try:
        data, (address, _) = heard.recvfrom(2000)
        if address == victim and any(data[-16:]): last = data
    except BlockingIOError:
        time.sleep(0.005)
    if last is None: continue
    for i in range(10):
        number = struct.unpack_from("!I", last, 24)[0] + 1 + i
        forged = last[:24] + struct.pack("!I", number) + last[28:-16] + bytes(16)
        udp = struct.pack("!HHHH", 40000, int(port), 8 + len(forged), 0) + forged
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 4, 17, 0)
        raw.sendto(head + socket.inet_aton(victim) + socket.inet_aton(group) + udp, (group, 0))
        sent += 1
print(sent)
`;

describe("lab/sealed fleet with a stranger that relays messages", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 insecure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux", "upnpc"), [
		"node",
		"xs",
		"node",
	]);
	/** What the stranger has printed. */
	let printed = "";

	before(async () => {
		const { lab } = house();
		for (const n of [1, 2]) {
			for (const words of [
				`address add ${further(n)}/24 brd + dev eth0`,
				`route change 192.168.0.0/24 dev eth0 src ${further(n)}`,
			]) {
				const { code, stderr } = await lab.exec(`cam${n}`, ["ip", ...words.split(" ")]);
				assert.equal(code, 0, stderr);
			}
		}
		const targets = [1, 2, 3].map((n) => Lab.address(n)).concat(further(1), further(2), FLEET_GROUP);
		const words = [STRANGER, FLEET_GROUP, `${FLEET_PORT}`, ...targets];
		lab.spawn("home", [process.execPath, "-e", RELAY, ...words]).listen((chunk) => {
			printed += chunk;
		});
		await house().fill(3, ...FLAGS);
		await house().untilListed("wan", PORTAL, outside(8080, 8081, 8082), 5000);
	});

	/** Messages that the stranger has received in one way, by source address. */
	function heard(how: string): Map<string, Uint8Array[]> {
		const said = new Map<string, Uint8Array[]>();
		for (const [, from, octets] of printed.matchAll(new RegExp(`^${how} (\\S+) ([0-9a-f]+)$`, "gm"))) {
			said.set(from, [...(said.get(from) ?? []), Buffer.from(octets, "hex")]);
		}
		return said;
	}

	const statusOf = (n: number) =>
		until("its status", 20_000, async () => {
			const text = await house().lab.get("home", `http://${Lab.address(n)}:8000/api/v1/status`);
			return text?.endsWith("}") === true && JSON.parse(text);
		});

	async function refused(n: number): Promise<number> {
		return (await statusOf(n)).fleet.refusedDatagrams;
	}

	/** Makes the representative leave. The next one finds the stranger's mapping in the router's table and asks it by unicast. */
	async function leaves(n: number): Promise<void> {
		const asked = (): number => {
			let count = 0;
			for (const [from, messages] of heard("alone"))
				if (from !== Lab.address(n) && from !== further(n)) count += messages.length;
			return count;
		};
		const before = asked();
		await house().cameras[n].leave();
		await until("the next one asks the stranger", 10_000, () => asked() > before);
	}

	it("sends from the address that its seal covers, even where the kernel would choose another", async () => {
		const addresses = [Lab.address(1), further(1), Lab.address(2), further(2), Lab.address(3)].sort();
		for (const how of ["group", "all"])
			await until(`all speak to ${how}`, 20_000, () => heard(how).size === addresses.length);
		const key = new FleetKey(KEY);
		for (const how of ["group", "all"]) {
			const said = heard(how);
			assert.deepEqual([...said.keys()].sort(), addresses);
			for (const [from, messages] of said) {
				for (const bytes of messages) {
					for (const address of addresses) assert.equal(key.check(bytes, address), address === from, `${from} ${how}`);
				}
			}
		}
	});

	it("keeps its representative while a stranger floods it with messages in the representative's name", async () => {
		const words = ["python3", "-c", FLOOD, STRANGER, FLEET_GROUP, `${FLEET_PORT}`, Lab.address(1), "3"];
		const said: string[] = [];
		// A representative that stands still for a second, as on a busy machine, is replaced by design; a flood that unseats it does so each time.
		for (let i = 0; i < 3; i++) {
			const before = await until("camera 1 is the representative", 20_000, async () => {
				const all = await Promise.all([1, 2, 3].map(statusOf));
				return all.map(({ representative }) => representative).join() === "true,false,false" && all;
			});
			const refusedBefore = await refused(2);
			const { stdout, stderr } = await house().lab.exec("home", words);
			assert.ok(Number(stdout) > 100, stderr);
			assert.ok((await refused(2)) > refusedBefore + 100, "the cameras hear the flood");
			const after = await Promise.all([1, 2, 3].map(statusOf));
			if (after.every((each, n) => each.representative === (n === 0) && each.fleet.term === before[n].fleet.term))
				return;
			said.push(JSON.stringify([before, after]));
		}
		assert.fail(`another camera has claimed in each flood: ${said}`);
	});

	it("does not take a relayed message for its sender's", async () => {
		const { lab } = house();
		const mapping = ["upnpc", "-e", "Porthole/node 0badc0 x", "-a", STRANGER, "8000", "8099", "TCP", "600"];
		assert.match((await lab.exec("home", mapping)).stdout, /is redirected/);
		const before = await refused(3);
		await leaves(1);
		await until("replayed messages are counted", 5000, async () => (await refused(3)) > before);
		house().start(1, ...FLAGS);
		await house().untilCount("wan", PORTAL, 3, 10_000);
		// The first heir, unless it stood still for a moment.
		const second = await until("one of the others is the representative", 20_000, async () => {
			for (const n of [2, 3]) if ((await statusOf(n)).representative) return n;
			return undefined;
		});
		await leaves(second);
		const key = new FleetKey(KEY);
		for (const [from, messages] of heard("alone")) {
			for (const bytes of messages) {
				assert.ok(key.check(bytes, from), from);
				assert.equal(bytes[3], 2, "the attacker gets inquiries and no answer");
			}
		}
		for (const n of [1, 5 - second]) {
			const own = `http://${Lab.address(n)}:8000/`;
			await house().untilCount("home", own, 2, 10_000);
			const urls = (await house().portal("home", own))?.cameras.map((camera) => camera.url) ?? [];
			assert.ok(!urls.join(" ").includes(STRANGER), urls.join(" "));
		}
	});

	it("accepts two cameras on one machine with the same address", async () => {
		const url = `http://${Lab.address(1)}:8000/`;
		for (const [kind, port] of [
			["xs", 8001],
			["node", 8002],
		] as const) {
			house().lab.camera("cam3", kind, ...FLAGS, "--http-port", `${port}`, "--data", `${house().data}/further${port}`);
		}
		await house().untilCount("home", url, 4, 20_000);
	});
});
