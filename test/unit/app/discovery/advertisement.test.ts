import assert from "node:assert/strict";
import { Advertisement } from "../../../../src/app/discovery/advertisement";
import type { Path } from "../../../../src/core/path";
import type { Service, ServiceAdvertiser, ServiceSink } from "../../../../src/ports/service-advertiser";

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

describe("app/advertisement", () => {
	const lines: string[] = [];
	const log = { write: (level: string, _area: string, text: string) => void lines.push(`${level} ${text}`) };

	function scene(): [Advertisement, FakeAdvertiser] {
		lines.length = 0;
		const advertiser = new FakeAdvertiser();
		return [new Advertisement(advertiser, log, "00112233aabbccdd", "node", () => {}), advertiser];
	}

	it("tells name, port, path, identity, model and role", () => {
		const [advertisement, { told }] = scene();
		advertisement.refresh({ name: "Front door", port: 8000, representative: true }, PATHS);
		assert.deepEqual(told, [
			{
				instance: "Front door",
				type: "_http._tcp",
				port: 8000,
				text: { path: "/", id: "00112233aabbccdd", model: "node", representative: "yes" },
				host: "porthole-00112233",
			},
		]);
	});

	it("follows name, role and interfaces, and is still when nothing is new", () => {
		const [advertisement, advertiser] = scene();
		const camera = { name: "", port: 8000, representative: false };
		for (let i = 0; i < 3; i++) advertisement.refresh(camera, NONE);
		for (let i = 0; i < 3; i++) advertisement.refresh(camera, PATHS);
		for (let i = 0; i < 3; i++) advertisement.refresh({ ...camera, name: "Hall" }, PATHS);
		for (let i = 0; i < 3; i++) advertisement.refresh({ ...camera, name: "Hall", representative: true }, PATHS);
		assert.deepEqual(
			advertiser.told.map(({ instance, text }) => `${instance} ${text["representative"]}`),
			["Porthole 00112233 no", "Porthole 00112233 no", "Hall no", "Hall yes"],
		);
		assert.equal(advertiser.paths, PATHS);
	});

	it("knows the name of its machine, and logs once what is so", () => {
		const [advertisement, advertiser] = scene();
		advertisement.refresh({ name: "Hall", port: 8000, representative: false }, PATHS);
		assert.equal(advertisement.hostName, "");
		for (let i = 0; i < 3; i++) advertiser.sink?.advertised("Hall (2)", "porthole-00112233.local");
		assert.equal(advertisement.hostName, "porthole-00112233.local");
		advertiser.sink?.failed("no sockets");
		assert.deepEqual(lines, [
			'info "Hall (2)" is found in the LAN (DNS-SD), as porthole-00112233.local',
			"warn not found in the LAN by name: no sockets",
		]);
	});
});
