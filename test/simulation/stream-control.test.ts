import assert from "node:assert/strict";
import type { Packet } from "../../hosts/virtual/packet";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { FileSink } from "../../src/ports/files";
import type { StreamDistribution } from "../../src/stream/distribution/stream-distribution";
import type { StreamTable } from "../../src/stream/stream-table";
import { HomePlayer } from "../support/home-player";
import { plainJpeg } from "../support/plain-pictures";
import { HomeControl } from "../support/virtual-control";
import { VirtualHome } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";
import { VirtualRtpPlayer } from "../support/virtual-rtp-player";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "8");
const KEY = "a key of the control host and its NAS".replaceAll(" ", "-");
const CONTROL = "192.168.0.50";
const NAS = "192.168.0.60";
const URL = `rtsp://${CONTROL}:8554/files/garden@10.mjpeg`;

/** A home with a control host, a NAS, and a machine for players. */
class Scene {
	readonly home: VirtualHome;
	readonly nas: HomeNas;
	readonly control: HomeControl;
	readonly player: VirtualMachine;
	private ports = 6000;

	/** @param keys of the NAS and of the control host, in the setting with this name */
	constructor(seed: number, keys: readonly [string, string] = [KEY, KEY], setting = "link-key") {
		this.home = new VirtualHome(seed, {}, { delay: 1 + (seed % 5) });
		const { world, lan, link } = this.home;
		const common = { mapping: "off", presence: "off" };
		this.nas = new HomeNas(this.home, 60, { ...common, "link-port": "8556", [setting]: keys[0] });
		this.write("files/garden@10.mjpeg", 300);
		this.control = new HomeControl(this.home, 50, {
			...common,
			nas: NAS,
			[setting]: keys[1],
			"viewer-password": "only-looking",
		});
		this.player = new VirtualMachine(world, "player");
		this.player.attach(lan, { address: "192.168.0.77", gateway: "192.168.0.1" }, link);
		world.runFor(3000);
	}

	/** Plays by UDP. */
	udp(): UdpClient {
		this.ports += 2;
		return new UdpClient(this, new VirtualRtpPlayer(this.player, this.ports, { interval: 1000 }, this.ports));
	}

	/** Plays between the RTSP messages. */
	tcp(): HomePlayer & { session?: string } {
		const client = new HomePlayer(this.home, this.player, CONTROL);
		const answer = client.ask("SETUP", `${URL}/trackID=0`, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
		const session = sessionOf(answer);
		client.ask("PLAY", URL, `Session: ${session}`);
		return Object.assign(client, { session });
	}

	private write(path: string, pictures: number): void {
		const { files } = this.nas.machine;
		const picture = plainJpeg(100);
		const bytes = Buffer.concat(Array.from({ length: pictures }, () => picture));
		let isDone = false;
		const sink: FileSink = {
			completed: (operation) => {
				isDone = operation === "close";
			},
			failed: (_operation, why) => {
				throw new Error(why);
			},
		};
		files.open(path, "create-or-update", (answer) => {
			assert.ok(answer.failure === undefined, answer.failure);
			answer.value.write(0, bytes, 0, bytes.length, sink);
			answer.value.sync(sink);
			answer.value.close(sink);
		});
		assert.ok(this.home.world.runUntil(() => isDone, 10_000));
		for (const folder of ["files", ""]) files.syncFolder(folder, () => {});
		this.home.world.runFor(100);
	}
}

/** A client by UDP, with its control connection. */
class UdpClient {
	readonly control: HomePlayer;
	readonly session: string;
	readonly source: string;

	constructor(
		private readonly scene: Scene,
		readonly rtp: VirtualRtpPlayer,
	) {
		this.control = new HomePlayer(scene.home, scene.player, CONTROL);
		const { rtpPort, rtcpPort } = rtp;
		const answer = this.ask("SETUP", `Transport: RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort}`);
		this.session = sessionOf(answer);
		const [, server = "0", reports = "0"] = /server_port=(\d+)-(\d+)/.exec(answer) ?? [];
		this.source = /source=([0-9.]+)/.exec(answer)?.[1] ?? "";
		assert.match(this.ask("PLAY"), /^RTSP\/1\.0 200 OK/);
		rtp.play({ address: this.source, rtpPort: Number(server), rtcpPort: Number(reports) });
	}

	ask(method: string, ...fields: string[]): string {
		const url = method === "SETUP" ? `${URL}/trackID=0` : URL;
		const session = this.session === undefined ? [] : [`Session: ${this.session}`];
		return this.control.ask(method, url, ...session, ...fields);
	}

