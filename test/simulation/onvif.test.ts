import assert from "node:assert/strict";
import { utf8Encode } from "../../src/base/text";
import { DISCOVERY_GROUP, DISCOVERY_PORT } from "../../src/onvif/discovery";
import { DN, SOAP, WSA_2004, WSD } from "../../src/onvif/namespaces";
import { formatDateTime } from "../../src/onvif/xs-time";
import { PASSWORD } from "../support/digest";
import { loginFor, statusOf } from "../support/home-answer";
import { ADDRESS, DEVICE, OnvifVisitor, onvifHome, passwordOf, SOAP_FIELDS } from "../support/onvif-home";
import { soapRequest, usernameToken } from "../support/onvif-request";
import { WAN } from "../support/virtual-home";
import { XmlLeaves } from "../support/xml-leaves";

describe("simulation/onvif", () => {
	it("answers a neighbour without a login three questions, and no other", () => {
		const home = onvifHome();
		const client = new OnvifVisitor(home);
		for (const name of ["GetSystemDateAndTime", "GetCapabilities", "GetServices"]) {
			const answer = client.ask(`<d:${name}/>`, DEVICE, 3000, "");
			assert.equal(answer.status, 200, name);
			assert.ok(answer.text.includes(`tds:${name}Response`));
		}
		for (const name of ["GetDeviceInformation", "GetNetworkInterfaces", "Nonsense"]) {
			const answer = client.ask(`<d:${name}/>`, DEVICE, 3000, "");
			assert.equal(answer.status, 401, name);
			assert.match(answer.text, /WWW-Authenticate: Digest .*SHA-256/);
			assert.equal(answer.fault, "ter:NotAuthorized");
		}
	});

	it("is like any other path for a stranger on the Internet, whatever is asked (IMG-14)", () => {
		const home = onvifHome();
		const { port } = home.cameras[0];
		const client = new OnvifVisitor(home);
		for (const body of [
			soapRequest("<d:GetCapabilities/>"),
			soapRequest("<d:GetCapabilities/>", client.header),
			"<",
			"",
		]) {
			const [known, unknown] = ["onvif/device_service", "onvif/device_servise"].map((path) =>
				home.exchange("POST", `http://${WAN}:${port}/${path}`, body, SOAP_FIELDS, home.visitor, 3000),
			);
			assert.equal(statusOf(known), 401);
			const plain = (text: string) => text.replaceAll(/nonce="[^"]*"/g, "").replaceAll(/\r\nDate: [^\r]*/g, "");
			assert.equal(plain(known), plain(unknown));
		}
	});

	it("answers a neighbour's request that is not ONVIF's like one for any other path (IMG-14)", () => {
		const home = onvifHome();
		for (const body of ["", "<", "a=b", "<x/>", soapRequest("")]) {
			const answers = ["onvif/device_service", "onvif/subscription/0", "nothing"].map((path) =>
				home.exchange("POST", `http://${ADDRESS}:8000/${path}`, body, SOAP_FIELDS, home.neighbour, 3000),
			);
			const plain = answers.map((text) => text.replaceAll(/nonce="[^"]*"|\r\nDate: [^\r]*/g, ""));
			assert.deepEqual(new Set(plain).size, 1, body);
			assert.equal(statusOf(answers[0]), 401);
		}
		const logged = home.post(DEVICE, "<", home.neighbour, SOAP_FIELDS);
		assert.match(logged, /^HTTP\/1.1 400 [\s\S]*ter:WellFormed/);
	});

	it("lets the account in once with each token, at the right time only, and throttles guesses", () => {
		const home = onvifHome();
		const client = new OnvifVisitor(home);
		const body = "<d:GetDeviceInformation/>";
		const { header } = client;
		assert.equal(client.ask(body, DEVICE, 3000, header).status, 200);
		const again = client.ask(body, DEVICE, 3000, header);
		assert.equal(again.status, 400);
		assert.match(again.of("Text") ?? "", /used before/);
		const at = (offset: number) =>
			usernameToken("onvif", client.password, formatDateTime(home.world.utc + home.world.now + offset), `at ${offset}`);
		assert.equal(client.ask(body, DEVICE, 3000, at(-290_000)).status, 200);
		assert.equal(client.ask(body, DEVICE, 3000, at(290_000)).status, 200);
		assert.match(client.ask(body, DEVICE, 3000, at(-310_000)).of("Text") ?? "", /clocks/);
		client.password = "wrong";
		for (let i = 0; i < 4; i++) assert.equal(client.ask(body, DEVICE, 3000).fault, "ter:NotAuthorized");
		client.password = passwordOf(home);
		assert.equal(client.ask(body, DEVICE, 3000).status, 429);
		home.world.runUntil(() => false, 5000);
		assert.equal(client.ask(body, DEVICE, 3000).status, 200);
	});

	it("does not speed up guessing with a recorded login", () => {
		const home = onvifHome({ "viewer-password": "only-looking" });
		const client = new OnvifVisitor(home);
		const body = "<d:GetDeviceInformation/>";
		const { header } = client;
		assert.equal(client.ask(body, DEVICE, 3000, header).status, 200);
		client.password = "wrong";
		const statuses: number[] = [];
		for (let i = 0; i < 10; i++) {
			// The recorded login, used again, is not a right password, which would forgive the wrong ones.
			client.ask(body, DEVICE, 3000, header);
			statuses.push(client.ask(body, DEVICE, 3000).status);
		}
		assert.ok(statuses.filter((status) => status === 429).length > 4, `${statuses}`);
	});

	it("asks the owner for HTTP Digest, and then knows what each user may do", () => {
		const home = onvifHome({ "viewer-password": "only-looking" });
		const move = `<p:ContinuousMove><p:ProfileToken>jpeg</p:ProfileToken><p:Velocity><t:PanTilt x="1" y="0"/></p:Velocity></p:ContinuousMove>`;
		const owner = new OnvifVisitor(home, "owner");
		owner.password = PASSWORD;
		for (const [user, password, status] of [
			["owner", PASSWORD, 200],
			["viewer", "only-looking", 403],
			["onvif", passwordOf(home), 200],
			["onvif", PASSWORD, 401],
		] as const) {
			const first = owner.ask(move, DEVICE, 3000);
			assert.equal(first.status, 401);
			const login = loginFor(first.text, "POST", "/onvif/device_service", user, password);
			const fields = `${SOAP_FIELDS}${login}\r\n`;
			const answer = home.exchange("POST", DEVICE, soapRequest(move), fields, home.neighbour, 3000);
			assert.equal(statusOf(answer), status, user);
		}
	});

	it("changes its password when all sessions end, and ends subscriptions", () => {
		const home = onvifHome();
		const client = new OnvifVisitor(home);
		assert.match(client.password, /^([0-9a-f]{5}-){3}[0-9a-f]{5}$/);
		const made = client.ask("<e:CreatePullPointSubscription/>", DEVICE, 3000);
		const address = made.of("Address") ?? "";
		home.post(`http://${ADDRESS}:8000/api/v1/logout-all`, "", home.neighbour);
		assert.equal(client.ask("<d:GetScopes/>", DEVICE, 3000).fault, "ter:NotAuthorized");
		client.password = passwordOf(home);
		assert.equal(client.ask("<d:GetScopes/>", DEVICE, 3000).status, 200);
		assert.equal(client.ask("<n:Unsubscribe/>", address, 3000).fault, "wsnt:ResourceUnknownFault");
	});

	it("is not there with --onvif off", () => {
		const home = onvifHome({ onvif: "off" });
		const answer = home.get(`http://${ADDRESS}:8000/onvif`, home.neighbour);
		assert.equal(statusOf(answer), 404);
		assert.equal(statusOf(home.post(DEVICE, soapRequest("<d:GetCapabilities/>"), home.neighbour)), 404);
	});

	it("turns the camera until it is stopped, its time is over, or somebody else turns it (IMG-18)", () => {
		const home = onvifHome();
		const { camera } = home.cameras[0];
		const client = new OnvifVisitor(home);
		const move = (x: number, y: number, timeout = "") =>
			client.ask(
				`<p:ContinuousMove><p:ProfileToken>jpeg</p:ProfileToken><p:Velocity><t:PanTilt x="${x}" y="${y}"/></p:Velocity>${timeout}</p:ContinuousMove>`,
				DEVICE,
				3000,
			);
		const wait = (time: number) => home.world.runUntil(() => false, time);
		assert.equal(move(0.5, 0).status, 200);
		wait(1000);
		const { pan, speed } = camera.panTilt.state;
		assert.ok(Math.abs(pan - 0.5 * speed) < 0.2 * speed, `${pan} at ${speed}`);
		client.ask("<p:Stop><p:ProfileToken>jpeg</p:ProfileToken></p:Stop>", DEVICE, 3000);
		const stopped = camera.panTilt.state.pan;
		wait(1000);
		assert.equal(camera.panTilt.state.pan, stopped);
		move(-0.1, 0.1, "<p:Timeout>PT2S</p:Timeout>");
		wait(4000);
		const ended = camera.panTilt.state;
		assert.ok(Math.abs(ended.tilt - 0.2 * speed) < 0.1 * speed, `${ended.tilt}`);
		move(1, 0);
		home.post(`http://${ADDRESS}:8000/api/v1/motion`, "home=yes", home.neighbour);
		wait(5000);
		assert.equal(camera.panTilt.state.pan, 0);
		move(1, 0, "<p:Timeout>PT60S</p:Timeout>");
		wait(8000);
		assert.equal(camera.panTilt.state.pan, camera.panTilt.panLimit);
		assert.match(
			client.ask("<p:GetStatus><p:ProfileToken>jpeg</p:ProfileToken></p:GetStatus>", DEVICE, 3000).text,
			/x="1" y=[^>]*\/>.*IDLE/,
		);
	});

	it("answers what needs a picture with a fault while there is none", () => {
		const home = onvifHome();
		const client = new OnvifVisitor(home);
		assert.match(client.ask("<m:GetProfiles/>").text, /<trt:Profiles token="jpeg"[\s\S]*<tt:Encoding>JPEG</);
		home.cameras[0].still = true;
		home.world.runUntil(() => false, 90_000);
		const before = home.world.now;
		const answer = client.ask("<m:GetProfiles/>");
		assert.equal(answer.fault, "ter:Action");
		assert.match(answer.of("Text") ?? "", /no picture/);
		assert.ok(home.world.now - before < 5000);
	});

	it("is found by neighbours who look for it, and says hello and goodbye", () => {
		const home = onvifHome();
		const heard: string[] = [];
		const { network } = home.neighbour;
		const [path] = network.paths();
		const sink = {
			opened() {},
			received: (bytes: Uint8Array) => void heard.push(String.fromCharCode(...bytes)),
			failed() {},
		};
		network.udp({ port: DISCOVERY_PORT, path, groups: [DISCOVERY_GROUP], reuse: true }, sink);
		const socket = network.udp({ port: 0, path }, sink);
		home.world.runUntil(() => false, 100);
		const look = (types: string, scopes = "") => {
			heard.length = 0;
			const probe = utf8Encode(
				`<s:Envelope xmlns:s="${SOAP}" xmlns:a="${WSA_2004}" xmlns:w="${WSD}" xmlns:q="${DN}"><s:Header><a:MessageID>uuid:17</a:MessageID><a:Action>${WSD}/Probe</a:Action></s:Header><s:Body><w:Probe><w:Types>${types}</w:Types>${scopes}</w:Probe></s:Body></s:Envelope>`,
			);
			socket.send(probe, 0, probe.length, DISCOVERY_GROUP, DISCOVERY_PORT);
			home.world.runUntil(() => false, 2000);
			return heard.filter((text) => text.includes("ProbeMatches"));
		};
		const [match] = look("q:NetworkVideoTransmitter", "<w:Scopes>onvif://www.onvif.org/Profile</w:Scopes>");
		const leaves = new XmlLeaves(match, 4096);
		assert.equal(leaves.of("RelatesTo"), "uuid:17");
		assert.equal(leaves.of("XAddrs"), DEVICE);
		assert.match(leaves.of("Scopes") ?? "", /onvif:\/\/www.onvif.org\/Profile\/Streaming .*\/name\/\S+/);
		assert.equal(look("").length, 1);
		assert.equal(look("q:Device").length, 0);
		assert.equal(look("q:NetworkVideoTransmitter", "<w:Scopes>onvif://www.onvif.org/Profile/G</w:Scopes>").length, 0);
		home.cameras[0].camera.leave(() => {});
		home.world.runUntil(() => false, 2000);
		assert.ok(heard.some((text) => text.includes("<d:Bye>")));
	});
});
