import assert from "node:assert/strict";
import { ByteWriter } from "../../src/base/byte-writer";
import { toHex } from "../../src/base/hex";
import { utf8Encode } from "../../src/base/text";
import { FLEET_GROUP, FLEET_PORT } from "../../src/fleet/fleet-settings";
import { encodeFleetMessage, FLEET_MESSAGE_MAX, type FleetMessageType } from "../../src/wire/fleet-message";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, Lab, OWNER } from "./lab";

const SSDP = "239.255.255.250:1900";

/** Tries every TCP port of an address; prints those that are open. */
const SCAN = `
const { connect } = require("node:net");
const [address, patience] = process.argv.slice(1);
let next = 1;
const open = [];
const visit = () => new Promise((done) => {
	const port = next++;
	const socket = connect({ host: address, port });
	const timer = setTimeout(() => socket.destroy(), Number(patience));
	socket.on("connect", () => { open.push(port); socket.destroy(); });
	socket.on("error", () => {});
	socket.on("close", () => { clearTimeout(timer); done(); });
});
const worker = async () => { while (next < 65536) await visit(); };
Promise.all(Array.from({ length: 4000 }, worker)).then(() => console.log(JSON.stringify(open)));
`;

/** Sends datagrams in hexadecimal digits, with commas between, to \`ADDRESS:PORT …\`; prints the number of answers within a second. */
const SEND = `
const [octets, ...targets] = process.argv.slice(1);
const socket = require("node:dgram").createSocket("udp4");
let heard = 0;
socket.on("message", () => heard++);
socket.on("error", () => {});
socket.bind(0, () => {
	for (const target of targets) {
		const [address, port] = target.split(":");
		for (const each of octets.split(",")) socket.send(Buffer.from(each, "hex"), Number(port), address, () => {});
	}
	setTimeout(() => { console.log(heard); socket.close(); }, 1000);
});
`;

