import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { digestFor, PASSWORD } from "../../test/support/digest";
import { pause } from "../../test/support/until";
import type { OwnerReport } from "./owner-report";

// The owner of the cameras at one place of the lab, a process of its own: owner.ts PLACE SECONDS SOURCE URL…. Uses each camera in
// turn, as a person with a browser does, and watches the first one. Prints an OwnerReport a line for each step. Each step
// is repeated until it works, for SECONDS at most.

/** Time between two steps. */
const PAUSE = 400;
/** Time limit of a single request. */
const REQUEST_TIME = 6000;
/** Time between two attempts of a step. */
const AGAIN = 300;
/** A cookie is used for this many rounds; then the owner logs in again. */
const ROUNDS = 10;
/** How long one viewer watches. */
const WATCH = 8000;
/** The step in which a viewer watches; that time does not count. */
const WATCHING = "live picture";
/** The pictures that a viewer has to get in that time. */
const PICTURES_MIN = 3;
/** The octets of a picture that are read at most. */
const PICTURE_MAX = 4_000_000;

const [place, seconds, localAddress, ...urls] = process.argv.slice(2);
const patience = Number(seconds) * 1000;

interface Answer {
	readonly status: number;
	readonly headers: IncomingMessage["headers"];
	readonly body: Buffer;
}

function ask(url: string, options: RequestOptions = {}, body = ""): Promise<Answer> {
	return new Promise((done, fail) => {
		const asked = request(url, { agent: false, localAddress, ...options }, (answer) => {
			const parts: Buffer[] = [];
			answer.on("data", (chunk: Buffer) => parts.push(chunk));
			answer.on("error", fail);
			answer.on("end", () =>
				done({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
			);
		});
		const late = setTimeout(() => asked.destroy(new Error(`no answer in ${REQUEST_TIME} ms`)), REQUEST_TIME);
		asked.on("close", () => clearTimeout(late));
		asked.on("error", fail);
		asked.end(body);
	});
}

function expect(answer: Answer, status: number, what: string | RegExp = ""): Answer {
	const text = answer.body.toString("latin1");
	if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${text.slice(0, 200)}`);
	if (typeof what === "string" ? !text.includes(what) : !what.test(text))
		throw new Error(`no ${what} in ${text.slice(0, 200)}`);
	return answer;
}

/** Repeats a step until it works, and reports how long that took. */
async function step<T>(camera: string, name: string, attempt: () => Promise<T>): Promise<T | undefined> {
	const start = performance.now();
	let fault = "";
	for (let tries = 1; ; tries++) {
		try {
			const value = await attempt();
			const took = Math.round(performance.now() - start) - (name === WATCHING ? WATCH : 0);
			report({ place, camera, step: name, tries, took, fault });
			return value;
		} catch (error) {
			fault = error instanceof Error ? error.message : `${error}`;
		}
		const took = Math.round(performance.now() - start);
		if (took > patience) {
			report({ place, camera, step: name, tries, took, fault, failed: true });
			return undefined;
		}
		await pause(AGAIN);
	}
}

function report(told: OwnerReport): void {
	console.log(JSON.stringify(told));
}

/** The owner's browser at one camera. */
class Visit {
	private cookie = "";
	private round = 0;

	constructor(private readonly url: string) {}

	/** Uses every page once. */
	async go(): Promise<void> {
		const { url } = this;
		if (this.cookie === "" || this.round++ % ROUNDS === 0) {
			await step(url, "log in", () => this.logIn());
			await this.link();
		}
		await pause(PAUSE);
		await step(url, "portal", async () => expect(await this.page("/portal"), 200, "</html>"));
		await pause(PAUSE);
		await step(url, "camera page", async () => expect(await this.page("/camera"), 200, "stream.mjpeg"));
		await pause(PAUSE);
		await step(url, "picture", async () => isPicture(expect(await this.page("/snapshot.jpg"), 200).body));
		await pause(PAUSE);
		const priority = 100 + (this.round % 2);
		await step(url, "setting", async () =>
			this.post("/api/v1/settings", `priority=${priority}`, /restart|No space|full|stor/i),
		);
		await pause(PAUSE);
		await step(url, "rename", () => this.rename());
		await pause(PAUSE);
		const digest = async () => this.byDigest("/api/v1/status");
		await step(url, "status by Digest", async () => expect(await digest(), 200, '"fleet"'));
	}

	/** Makes a viewer link, which then falls into the wrong hands. */
	async link(): Promise<void> {
		await step(this.url, "link", async () => {
			const { body } = expect(await this.send("/api/v1/links", "hours=24"), 200);
			const links = { [new URL(this.url).hostname]: JSON.parse(body.toString()).token };
			report({ place, camera: this.url, step: "link made", tries: 1, took: 0, fault: "", links });
		});
	}

	/** Watches the live picture for some seconds. */
	async watch(): Promise<void> {
		await step(this.url, WATCHING, async () => {
			const count = await watch(`${this.url}/stream.mjpeg`, await this.digest("GET", "/stream.mjpeg"));
			if (count < PICTURES_MIN) throw new Error(`${count} pictures in ${WATCH} ms`);
		});
	}

	private async logIn(): Promise<void> {
		const type = "application/x-www-form-urlencoded";
		const headers = { accept: "text/html", "content-type": type, ...(this.cookie && { cookie: this.cookie }) };
		const answer = await ask(`${this.url}/login`, { method: "POST", headers }, `user=owner&password=${PASSWORD}`);
		const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0];
		if (cookie === undefined) throw new Error(`no session: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
		this.cookie = cookie;
	}

	private async page(path: string): Promise<Answer> {
		const answer = await ask(`${this.url}${path}`, { headers: { accept: "text/html,*/*", cookie: this.cookie } });
		if (answer.status === 401) await this.logIn();
		return answer;
	}

	private send(path: string, form: string): Promise<Answer> {
		const headers = { "content-type": "application/x-www-form-urlencoded", cookie: this.cookie };
		return ask(`${this.url}${path}`, { method: "POST", headers }, form);
	}

	/** Changes something; a camera whose disk is full may say so. */
	private async post(path: string, form: string, expected: RegExp): Promise<void> {
		const answer = await this.send(path, form);
		if (answer.status === 401) await this.logIn();
		if (answer.status < 500) expect(answer, 200, expected);
		else if (answer.status === 503) throw new Error("503");
	}

	private async rename(): Promise<void> {
		const { body } = expect(await this.page("/api/v1/status"), 200);
		const { id } = JSON.parse(body.toString());
		await this.post(`/api/v1/cameras/${id}/name`, `name=${new URL(this.url).hostname} ${this.round}`, /done/);
	}

	private async byDigest(path: string): Promise<Answer> {
		return ask(`${this.url}${path}`, { headers: { authorization: await this.digest("GET", path) } });
	}

	private async digest(method: string, path: string): Promise<string> {
		const { headers } = await ask(`${this.url}${path}`, { method });
		return digestFor(headers["www-authenticate"] ?? "", method, path);
	}
}

/** @throws unless it is a whole JPEG picture */
function isPicture(bytes: Buffer): void {
	if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes.indexOf("\xff\xd9", 0, "latin1") < 0)
		throw new Error(`not a picture: ${bytes.length} octets`);
}

