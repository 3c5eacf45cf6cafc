import assert from "node:assert/strict";
import type { SiteRequest } from "../../../../src/app/part";
import { VirtualHome } from "../../../support/virtual-home";

describe("app/access-part", () => {
	const home = new VirtualHome(1);
	const added = home.add();
	const login = (fields: string, form: string) =>
		home.exchange("POST", "http://192.168.0.11:8000/login", form, fields, home.neighbour, 3000);

	before(() => void home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port"));

	it("collects a login form with a long password, and nothing that strangers could fill the memory with", () => {
		const password = encodeURIComponent("\u{10000}".repeat(64));
		assert.match(login("", `user=owner&password=${password}`), /^HTTP\/1\.1 401 /);
		const form = `user=owner&password=${"x".repeat(3000)}`;
		assert.match(login("", form), /^HTTP\/1\.1 413 /);
	});

	for (const [who, remoteAddress, localAddress, url] of [
		["a device of the LAN", "192.168.0.77", "192.168.0.11", "http://192.168.0.11:8081/"],
		["a visitor from the Internet", "198.20.0.77", "192.168.0.11", "http://198.20.0.1:8081/"],
		["a visitor for whom the router stands", "192.168.0.1", "192.168.0.11", "http://198.20.0.1:8081/"],
		["a program on this machine, which may stand for anybody", "127.0.0.1", "127.0.0.1", ""],
		["a program on this machine, by its address in the LAN", "192.168.0.11", "192.168.0.11", ""],
		["a visitor from another private network", "10.1.2.3", "192.168.0.11", ""],
	] as const) {
		it(`tells ${who} ${url === "" ? "no address" : "the address that it has used"} when the host name is unknown`, () => {
			const { access } = added.camera;
			assert.equal(access.addressFor({ remoteAddress, localAddress, secure: false } as SiteRequest, 8081), url);
		});
	}
});
