import assert from "node:assert/strict";
import { CAMERA_SCHEMA } from "../../../src/settings/camera-schema";
import { parseSettings, settingsOf } from "../../../src/settings/schema";
import { formatValue, parseValue } from "../../../src/settings/setting";

function parse(given: Record<string, string>) {
	return parseSettings(CAMERA_SCHEMA, new Map(Object.entries(given)));
}

describe("settings/camera-schema", () => {
	it("has defaults that pass its own checks", () => {
		const { values: settings, faults } = parse({});
		assert.deepEqual(faults, []);
		assert.equal(settings.httpPort, 8000);
		assert.deepEqual(settings.representativePorts, [8080, 18080, 28080]);
		assert.deepEqual(settings.inquiry, [5, 10]);
		assert.equal(settings.mapping, true);
		assert.deepEqual(settings.delivery, ["multicast", "unicast"]);
		assert.deepEqual([settings.serviceDiscovery, settings.presence, settings.dynamicDnsUrl], [true, false, ""]);
	});

	it("gives every setting a help line and a name that serves as flag, variable and field", () => {
		for (const setting of settingsOf(CAMERA_SCHEMA)) {
			assert.match(setting.name, /^[a-z]+(-[a-z0-9]+)*$/);
			assert.ok(setting.help.length > 10 && !setting.help.endsWith("."), setting.name);
		}
	});

	it("writes every default as the text that it is parsed from", () => {
		for (const setting of settingsOf(CAMERA_SCHEMA)) {
			assert.deepEqual(parseValue(setting, formatValue(setting, setting.default)), setting.default, setting.name);
		}
	});

	it("lets the owner change no setting that is secret", () => {
		for (const { name, editable, secret } of settingsOf(CAMERA_SCHEMA)) assert.ok(!editable || !secret, name);
	});

	const good: [string, string, string, unknown][] = [
		["name", "Küche", "name", "Küche"],
		["http-port", "65535", "httpPort", 65535],
		["port-layout", "same", "portLayout", "same"],
		["representative-ports", "80", "representativePorts", [80]],
		["representative-ports", "8080, 9090", "representativePorts", [8080, 9090]],
		["delivery", "broadcast", "delivery", ["broadcast"]],
		["inquiry", "7", "inquiry", [7, 7]],
		["inquiry", "2-4", "inquiry", [2, 4]],
		["mapping", "off", "mapping", false],
		["mapping", "true", "mapping", true],
		["host-name", "cams.example.org", "hostName", "cams.example.org"],
		["pan-limit", "0", "panLimit", 0],
		["tilt-limit", "180", "tiltLimit", 180],
		["motion-speed", "360", "motionSpeed", 360],
		["patrol-dwell", "3600", "patrolDwell", 3600],
		[
			"dynamic-dns-url",
			"https://u:p@dyn.example/?a={address}",
			"dynamicDnsUrl",
			"https://u:p@dyn.example/?a={address}",
		],
		["service-discovery", "off", "serviceDiscovery", false],
	];
	for (const [name, text, field, value] of good) {
		it(`takes --${name} ${text}`, () => {
			const { values: settings, faults } = parse({ [name]: text });
			assert.deepEqual(faults, []);
			assert.deepEqual((settings as unknown as Record<string, unknown>)[field], value);
		});
	}

	it("takes a certificate only with its key", () => {
		const pair = { "tls-certificate": "/etc/porthole/cert.pem", "tls-key": "/etc/porthole/key.pem" };
		const { values: settings, faults } = parse(pair);
		assert.deepEqual(faults, []);
		assert.deepEqual([settings.tlsCertificate, settings.tlsKey], Object.values(pair));
		for (const [given, lacking] of [
			["tls-certificate", "tls-key"],
			["tls-key", "tls-certificate"],
		]) {
			const message = `${lacking} must be given together with ${given}`;
			assert.deepEqual(parse({ [given]: "/x.pem" }).faults, [{ name: lacking, message }]);
		}
	});

	const bad: [string, string, RegExp][] = [
		["tls-key", "/a\nb", /the path of a file/],
		["http-port", "0", /number from 1 to 65535/],
		["http-port", "80x", /a number from 1 to 65535/],
		["http-port", "", /a number from 1 to 65535/],
		["http-port", "1e3", /a number from 1 to 65535/],
		["http-port", "99999999999999999999", /a number from 1 to 65535/],
		["name", "a\nb", /control/],
		["representative-ports", "8080,8080", /different ports/],
		["representative-ports", "8080,", /different ports/],
		["delivery", "pigeon", /one or more of multicast/],
		["delivery", "", /one or more of multicast/],
		["inquiry", "9-3", /two with a hyphen/],
		["inquiry", "1-2-3", /two with a hyphen/],
		["mapping", "maybe", /"on" or "off"/],
		["dynamic-dns-url", "dyn.example", /dynamic-dns-url must be an http or https URL.*needed$/],
		["dynamic-dns-url", "https://dyn.example/?n={name}", /host-name must be given/],
		["host-name", "a b", /host name/],
		["gather", "table,list", /choose one/],
		["pan-limit", "181", /number of degrees from 0 to 180/],
		["tilt-limit", "-1", /number of degrees from 0 to 180/],
		["motion-speed", "361", /number of degrees per second from 0 to 360/],
		["patrol-dwell", "0", /number of seconds from 1 to 3600/],
		["colour", "red", /unknown setting "colour"/],
	];
	for (const [name, text, words] of bad) {
		it(`refuses --${name} ${JSON.stringify(text)} and says why`, () => {
			const { faults } = parse({ [name]: text });
			assert.equal(faults.length, 1);
			assert.equal(faults[0].name, name);
			assert.match(faults[0].message, words);
		});
	}
});