/** Counts the pictures that come in some seconds. */
function watch(url: string, authorization: string): Promise<number> {
	return new Promise((done, fail) => {
		let count = 0;
		let rest = "";
		const asked = request(url, { agent: false, localAddress, headers: { authorization } }, (answer) => {
			if (answer.statusCode !== 200) fail(new Error(`${answer.statusCode}`));
			answer.on("data", (chunk: Buffer) => {
				rest = (rest + chunk.toString("latin1")).slice(-PICTURE_MAX);
				const parts = rest.split(/content-type: image\/jpeg/i);
				count += parts.length - 1;
				rest = parts[parts.length - 1].slice(-30);
			});
			answer.on("error", fail);
		});
		asked.on("error", fail);
		setTimeout(() => {
			asked.destroy();
			done(count);
		}, WATCH);
		asked.end();
	});
}

/** Lists the cameras on the portal, and fetches a picture of each by its link. */
async function tour(url: string): Promise<void> {
	const listed = await step(url, "list of cameras", async () => {
		const path = "/api/v1/cameras";
		const { headers } = await ask(`${url}${path}`);
		const authorization = digestFor(headers["www-authenticate"] ?? "", "GET", path);
		return expect(await ask(`${url}${path}`, { headers: { authorization } }), 200);
	});
	if (listed === undefined) return;
	report({
		place,
		camera: url,
		step: "cameras listed",
		tries: 1,
		took: 0,
		fault: "",
		count: JSON.parse(listed.body.toString()).cameras.length,
	});
}

async function main(): Promise<void> {
	const visits = urls.map((url) => new Visit(url));
	for (const visit of visits) await visit.go();
	report({ place, camera: "", step: "ready", tries: 1, took: 0, fault: "" });
	const watching = async (): Promise<never> => {
		for (let i = 0; ; i++) {
			await visits[i % visits.length].watch();
			await pause(PAUSE);
		}
	};
	watching().catch(fail);
	for (;;) {
		for (const visit of visits) await visit.go();
		await tour(urls[0]);
	}
}

function fail(error: unknown): never {
	console.error(error);
	process.exit(1);
}

process.stdin.on("end", () => process.exit(0)).resume();
main().catch(fail);
