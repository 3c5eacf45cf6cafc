import assert from "node:assert/strict";
import { AccessTokens } from "../../../src/access/access-tokens";
import { EndedSessions, sessionOf } from "../../../src/access/ended-sessions";
import type { Role } from "../../../src/access/role";
import { STORE_VALUE_MAX } from "../../../src/ports/store";

const NOW = 1.7e9;

/** A memory with sessions to end. */
class Scene {
	text: string | undefined;
	readonly tokens = new AccessTokens("a key");
	ended = new EndedSessions(this.memory);

	get memory() {
		return {
			read: () => this.text,
			write: (text: string) => {
				this.text = text;
			},
		};
	}

	end(number: number, role: Role = "owner", lifetime = 3600, now = NOW): string {
		const token = this.tokens.issue("session", role, { epoch: "u", seconds: now }, lifetime, `${number}`);
		this.ended.add(sessionOf(token), now + lifetime, now);
		return token;
	}
}

describe("access/ended-sessions", () => {
	it("remembers a session that has ended, and no other", () => {
		const scene = new Scene();
		const token = scene.end(1);
		const other = scene.tokens.issue("session", "owner", { epoch: "u", seconds: NOW }, 3600, "2");
		assert.ok(scene.ended.has(token));
		assert.ok(!scene.ended.has(other), "issued in the same second");
	});

	it("remembers it across a restart", () => {
		const scene = new Scene();
		const tokens = [scene.end(1), scene.end(2, "viewer"), scene.end(3)];
		scene.ended = new EndedSessions(scene.memory);
		for (const token of tokens) assert.ok(scene.ended.has(token));
	});

	it("forgets it when its token has expired", () => {
		const scene = new Scene();
		const token = scene.end(1, "owner", 60);
		scene.end(2, "owner", 60, NOW + 61);
		assert.ok(!scene.ended.has(token));
	});

	it("has a limited size, which a viewer who logs out again and again cannot use up for the owner", () => {
		const scene = new Scene();
		const owner = scene.end(0);
		for (let i = 1; i < 500; i++) scene.end(i, "viewer", 7200);
		assert.ok(scene.ended.has(owner));
		for (let i = 1; i < 500; i++) scene.end(i, "owner", 7200);
		assert.ok((scene.text ?? "").length < STORE_VALUE_MAX, scene.text);
		scene.ended = new EndedSessions(scene.memory);
		assert.ok(scene.ended.has(scene.end(500)));
	});

	it("starts empty when its memory is damaged", () => {
		for (const text of ["", " ", "x", "x y z", "o".repeat(100000), "a b ".repeat(10000)]) {
			const scene = new Scene();
			scene.text = text;
			scene.ended = new EndedSessions(scene.memory);
			assert.ok(scene.ended.has(scene.end(1)));
		}
	});
});
