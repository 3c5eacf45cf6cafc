import assert from "node:assert/strict";
import { bodyOf, loginFor, statusOf } from "./home-answer";
import type { HomeCamera, VirtualHome } from "./virtual-home";

/** Acts as the owner of a camera, in the LAN. */
export class Owner {
	constructor(
		readonly home: VirtualHome,
		readonly camera: HomeCamera,
		readonly password: string,
	) {}

	/** Gets a page or an answer of the API, or posts a form. */
	ask(path: string, form?: string, accept = "application/json"): { status: number; body: string } {
		const { home, camera, password } = this;
		const method = form === undefined ? "GET" : "POST";
		const url = `http://${camera.machine.address}:8000${path}`;
		const send = (fields: string) => home.exchange(method, url, form ?? "", fields, home.neighbour, 3000);
		// A browser would get the login page in place of a challenge.
		const login = loginFor(send(""), method, path, "owner", password);
		const octets = send(`Accept: ${accept}\r\n${login}\r\n`);
		const answer = Buffer.from(octets, "latin1").toString();
		return { status: statusOf(answer), body: bodyOf(answer) };
	}

	/** What the portal's API says of the cameras. */
	get json() {
		const { status, body } = this.ask("/api/v1/cameras");
		assert.equal(status, 200, body);
		return JSON.parse(body);
	}

	/** The portal. */
	page(): string {
		return this.ask("/portal", undefined, "text/html").body;
	}

	/** Adds a camera to the fleet by its password. @returns the status of the answer */
	add(other: HomeCamera, password: string): number {
		return this.ask(`/api/v1/cameras/${other.camera.identity.id}/add`, `password=${encodeURIComponent(password)}`)
			.status;
	}
}
