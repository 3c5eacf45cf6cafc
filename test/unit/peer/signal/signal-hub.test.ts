import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { peerTicketSecret } from "../../../../src/peer/peer-ticket";
import { type SignalClient, type SignalDirectory, SignalHub } from "../../../../src/peer/signal/signal-hub";
import { loginProof, readSignal, type SignalMessage, writeSignal } from "../../../../src/peer/signal/signal-message";
import { mutateOctets } from "../../../support/mutate";

const HOME = "0123456789abcdef0123456789abcdef";
const PEER = "00000000000000aa";
const OTHER = "00000000000000bb";
const ACCOUNT = new Uint8Array(32).fill(4);
const TICKET_KEY = new Uint8Array(32).fill(5);
const NONCE = "ffffffffffffffffffffffffffffffff";
const ALL = `p.${HOME}.*.zzzzzz.a`;
const ONE = `p.${HOME}.${PEER}.zzzzzz.b`;

/** A client without a network. */
class Client {
	readonly got: SignalMessage[] = [];
	readonly client: SignalClient;
	ended = "";
	nonce = "";

	constructor(
		readonly hub: SignalHub,
		readonly now = 0,
	) {
		this.client = hub.open(now, {
			address: "192.0.2.7",
			known() {},
			sendText: (text) => {
				const message = readSignal(utf8Encode(text));
				assert.ok(message !== undefined, text);
				this.got.push(message);
				return true;
			},
			close: (code, reason) => {
				this.ended = `${code} ${reason}`;
				this.client.gone();
			},
		});
		const hello = this.got.shift();
		assert.ok(hello?.type === "hello");
		this.nonce = hello.nonce;
	}

	send(message: SignalMessage, now = this.now): this {
		this.client.receive(now, utf8Encode(writeSignal(message)));
		return this;
	}

	logIn(user: string, key = user.startsWith("p") ? peerTicketSecret(TICKET_KEY, user) : ACCOUNT): this {
		const mac = loginProof(key, "client", this.nonce, NONCE, user);
		return this.send({
			type: "login",
			user,
			nonce: NONCE,
			homeKey: "",
			mac,
			name: `name ${user.slice(-2)}`,
			kind: "camera",
		});
	}

	take(): SignalMessage[] {
		return this.got.splice(0);
	}
}

function makeHub(more: Partial<SignalDirectory> = {}): SignalHub {
	const random = new Prng(1);
	return new SignalHub(
		{
			keyOf: (user, _homeKey, _address, done) =>
				done(!user.includes(HOME) ? undefined : user.startsWith("p") ? peerTicketSecret(TICKET_KEY, user) : ACCOUNT),
			utc: () => 2_000_000_000,
			turn: () => ({ address: "192.0.2.9", port: 3478, username: "u", password: "p" }),
			stunPort: 3478,
			...more,
		},
		{
			fill: (bytes) => {
				for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
			},
		},
	);
}

