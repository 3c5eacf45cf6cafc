/**
 * The script of the page of devices: sorts and filters the table, takes the choice from it, asks before an action, and shows how far it
 * is, as the server tells by events. @see COMMON_SCRIPT @see FORM_SCRIPT
 */
export const DEVICES_SCRIPT = `"use strict";
{
	const table = document.querySelector("#devices table");
	const rows = () => [...table.tBodies[0].rows];
	const boxes = () => [...table.querySelectorAll("tbody [type=checkbox]")];
	const heads = [...table.tHead.rows[0].cells];
	const form = document.getElementById("change");

	// Sorting: by a number or text that a cell has for it, or else by its text.
	const orderOf = (row, column) => row.cells[column].dataset.order ?? row.cells[column].textContent.trim();
	const compare = (a, b) => {
		const [x, y] = [Number(a), Number(b)];
		return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : a.localeCompare(b, undefined, { numeric: true });
	};
	let sorted;
	function sort() {
		if (sorted === undefined) return;
		const { column, sign } = sorted;
		table.tBodies[0].append(...rows().sort((a, b) => sign * compare(orderOf(a, column), orderOf(b, column))));
		heads.forEach((head, i) => {
			if (i === column) head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
			else head.removeAttribute("aria-sort");
		});
	}
	const { sort: sortText, all: allText } = document.getElementById("devices").dataset;
	heads.forEach((head, column) => {
		if (column === 0 && form !== null) return;
		const button = document.createElement("button");
		button.type = "button";
		button.className = "sort";
		button.textContent = head.textContent;
		button.title = sortText.replace("%", head.textContent);
		button.addEventListener("click", () => {
			sorted = { column, sign: sorted?.column === column ? -sorted.sign : 1 };
			sort();
			update();
		});
		head.replaceChildren(button);
	});

	// Filtering: every word must be somewhere in the row.
	const search = document.getElementById("find");
	const input = search.querySelector("input");
	search.hidden = false;
	function filter() {
		const words = input.value.toLowerCase().split(/\\s+/);
		let count = 0;
		for (const row of rows()) {
			const text = row.textContent.toLowerCase();
			row.hidden = !words.every((word) => text.includes(word));
			if (!row.hidden) count++;
		}
		const output = search.querySelector("output");
		output.textContent = count === 0 ? output.dataset.nothing : "";
	}
	input.addEventListener("input", () => {
		filter();
		update();
	});

	// Choosing. What is not shown is not chosen.
	const chosen = () => boxes().filter((box) => box.checked && !box.closest("tr").hidden);
	let all;
	let devices;
	let count;
	if (form !== null) {
		all = document.createElement("input");
		all.type = "checkbox";
		const label = document.createElement("label");
		const text = document.createElement("span");
		text.className = "unseen";
		text.textContent = allText;
		label.append(all, text);
		heads[0].replaceChildren(label);
		all.addEventListener("change", () => {
			for (const box of boxes()) box.checked = all.checked && !box.closest("tr").hidden;
			update();
		});
		table.addEventListener("change", update);
		const place = document.getElementById("chosen");
		devices = document.createElement("input");
		devices.type = "hidden";
		devices.name = "devices";
		count = document.createElement("p");
		place.replaceChildren(devices, count);
		form.addEventListener("input", update);
		form.addEventListener("done", () => {
			for (const field of form.querySelectorAll("[type=password]")) field.value = "";
			isNews = true;
			follow();
		});
		document.querySelector("#job > button").addEventListener("click", () => {
			const failed = new Set([...document.querySelectorAll("#job [data-state=failed]")].map((item) => item.dataset.id));
			input.value = "";
			filter();
			for (const box of boxes()) box.checked = failed.has(box.value);
			update();
			form.scrollIntoView();
		});
	}

	// The names that a pattern gives; the server decides.
	const named = (pattern, { name, group }, i) =>
		pattern.replace(/\\{(name|group|n+)\\}/g, (_, word) => word === "name" ? name : word === "group" ? group : String(i + 1).padStart(word.length, "0"));
	function update() {
		if (form === null) return;
		const now = chosen();
		const action = form.elements.action.value;
		const isAll = action === "password";
		const shown = rows().filter((row) => !row.hidden).length;
		all.checked = now.length > 0 && now.length === shown;
		all.indeterminate = now.length > 0 && now.length < shown;
		devices.value = isAll ? "all" : now.map((box) => box.value).join(" ");
		count.textContent = document.getElementById("chosen").dataset.chosen.replace("%", isAll ? boxes().length : now.length);
		for (const part of form.querySelectorAll("[data-for]")) {
			part.hidden = part.dataset.for !== action;
			for (const field of part.querySelectorAll("input, select")) field.disabled = part.hidden;
		}
		form.dataset.ask = form.dataset[action].replace("%", now.length);
		const some = now.slice(0, 3).map((box, i) => box.dataset.name + " → " + named(form.elements.pattern.value, box.dataset, i).trim());
		document.getElementById("preview").textContent = some.join(", ") + (now.length > 3 ? ", …" : "");
		document.getElementById("about").textContent = form.elements.setting.selectedOptions[0]?.dataset.about ?? "";
		const go = form.querySelector("button");
		go.disabled = now.length === 0 && !isAll;
		go.textContent = form.elements.action.selectedOptions[0].textContent;
	}

	// How far the action is.
	const job = document.getElementById("job");
	function show({ boot, action }) {
		const list = job.querySelector("ul");
		const status = job.querySelector("[role=status]");
		const isNew = boot !== Number(job.dataset.boot);
		job.dataset.boot = boot;
		if (action === null) {
			if (isNew && !job.hidden) status.textContent = job.dataset.gone;
			// This device came last, and it is back.
			const open = [...list.children].filter(({ dataset }) => dataset.state === "working" || dataset.state === "waiting");
			if (isNew && open.length === 1 && open[0].dataset.id === form?.elements.camera.value) {
				mark(open[0], "done", "");
				status.textContent = "";
			}
			return true;
		}
		job.hidden = false;
		job.querySelector("h2 span").textContent = job.dataset[action.action];
		list.replaceChildren(...action.devices.map((device) => {
			const item = document.createElement("li");
			const [name, badge, message] = ["b", "span", "span"].map((each) => document.createElement(each));
			item.dataset.id = device.id;
			name.textContent = device.name;
			badge.className = "badge";
			item.append(name, " ", badge, " ", message);
			mark(item, device.state, device.message);
			return item;
		}));
		status.textContent = action.summary;
		job.querySelector("button").hidden = form === null || !action.isOver || !action.devices.some(({ state }) => state === "failed");
		return action.isOver;
	}
	function mark(item, state, message) {
		const [, badge, text] = item.children;
		item.dataset.state = state;
		badge.textContent = job.dataset[state];
		text.textContent = message;
	}
	let end;
	let isNews = false;
	function take(state) {
		const isOver = show(state);
		if (isNews) job.scrollIntoView({ block: "nearest" });
		isNews = false;
		if (!isOver) return;
		end?.();
		end = undefined;
		renew();
	}
	// A device that restarts last ends its events, so it is asked often then.
	function follow() {
		end?.();
		end = followChanges("actions", "/api/v1/fleet/actions", 2000, take, () => {
			job.querySelector("[role=status]").textContent = job.dataset.lost;
		});
	}
	if (job.dataset.open === "true") follow();

	// After an action the table shows what has become of the devices; the choice stays.
	const renew = renewer(async () => {
		const page = await freshPage();
		const checked = new Set(chosen().map((box) => box.value));
		table.tBodies[0].replaceWith(page.querySelector("#devices tbody"));
		document.getElementById("list").textContent = page.getElementById("list").textContent;
		for (const box of boxes()) box.checked = checked.has(box.value);
		localTimes();
		sort();
		filter();
		update();
	});
	update();
}
`;
