import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { formOf } from "../../../src/http/http-form";
import type { HttpRequest } from "../../../src/http/http-request";
import { REQUEST_LIMITS } from "../../../src/wire/text-message";
import { assertLinearTime } from "../../support/linear-time";
import { mutate } from "../../support/mutate";

function request(body: string | Uint8Array, fields: [string, string][] = [], secure = false): HttpRequest {
	const message = { fields, body: typeof body === "string" ? utf8Encode(body) : body };
	return { message, secure } as unknown as HttpRequest;
}

const JSON_TYPE: [string, string][] = [["content-type", "application/json; charset=utf-8"]];

describe("http/http-form", () => {
	it("reads a form, or a JSON object if its type says so", () => {
		assert.deepEqual(
			[...(formOf(request("a=b&c=1")) ?? [])],
			[
				["a", "b"],
				["c", "1"],
			],
		);
		assert.deepEqual(
			[...(formOf(request('{"a":"b","c":[1,true]}', JSON_TYPE)) ?? [])],
			[
				["a", "b"],
				["c", "1,on"],
			],
		);
		assert.deepEqual(formOf(request("a=b", JSON_TYPE)), undefined);
	});

	it("never throws, and reads at most 32 fields of a form or 64 members, for any input", () => {
		const seeds = [
			"a=b&c=%41+d&e",
			"&=&",
			"a=%e2%82%ac&b=%00",
			'{"a":"b","c":[1,true]}',
			Array.from({ length: 32 }, (_, i) => `a${i}=b`).join("&"),
		];
		let forms = 0;
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			const body = utf8Encode(mutate(random, seeds[random.below(seeds.length)], '%&=+;0aF"{}[]:,'));
			for (let n = random.below(3); n > 0; n--) body[random.below(body.length)] = random.below(256);
			for (const fields of [[], JSON_TYPE]) {
				const form = formOf(request(body, fields));
				if (form === undefined) continue;
				forms++;
				assert.ok(form.size <= (fields.length === 0 ? 32 : 64), `seed ${seed}`);
				for (const [name, value] of form)
					assert.ok(typeof value === "string" && name.length + value.length <= 8 * body.length, `seed ${seed}`);
			}
		}
		assert.ok(forms > 1000);
	});

	it("reads long input in linear time", () => {
		assertLinearTime(() => {
			for (const piece of ["a=b&", "%41", "%", "+", "&", "[", '{"a":', '"', "\\", '"a":1,', "\u20ac"]) {
				const text = piece.repeat((4 * REQUEST_LIMITS.body) / piece.length);
				formOf(request(text));
				formOf(request(`{"a":[${text}]}`, JSON_TYPE));
			}
		});
	});
});
