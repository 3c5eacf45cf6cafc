import assert from "node:assert/strict";
import { VirtualHome } from "../../../support/virtual-home";

describe("app/access-part", () => {
	const home = new VirtualHome(1);
	home.add();
	const login = (fields: string, form: string) =>
		home.exchange("POST", "http://192.168.0.11:8000/login", form, fields, home.neighbour, 3000);

	before(() => void home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port"));

	it("collects a login form with a long password, and nothing that strangers could fill the memory with", () => {
		const password = encodeURIComponent("\u{10000}".repeat(64));
		assert.match(login("", `user=owner&password=${password}`), /^HTTP\/1\.1 401 /);
		const form = `user=owner&password=${"x".repeat(3000)}`;
		assert.match(login("", form), /^HTTP\/1\.1 413 /);
	});
});
