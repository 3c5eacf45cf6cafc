import assert from "node:assert/strict";
import { toHex } from "../../../../../src/base/hex";
import { Prng } from "../../../../../src/base/prng";
import { HmacSha1 } from "../../../../../src/base/sha1";
import { HmacSha256 } from "../../../../../src/base/sha256";
import { writeFind, writeRegister, writeSelect, writeWithdraw } from "../../../../../src/peer/rendezvous/peer-request";
import { TurnIssuer } from "../../../../../src/peer/rendezvous/server/turn-issuer";
import { BINDING, NONCE, REQUEST, USERNAME } from "../../../../../src/wire/stun";
import { StunReader } from "../../../../../src/wire/stun-reader";
import { StunWriter } from "../../../../../src/wire/stun-writer";
import {
	CAMERA_RECORD,
	MatchingRig,
	RIG_DATE,
	RigClient,
	RigHome,
	VIEWER_RECORD,
} from "../../../../support/matching-rig";
import { mutateOctets } from "../../../../support/mutate";

const PEER = "00000000000000c1";
const OTHER = "00000000000000c2";
const ME = "00000000000000f1";
const CAMERA_LEG = { address: "198.18.0.7", port: 40_001 };
const VIEWER_LEG = { address: "198.18.9.9", port: 50_002 };
const ALL = { name: "", tag: "", after: "", withAddresses: false };

function stage(options: ConstructorParameters<typeof MatchingRig>[0] = {}) {
	const rig = new MatchingRig(options);
	const home = new RigHome(rig, "cabin");
	const camera = new RigClient(rig, home.device(PEER), CAMERA_LEG, home.keys.accountPublicKey);
	const viewer = new RigClient(rig, home.viewer(), VIEWER_LEG);
	const register = (record = CAMERA_RECORD) =>
		camera.ask((head) => writeRegister(camera.who, head, { lifetime: 120, record }));
	const refresh = (client = camera) => client.ask((head) => writeRegister(client.who, head, { lifetime: 120 }));
	const find = (query = {}) => viewer.ask((head) => writeFind(viewer.who, head, { ...ALL, ...query }));
	const choice = { target: PEER, self: ME, record: VIEWER_RECORD };
	const select = (more = {}, repeat?: Uint8Array) =>
		viewer.ask((head) => writeSelect(viewer.who, head, { ...choice, ...more }), repeat);
	return { rig, home, camera, viewer, register, refresh, find, select };
}

