/**
 * The script of all forms that post to the API: sends them in the background, asks before what destroys, shows the answer beside the
 * button or the field, and brings the page up to date. Its texts are attributes of the body. @see ownForm, COMMON_SCRIPT
 *
 * After a success a form emits `done`, which bubbles, with the answer as its `detail`. An element with `data-keep` is left to the
 * page's own script when the page is brought up to date; pictures always are. The property `sent` of a form is a promise that is
 * fulfilled when its answer is shown.
 */
export const FORM_SCRIPT = `{
	const formTexts = document.body.dataset;
	document.addEventListener("submit", (event) => {
		const form = event.target;
		const action = form.getAttribute("action") ?? "";
		if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
		const button = event.submitter ?? form.querySelector("button");
		if ("ask" in form.dataset && !form.isSure) {
			event.preventDefault();
			return ask(form, button);
		}
		form.isSure = false;
		if ("page" in form.dataset || !action.startsWith("/api/")) return;
		event.preventDefault();
		if (!form.isBusy) form.sent = send(form, action, button);
	});

	// Asks whether the user is sure. The button of the form is the yes.
	function ask(form, button) {
		const go = () => {
			// What it was about has gone meanwhile.
			if (!form.isConnected) return location.reload();
			form.isSure = true;
			form.requestSubmit(button);
		};
		const dialog = document.createElement("dialog");
		if (dialog.showModal === undefined) {
			if (confirm(form.dataset.ask)) go();
			return;
		}
		dialog.innerHTML = '<form method="dialog"><p id="ask"></p><div class="row"><button class="danger" value="yes"></button> <button class="plain" value="" autofocus></button></div></form>';
		dialog.setAttribute("aria-labelledby", "ask");
		dialog.querySelector("p").textContent = form.dataset.ask;
		const [yes, no] = dialog.querySelectorAll("button");
		yes.textContent = button.getAttribute("aria-label") ?? button.textContent;
		no.textContent = formTexts.cancel;
		dialog.addEventListener("close", () => {
			dialog.remove();
			if (dialog.returnValue === "yes") go();
		});
		document.body.append(dialog);
		dialog.showModal();
	}

	// The place of the answer, which is there before its text, so that screen readers read it. The last one goes.
	let lastAnswer;
	async function send(form, action, button) {
		lastAnswer?.remove();
		const output = document.createElement("output");
		lastAnswer = output;
		output.id = "answer";
		button.after(output);
		const place = form.closest("section");
		for (const field of form.elements) field.removeAttribute("aria-invalid");
		form.isBusy = true;
		let ok = false;
		let answer = {};
		try {
			const body = new URLSearchParams(new FormData(form));
			if (button.name) body.append(button.name, button.value);
			const response = await fetch(action, { method: "POST", headers: { Accept: "application/json" }, body, signal: AbortSignal.timeout?.(30000) });
			// The session has ended: show the login page.
			if (response.status === 401) return location.reload();
			ok = response.ok;
			answer = await response.json();
		} catch {}
		form.isBusy = false;
		// Another camera has this address now: its answer is a page that leads to the one that is meant.
		if (!ok && answer.field === "camera") return form.submit();
		const { field = "", error = formTexts.lost, message = formTexts.done } = answer;
		const input = form.elements.namedItem(field);
		const isWrong = !ok && input !== null && input.type !== "hidden";
		output.className = ok ? "" : "wrong";
		if (isWrong) {
			(input.closest("label") ?? input).after(output);
			input.setAttribute("aria-invalid", "true");
			input.setAttribute("aria-describedby", "answer");
			input.focus();
		}
		if (ok) {
			form.dispatchEvent(new CustomEvent("done", { bubbles: true, detail: answer }));
			await renewPage(form).catch(() => { renewAgain(); });
		}
		// Another element of the page says the same.
		const isSaid = ok && document.getElementById(form.dataset.said)?.textContent;
		if (isSaid) return output.remove();
		// What the form was about is gone, and the form with it.
		if (!form.isConnected) (place?.isConnected ? place : document.querySelector("main")).append(output);
		// The answer of a form that was sent since is there, too.
		else if (!output.isConnected) button.after(output);
		// Beside its field a message need not begin with the field's name.
		const text = ok ? message : isWrong && error.startsWith(field + " ") ? error.slice(field.length + 1) : error;
		output.textContent = text.slice(0, 1).toUpperCase() + text.slice(1);
	}

	// Brings the page up to date without loading it again: what somebody types, what is open and what has the focus stay.
	let newest = 0;
	async function renewPage(form) {
		const asked = performance.now();
		const page = await freshPage();
		// One that was asked for later has come before it.
		if (asked < newest) return;
		newest = asked;
		document.title = page.title;
		for (const part of ["header", "main"]) merge(document.querySelector(part), page.querySelector(part), form);
		if (form?.closest(KEPT) === null && form.dataset.said === undefined) form.reset();
		localTimes();
	}
	const renewAgain = renewer(() => renewPage());
	const KEPT = "[data-keep], figure, video, canvas, output";
	const keyOf = (node) => node.nodeName + (node.dataset?.id || node.id || node.getAttribute?.("aria-labelledby") || node.getAttribute?.("action") || "");
	function merge(old, fresh, form) {
		if (!old || !fresh || old.isEqualNode(fresh)) return;
		if (old.nodeType !== Node.ELEMENT_NODE) {
			old.nodeValue = fresh.nodeValue;
			return;
		}
		if (old.matches(KEPT)) return;
		if (old.nodeName === "SELECT") {
			if (old.form === form || [...old.options].every((option) => option.selected === option.defaultSelected)) old.replaceWith(fresh);
			return;
		}
		for (const { name, value } of fresh.attributes) if (name !== "hidden" && old.getAttribute(name) !== value) old.setAttribute(name, value);
		if (!fresh.hasAttribute("class")) old.removeAttribute("class");
		const rest = [...old.childNodes];
		const pairs = [...fresh.childNodes].map((next) => {
			const at = rest.findIndex((each) => keyOf(each) === keyOf(next));
			return [at < 0 ? next : rest.splice(at, 1)[0], next];
		});
		for (const each of rest) if (each.nodeType !== Node.ELEMENT_NODE || !each.matches(KEPT)) each.remove();
		let place = old.firstChild;
		for (const [same, next] of pairs) {
			// What is kept without being on the new page.
			while (place !== null && rest.includes(place)) place = place.nextSibling;
			if (same === place) place = place.nextSibling;
			else old.insertBefore(same, place);
			if (same !== next) merge(same, next, form);
		}
	}
}
`;
