import { Authenticator } from "../access/authenticator";
import type { Admission, Need } from "../access/role";
import { LiveViewers } from "../camera/live-viewers";
import { Snapshots } from "../camera/snapshots";
import type { UpnpDevice } from "../fleet/upnp-device";
import type { HttpConnection } from "../http/http-connection";
import { HttpServer } from "../http/http-server";
import { FrameHub } from "../media/frame-hub";
import type { LogLevel } from "../ports/log";
import type { Listener, NetFailure, Stream, StreamSink } from "../ports/net";
import { Api } from "../web/api";
import { LoginGate } from "../web/login-gate";
import { MESSAGES } from "../web/messages";
import { renderRefusal } from "../web/refusal";
import type { Camera } from "./camera";
import { CAMERA_OPERATIONS } from "./camera-api";
import { CameraRoutes } from "./camera-routes";
import { restoreQuality } from "./picture-quality";
import { SourceActivation } from "./source-activation";
import { StreamBinding } from "./stream-binding";

/** A listening port that could not be had is tried again after this many milliseconds. */
const RETRY = 5000;

/** A camera's web server: its listening ports, who may come in, pictures for all who watch (IMG-14 … IMG-19). */
export class CameraWeb {
	readonly server: HttpServer<Admission, Need>;
	readonly authenticator: Authenticator;
	readonly access: LoginGate;
	readonly hub: FrameHub;
	readonly live: LiveViewers;
	readonly snapshots: Snapshots;
	/** True once a port inside the LAN is open. */
	isOpen = false;
	private readonly routes: CameraRoutes;
	private readonly gate: SourceActivation;
	private readonly ports = new Map<number, Door>();
	private readonly streams = new Map<StreamBinding, HttpConnection>();

	constructor(
		private readonly camera: Camera,
		presence: UpnpDevice,
	) {
		const { pump, host, settings, credentials, addresses } = camera;
		this.authenticator = new Authenticator({
			id: camera.identity.id,
			random: host.random,
			withMd5: settings.digestMd5,
			tickets: credentials.tickets,
			record: () => credentials.record,
			tokens: () => credentials.tokens,
			moment: (now) => credentials.moment(now),
			isNeighbour: (address) => addresses.isNeighbour(address),
			openInLan: settings.lanWithoutPassword,
		});
		this.access = new LoginGate(this.authenticator, {
			onlySecure: settings.tlsCertificate !== "",
			isOurName: (name) => camera.reach.isOurName(name),
		});
		this.server = new HttpServer<Admission, Need>(
			{ connections: settings.connections, connectionsPerAddress: settings.connectionsPerAddress },
			{
				now: () => pump.now(),
				utc: () => host.clock.utc(),
				gate: this.access,
				refuse: renderRefusal,
				failed: ({ method, path }, error) => {
					const words = error instanceof Error ? (error.stack ?? error.message) : `${error}`;
					host.log.write("error", "web", `${method} ${path}: ${words}`);
				},
			},
		);
		restoreQuality(host.source, host.store);
		this.gate = new SourceActivation(
			host.source,
			(frame) => this.hub.push(pump.now(), frame),
			() => {
				if (this.gate.words !== undefined) host.log.write("warn", "camera", this.gate.words);
				camera.troubled(this.gate.words !== undefined);
			},
		);
		this.hub = new FrameHub({
			wanted: () => this.gate.wanted(),
			unwanted: (now) => {
				this.gate.unwanted(now);
				pump.ran(this.gate);
			},
		});
		this.live = new LiveViewers(this.hub, settings, () => pump.now());
		this.snapshots = new Snapshots(this.hub, (reason) =>
			reason === "no-picture" ? (this.gate.words ?? MESSAGES.refused.noPicture) : MESSAGES.refused.snapshots,
		);
		pump.add(this.gate, undefined);
		pump.add(this.snapshots, undefined);
		this.routes = new CameraRoutes(camera, this, presence);
		this.server.table(this.routes).table(new Api(CAMERA_OPERATIONS, camera, (request) => this.access.renewed(request)));
	}

	/** What is wrong with the pictures, in words. */
	get trouble(): string | undefined {
		return this.gate.words;
	}

	/** Opens the port inside the LAN. */
	start(): void {
		const { settings, pump } = this.camera;
		this.open(settings.httpPort);
		// Whether there are pictures is known before anybody looks.
		this.gate.wanted();
		this.gate.unwanted(pump.now());
		pump.ran(this.gate);
	}

	/** This camera is reached from the Internet at this internal port; in the layout `same` it is another one (IMG-6). */
	mapped(internalPort: number): void {
		this.open(internalPort);
	}

	/** Closes everything. */
	stop(): void {
		for (const door of this.ports.values()) door.close();
		for (const stream of [...this.streams.keys()]) stream.abort();
		this.gate.stop();
		this.hub.clear();
	}

	/** Whoever watches live has to show anew who he is. */
	endStreams(): void {
		for (const [stream, connection] of [...this.streams]) if (connection.isEndless) stream.abort();
	}

	/** What pages show has changed. */
	changed(): void {
		this.routes.changed();
	}

	/** A connection came in. */
	accept(stream: Stream): StreamSink | undefined {
		const { pump } = this.camera;
		const { remoteAddress, localAddress, localPort, secure } = stream;
		const connection = this.server.accept(pump.now(), remoteAddress, localAddress, localPort, secure);
		if (connection === undefined) return undefined;
		const binding = new StreamBinding(pump, connection, (over) => this.streams.delete(over));
		this.streams.set(binding, connection);
		return binding.attach(stream);
	}

	private open(port: number): void {
		if (!this.ports.has(port)) this.ports.set(port, new Door(this.camera, this, port));
	}
}

/** One listening port; as a machine of the pump it opens itself again after a failure. */
class Door {
	deadline = Infinity;
	private listener: Listener | undefined;
	/** Why it is closed, as was said once. */
	private fault = "";

	constructor(
		private readonly camera: Camera,
		private readonly web: CameraWeb,
		private readonly port: number,
	) {
		camera.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		this.deadline = Infinity;
		const { host, settings } = this.camera;
		const tls = { certificate: settings.tlsCertificate, key: settings.tlsKey };
		this.listener = host.network.listen({ port: this.port, ...(tls.certificate !== "" && { tls }) }, this);
	}

	opened(): void {
		this.camera.host.log.write("info", "web", `listening on port ${this.port}`);
		if (this.web.isOpen) return;
		this.web.isOpen = true;
		this.camera.opened();
	}

	accepted(stream: Stream): StreamSink | undefined {
		return this.web.accept(stream);
	}

	failed(why: NetFailure, detail: string): void {
		const { host, pump } = this.camera;
		const words =
			why === "in-use" ? "another program has it: stop that, or choose another --http-port" : `${why}: ${detail}`;
		if (words !== this.fault) host.log.write("error", "web", `port ${this.port}: ${words}; trying again`);
		this.fault = words;
		this.listener?.close();
		this.deadline = pump.now() + RETRY;
		pump.ran(this);
	}

	remark(level: LogLevel, words: string): void {
		this.camera.host.log.write(level, "web", `port ${this.port}: ${words}`);
	}

	close(): void {
		this.camera.pump.remove(this);
		this.listener?.close();
	}
}
