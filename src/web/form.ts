import type { SettingInput } from "../settings/changed-settings";
import { escapeHtml } from "./escape-html";

/*
 * Forms post to operations of the API. With script a form is sent in the background, and the answer stands beside its button or
 * beside the field that is wrong; without script the browser sends it. @see FORM_SCRIPT
 */

/** The attribute of a form whose answer is a page of its own: the browser sends it. For the parameter `more` of {@link ownForm}. */
export const OWN_PAGE = " data-page";

/**
 * The attribute of a form that begins something whose course another element of the page shows: the answer does not stand a second
 * time beside its button, and what was typed stays until the form goes. For the parameter `more` of {@link ownForm}.
 * @param id of that element
 */
export function answeredIn(id: string): string {
	return ` data-said="${id}"`;
}

/**
 * The attribute of a form that destroys something or can't be undone: the user is asked first, where scripts run. For the
 * parameter `more` of {@link ownForm}.
 * @param question a sentence that says what will happen: "Forget Garage? …"; the form's button is the yes
 */
export function asks(question: string): string {
	return ` data-ask="${escapeHtml(question)}"`;
}

/**
 * Makes a form that means the same at every device of the fleet, as its path names the camera. All others are made by
 * {@link ownForm}.
 * @param fields what it holds, already HTML
 * @param more further attributes: {@link OWN_PAGE}, {@link asks}, {@link answeredIn}
 */
export function postForm(action: string, fields: string, more = ""): string {
	return `<form method="post" action="${escapeHtml(action)}"${more}>${fields}</form>`;
}

/** The field that names the camera which a form was made by. */
export const CAMERA_FIELD = "camera";
/**
 * The parameter of the target of an operation that names the camera which is meant. A login by Digest covers the target, and not the
 * body. @see requestAsOwner
 */
export const TARGET_DEVICE = "for";
/** The parameter of the target of an operation with the SHA-256 of the body, in hexadecimal digits. @see TARGET_DEVICE */
export const BODY_HASH = "body-sum";

/**
 * Makes a form that is meant for one camera. Another camera may have taken over the address of the page since: it refuses the
 * form by its identity.
 * @param id the identity of the camera
 * @param more further attributes: {@link OWN_PAGE}, {@link asks}, {@link answeredIn}
 */
export function ownForm(id: string, action: string, fields: string, more = ""): string {
	return postForm(action, hiddenField(CAMERA_FIELD, id) + fields, more);
}

/** Makes a field that is sent but not shown. */
export function hiddenField(name: string, value: string | number): string {
	return `<input type="hidden" name="${name}" value="${escapeHtml(`${value}`)}">`;
}

/**
 * Makes a list of choices.
 * @param choices each value and its text
 * @param chosen the value that is selected
 */
export function choiceField(
	name: string,
	label: string,
	choices: readonly (readonly [string, string])[],
	chosen: string,
): string {
	const options = choices.map(
		([value, text]) =>
			`<option value="${escapeHtml(value)}"${value === chosen ? " selected" : ""}>${escapeHtml(text)}</option>`,
	);
	return `<label>${escapeHtml(label)} <select name="${name}">${options.join("")}</select></label>`;
}

/**
 * Makes a button.
 * @param plain whether it looks secondary
 * @param label read by screen readers in place of the text
 */
export function button(text: string, plain = false, label = ""): string {
	return `<button${plain ? ' class="plain"' : ""}${label === "" ? "" : ` aria-label="${escapeHtml(label)}"`}>${escapeHtml(text)}</button>`;
}

/**
 * Makes the button of a form that destroys something.
 * @param label as for {@link button}
 */
export function dangerButton(text: string, label = ""): string {
	return button(text, false, label).replace("<button", '<button class="danger"');
}

/** Makes the form that renames a camera. */
export function nameForm(id: string, name: string, label: string, save: string): string {
	const input = `<input name="name" value="${escapeHtml(name)}" maxlength="48" required autocomplete="off">`;
	return postForm(`/api/v1/cameras/${id}/name`, `<label>${escapeHtml(label)} ${input}</label> ${button(save)}`);
}

/** How a setting is called on pages, from its name: `RTSP port`, `Heartbeat (milliseconds)`. */
export function settingLabel({ name, unit = "" }: Pick<SettingInput, "name" | "unit">): string {
	const words = name.replaceAll("-", " ").replace(/^(rtsp|stun|onvif|http|tls)\b/, (short) => short.toUpperCase());
	return `${words[0].toUpperCase()}${words.slice(1)}${unit === "" || words.endsWith(unit) ? "" : ` (${unit})`}`;
}

/** What a setting is for, as a sentence. */
export function settingHelp({ help = "" }: Pick<SettingInput, "help">): string {
	return `${help.slice(0, 1).toUpperCase()}${help.slice(1)}.`;
}

/**
 * Makes the field of a setting.
 * @param texts the text of each choice; absent: its value
 */
export function settingField(
	{ name, kind, value, min, max, choices = [] }: SettingInput,
	label: string,
	texts: Readonly<Record<string, string>> = {},
): string {
	if (kind === "choice") {
		const options = choices.map((word) => [word, texts[word] ?? word] as const);
		return choiceField(name, label, options, value);
	}
	const attributes =
		kind === "number"
			? `type="number" min="${min}" max="${max}" required`
			: kind === "numbers"
				? 'maxlength="64" required inputmode="numeric" autocomplete="off"'
				: 'maxlength="253" autocomplete="off" autocapitalize="none" spellcheck="false"';
	return `<label>${escapeHtml(label)} <input name="${name}" value="${escapeHtml(value)}" ${attributes}></label>`;
}
