import assert from "node:assert/strict";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { until } from "../support/until";
import { CAMERA_KINDS, type LabProcess, OWNER } from "./lab";
import { ADDRESS, CAFE, PUBLIC, peerLabFor, programOf } from "./peer-lab";

/** The port of the viewer's pages on its own machine. */
const HTTP = 8088;
/** The longest pause of the pictures that is wanted, in milliseconds; a busy machine gets seven times as long. */
const PAUSE = 2000;
const SLACK = 7;
/** How many pieces of pictures make it sure that they flow. */
const FLOW = 20;

for (const kind of CAMERA_KINDS)
	describe(`lab/peer-roaming: porthole view on ${kind} moves to another network while it shows`, function () {
		this.timeout(120_000);
		const built = peerLabFor(
			(context) => needs(context, ...PEER_LAB_NEEDS, "build", ...(kind === "xs" ? (["porthole-linux"] as const) : [])),
			{ delay: 10, cafe: true },
		);

		/** Asks the camera in its own network, as the owner. */
		async function ask(path: string, ...more: readonly string[]): Promise<string> {
			return (await built().lab.exec("a1", ["curl", "-sf", ...OWNER, ...more, `http://${ADDRESS.a1}:8000${path}`]))
				.stdout;
		}

		/** From where the camera's one viewer comes. */
		async function viewerAddress(): Promise<string | undefined> {
			const { tunnels } = JSON.parse((await ask("/api/v1/tunnels")) || "{}");
			return tunnels?.length === 1 ? tunnels[0].address : undefined;
		}

		/** Runs `porthole view` in home b. */
		function view(...words: readonly string[]): LabProcess {
			const own = ["--data", built().data("viewer"), "--interface", "eth0"];
			return built().lab.spawn("b1", [...programOf(kind), "view", ...words, ...own]);
		}

		it("its pictures come again within 2 s, on the same local connection, and the camera sees it at its new address (P2P-9, P2P-13)", async () => {
			const { setting } = await built().startRendezvous("node");
			const camera = built().startCamera("node", "a1", "Garage", "--rendezvous", setting);
			await until("the camera is registered", 30_000, async () => {
				assert.ok(camera.running, camera.output);
				return (await ask("/api/v1/peer")).includes('"registered"');
			});
			const { text } = JSON.parse(await ask("/api/v1/pairings", "-d", "kind=viewer&days=1&home=Cabin"));
			const pairing = view("--pair", text);
			assert.equal(await pairing.ended, 0, pairing.output);
			const viewer = view("garage");
			const pass = await until("it shows", 15_000, () => {
				assert.ok(viewer.running, viewer.output);
				return /localhost:\d+\/(\?link=\S+)/.exec(viewer.output)?.[1];
			});
			const times: number[] = [];
			const player = built().lab.spawn("b1", ["curl", "-sN", `http://localhost:${HTTP}/stream.mjpeg${pass}`]);
			player.listen(() => times.push(performance.now()));
			await until("pictures come", 10_000, () => times.length > FLOW);
			assert.equal(await viewerAddress(), PUBLIC.b[0]);

			const left = performance.now();
			await built().roam();
			const arrived = performance.now();
			await until("pictures come again", 10_000, () => times.filter((time) => time > arrived).length > FLOW);
			const flow = [left, ...times.filter((time) => time > left)];
			const pauses = flow.map((time, i) => time - (flow[i - 1] ?? left));
			const longest = Math.max(...pauses);
			assert.ok(longest > 100, `the network was another one: the longest pause was ${longest} ms`);
			assert.ok(longest < PAUSE * SLACK, `${longest} ms without pictures, ${arrived - left} ms without a network`);
			assert.ok(player.running && viewer.running, viewer.output);
			assert.equal(await viewerAddress(), CAFE);
			assert.equal(await viewer.leave(), 0, viewer.output);
		});
	});
