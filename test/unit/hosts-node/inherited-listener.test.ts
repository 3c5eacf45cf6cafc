import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { resolve } from "node:path";
import { InheritedListener } from "../../../hosts/node/inherited-listener";
import { NodeNetwork } from "../../../hosts/node/network";
import type { ListenerSink } from "../../../src/ports/net";
import { TYPESCRIPT } from "../../../tools/typescript-options";

/** Listens, and returns why that failed. */
async function failure(variables: NodeJS.ProcessEnv, address?: string): Promise<string> {
	return new Promise((done) => {
		const sink: ListenerSink = {
			opened: () => done("opened"),
			accepted: () => undefined,
			failed: (why, detail) => done(`${why}: ${detail}`),
		};
		new InheritedListener({ port: 0, ...(address !== undefined && { address }) }, sink, variables);
	});
}

describe("hosts-node/inherited listener", () => {
	it("says what is missing without a socket, with another program's, and without one for the family", async () => {
		const own = `${process.pid}`;
		for (const [variables, address] of [
			[{}, undefined],
			[{ LISTEN_FDS: "1", LISTEN_PID: "1" }, undefined],
			[{ LISTEN_FDS: "x", LISTEN_PID: own }, undefined],
			[{ LISTEN_FDS: "1", LISTEN_PID: own }, "::"],
		] as const)
			assert.match(
				await failure(variables, address),
				/^not-permitted: this host has no transparent socket: start it by/,
			);
	});

	it("takes the socket that it inherits, again after it was closed", async () => {
		const server = createServer();
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle;
		const register = [...TYPESCRIPT, resolve(__dirname, "inherited-child.ts")];
		const child = spawn(process.execPath, register, {
			stdio: ["ignore", "inherit", "inherit", fd, "ipc"],
			env: { ...process.env, LISTEN_FDS: "1" },
		});
		try {
			const [message] = await once(child, "message");
			assert.equal(message, "ready");
			// The parent must not accept in its place.
			server.close();
			const socket = connect(port, "127.0.0.1");
			let text = "";
			socket.setEncoding("utf8").on("data", (chunk) => {
				text += chunk;
			});
			await once(socket, "end");
			assert.equal(text, "2 true");
		} finally {
			child.kill("SIGKILL");
			server.close();
		}
	});

	it("Node.js sends from no other machine's address", async () => {
		const why = await new Promise((done) => {
			const socket = new NodeNetwork().udp(
				{ address: "192.0.2.7", port: 0, transparent: true },
				{ opened: () => done("opened"), received() {}, failed: (kind, detail) => done(`${kind}: ${detail}`) },
			);
			void socket;
		});
		assert.equal(why, "not-permitted: this host can't send from the address of another machine");
	});
});
