import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { type ApiDocument, assertLike, documentedOperations } from "../support/open-api";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, OWNER } from "./lab";

/** Operations that these cameras refuse, with the status; all others succeed. */
const IMPOSSIBLE: Readonly<Record<string, number>> = {
	"POST /api/v1/motion": 400,
	"POST /api/v1/password": 409,
	"POST /api/v1/fleet/join": 409,
	"POST /api/v1/picture": 409,
	"POST /api/v1/time": 409,
	"POST /api/v1/relays/links": 400,
	"POST /api/v1/relays/seen": 400,
};

describe("lab/OpenAPI document of a real camera", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);
	before(() => house().fill(2));

	for (const [index, kind] of CAMERA_KINDS.entries()) {
		it(`has examples that can be sent unchanged, with answers as documented (${kind})`, async () => {
			const base = `http://${WAN}:${8080 + index}`;
			const document: ApiDocument = JSON.parse((await house().lab.get("wan", `${base}/api/v1/openapi.json`)) ?? "");
			const status = JSON.parse((await house().lab.get("wan", `${base}/api/v1/status`)) ?? "");
			// The last one ends the camera.
			const operations = [...documentedOperations(document)].sort((a, b) => rank(a.path) - rank(b.path));
			for (const { name, method, path, operation } of operations) {
				const body = operation.requestBody?.content["application/json"].example;
				const words =
					body === undefined ? ["-X", method] : ["-H", "Content-Type: application/json", "-d", JSON.stringify(body)];
				const url = base + path.replace("{id}", status.id);
				const argv = ["curl", "-s", "-m", "5", ...OWNER, "-w", "\n%{http_code} %{content_type}", ...words, url];
				const { stdout } = await house().lab.exec("wan", argv);
				const [text, trailer] = [stdout.slice(0, stdout.lastIndexOf("\n")), stdout.slice(stdout.lastIndexOf("\n") + 1)];
				const expected = IMPOSSIBLE[name] ?? 200;
				const [type] = Object.keys(operation.responses["200"].content);
				const charset = type === "text/csv" ? "; charset=utf-8" : "";
				assert.equal(trailer, `${expected} ${type}${charset}`, `${name}: ${stdout}`);
				assert.ok(`${expected}` in operation.responses, `${name}: ${expected} is not documented`);
				if (type === "text/csv") continue;
				const answer = JSON.parse(text);
				if (expected !== 200) assert.deepEqual(Object.keys(answer), ["error"], name);
				else assertLike(name, operation.responses["200"].content["application/json"].example, answer);
			}
		});
	}
});

function rank(path: string): number {
	return path.endsWith("/restart") ? 1 : 0;
}
