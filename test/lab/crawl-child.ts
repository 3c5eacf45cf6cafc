import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { type CrawlRequest, type CrawlResult, octetsOf } from "../support/crawl";
import { digestFor } from "../support/digest";

// The child process of crawl.test.ts in a namespace of the lab: `ADDRESS PORT FILE` makes the requests that the file
// lists, each on its own connection, and prints the answers as JSON, equal ones together.

/** Simultaneous connections; a camera accepts 32 from one address. */
const PARALLEL = 12;
/** Time limit for an answer, in milliseconds; after it the answer is empty. */
const PATIENCE = 30_000;

const [, , address, port, file] = process.argv;

function ask(request: string): Promise<string> {
	return new Promise((done) => {
		let answer = "";
		const socket = connect({ host: address, port: Number(port) }, () => socket.write(request, "latin1"));
		const end = (): void => {
			socket.destroy();
			done(answer);
		};
		socket.setEncoding("latin1").setTimeout(PATIENCE, end);
		socket.on("data", (chunk) => {
			answer += chunk;
		});
		socket.on("end", end);
		socket.on("error", end);
	});
}

/** Removes what differs from answer to answer by chance. */
function withoutChance(answer: string): string {
	return answer
		.replace(/\r\nDate: [^\r]*/g, "")
		.replace(/nonce="[^"]*"|"nonce":"[^"]*"/g, "nonce")
		.replace(/\r\nRetry-After: \d+/g, "\r\nRetry-After: N");
}

async function crawl(requests: readonly CrawlRequest[]): Promise<CrawlResult> {
	const authority = `${address}:${port}`;
	const answers = new Map<string, number[]>();
	let next = 0;
	let count = 0;
	const first = await ask(octetsOf({ kind: "", method: "GET", target: "/", fields: [], body: "" }, authority));
	const challenge = /\r\nWWW-Authenticate: (Digest [^\r]*SHA-256[^\r]*)/.exec(first)?.[1] ?? "";
	const worker = async (): Promise<void> => {
		while (next < requests.length) {
			const index = next++;
			const request = requests[index];
			const { method, target, login } = request;
			const number = (++count).toString(16).padStart(8, "0");
			const fields =
				login === undefined
					? request.fields
					: [...request.fields, `Authorization: ${digestFor(challenge, method, target, "owner", login, number)}`];
			const answer = withoutChance(await ask(octetsOf({ ...request, fields }, authority)));
			const alike = answers.get(answer);
			if (alike === undefined) answers.set(answer, [index]);
			else alike.push(index);
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, worker));
	return [...answers];
}

void crawl(JSON.parse(readFileSync(file, "utf8"))).then((result) => process.stdout.write(JSON.stringify(result)));
