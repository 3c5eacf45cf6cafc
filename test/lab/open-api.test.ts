import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { AnswerChecker, type ApiDocument, answerType, documentedOperations, exampleTarget } from "../support/open-api";
import { until } from "../support/until";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, Lab, OWNER } from "./lab";

/** Operations that these cameras refuse, with the status; all others succeed. */
const IMPOSSIBLE: Readonly<Record<string, number>> = {
	"POST /api/v1/motion": 400,
	// The example names a device that is not there.
	"POST /api/v1/fleet/actions": 400,
	"POST /api/v1/password": 409,
	"POST /api/v1/fleet/join": 409,
	"POST /api/v1/pairings": 409,
	"POST /api/v1/picture": 409,
	"POST /api/v1/links/{id}/revoke": 404,
	// A camera does not add itself to its fleet.
	"POST /api/v1/cameras/{id}/add": 404,
	"POST /api/v1/time": 409,
	// These houses have no NAS.
	"GET /events/{id}/picture.jpg": 404,
	"POST /api/v1/relays/links": 400,
	"POST /api/v1/relays/seen": 400,
};

describe("lab/OpenAPI document of a real camera", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);
	before(() => house().fill(2));

	for (const [index, kind] of CAMERA_KINDS.entries()) {
		it(`tells curl of changes by server-sent events as they happen (${kind})`, async () => {
			const base = `http://${WAN}:${8080 + index}/api/v1/`;
			const curl = house().lab.spawn("wan", ["curl", "-sN", "-m", "30", ...OWNER, `${base}changes`]);
			await until("the state", 15_000, async () => /^event: cameras$/m.test(curl.output));
			const { id, name } = JSON.parse((await house().lab.get("wan", `${base}status`)) ?? "");
			const { stdout } = await house().lab.exec("wan", [
				"curl",
				"-s",
				...OWNER,
				"-d",
				"name=Told",
				`${base}cameras/${id}/name`,
			]);
			assert.equal(JSON.parse(stdout).done, true);
			await until("the change", 5000, async () => /"name":"Told"/.test(curl.output));
			const events = curl.output.split("\n\n").slice(0, -1);
			assert.match(events[0], /^retry: \d+$/);
			for (const event of events.slice(1)) {
				const [, , data] = /^event: (cameras|notices|actions|beat)\ndata: (.*)$/.exec(event) ?? assert.fail(event);
				assert.doesNotThrow(() => JSON.parse(data));
			}
			await curl.end();
			await house().lab.exec("wan", ["curl", "-s", ...OWNER, "-d", `name=${name}`, `${base}cameras/${id}/name`]);
		});
	}

	for (const [index, kind] of CAMERA_KINDS.entries()) {
		it(`has examples that can be sent unchanged, with answers that fit its schemas (${kind})`, async () => {
			// By the LAN: ports of the router change hands once the first camera has a key and so is another fleet.
			const base = `http://${Lab.address(index + 1)}:8000`;
			const document: ApiDocument = JSON.parse((await house().lab.get("home", `${base}/api/v1/openapi.json`)) ?? "");
			const { id } = JSON.parse((await house().lab.get("home", `${base}/api/v1/status`)) ?? "");
			const checker = new AnswerChecker(document);
			// The last one ends the camera.
			const operations = [...documentedOperations(document)].sort((a, b) => rank(a.path) - rank(b.path));
			for (const named of operations) {
				const { name, method, operation } = named;
				const type = answerType(operation);
				// These never end; the events have a test of their own.
				if (type === "multipart/x-mixed-replace" || type === "text/event-stream") continue;
				const body = operation.requestBody?.content["application/json"].example;
				const words =
					body === undefined ? ["-X", method] : ["-H", "Content-Type: application/json", "-d", JSON.stringify(body)];
				const url = base + exampleTarget(named, { id });
				const argv = ["curl", "-s", "-m", "60", ...OWNER, "-w", "\n%{http_code} %{content_type}", ...words, url];
				const { stdout } = await house().lab.exec("home", argv);
				const [text, trailer] = [stdout.slice(0, stdout.lastIndexOf("\n")), stdout.slice(stdout.lastIndexOf("\n") + 1)];
				const expected = IMPOSSIBLE[name] ?? 200;
				const [said] = trailer.split(";");
				const answered = expected === 200 || type === "application/json" ? type : "text/plain";
				assert.equal(said, `${expected} ${answered}`, `${name}: ${stdout}`);
				if (type === "application/json") checker.check(name, JSON.parse(text), expected);
			}
		});
	}
});

function rank(path: string): number {
	return path.endsWith("/restart") ? 1 : 0;
}
