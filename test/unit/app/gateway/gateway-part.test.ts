import assert from "node:assert/strict";
import { EVENT_BODY_MAX, EVENT_CALLBACK_TARGET } from "../../../../src/gateway/event-subscription";
import { VirtualHome } from "../../../support/virtual-home";

describe("app/gateway-part", () => {
	const home = new VirtualHome(1);
	home.add();
	const base = "http://192.168.0.11:8000";
	const notify = (path: string, fields = "", body = "") =>
		home.exchange(
			"NOTIFY",
			`${base}${path}`,
			body,
			`Content-Length: ${body.length}\r\n${fields}`,
			home.neighbour,
			3000,
		);
	const comparable = (answer: string) => answer.replaceAll(/nonce="[^"]*"/g, "").replaceAll(/Date: .*\r\n/g, "");

	before(() => void home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port"));

	it("answers an event from another machine than the gateway like a request for an unknown path (IMG-30)", () => {
		const answer = notify(EVENT_CALLBACK_TARGET, "NT: upnp:event\r\nNTS: upnp:propchange\r\nSID: uuid:1\r\nSEQ: 0\r\n");
		assert.match(answer, /^HTTP\/1\.1 401 /);
		assert.equal(comparable(answer), comparable(notify("/nowhere")));
	});

	it("requests no port once the camera leaves, whatever happens to the switch or to its role", () => {
		const other = new VirtualHome(2);
		const { camera } = other.add();
		other.until(() => other.ports[0] === 8080, 20_000, "the camera has its port");
		camera.leave(() => {});
		camera.gateway.setMapping(false);
		camera.gateway.setMapping(true);
		camera.gateway.setAim("representative", []);
		other.world.runFor(10_000);
		assert.equal(other.gateway.table.size, 0);
	});

	for (const [title, quirks, reason] of [
		["UPnP", { refusesDescriptionsFrom: 1 }, "UPnP error 402"],
		["PCP", { upnp: false, pcp: true, pcpResult: 4 }, "PCP error 4"],
	] as const)
		it(`writes the router's own reason for a refusal to the log, once: ${title}`, () => {
			const refused = new VirtualHome(3, quirks);
			const camera = refused.add();
			refused.world.runFor(300_000);
			assert.equal(camera.log.split(`the router refuses to open a port: ${reason}"`).length, 2, camera.log);
			assert.doesNotMatch(camera.log, /See the log/);
		});

	it("refuses an event that is too long before it has arrived", () => {
		const fields = `Content-Length: ${EVENT_BODY_MAX + 1}\r\n`;
		const answer = home.exchange("NOTIFY", `${base}${EVENT_CALLBACK_TARGET}`, "", fields, home.neighbour, 3000);
		assert.match(answer, /^HTTP\/1\.1 413 /);
	});
});