describe("peer/signal-hub", () => {
	it("lets a viewer find a device, and passes signals both ways (P2P-3)", () => {
		const hub = makeHub();
		const device = new Client(hub).logIn(`d:${HOME}:${PEER}`);
		const mac = loginProof(ACCOUNT, "server", device.nonce, NONCE, `d:${HOME}:${PEER}`);
		assert.deepEqual(device.take(), [{ type: "welcome", mac, turn: undefined }]);
		new Client(hub).logIn(`d:${HOME}:${OTHER}`);
		const viewer = new Client(hub).logIn(ALL);
		const [welcome] = viewer.take();
		assert.ok(welcome.type === "welcome" && welcome.turn?.address === "192.0.2.9");
		viewer.send({ type: "find" });
		assert.deepEqual(viewer.take(), [
			{ type: "device", peer: PEER, name: "name aa", kind: "camera" },
			{ type: "device", peer: OTHER, name: "name bb", kind: "camera" },
			{ type: "found" },
		]);
		viewer.send({ type: "signal", peer: PEER, data: "offer" });
		const [signal] = device.take();
		assert.ok(signal.type === "signal" && signal.data === "offer");
		device.send({ type: "signal", peer: signal.peer, data: "answer" });
		assert.deepEqual(viewer.take(), [{ type: "signal", peer: PEER, data: "answer" }]);
		assert.deepEqual(hub.size, { devices: 2, viewers: 1 });
		viewer.client.gone();
		assert.deepEqual(device.take(), [{ type: "gone", peer: signal.peer }]);
		device.send({ type: "signal", peer: signal.peer, data: "late" });
		assert.deepEqual(device.take(), [{ type: "gone", peer: signal.peer }]);
	});

	it("keeps homes apart in which devices have the same identity (P2P-14)", () => {
		const foreign = "fedcba9876543210fedcba9876543210";
		const hub = makeHub({
			keyOf: (user, _homeKey, _address, done) =>
				done(user.startsWith("p") ? peerTicketSecret(TICKET_KEY, user) : ACCOUNT),
		});
		const device = new Client(hub).logIn(`d:${HOME}:${PEER}`);
		const viewer = new Client(hub).logIn(ALL);
		viewer.send({ type: "signal", peer: PEER, data: "offer" });
		const [, signal] = device.take();
		assert.ok(signal.type === "signal");
		viewer.take();
		const impostor = new Client(hub).logIn(`d:${foreign}:${PEER}`);
		impostor.take();
		impostor.send({ type: "signal", peer: signal.peer, data: "refused" });
		assert.deepEqual(impostor.take(), [{ type: "gone", peer: signal.peer }]);
		impostor.client.gone();
		assert.deepEqual(viewer.take(), [], "nothing of another home reaches a viewer");
		device.send({ type: "signal", peer: signal.peer, data: "answer" });
		assert.deepEqual(viewer.take(), [{ type: "signal", peer: PEER, data: "answer" }]);
	});

	it("shows and calls only the device that a ticket is for", () => {
		const hub = makeHub();
		const device = new Client(hub).logIn(`d:${HOME}:${PEER}`);
		const other = new Client(hub).logIn(`d:${HOME}:${OTHER}`);
		const guest = new Client(hub).logIn(ONE);
		guest.take();
		guest.send({ type: "find" });
		assert.deepEqual(
			guest.take().map((message) => message.type),
			["device", "found"],
		);
		guest.send({ type: "signal", peer: OTHER, data: "x" });
		assert.deepEqual(guest.take(), [{ type: "gone", peer: OTHER }]);
		assert.equal(other.take().length, 1);
		// A device can't reach a viewer who has not called it.
		other.send({ type: "signal", peer: guest.client.number, data: "y" });
		assert.deepEqual(other.take(), [{ type: "gone", peer: guest.client.number }]);
		assert.equal(guest.take().length, 0);
		assert.equal(device.take().length, 1);
	});

	for (const [what, act] of [
		["a wrong key", (client: Client) => client.logIn(ALL, new Uint8Array(32))],
		["a device with a ticket's secret", (client: Client) => client.logIn(`d:${HOME}:${PEER}`, TICKET_KEY)],
		["a ticket that has ended", (client: Client) => client.logIn(`p.${HOME}.*.1.a`)],
		["a home that is not known", (client: Client) => client.logIn(`p.${HOME.replaceAll("0", "1")}.*.zzzzzz.a`)],
		["a user who is neither", (client: Client) => client.logIn("somebody")],
		["a request before the login", (client: Client) => client.send({ type: "find" })],
		["what only servers send", (client: Client) => client.logIn(ALL).send({ type: "found" })],
		["a device that searches", (client: Client) => client.logIn(`d:${HOME}:${PEER}`).send({ type: "find" })],
		["a second login", (client: Client) => client.logIn(ALL).logIn(ALL)],
		["octets that are no message", (client: Client) => client.client.receive(0, new Uint8Array(3))],
	] as const)
		it(`ends the connection for ${what}`, () => {
			const hub = makeHub();
			const client = new Client(hub);
			act(client);
			assert.ok(client.ended.startsWith("1008 "), client.ended);
			assert.deepEqual(hub.size, { devices: 0, viewers: 0 });
			assert.equal(client.got.at(-1)?.type, "refused");
		});

	it("ends a connection that does not log in", () => {
		const hub = makeHub();
		const client = new Client(hub);
		client.client.overdue();
		assert.equal(client.ended, "1008 no login");
		const other = new Client(hub).logIn(ALL);
		other.client.overdue();
		assert.equal(other.ended, "");
	});

	it("bounds the signals of each client", () => {
		const hub = makeHub();
		new Client(hub).logIn(`d:${HOME}:${PEER}`);
		const viewer = new Client(hub).logIn(ALL);
		for (let i = 0; i < 200; i++) viewer.send({ type: "signal", peer: PEER, data: "x" });
		assert.equal(viewer.ended, "1008 too many messages");
		assert.ok(hub.counters.signals < 65);
		const patient = new Client(hub).logIn(ALL);
		for (let i = 0; i < 200; i++) patient.send({ type: "signal", peer: PEER, data: "x" }, i * 200);
		assert.equal(patient.ended, "");
	});

	it("keeps the newest connection of a device, and tells callers when it leaves", () => {
		const hub = makeHub();
		const first = new Client(hub).logIn(`d:${HOME}:${PEER}`);
		const second = new Client(hub).logIn(`d:${HOME}:${PEER}`);
		assert.equal(first.ended, "1008 another connection of this device");
		const viewer = new Client(hub).logIn(ALL);
		viewer.take();
		viewer.send({ type: "signal", peer: PEER, data: "x" });
		assert.equal(second.got.at(-1)?.type, "signal");
		second.client.gone();
		assert.deepEqual(viewer.take(), [{ type: "gone", peer: PEER }]);
	});

	it("takes the answer of a key that is looked up later, unless the client has left", () => {
		let answer: ((key: Uint8Array | undefined) => void) | undefined;
		const hub = makeHub({ keyOf: (_user, _homeKey, _address, done) => (answer = done) });
		const client = new Client(hub).logIn(ALL);
		assert.equal(client.got.length, 0);
		answer?.(peerTicketSecret(TICKET_KEY, ALL));
		assert.equal(client.take()[0].type, "welcome");
		const gone = new Client(hub).logIn(ALL);
		gone.client.gone();
		answer?.(peerTicketSecret(TICKET_KEY, ALL));
		assert.deepEqual(hub.size, { devices: 0, viewers: 1 });
	});

	it("survives any messages", () => {
		const random = new Prng(99);
		const hub = makeHub();
		for (let i = 0; i < 300; i++) {
			const client = new Client(hub, i * 1000);
			if (random.chance(0.7)) client.logIn(random.chance(0.5) ? ALL : `d:${HOME}:${PEER}`);
			for (let n = 0; n < 4; n++) {
				const text = writeSignal({
					type: "signal",
					peer: random.chance(0.5) ? PEER : `${random.below(300)}`,
					data: "d",
				});
				client.client.receive(i * 1000, mutateOctets(random, utf8Encode(text)));
			}
			if (random.chance(0.5)) client.client.gone();
		}
		assert.ok(hub.size.devices <= 1);
	});
});
