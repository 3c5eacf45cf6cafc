import assert from "node:assert/strict";
import { AdvertisementPart } from "../../../../src/app/discovery/advertisement-part";
import type { Path } from "../../../../src/core/path";
import type { Service, ServiceAdvertiser, ServiceSink } from "../../../../src/ports/service-advertiser";
import { FakeNode } from "../../../support/fake-node";

const PATHS: readonly Path[] = [{ name: "eth0", address: "192.168.0.11", prefix: 24 }];

const NONE: readonly Path[] = [];

class FakeAdvertiser implements ServiceAdvertiser {
	readonly told: Service[] = [];
	paths: readonly Path[] = [];
	sink: ServiceSink | undefined;
	advertise(service: Service, paths: readonly Path[], sink: ServiceSink): void {
		this.told.push(service);
		this.paths = paths;
		this.sink = sink;
	}
	withdraw(done?: () => void): void {
		done?.();
	}
}

describe("app/discovery/advertisement-part", () => {
	function scene() {
		const node = new FakeNode({ serviceDiscovery: true });
		const advertiser = new FakeAdvertiser();
		const self = { name: "", httpPort: 8000, representative: false };
		const part = new AdvertisementPart(node, advertiser, { self });
		const refresh = (change: Partial<typeof self>, paths: readonly Path[]): void => {
			Object.assign(self, change);
			node.addresses.paths = paths;
			part.refresh();
		};
		return { node, advertiser, refresh, id: node.identity.id };
	}

	it("advertises name, port, path, identity, model and role", () => {
		const { advertiser, refresh, id } = scene();
		refresh({ name: "Front door", representative: true }, PATHS);
		assert.deepEqual(advertiser.told, [
			{
				instance: "Front door",
				type: "_http._tcp",
				port: 8000,
				text: { path: "/", id, model: "node", representative: "yes" },
				host: `porthole-${id.slice(0, 8)}`,
			},
		]);
	});

	it("follows name, role and interfaces, and announces nothing twice", () => {
		const { advertiser, refresh, id } = scene();
		for (let i = 0; i < 3; i++) refresh({}, NONE);
		for (let i = 0; i < 3; i++) refresh({}, PATHS);
		for (let i = 0; i < 3; i++) refresh({ name: "Hall" }, PATHS);
		for (let i = 0; i < 3; i++) refresh({ representative: true }, PATHS);
		const own = `Porthole ${id.slice(0, 8)}`;
		assert.deepEqual(
			advertiser.told.map(({ instance, text }) => `${instance} ${text["representative"]}`),
			[`${own} no`, `${own} no`, "Hall no", "Hall yes"],
		);
		assert.equal(advertiser.paths, PATHS);
	});

	it("learns the local name of its machine, and logs each state once", () => {
		const { node, advertiser, refresh } = scene();
		refresh({ name: "Hall" }, PATHS);
		assert.equal(node.localName, "");
		for (let i = 0; i < 3; i++) advertiser.sink?.advertised("Hall (2)", "porthole-00112233.local");
		assert.equal(node.localName, "porthole-00112233.local");
		assert.ok(node.isOurName("porthole-00112233.local."));
		advertiser.sink?.failed("no sockets");
		assert.deepEqual(node.lines, [
			'info discovery advertised in the LAN by DNS-SD as "Hall (2)" (porthole-00112233.local)',
			"warn discovery cannot be found in the LAN by name: no sockets",
		]);
	});
});
