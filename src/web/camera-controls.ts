import { button, choiceField, hiddenField, postForm } from "./form";
import { MESSAGES } from "./messages";
import { escapeHtml } from "./page";

/** A drive as its controls show it. */
export interface DriveView {
	/** Names of saved positions, in the order of the patrol. */
	readonly presets: readonly string[];
	/** True: the camera goes from position to position by itself. */
	readonly patrol: boolean;
}

const MOTION = "/api/v1/motion";

/** Degrees of one step. */
const STEP = 10;

/** Makes the buttons that turn the camera; without script each of them loads the page again (IMG-18). */
export function moveButtons(): string {
	const { camera } = MESSAGES;
	const moves = [
		step(camera.up, "▲", 0, 1),
		step(camera.left, "◀", -1, 0),
		postForm(MOTION, `${hiddenField("home", "yes")}<button aria-label="${escapeHtml(camera.center)}">●</button>`),
		step(camera.right, "▶", 1, 0),
		step(camera.down, "▼", 0, -1),
	];
	return `<div class="moves" role="group" aria-label="${escapeHtml(camera.move)}">${moves.join("")}</div>`;
}

function step(label: string, sign: string, pan: number, tilt: number): string {
	const fields = hiddenField("pan", pan * STEP) + hiddenField("tilt", tilt * STEP);
	return postForm(MOTION, `${fields}<button aria-label="${escapeHtml(label)}">${sign}</button>`);
}

/** Makes the list of saved positions, a form that saves another, and the switch of the patrol. */
export function positions(drive: DriveView): string {
	const { camera } = MESSAGES;
	const saved = drive.presets.map(
		(name) =>
			`<li class="row"><span class="go">${postForm(MOTION, hiddenField("preset", name) + button(name, true, camera.go(name)))}</span>${postForm(MOTION, hiddenField("remove", name) + button(camera.remove, true, camera.removeNamed(name)))}</li>`,
	);
	const list =
		saved.length === 0 ? `<p class="hint">${escapeHtml(camera.noPresets)}</p>` : `<ul>${saved.join("")}</ul>`;
	const input = '<input name="save" maxlength="24" required autocomplete="off">';
	const save = postForm(MOTION, `<label>${escapeHtml(camera.savePreset)} ${input}</label> ${button(camera.save)}`);
	const patrol =
		saved.length < 2 && !drive.patrol
			? ""
			: `<p>${escapeHtml(drive.patrol ? camera.patrolOn : camera.patrolOff)}</p>${postForm(MOTION, hiddenField("patrol", drive.patrol ? "off" : "on") + button(drive.patrol ? camera.stopPatrol : camera.startPatrol))}`;
	return `<section aria-labelledby="positions"><h2 id="positions">${escapeHtml(camera.presets)}</h2>${list}${save}${patrol}</section>`;
}

/** Makes the choice of the pictures' quality. @param value the quality now, 1 to 100 */
export function qualityForm(value: number): string {
	const { camera } = MESSAGES;
	const known = camera.qualities.some(([quality]) => quality === `${value}`);
	const choices = known ? camera.qualities : [[`${value}`, camera.qualityNow(value)] as const, ...camera.qualities];
	return postForm(
		"/api/v1/picture",
		`${choiceField("quality", camera.quality, choices, `${value}`)} ${button(camera.set)}`,
	);
}