	/** Pictures that come in a time. */
	in(duration: number): number {
		const before = this.rtp.packets;
		this.scene.home.world.runFor(duration);
		return this.rtp.packets - before;
	}
}

/** The stream transport table of a NAS. */
function table({ nas }: HomeNas): StreamTable {
	return (nas.streams.transport as StreamDistribution).table;
}

function sessionOf(answer: string): string {
	const [, session = ""] = /\r\nSession: ([0-9a-f]+)/.exec(answer) ?? [];
	assert.notEqual(session, "", answer);
	return session;
}

const forSeeds = (run: (scene: Scene, seed: number) => void): void => {
	for (let seed = 0; seed < SEEDS; seed++) run(new Scene(seed), seed);
};

describe("simulation/stream-control", function () {
	this.timeout(60_000);

	it("takes requests at the control host and sends from the NAS, by UDP (STR-2, STR-11, STR-12)", () => {
		forSeeds((scene, seed) => {
			const client = scene.udp();
			assert.equal(client.source, NAS, `seed ${seed}`);
			const pictures = client.in(5000);
			assert.ok(pictures >= 45 && pictures <= 55, `seed ${seed}: ${pictures} packets`);
			assert.deepEqual(
				[...client.rtp.mediaFrom].map((from) => from.split(":")[0]),
				[NAS],
			);
			const { nas, control } = scene;
			const [entry] = table(nas).entries;
			assert.deepEqual([entry.control, entry.client], [client.session, "192.168.0.77"]);
			assert.deepEqual([control.control.service.playing, control.control.service.streams], [1, 1]);
			scene.home.world.runFor(6000);
			assert.ok((control.control.service.report(entry.stream)?.packets ?? 0) > 50);
			assert.match(client.ask("PAUSE"), /200 OK/);
			scene.home.world.runFor(100);
			assert.equal(client.in(1000), 0);
			assert.match(client.ask("TEARDOWN"), /200 OK/);
			scene.home.world.runFor(500);
			assert.deepEqual([nas.nas.streams.streams, client.rtp.goodbyes], [0, 1]);
		});
	});

	it("brings pictures between the RTSP messages, through the control host (STR-12)", () => {
		forSeeds((scene, seed) => {
			const client = scene.tcp();
			client.text = "";
			scene.home.world.runFor(5000);
			const packets = client.text.split("$\x00").length - 1;
			assert.ok(packets >= 45, `seed ${seed}: ${packets} packets`);
			assert.equal(table(scene.nas).entries[0].framing, "tcp");
			client.stream.abort();
			scene.home.world.runFor(1000);
			assert.equal(scene.nas.nas.streams.streams, 0);
		});
	});

	it("ends sessions in order when the NAS loses its power, and plays again afterwards (STR-12)", () => {
		forSeeds((scene, seed) => {
			const { home, nas, control } = scene;
			const [udp, tcp] = [scene.udp(), scene.tcp()];
			assert.ok(udp.in(2000) > 15);
			nas.crash();
			home.world.runFor(1000 + 500 * (seed % 4));
			nas.restart();
			home.until(() => udp.control.isOver && tcp.isOver, 40_000, "the clients are told");
			assert.equal(control.control.service.streams, 0);
			home.until(() => control.control.service.transport.isReachable, 10_000, "the link is there");
			const again = scene.udp();
			assert.ok(again.in(2000) > 15, `seed ${seed}`);
		});
	});

	it("says so while the NAS is away: 503 to requests, and its sessions end (STR-12)", () => {
		forSeeds((scene) => {
			const { home, nas } = scene;
			const udp = scene.udp();
			nas.crash();
			home.until(() => udp.control.isOver, 40_000, "the client is told");
			const client = new HomePlayer(home, scene.player, CONTROL);
			const answer = client.ask("DESCRIBE", URL);
			assert.match(answer, /^RTSP\/1\.0 503 /);
			assert.match(scene.control.machine.log.lines.map(({ text }) => text).join("\n"), /the NAS at 192.168.0.60:8556/);
		});
	});

	it("ends streams with a BYE when the control host loses its power (STR-12)", () => {
		forSeeds((scene, seed) => {
			const { home, nas, control } = scene;
			const udp = scene.udp();
			control.crash();
			// Back before the NAS has noticed, or long after.
			home.world.runFor(seed % 2 === 0 ? 2000 : 40_000);
			if (seed % 2 === 0) control.restart();
			home.until(() => udp.rtp.goodbyes === 1, 10_000, "the client is told");
			assert.equal(nas.nas.streams.streams, 0);
			if (seed % 2 === 1) control.restart();
			home.world.runFor(5000);
			const again = scene.udp();
			assert.ok(again.in(2000) > 15, `seed ${seed}`);
		});
	});

	it("goes on when only the cable between them was out for a moment (STR-12)", () => {
		forSeeds((scene, seed) => {
			const { home, nas, control } = scene;
			const udp = scene.udp();
			assert.ok(udp.in(1000) > 5);
			const cut = (packet: Packet) => (packet.source === NAS || packet.destination === NAS ? undefined : packet);
			control.machine.hook = { incoming: cut, outgoing: cut };
			home.until(() => !control.control.service.transport.isReachable, 20_000, "the link is lost");
			control.machine.hook = undefined;
			const during = udp.in(8000);
			assert.ok(during >= 70, `seed ${seed}: ${during} packets`);
			assert.ok(control.control.service.transport.isReachable);
			assert.match(udp.ask("GET_PARAMETER"), /200 OK/);
			assert.match(udp.ask("TEARDOWN"), /200 OK/);
			home.world.runFor(500);
			assert.equal(nas.nas.streams.streams, 0);
		});
	});

	it("says goodbye when the NAS or the control host is shut down (STR-12)", () => {
		forSeeds((scene, seed) => {
			const { home, nas, control } = scene;
			const udp = scene.udp();
			assert.ok(udp.in(1000) > 5);
			const leaving = seed % 2 === 0 ? nas.nas : control.control;
			let hasLeft = false;
			leaving.leave(() => {
				hasLeft = true;
			});
			home.until(() => hasLeft && udp.rtp.goodbyes === 1, 10_000, "the client hears BYE");
			assert.deepEqual([control.control.service.streams, nas.nas.streams.streams], [0, 0]);
		});
	});

	it("shows the link on the page of the control host, and counts streams at both (STR-2, STR-12)", () => {
		const scene = new Scene(3);
		const { home, nas } = scene;
		scene.udp();
		const page = (): string => home.get(`http://${CONTROL}:8000/stream-control`, scene.player);
		assert.match(page(), /<dd>connected<\/dd>/);
		assert.match(page(), /192\.168\.0\.60:8556/);
		const status = home.get(`http://${NAS}:8000/api/v1/status`, scene.player);
		assert.match(status, /"link":\{"port":8556,"controlHosts":1,"streams":1,"refused":0\}/);
		home.world.runFor(6000);
		const streams = home.get(`http://${CONTROL}:8000/api/v1/streams`, scene.player);
		assert.match(streams, /"framing":"udp","state":"playing".*"unit":"RTP sender","bound":"192\.168\.0\.60:/);
		nas.crash();
		home.until(() => !scene.control.control.service.transport.isReachable, 30_000, "the link is lost");
		home.world.runFor(2000);
		const notice = /The NAS can&#39;t be reached|The NAS can't be reached/;
		assert.match(page(), notice);
		const seen = home.askAs("viewer", "only-looking", "GET", `http://${CONTROL}:8000/stream-control`, scene.player);
		assert.match(seen, /<dd>not connected<\/dd>/);
		assert.doesNotMatch(seen, notice, "notices are for owners, who alone can act on them");
	});

	it("takes the key of the fleet where no other is set (STR-12)", () => {
		const scene = new Scene(1, [KEY, KEY], "fleet-key");
		assert.ok(scene.control.control.service.transport.isReachable);
		assert.ok(scene.udp().in(2000) > 15);
		const open = new Scene(1, ["", ""]);
		assert.equal(open.control.control.service.transport.isReachable, false);
		assert.match(
			open.control.control.service.fault,
			/need a secret: a fleet with a key, or the same --link-key at both/,
		);
	});

	it("is not a camera: the NAS does not record it, and portals show no picture of it (STR-12, STR-27)", () => {
		const home = new VirtualHome(1);
		const nas = new HomeNas(home, 60, { "link-port": "8556", "fleet-key": KEY });
		new HomeControl(home, 50, { nas: NAS, "fleet-key": KEY });
		const player = new VirtualMachine(home.world, "player");
		player.attach(home.lan, { address: "192.168.0.77", gateway: "192.168.0.1" }, home.link);
		const { registry } = nas.nas.fleet;
		home.until(() => registry.size === 1, 20_000, "both know each other");
		home.world.runFor(10_000);
		assert.deepEqual(nas.nas.services.recorder.cameras(), []);
		for (const address of [NAS, CONTROL])
			assert.doesNotMatch(home.get(`http://${address}:8000/portal`, player), /<img/);
		assert.match(home.get(`http://${CONTROL}:8000/portal`, player), /<a href="\/stream-control">/);
	});

	it("refuses another key (STR-12)", () => {
		for (const other of ["", `${KEY}-of-others`])
			assert.equal(new Scene(2, [KEY, other]).control.control.service.transport.isReachable, false);
		const scene = new Scene(1, [KEY, `${KEY}-of-others`]);
		scene.home.world.runFor(20_000);
		assert.equal(scene.control.control.service.transport.isReachable, false);
		assert.match(scene.nas.machine.log.lines.map(({ text }) => text).join("\n"), /was refused as a control host/);
		assert.match(scene.control.control.service.fault, /is the key the same on both machines\?/);
	});
});
