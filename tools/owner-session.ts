import { PASSWORD } from "../test/support/digest";

/** Time limit for an answer, in milliseconds. */
const ANSWER_TIME = 60_000;

async function post(port: number, path: string, form: Record<string, string>, cookie = ""): Promise<Response> {
	const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
		method: "POST",
		body: new URLSearchParams(form),
		headers: { connection: "close", cookie },
		redirect: "manual",
		signal: AbortSignal.timeout(ANSWER_TIME),
	});
	if (answer.status >= 400) throw new Error(`${path} is answered with ${answer.status}`);
	return answer;
}

/** Logs in as the owner at a camera on this machine. @returns the value of the Cookie field */
export async function ownerCookie(port: number, password = PASSWORD): Promise<string> {
	const answer = await post(port, "/login", { user: "owner", password });
	return answer.headers.getSetCookie()[0].split(";")[0];
}

/** Makes a viewer link at a camera on this machine. @returns its token, for `?link=` */
export async function viewerToken(port: number, password = PASSWORD): Promise<string> {
	const answer = await post(port, "/api/v1/links", { hours: "24" }, await ownerCookie(port, password));
	return ((await answer.json()) as { token: string }).token;
}

/** Ends all logins at a camera on this machine. */
export async function endAllLogins(port: number, password = PASSWORD): Promise<void> {
	await post(port, "/api/v1/logout-all", {}, await ownerCookie(port, password));
}
