import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { NodeCiphers } from "../../hosts/node/ciphers";
import { HmacSha1 } from "../../src/base/sha1";
import { HomeKeys, ticketKeyOf } from "../../src/peer/home-keys";
import { deviceUsername, issuePeerTicket, NEVER, peerTicketSecret } from "../../src/peer/peer-ticket";
import { readPeerAnswer } from "../../src/peer/rendezvous/peer-answer";
import type { PeerAnswer, PeerCredentials, RequestHead } from "../../src/peer/rendezvous/peer-message";
import { writeFind, writeRegister } from "../../src/peer/rendezvous/peer-request";
import { StunReader } from "../../src/wire/stun-reader";
import { CAMERA_PROGRAMS, type CameraProgram } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "../support/digest";
import { CAMERA_RECORD } from "../support/matching-rig";
import { needs } from "../support/needs";
import { UdpExchange } from "../support/udp-exchange";
import { until } from "../support/until";

const PEER = "00000000000000c1";
const PROGRAMS: readonly CameraProgram[] = CAMERA_PROGRAMS.map((program) => ({
	...program,
	command: [...program.command.filter((word) => word !== "camera"), "rendezvous"],
}));

/** Sends a request until it has an answer other than that it is to be repeated. */
async function ask(
	exchange: UdpExchange,
	who: PeerCredentials,
	homeKey: Uint8Array,
	write: (head: RequestHead) => Uint8Array,
): Promise<PeerAnswer | undefined> {
	let head: RequestHead = { transaction: new Uint8Array(12), roundTrip: 0 };
	for (let i = 0; i < 4; i++) {
		head = { ...head, transaction: crypto.getRandomValues(new Uint8Array(12)) };
		const message = new StunReader();
		if (!message.read(await exchange.ask(write(head)))) return undefined;
		const answer = readPeerAnswer(message, who);
		if (answer?.type !== "refused") return answer;
		if (answer.code === 438 && answer.nonce !== undefined) head = { ...head, nonce: answer.nonce };
		else if (answer.code === 401) head = { ...head, homeKey };
		else return answer;
	}
	return undefined;
}

describe("conformance/rendezvous program", function () {
	this.timeout(90_000);
	let folder = "";

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-rendezvous-"));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	for (const program of PROGRAMS) {
		/** Runs it while `use` does. @returns its public key */
		async function running(
			flags: readonly string[],
			use: (port: number, key: Uint8Array) => Promise<void>,
		): Promise<string> {
			const port = await freePort();
			const own = ["--data", join(folder, "data"), "--udp-port", `${port}`, "--http-port", `${port}`];
			const [file, ...words] = [...program.command, ...own, "--password", PASSWORD, ...flags];
			const child = spawn(file, words, { stdio: ["ignore", "pipe", "pipe"] });
			const ended = once(child, "exit");
			let said = "";
			for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
			try {
				const key = await until("it prints the setting for devices", 10_000, () => {
					assert.equal(child.exitCode, null, said);
					return /--rendezvous ([0-9a-f]{64})@\S+:\d+/.exec(said)?.[1];
				});
				await use(port, new Uint8Array(Buffer.from(key, "hex")));
				return key;
			} finally {
				child.kill();
				await ended;
			}
		}

		it(`${program.name}: registers a device of a home that it has never heard of, and finds it by a ticket (P2P-2, P2P-3)`, async function () {
			needs(this, program.need);
			const keys = new HomeKeys(new NodeCiphers(), new Uint8Array(32).fill(8));
			const use = async (port: number, serverKey: Uint8Array): Promise<void> => {
				const exchange = new UdpExchange(port);
				await exchange.open();
				const key = keys.accountKey(serverKey) ?? new Uint8Array(32);
				const device = { username: deviceUsername(keys.home, PEER), key, integrity: new HmacSha1(key) };
				const register = { lifetime: 60, record: CAMERA_RECORD };
				const first = await ask(exchange, device, keys.accountPublicKey, (head) =>
					writeRegister(device, head, register),
				);
				assert.equal(first?.type, "registered");
				const username = issuePeerTicket({ home: keys.home, scope: "*", until: NEVER, id: "a" });
				const secret = peerTicketSecret(ticketKeyOf(key), username);
				const viewer = { username, key: secret, integrity: new HmacSha1(secret) };
				const query = { name: "gar", tag: "", after: "", withAddresses: true };
				const found = await ask(exchange, viewer, keys.accountPublicKey, (head) => writeFind(viewer, head, query));
				assert.equal(found?.type === "found" && found.devices[0].record.name, "Garage");
				const url = `http://127.0.0.1:${port}/api/v1/rendezvous`;
				const stranger = await fetch(url);
				assert.equal(stranger.status, 401);
				exchange.close();
			};
			const key = await running([], use);
			// Devices know it by its key.
			assert.equal(await running([], use), key);
		});

		it(`${program.name}: takes only the homes of a list`, async function () {
			needs(this, program.need);
			const file = join(folder, "homes");
			writeFileSync(file, `${"0".repeat(32)} # somebody\n`);
			await running(["--homes", file], async (port, serverKey) => {
				const keys = new HomeKeys(new NodeCiphers(), new Uint8Array(32).fill(8));
				const exchange = new UdpExchange(port);
				await exchange.open();
				const key = keys.accountKey(serverKey) ?? new Uint8Array(32);
				const device = { username: deviceUsername(keys.home, PEER), key, integrity: new HmacSha1(key) };
				const answer = await ask(exchange, device, keys.accountPublicKey, (head) =>
					writeRegister(device, head, { lifetime: 60, record: CAMERA_RECORD }),
				);
				assert.equal(answer?.type === "refused" && answer.code, 403);
				exchange.close();
			});
		});

		it(`${program.name}: says what is wrong with its settings, with exit code 2`, async function () {
			needs(this, program.need);
			const file = join(folder, "homes");
			writeFileSync(file, "my home\n");
			const cases: readonly (readonly [readonly string[], RegExp])[] = [
				[["--homes", file], /homes:1: a home is 32 hexadecimal digits/],
				[["--homes", join(folder, "nothing")], /--homes: .* file not found/],
				[["--turn", "turn.example.org"], /: --turn-secret must be given together with --turn\./],
				[["--rendezvous-key", "abc"], /rendezvous-key must be 64 hexadecimal digits/],
				[["--only", "everything"], /only must be/],
			];
			for (const [flags, expected] of cases) {
				const [command, ...words] = [...program.command, "--data", join(folder, "data"), ...flags];
				const failure = await promisify(execFile)(command, words).then(
					() => ({ code: 0, stderr: "" }),
					(error: { readonly code: number; readonly stderr: string }) => error,
				);
				assert.equal(failure.code, 2, flags.join(" "));
				assert.match(failure.stderr, expected);
			}
		});
	}
});
