import { digestFor } from "../../test/support/digest";
import { mutate } from "../../test/support/mutate";
import { deliver } from "./http-delivery";
import type { Attack, Place, Scene, Target } from "./scene";

const EVERYWHERE: readonly Place[] = ["home", "wan", "away"];

function post(to: Target, type: string, body: string, fields = ""): string {
	return `POST /login HTTP/1.1\r\nHost: ${to.host}\r\nContent-Type: ${type}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function word(scene: Scene): string {
	const { random } = scene;
	return random.chance(0.1)
		? scene.pick(["__proto__", "constructor", "toString", "hasOwnProperty", "user", "password", "0", "-1", "\\ud800"])
		: `${random.u32().toString(36)}${random.u32().toString(36)}`;
}

/** A JSON object with names that no one has used before, mostly as many as a login may have octets. */
function json(scene: Scene): string {
	const { random } = scene;
	let text = `{"user":"owner","password":"${word(scene)}"`;
	const octets = random.chance(0.8) ? 2000 : 100 + random.below(4000);
	const odd = random.chance(0.3);
	while (text.length < octets) {
		const name = random.chance(0.2) ? word(scene) : random.u32().toString(36).slice(0, 4);
		const value = odd ? scene.pick(["1", '"x"', "true", "null", "[1,2]", "[[]]", "{}", "1e999", '"\\u0000"']) : "1";
		text += `,"${name}":${value}`;
	}
	text += "}";
	return random.chance(0.2) ? mutate(random, text, '{}[]",:\\u0e') : text;
}

function form(scene: Scene): string {
	const { random } = scene;
	let text = `user=${scene.pick(["owner", "viewer", "root", word(scene)])}&password=${word(scene)}`;
	for (let n = random.below(60); n > 0; n--) text += `&${word(scene)}=%${word(scene)}`;
	return random.chance(0.5) ? mutate(random, text, "&=%+;\0\xff") : text;
}

function multipart(scene: Scene): string {
	let text = "";
	for (let n = scene.random.below(6); n >= 0; n--)
		text += `--b\r\nContent-Disposition: form-data; name="${word(scene)}"\r\n\r\n${word(scene)}\r\n`;
	return mutate(scene.random, `${text}--b--\r\n`, '-\r\n";=');
}

/** Attempts to log in. */
export const LOGIN_ATTACKS: readonly Attack[] = [
	{
		name: "login-json",
		places: EVERYWHERE,
		pause: 60,
		together: 10,
		async act(scene) {
			const to = scene.target();
			await deliver(scene, to, post(to, "application/json", json(scene)), "whole");
		},
	},
	{
		name: "login-form",
		places: EVERYWHERE,
		pause: 150,
		together: 10,
		async act(scene) {
			const to = scene.target();
			const [type, body] = scene.random.chance(0.6)
				? ["application/x-www-form-urlencoded", form(scene)]
				: ["multipart/form-data; boundary=b", multipart(scene)];
			await deliver(scene, to, post(to, type, body), scene.pick(["whole", "whole", "drip", "half-close"]));
		},
	},
	{
		name: "login-guess",
		places: EVERYWHERE,
		pause: 150,
		together: 10,
		async act(scene) {
			const to = scene.target();
			const path = scene.pick(["/", "/api/v1/status", "/snapshot.jpg"]);
			const get = (field: string) => `GET ${path} HTTP/1.1\r\nHost: ${to.host}\r\n${field}\r\n`;
			const answer = await deliver(scene, to, get(""), "whole");
			const challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(answer)?.[1];
			if (challenge === undefined) return;
			const user = scene.pick(["owner", "owner", "viewer", word(scene)]);
			const digest = digestFor(challenge, "GET", path, user, word(scene));
			const field = scene.random.chance(0.3) ? mutate(scene.random, digest, '=",\\ ') : digest;
			await deliver(scene, to, get(`Authorization: ${field}\r\n`), "whole");
		},
	},
	{
		name: "login-token",
		places: EVERYWHERE,
		pause: 150,
		together: 5,
		async act(scene) {
			const to = scene.target();
			const link = scene.order.links[to.host] ?? "";
			const token = scene.random.chance(0.9) ? mutate(scene.random, link || "x", "0123456789abcdef.-_") : link;
			const path = scene.pick(["/", "/camera", "/settings", "/api/v1/settings"]);
			const how = scene.pick(["link", "pass"]);
			const safe = encodeURIComponent(token.replace(/[\ud800-\udfff]/g, ""));
			await deliver(
				scene,
				to,
				`GET ${path}?${how}=${safe} HTTP/1.1\r\nHost: ${to.host}\r\nAccept: text/html\r\n\r\n`,
				"whole",
			);
		},
	},
	{
		name: "viewer-overreach",
		places: EVERYWHERE,
		pause: 300,
		together: 3,
		async act(scene) {
			const to = scene.target();
			const link = scene.order.links[to.host] ?? "x";
			const path = scene.pick([
				"/api/v1/settings",
				"/api/v1/password",
				"/api/v1/links",
				"/api/v1/logout-all",
				"/api/v1/motion",
				"/logout",
			]);
			const body = scene.random.chance(0.5) ? json(scene) : form(scene);
			const type = body[0] === "{" ? "application/json" : "application/x-www-form-urlencoded";
			const fields = `Authorization: Bearer ${link}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
			await deliver(scene, to, `POST ${path} HTTP/1.1\r\nHost: ${to.host}\r\n${fields}\r\n${body}`, "whole");
		},
	},
];
