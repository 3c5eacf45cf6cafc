import assert from "node:assert/strict";
import type { HttpReply } from "../../../src/http/http-request";
import { loginPage } from "../../../src/web/login-page";
import { MESSAGES } from "../../../src/web/messages";
import { text } from "../../support/shown-pages";

describe("web/login-page", () => {
	it("is self-contained, and its policy allows only its own style and script", () => {
		let policy = "";
		loginPage("wrong", false).replyWith(
			{
				text: (_status: number, _type: string, _body: unknown, headers: readonly (readonly [string, string])[]) => {
					policy = headers.find(([name]) => name === "Content-Security-Policy")?.[1] ?? "";
				},
			} as unknown as HttpReply,
			401,
			[],
		);
		assert.match(policy, /^default-src 'none'; style-src 'sha256-[^ ;]+'; script-src 'sha256-[^ ;]+';/);
		assert.match(policy, /frame-ancestors 'none'$/);
		assert.doesNotMatch(policy, /unsafe/);
	});

	it("explains the error, and whether the connection is encrypted", () => {
		const shown = (html: string) => [...html.matchAll(/<p id="(\w+)" role="alert">/g)].map(([, id]) => id);
		assert.deepEqual(shown(text(loginPage("", true))), []);
		assert.deepEqual(shown(text(loginPage("wrong", true))), ["wrong"]);
		assert.deepEqual(shown(text(loginPage("wait", true))), ["wait"]);
		assert.ok(text(loginPage("", false)).includes(MESSAGES.login.plainForm));
		assert.ok(!text(loginPage("", true)).includes("encrypted"));
	});
});
