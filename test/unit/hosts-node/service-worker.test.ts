import assert from "node:assert/strict";
import type { CiaoService, MDNSServerOptions, Responder, ServiceOptions } from "@homebridge/ciao";
import { ServiceWorker } from "../../../hosts/node/service-worker";
import type { Service } from "../../../src/ports/service-advertiser";

const SERVICE: Service = { instance: "Door", type: "_http._tcp", port: 8000, text: { path: "/" }, host: "porthole-1" };

describe("hosts-node/service-worker", () => {
	let asked: string[];
	/** Names that others have. */
	let taken: string[];
	let worker: ServiceWorker;

	beforeEach(() => {
		asked = [];
		taken = [];
		worker = new ServiceWorker((options: MDNSServerOptions) => {
			asked.push(`responder ${JSON.stringify(options.interface)}`);
			return {
				createService(service: ServiceOptions) {
					asked.push(`service ${JSON.stringify(service.restrictedAddresses)}`);
					let changed = () => {};
					return {
						on: (_event: string, run: () => void) => {
							changed = run;
						},
						advertise: () => {
							if (!taken.includes(service.name)) return Promise.resolve();
							changed();
							return new Promise(() => {});
						},
						destroy: async () => void asked.push(`not ${service.name}`),
						getHostname: () => "porthole-1.local.",
						updateTxt: () => asked.push("text"),
					} as unknown as CiaoService;
				},
				shutdown: async () => void asked.push("shutdown"),
			} as unknown as Responder;
		});
	});

	it("announces once on each interface, even if its name contains blanks", async () => {
		const interfaces = ["Ethernet 2=192.168.0.11", "Ethernet 2=192.168.0.12", "a=b=10.0.0.1"];
		await worker.take({ interfaces, services: [SERVICE] });
		assert.deepEqual(asked, ['responder ["Ethernet 2","a=b"]', 'service ["Ethernet 2","a=b"]']);
	});

	it("starts again for another address, and continues for the same one", async () => {
		await worker.take({ interfaces: ["eth0=192.168.0.11"], services: [SERVICE] });
		await worker.take({ interfaces: ["eth0=192.168.0.11"], services: [SERVICE] });
		await worker.take({ interfaces: ["eth0=192.168.0.12"], services: [SERVICE] });
		await worker.take({ interfaces: [], services: [] });
		const begun = ['responder ["eth0"]', 'service ["eth0"]'];
		assert.deepEqual(asked, [...begun, "text", "shutdown", ...begun, "shutdown"]);
	});

	it("takes the next name if another has it, and gives up after some attempts", async () => {
		const service = (number: number) => (number === 1 ? "Door" : `Door [${number}]`);
		taken = [1, 2].map(service);
		await worker.take({ interfaces: ["eth0=192.168.0.11"], services: [SERVICE] });
		assert.deepEqual(
			asked.filter((words) => words.startsWith("not")),
			["not Door", "not Door [2]"],
		);
		taken = Array.from({ length: 50 }, (_, i) => service(i + 1));
		await worker.take({ interfaces: ["eth0=192.168.0.12"], services: [SERVICE] });
		assert.ok(asked.length < 40);
	});
});