describe("peer/rendezvous/server/matching-server", () => {
	it("registers a device after it has proved its address and its home, and tells it its public address (P2P-1, P2P-2)", () => {
		const { rig, camera, register } = stage();
		assert.deepEqual(register(), {
			type: "registered",
			stamp: RIG_DATE + 1,
			lifetime: 120,
			keepAlive: "answering",
			...CAMERA_LEG,
		});
		assert.equal(camera.requests, 3, "without nonce, without key, complete");
		assert.equal(rig.server.table.size, 1);
		assert.equal(rig.ciphers.agreements, 2, "one by the device, one by the server");
	});

	it("refreshes with one short message, and asks for all of it when the device is not known or elsewhere (P2P-6)", () => {
		const { rig, camera, register, refresh } = stage();
		assert.deepEqual(
			refresh(),
			{ type: "refused", code: 404, nonce: undefined, seen: undefined },
			"after its home was let in",
		);
		register();
		const before = camera.requests;
		assert.equal(refresh()?.type, "registered");
		assert.equal(camera.requests, before + 1);
		const moved = new RigClient(rig, camera.who, { ...CAMERA_LEG, port: 40_002 });
		const answer = refresh(moved);
		assert.equal(answer?.type === "refused" && answer.code, 404);
	});

	it("expires, withdraws, and registers again (P2P-2, P2P-6)", () => {
		const { rig, camera, register, refresh, find } = stage();
		register();
		rig.pass(100_000);
		assert.equal(refresh()?.type, "registered");
		rig.pass(100_000);
		const listed = find();
		assert.equal(listed?.type === "found" && listed.devices.length, 1);
		rig.pass(21_000);
		const gone = find();
		assert.equal(gone?.type === "found" && gone.devices.length, 0);
		rig.pass(16_000);
		assert.equal(rig.server.table.size, 0);
		register();
		assert.equal(camera.ask((head) => writeWithdraw(camera.who, head))?.type, "withdrawn");
		assert.equal(rig.server.table.size, 0);
		rig.pass(700_000);
		assert.equal(rig.server.table.homeCount, 0, "the home is forgotten");
	});

	it("lists all devices, or those that a search fits, with addresses or without (P2P-3)", () => {
		const { rig, home, register, find } = stage();
		const host = { kind: "host", address: "192.168.1.4", port: 5000 } as const;
		register({ ...CAMERA_RECORD, candidates: [host] });
		const second = new RigClient(rig, home.device(OTHER), { ...CAMERA_LEG, port: 40_009 });
		const record = { ...CAMERA_RECORD, name: "Street Door", kind: "nas", tags: "", isPortal: true };
		second.ask((head) => writeRegister(second.who, head, { lifetime: 120, record }));
		const names = (query: object): readonly string[] => {
			const answer = find(query);
			return answer?.type === "found" ? answer.devices.map(({ record }) => record.name) : [`${answer?.type}`];
		};
		assert.deepEqual(names({}), ["Garage", "Street Door"]);
		assert.deepEqual(names({ name: "gAr" }), ["Garage"]);
		assert.deepEqual(names({ tag: "street" }), ["Garage"], "a word of the tags");
		assert.deepEqual(names({ tag: "stree" }), []);
		assert.deepEqual(names({ tag: "nas" }), ["Street Door"], "the kind");
		assert.deepEqual(names({ after: PEER }), ["Street Door"]);
		const without = find();
		assert.deepEqual(without?.type === "found" && without.devices[0].record.candidates, []);
		const answer = find({ withAddresses: true });
		const seen = { kind: "reflexive", ...CAMERA_LEG };
		assert.deepEqual(answer?.type === "found" && answer.devices[0].record, {
			...CAMERA_RECORD,
			candidates: [seen, host],
		});
	});

	it("lists in pages what does not fit into one datagram", () => {
		const { rig, home, find } = stage();
		for (let i = 0; i < 60; i++) {
			const peer = `00000000000000${(16 + i).toString(16)}`;
			const device = new RigClient(
				rig,
				home.device(peer),
				{ ...CAMERA_LEG, port: 1000 + i },
				home.keys.accountPublicKey,
			);
			const record = { ...CAMERA_RECORD, name: `Camera ${i}` };
			device.ask((head) => writeRegister(device.who, head, { lifetime: 120, record }));
		}
		const names = new Set<string>();
		let after = "";
		for (let pages = 1; ; pages++) {
			const answer = find({ after });
			if (answer?.type !== "found") throw new Error(answer?.type);
			for (const { peer, record } of answer.devices) {
				names.add(record.name);
				after = peer;
			}
			assert.equal(answer.left, 60 - names.size);
			if (answer.left === 0) break;
			assert.ok(pages < 10);
		}
		assert.equal(names.size, 60);
	});

	it("introduces both sides with the same session, and START delays from their distances (P2P-3, P2P-7, P2P-9)", () => {
		const { rig, camera, viewer, register, select } = stage();
		camera.roundTrip = 80;
		register();
		viewer.roundTrip = 20;
		const own = { kind: "host", address: "192.168.7.7", port: 6000 } as const;
		const answer = select({ record: { ...VIEWER_RECORD, candidates: [own] } });
		const [pushed] = camera.pushedOf(rig.sent);
		if (answer?.type !== "introduced") throw new Error(answer?.type);
		assert.deepEqual(pushed.session, answer.session);
		assert.equal(answer.peer, PEER);
		assert.equal(pushed.peer, ME);
		assert.equal(pushed.ticket, viewer.who.username);
		assert.equal(pushed.stamp, RIG_DATE + 1);
		assert.deepEqual(answer.record.candidates, [{ kind: "reflexive", ...CAMERA_LEG }]);
		assert.deepEqual(pushed.record.candidates, [{ kind: "reflexive", ...VIEWER_LEG }, own]);
		assert.deepEqual(answer.record.key, CAMERA_RECORD.key);
		assert.deepEqual([answer.startDelay, pushed.startDelay], [30, 0]);
		assert.equal(answer.turn, undefined);
	});

	it("repeats an introduction until the device confirms it, four times at most (P2P-7)", () => {
		const { rig, camera, register, select } = stage();
		register();
		select();
		rig.sent.length = 0;
		rig.pass(3000);
		assert.equal(camera.pushedOf(rig.sent).length, 3);
		assert.equal(rig.server.introducer.pushes.lost, 1);
		select();
		const [pushed] = camera.pushedOf(rig.sent);
		const stranger = new RigClient(rig, camera.who, VIEWER_LEG);
		stranger.confirm(pushed);
		assert.equal(rig.server.introducer.pushes.confirmed, 0, "from elsewhere");
		camera.confirm(pushed);
		assert.equal(rig.server.introducer.pushes.confirmed, 1);
		rig.sent.length = 0;
		rig.pass(3000);
		assert.equal(rig.sent.length, 0);
	});

	it("gives a repeated selection the same session, and tells the device only once (P2P-14)", () => {
		const { rig, camera, viewer, register, select } = stage();
		register();
		const first = select();
		const copy = select({}, viewer.transaction);
		assert.equal(camera.pushedOf(rig.sent).length, 0);
		const another = select();
		if (first?.type !== "introduced" || copy?.type !== "introduced" || another?.type !== "introduced")
			throw new Error();
		assert.deepEqual(copy.session, first.session);
		assert.notDeepEqual(another.session, first.session);
	});

	it("hands out a TURN server, and passes a relayed candidate on to the device (P2P-12)", () => {
		const turn = new TurnIssuer("secret", [{ address: "198.18.3.3", port: 3478 }]);
		const { rig, camera, register, select } = stage({ turn });
		register();
		const answer = select();
		if (answer?.type !== "introduced") throw new Error(answer?.type);
		assert.equal(answer.turn?.username, `${RIG_DATE + 1 + 86_400}:${toHex(answer.session)}`);
		const relayed = { kind: "relayed", address: "198.18.3.3", port: 49_152 } as const;
		const foreign = { kind: "relayed", address: "198.18.3.4", port: 49_152 } as const;
		const { session } = answer;
		const record = { ...VIEWER_RECORD, candidates: [foreign, relayed] };
		assert.equal(select({ record, session })?.type, "introduced");
		const [pushed] = camera.pushedOf(rig.sent);
		assert.deepEqual(pushed.session, session);
		assert.deepEqual(pushed.record.candidates, [{ kind: "reflexive", ...VIEWER_LEG }, relayed]);
		const foul = select({ record, session: new Uint8Array(8) });
		assert.equal(foul?.type === "refused" && foul.code, 404, "a session of somebody else");
	});

	it("hands out a TURN server to the device, too, the same for all pushes of a session (P2P-11, P2P-12)", () => {
		const turn = new TurnIssuer("secret", [{ address: "198.18.3.3", port: 3478 }]);
		const { rig, camera, register, select } = stage({ turn });
		register();
		const answer = select();
		if (answer?.type !== "introduced") throw new Error(answer?.type);
		const [first] = camera.pushedOf(rig.sent);
		assert.equal(first.turn?.address, "198.18.3.3");
		assert.match(first.turn?.username ?? "", new RegExp(`^\\d+:${toHex(answer.session)}$`));
		rig.pass(5000);
		const relayed = { kind: "relayed", address: "198.18.3.3", port: 49_152 } as const;
		select({ record: { ...VIEWER_RECORD, candidates: [relayed] }, session: answer.session });
		assert.deepEqual(camera.pushedOf(rig.sent)[0].turn, first.turn);
	});

	it("tells others no address from which a stranger could suffer (P2P-14)", () => {
		const { rig, camera, register, find } = stage();
		const candidate = (kind: "host" | "mapped" | "reflexive" | "relayed", address: string) => ({
			kind,
			address,
			port: 9,
		});
		register({
			...CAMERA_RECORD,
			candidates: [
				candidate("reflexive", "198.18.1.1"),
				candidate("host", "198.18.1.1"),
				candidate("mapped", "198.18.1.1"),
				candidate("relayed", "198.18.1.1"),
				candidate("host", "2001:db9::1"),
				candidate("host", "127.0.0.1"),
				candidate("mapped", CAMERA_LEG.address),
				candidate("host", "10.0.0.3"),
			],
		});
		const listed = () => {
			const answer = find({ withAddresses: true });
			return answer?.type === "found" ? answer.devices[0].record.candidates.map(({ address }) => address) : [];
		};
		assert.deepEqual(listed(), [CAMERA_LEG.address, CAMERA_LEG.address, "10.0.0.3"]);
		// By its IPv6 socket it proves where it is, too.
		const six = new RigClient(rig, camera.who, { address: "2001:db9::1", port: 40_001 });
		const first = six.rig.give(
			writeRegister(six.who, { transaction: six.transaction, roundTrip: 0 }, { lifetime: 9 }),
			six.leg,
		);
		const challenge = six.answerOf(first);
		if (challenge?.type !== "refused" || challenge.nonce === undefined) throw new Error(challenge?.type);
		assert.deepEqual(challenge.seen, six.leg);
		camera.alsoAt = { ...six.leg, nonce: challenge.nonce };
		register({ ...CAMERA_RECORD, candidates: [candidate("host", "2001:db9::2"), candidate("host", "2001:db8:1::2")] });
		assert.deepEqual(listed(), [CAMERA_LEG.address, "2001:db9::1", "2001:db9::2"]);
		camera.alsoAt = { address: "2001:db9::5", port: 40_001, nonce: challenge.nonce };
		register();
		assert.deepEqual(listed(), [CAMERA_LEG.address], "a proof of another address");
	});

	it("never moves a registration by a copy from elsewhere, and computes nothing costly for it (P2P-14)", () => {
		const { rig, camera, register, find } = stage();
		let copy: Uint8Array = new Uint8Array(0);
		camera.ask((head) => (copy = writeRegister(camera.who, head, { lifetime: 120, record: CAMERA_RECORD })));
		const { agreements } = rig.ciphers;
		const sent = rig.give(copy, VIEWER_LEG);
		assert.equal(sent.length, 1);
		assert.ok(sent[0].bytes.length <= copy.length);
		assert.equal(rig.ciphers.agreements, agreements);
		rig.pass(200_000);
		assert.equal(rig.give(copy, CAMERA_LEG).length, 1, "too old, though from the same address");
		assert.equal(rig.server.table.size, 0);
		register();
		const answer = find({ withAddresses: true });
		assert.deepEqual(answer?.type === "found" && answer.devices[0].record.candidates, [
			{ kind: "reflexive", ...CAMERA_LEG },
		]);
	});

	it("refuses wrong keys, other homes' keys, foreign tickets and ended ones (P2P-14)", () => {
		const { rig, home, register } = stage();
		register();
		const code = (client: RigClient, write: Parameters<RigClient["ask"]>[0]) => {
			const answer = client.ask(write);
			return answer?.type === "refused" ? answer.code : answer?.type;
		};
		const other = new RigHome(rig, "attic");
		const wrong = { ...home.device(PEER), integrity: new HmacSha1(new Uint8Array(32)) };
		const forger = new RigClient(rig, wrong, VIEWER_LEG, home.keys.accountPublicKey);
		assert.equal(
			code(forger, (head) => writeRegister(wrong, head, { lifetime: 120, record: CAMERA_RECORD })),
			401,
		);
		const foreign = new RigClient(rig, other.device(PEER), VIEWER_LEG, home.keys.accountPublicKey);
		assert.equal(
			code(foreign, (head) => writeRegister(foreign.who, head, { lifetime: 120, record: CAMERA_RECORD })),
			400,
		);
		const viewers: readonly [ReturnType<RigHome["viewer"]>, string | number][] = [
			[home.viewer(), "introduced"],
			[home.viewer(PEER), "introduced"],
			[home.viewer(OTHER), 403],
			[home.viewer("*", RIG_DATE - 1), 403],
			[home.viewer("*", RIG_DATE + 3600), "introduced"],
			[other.viewer(), 404],
			[{ ...other.viewer(), username: home.viewer().username }, 401],
		];
		const choice = { target: PEER, self: ME, record: VIEWER_RECORD };
		for (const [who, expected] of viewers) {
			const client = new RigClient(rig, who, VIEWER_LEG);
			assert.equal(
				code(client, (head) => writeSelect(who, head, choice)),
				expected,
			);
		}
		const scoped = new RigClient(rig, home.viewer(OTHER), VIEWER_LEG);
		const answer = scoped.ask((head) => writeFind(scoped.who, head, ALL));
		assert.equal(answer?.type === "found" && answer.devices.length, 0);
	});

	it("takes no copy of a goodbye after the device has come back (P2P-14)", () => {
		const { rig, camera, register, refresh } = stage();
		register();
		let goodbye: Uint8Array = new Uint8Array(0);
		camera.ask((head) => (goodbye = writeWithdraw(camera.who, head)));
		assert.equal(rig.server.table.size, 0);
		register();
		rig.pass(10_000);
		rig.give(goodbye, CAMERA_LEG);
		assert.equal(refresh()?.type, "registered");
	});

	it("keeps the share of a device whose address is forged (P2P-14)", () => {
		const { rig, home, camera, register, refresh } = stage();
		register();
		const { nonce } = camera;
		if (nonce === undefined) throw new Error("no nonce");
		const wrong = { ...home.device(PEER), integrity: new HmacSha1(new Uint8Array(32)) };
		const forged = writeRegister(wrong, { transaction: new Uint8Array(12), nonce, roundTrip: 0 }, { lifetime: 120 });
		for (let i = 0; i < 200; i++) assert.ok((rig.give(forged, CAMERA_LEG)[0]?.bytes.length ?? 0) < forged.length);
		assert.equal(refresh()?.type, "registered");
	});

	it("takes only the homes of its list, where it has one", () => {
		const { register, home } = stage({ homes: new Set() });
		const answer = register();
		assert.equal(answer?.type === "refused" && answer.code, 403);
		assert.equal(stage({ homes: new Set([home.keys.home]) }).register()?.type, "registered");
	});

	it("accepts MESSAGE-INTEGRITY-SHA256, and signs the answer in the same way", () => {
		const { rig, home, register } = stage();
		register();
		const message = new StunReader();
		const writer = new StunWriter();
		const key = new HmacSha256(home.accountKey);
		let nonce = new Uint8Array(0);
		for (let i = 0; i < 2; i++) {
			writer.begin(REQUEST, BINDING, new Uint8Array(12)).text(USERNAME, home.device(PEER).username);
			if (i === 1) writer.octets(NONCE, nonce);
			writer.octets(0xc0f0, new Uint8Array([1, 0, 0, 60, 0, 0, 0, 0])).integrity256(key, 16);
			assert.equal(message.read(rig.give(writer.bytes.slice(0, writer.end), CAMERA_LEG)[0].bytes), true);
			nonce = message.octets(NONCE, 64)?.slice() ?? nonce;
		}
		assert.equal(message.isIntact256(key), true);
	});

	it("bounds devices of a home and of the server", () => {
		const { rig, home, register } = stage({ capacity: 3 });
		register();
		const codes: unknown[] = [];
		for (let i = 0; i < 4; i++) {
			const device = new RigClient(rig, home.device(`000000000000000${i}`), { address: "198.18.5.5", port: 1 + i });
			const answer = device.ask((head) => writeRegister(device.who, head, { lifetime: 120, record: CAMERA_RECORD }));
			codes.push(answer?.type === "refused" ? answer.code : answer?.type);
		}
		assert.deepEqual(codes, ["registered", "registered", 486, 486]);
		assert.equal(register()?.type, "registered", "one that is registered keeps its place");
	});

	it("answers strangers with no more octets than they sent, and floods with nothing (P2P-14)", () => {
		const { rig, camera, viewer, register } = stage();
		register();
		const head = { transaction: new Uint8Array(12), roundTrip: 0 };
		const seeds = [
			writeRegister(camera.who, head, { lifetime: 120 }),
			writeRegister(camera.who, { ...head, nonce: new Uint8Array(20) }, { lifetime: 120, record: CAMERA_RECORD }),
			writeFind(viewer.who, head, ALL),
			writeSelect(viewer.who, head, { target: PEER, self: ME, record: VIEWER_RECORD }),
		];
		const random = new Prng(3);
		for (let i = 0; i < 6000; i++) {
			const leg = { address: `198.18.${random.below(250)}.${random.below(250)}`, port: 1 + random.below(65_000) };
			const seed = seeds[i % seeds.length];
			const bytes = random.chance(0.1) ? seed : mutateOctets(random, seed);
			let sent = 0;
			for (const datagram of rig.give(bytes, leg)) {
				assert.deepEqual(datagram.leg, leg);
				sent += datagram.bytes.length;
			}
			assert.ok(sent <= bytes.length, `${sent} octets for ${bytes.length}`);
		}
		assert.equal(rig.server.table.size, 1);
		let answers = 0;
		for (let i = 0; i < 5000; i++) answers += rig.give(seeds[0], VIEWER_LEG).length;
		assert.ok(answers <= 2000, `${answers} answers to one source`);
	});

	it("never throws, whatever an authentic device or viewer sends", () => {
		const { rig, camera, viewer, register } = stage();
		register();
		viewer.ask((head) => writeFind(viewer.who, head, ALL));
		const { nonce } = viewer;
		const random = new Prng(8);
		const message = new StunReader();
		for (const client of [camera, viewer]) {
			const head = {
				transaction: new Uint8Array(12),
				roundTrip: 5,
				...(client.nonce === undefined ? {} : { nonce: client.nonce }),
			};
			const seeds = [
				writeRegister(client.who, head, { lifetime: 120, record: CAMERA_RECORD }),
				writeFind(client.who, head, { ...ALL, after: PEER }),
				writeSelect(client.who, head, { target: PEER, self: ME, record: VIEWER_RECORD }),
			];
			for (let i = 0; i < 1500; i++) {
				// Attributes are changed and the message is signed again, as a member with bad intentions would.
				if (!message.read(seeds[i % 3])) throw new Error("seed");
				const writer = new StunWriter().begin(REQUEST, BINDING, message.bytes, 8);
				for (const attribute of [USERNAME, NONCE, 0xc0f0, 0xc0f1, 0xc0f3, 0xc0f4, 0xc0f6]) {
					const value = message.octets(attribute, 1000);
					if (value === undefined) continue;
					const isKept = attribute === USERNAME || attribute === NONCE || random.chance(0.6);
					writer.octets(attribute, isKept ? value : mutateOctets(random, value).slice(0, 500));
				}
				rig.give(writer.integrity(client.who.integrity).bytes.slice(0, writer.end), client.leg);
				if (i % 50 === 0) rig.pass(500);
				if (i % 500 === 0) client.ask((again) => writeFind(client.who, again, ALL));
			}
		}
		assert.ok(nonce !== undefined);
	});
});
