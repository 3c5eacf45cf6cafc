import { parentPort } from "node:worker_threads";
import { type CiaoService, getResponder, type MDNSServerOptions, type Responder } from "@homebridge/ciao";
import type { Service } from "../../src/ports/service-advertiser";
import type { ServiceOrder, ServiceReport } from "./service-protocol";

/** How many names are tried for a service. */
const NAMES_MAX = 9;

/** A service that is advertised, or about to be. */
interface Entry {
	readonly service: Service;
	readonly running: CiaoService;
}

/**
 * The worker thread that runs Multicast DNS. The library ends its process when it can't resolve a conflict, which a neighbour
 * can cause; in a worker thread it ends only the thread.
 */
export class ServiceWorker {
	private responder: Responder | undefined;
	/** The interfaces of the responder. */
	private interfaces: readonly string[] = [];
	private readonly entries = new Map<Service["type"], Entry>();
	private order: ServiceOrder | undefined;
	private busy = false;

	/** @param respond makes the library's responder */
	constructor(private readonly respond: (options: MDNSServerOptions) => Responder = getResponder) {}

	/** The last order is the valid one. */
	async take(order: ServiceOrder): Promise<void> {
		this.order = order;
		if (this.busy) return;
		this.busy = true;
		while (this.order !== undefined) {
			const next = this.order;
			this.order = undefined;
			await this.follow(next).catch((error) => this.fail(next, error));
		}
		this.busy = false;
	}

	private async follow({ interfaces, services }: ServiceOrder): Promise<void> {
		if (services.length === 0 || !isSameList(interfaces, this.interfaces)) await this.close();
		if (services.length === 0) {
			report({ type: "withdrawn" });
			return;
		}
		this.interfaces = interfaces;
		this.responder ??= this.respond({ interface: namesOf(interfaces), disableIpv6: true });
		for (const service of services) await this.advertise(service, this.responder);
	}

	private async advertise(service: Service, responder: Responder): Promise<void> {
		const old = this.entries.get(service.type);
		if (old !== undefined && isSame(old.service, service)) {
			this.entries.set(service.type, { service, running: old.running });
			old.running.updateTxt(service.text);
			return;
		}
		this.entries.delete(service.type);
		await old?.running.destroy();
		const label = labelOf(service.instance);
		for (let number = 1; ; number++) {
			const name = number === 1 ? label : `${label} [${number}]`;
			if ((await this.tryName(service, name, responder)) || number >= NAMES_MAX) return;
		}
	}

	/**
	 * Advertises a service under a name. When the name is taken, the library would also change the name of the machine, to one
	 * that is not valid in a URL. So the service is started again under the next name.
	 * @returns false when the name was taken
	 */
	private async tryName(service: Service, name: string, responder: Responder): Promise<boolean> {
		const running = responder.createService({
			name,
			type: service.type.slice(1, service.type.indexOf(".")),
			port: service.port,
			txt: service.text,
			hostname: service.host,
			restrictedAddresses: namesOf(this.interfaces),
			disabledIpv6: true,
		});
		this.entries.set(service.type, { service, running });
		const taken = new Promise<true>((resolve) => {
			running.on("name-change", () => resolve(true));
		});
		const done = running.advertise();
		// It fails when it is ended early, which is expected.
		done.catch(() => {});
		if (await Promise.race([taken, done])) {
			this.entries.delete(service.type);
			await running.destroy();
			return false;
		}
		report({ type: "advertised", service: service.type, instance: name, host: hostOf(running) });
		return true;
	}

	/** Withdraws the services on the socket of an interface. */
	private async close(): Promise<void> {
		const { responder } = this;
		this.responder = undefined;
		this.interfaces = [];
		this.entries.clear();
		await responder?.shutdown();
	}

	private async fail(order: ServiceOrder, error: unknown): Promise<void> {
		const words = error instanceof Error ? error.message : String(error);
		for (const { type } of order.services) report({ type: "failed", service: type, words });
		await this.close().catch(() => {});
		if (order.services.length === 0) report({ type: "withdrawn" });
	}
}

function report(message: ServiceReport): void {
	parentPort?.postMessage(message);
}

/** Interfaces are given as `name=address`, so that a new address is a new order. The library takes names. */
function namesOf(interfaces: readonly string[]): string[] {
	return [...new Set(interfaces.map((text) => text.slice(0, text.lastIndexOf("="))))];
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((text, i) => text === b[i]);
}

function isSame(a: Service, b: Service): boolean {
	return a.instance === b.instance && a.port === b.port && a.host === b.host;
}

/** The library treats dots as ends of labels, and a number in parentheses as one that the machine's name gets too. */
function labelOf(instance: string): string {
	return instance
		.split(".")
		.join("-")
		.replace(/\((\d+)\)$/, "[$1]");
}

function hostOf(service: CiaoService): string {
	const name = service.getHostname();
	return name.endsWith(".") ? name.slice(0, -1) : name;
}

const worker = new ServiceWorker();
parentPort?.on("message", (order: ServiceOrder) => void worker.take(order));