describe("lab/open ports of two cameras", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);

	before(async () => {
		await house().fill(2);
		await house().untilCount("wan", `http://${WAN}:8080/`, 2, 20_000);
	});

	/** Listening sockets of a camera's machine: `tcp 0.0.0.0:8000`. */
	async function sockets(ns: string): Promise<string[]> {
		const { stdout } = await house().lab.exec(ns, ["ss", "-H", "-l", "-n", "-t", "-u"]);
		const rows = stdout.split("\n").filter((row) => row !== "");
		return rows.map((row) => {
			const [protocol, , , , local] = row.split(/\s+/);
			return `${protocol} ${local}`;
		});
	}

	/** Sends messages without a seal to UDP ports. @returns the number of answers */
	async function answersTo(ns: string, octets: readonly string[], targets: readonly string[]): Promise<number> {
		const argv = [process.execPath, "-e", SEND, octets.join(), ...targets];
		const { code, stdout, stderr } = await house().lab.exec(ns, argv);
		assert.equal(code, 0, stderr);
		return Number(stdout);
	}

	async function post(n: number, path: string, form: string): Promise<Record<string, unknown>> {
		const url = `http://${Lab.address(n)}:8000/api/v1/${path}`;
		const { stdout } = await house().lab.exec("home", ["curl", "-s", "-m", "30", ...OWNER, "-d", form, url]);
		return JSON.parse(stdout);
	}

	it("maps exactly one port for each camera", async () => {
		const { stdout } = await house().lab.exec("rtr", ["nft", "list", "chain", "inet", "igd", "prerouting_miniupnpd"]);
		const seen = stdout
			.split("\n")
			.filter((line) => line.includes("dnat"))
			.map((rule) => {
				const [, port, to] = / dport (\d+) dnat ip to ([\d.:]+)/.exec(rule) ?? [];
				// Some versions of nft print the protocol as raw octets of the IP header.
				return `${/\btcp\b|@nh,72,8 0x6 /.test(rule) ? "tcp" : rule} ${port} ${to}`;
			});
		assert.deepEqual(
			seen.sort(),
			[1, 2].map((n) => `tcp ${8079 + n} ${Lab.address(n)}:8000`),
			stdout,
		);
	});

	it("opens no other TCP port to the Internet, of all 65,535", async () => {
		for (const port of [8080, 8081]) await house().untilServed(port, 5000);
		const { stdout, stderr } = await house().lab.exec("wan", [process.execPath, "-e", SCAN, WAN, "800"], 300_000);
		const others = (JSON.parse(stdout) as number[]).filter((port) => port !== 8080 && port !== 8081);
		assert.deepEqual(others, [], stderr);
	});

	for (const [index, kind] of CAMERA_KINDS.entries()) {
		it(`opens two TCP ports in the LAN, for pages and video players, and UDP ports for discovery only (${kind})`, async () => {
			const all = await sockets(`cam${index + 1}`);
			const portOf = (socket: string) => Number(socket.slice(socket.lastIndexOf(":") + 1));
			const tcp = all.filter((socket) => socket.startsWith("tcp")).map(portOf);
			assert.deepEqual(
				[...tcp].sort((a, b) => a - b),
				[8000, 8554],
				all.join("\n"),
			);
			const wellKnown = all.filter((socket) => socket.startsWith("udp") && portOf(socket) < 32768).map(portOf);
			// 1900 receives SSDP notices, 3702 WS-Discovery's searches; 5353 is DNS-SD, which on a board belongs to the system.
			const expected = kind === "node" ? [1900, 3702, 5353, FLEET_PORT] : [1900, 3702, FLEET_PORT];
			assert.deepEqual(
				[...new Set(wellKnown)].sort((a, b) => a - b),
				expected,
				all.join("\n"),
			);
		});
	}

	it("answers unsealed fleet messages while the fleet is open, and none once it is sealed", async () => {
		const targets = [`${FLEET_GROUP}:${FLEET_PORT}`];
		for (const n of [1, 2])
			for (const socket of await sockets(`cam${n}`))
				if (socket.startsWith("udp")) targets.push(`${Lab.address(n)}:${socket.slice(socket.lastIndexOf(":") + 1)}`);
		let boot = 1;
		await until("an open fleet answers", 5000, async () => (await answersTo("home", messages(boot++), targets)) > 0);

		const { code } = await post(1, "fleet/key", "");
		await post(2, "fleet/join", `code=${code}`);
		await until("camera 2 has joined", 10_000, async () => {
			const status = await house().lab.get("home", `http://${Lab.address(2)}:8000/api/v1/status`);
			return status !== undefined && JSON.parse(status).fleet.sealed === true;
		});
		assert.equal(await answersTo("home", messages(boot + 1), targets), 0, "a sealed fleet answers");
		assert.equal(
			await answersTo(
				"wan",
				messages(boot + 2),
				[1, 2].map((n) => `${WAN}:${8079 + n}`),
			),
			0,
		);
		await house().untilCount("home", `http://${Lab.address(1)}:8000/`, 2, 5000);
	});

	it("does not answer UPnP searches while presence is off", async () => {
		const search = `M-SEARCH * HTTP/1.1\r\nHOST: ${SSDP}\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n`;
		const cameras = [1, 2].map((n) => `${Lab.address(n)}:1900`);
		assert.equal(await answersTo("home", [toHex(utf8Encode(search))], cameras), 0);
	});

	it("serves the UPnP description in the LAN while presence is on, and nowhere else", async () => {
		const ask = async (ns: string, place: string): Promise<string> => {
			const words = ["curl", "-s", "-m", "30", "-w", " %{http_code}", `http://${place}/description.xml`];
			return (await house().lab.exec(ns, words)).stdout;
		};
		assert.match(await ask("home", `${Lab.address(1)}:8000`), / 401$/);
		await Promise.all(house().cameras.map((camera) => camera.leave()));
		await house().fill(2, "--presence", "on");
		for (const n of [1, 2]) {
			assert.match(await ask("home", `${Lab.address(n)}:8000`), /<friendlyName>[\s\S]* 200$/);
			const outside = await ask("wan", `${WAN}:${8079 + n}`);
			assert.match(outside, / 401$/);
			assert.doesNotMatch(outside, /camera \d|uuid/);
		}
	});
});

/** One unsealed message of every type, as from a camera that has just started. */
function messages(boot: number): string[] {
	const types: readonly FleetMessageType[] = ["inquiry", "announce", "claim", "probe", "rename", "join", "bye"];
	return types.map((type, i) => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		const head = { type, fleet: 0, sender: "00000000000000ff", boot, sequence: i + 1, term: 0, answer: true };
		const camera = {
			representative: false,
			holds: false,
			name: "stranger",
			model: "none",
			services: [{ kind: "http", port: 8000, externalPort: 0, path: "/", secure: false }],
		};
		assert.ok(encodeFleetMessage({ ...head, ...camera, priority: 255, nonce: 1 }, writer));
		return toHex(writer.copy());
	});
}
