import { DESIGN_TOKENS } from "./design-tokens";
import { escapeHtml } from "./escape-html";
import { LOGIN_SCRIPT } from "./login-script";
import { LOGO } from "./logo";
import { MESSAGES } from "./messages";
import { hashSource, Page } from "./page";
import { PRODUCT } from "./page-header";

/**
 * What the page says: nothing, that the password was wrong, that there were too many wrong ones, that the link has ended, or where `porthole view` says which
 * address has the pass.
 */
export type LoginMessage = "" | "wrong" | "wait" | "ended" | "view";

/** The style of pages for strangers, which contain it. */
export const STRANGERS_STYLE = `${DESIGN_TOKENS}*{box-sizing:border-box}body{margin:10vh auto 2rem;max-width:24rem;padding:0 1rem;background:var(--back);color:var(--text)}
main{background:var(--card);border:1px solid var(--line);border-radius:var(--r);padding:var(--l)}
.logo{width:3rem;height:3rem;color:var(--link);display:block;margin-bottom:.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:0}
label{display:block;margin:.8rem 0}
input,select,button{font:inherit;width:100%;min-height:var(--touch);padding:.4rem .7rem;border:1px solid var(--edge);border-radius:var(--r);background:var(--back);color:var(--text)}
button{background:var(--link);border-color:var(--link);color:var(--on);cursor:pointer;margin-top:.4rem}
.button{display:block;text-align:center;text-decoration:none;min-height:var(--touch);padding:.6rem;margin-top:.8rem;border-radius:var(--r);background:var(--link);color:var(--on);overflow-wrap:anywhere}
[role=alert]{border-left:.3rem solid var(--bad);padding:.3rem .8rem}
.hint{color:var(--dim);font-size:.9rem;margin:1rem 0 0}
details{margin-top:1rem}summary{cursor:pointer;min-height:var(--touch);align-content:center}details .hint{margin:0}
[hidden]{display:none!important}
:focus-visible{outline:.2rem solid var(--link);outline-offset:.15rem}`;

/** Computed when the modules are preloaded: a board reads them from flash. */
export const STRANGERS_STYLE_SOURCE = hashSource(STRANGERS_STYLE);
const SCRIPT_SOURCE = hashSource(LOGIN_SCRIPT);

/**
 * Generates the login page, which is the answer to every request without credentials. It contains its style and
 * script, as nothing else is served to strangers; the policy names both by their hashes.
 * @param secure whether the connection uses TLS
 * @see CSP Level 3 §2.3.1 (hash-source), RFC 7616
 */
export function loginPage(message: LoginMessage, secure: boolean): Page {
	const { login } = MESSAGES;
	const policy = `default-src 'none'; style-src ${STRANGERS_STYLE_SOURCE}; script-src ${SCRIPT_SOURCE}; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
	return new Page(
		`${login.title} – ${PRODUCT}`,
		[
			`<main>${LOGO}<h1>${escapeHtml(login.title)}</h1>`,
			alert("wrong", message, login.wrong),
			alert("wait", message, login.wait),
			message === "ended" ? alert("ended", message, login.ended) : "",
			message === "view" ? `<p class="hint">${escapeHtml(login.view)}</p>` : "",
			alert("failed", message, login.failed),
			`<form method="post" action="/login"><label>${escapeHtml(login.user)} <select name="user" autocomplete="username"><option value="owner">${escapeHtml(login.owner)}</option><option value="viewer">${escapeHtml(login.viewer)}</option></select></label>`,
			`<label>${escapeHtml(login.password)} <input name="password" type="password" autocomplete="current-password" maxlength="64" required autofocus></label><button>${escapeHtml(login.logIn)}</button></form>`,
			`<details><summary>${escapeHtml(login.first)}</summary><p class="hint">${escapeHtml(login.firstMeans)}</p></details>`,
			secure
				? ""
				: `<p class="hint proof" hidden>${escapeHtml(login.plain)}</p><noscript><p class="hint">${escapeHtml(login.plainForm)}</p></noscript>`,
			"</main><script>",
			LOGIN_SCRIPT,
			"</script>",
		],
		{ policy, head: ['<link rel="icon" href="data:,"><style>', STRANGERS_STYLE, "</style>"] },
	);
}

function alert(id: string, message: LoginMessage, text: string): string {
	return `<p id="${id}" role="alert"${id === message ? "" : " hidden"}>${escapeHtml(text)}</p>`;
}
