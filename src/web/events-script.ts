/** The script of the page of events, which also works without it. Its texts are in the page. */
export const EVENTS_SCRIPT = `"use strict";
(() => {
	document.querySelectorAll("#events time").forEach((time) => { time.textContent = new Date(time.dateTime).toLocaleString(); });
	const motion = document.getElementById("motion");
	if (motion === null) return;
	const key = encodeURIComponent(motion.dataset.camera);
	const texts = JSON.parse(motion.dataset.texts);
	const picture = motion.querySelector("img");
	const canvas = motion.querySelector("canvas");
	const meter = motion.querySelector("meter");
	const size = document.getElementById("size");
	const state = document.getElementById("state");
	// There are others after a zone was saved.
	const zones = () => [...motion.querySelectorAll(".zones form")];
	const SIDES = ["left", "top", "right", "bottom"];
	let seen;
	let marks = { columns: 0, rows: 0, marks: "" };
	// The zone that is drawn: the one whose fields were used last, or the new one.
	let current = zones().at(-1);
	motion.addEventListener("focusin", ({ target }) => {
		const form = target.closest(".zones form");
		if (form !== null) current = form;
		draw();
	});
	motion.addEventListener("input", draw);
	motion.addEventListener("done", ({ target }) => {
		if (target === current) current = undefined;
	});

	function draw() {
		const { clientWidth: width, clientHeight: height } = canvas;
		canvas.width = width;
		canvas.height = height;
		const out = canvas.getContext("2d");
		const { columns, rows, marks: cells } = marks;
		for (let i = 0; i < cells.length; i++) {
			if (cells[i] === "0") continue;
			out.fillStyle = cells[i] === "2" ? "rgba(255,40,40,.55)" : "rgba(255,200,0,.45)";
			const column = i % columns;
			const row = (i - column) / columns;
			out.fillRect(column * width / columns, row * height / rows, Math.ceil(width / columns), Math.ceil(height / rows));
		}
		out.font = "600 14px system-ui,sans-serif";
		for (const form of zones()) {
			const [left, top, right, bottom] = SIDES.map((side) => Number(form.elements[side].value));
			if (right <= left || bottom <= top) continue;
			const x = left * width / 100;
			const y = top * height / 100;
			out.strokeStyle = form.elements.use.value === "ignore" ? "#ff5a5a" : "#4dff88";
			out.lineWidth = form === current ? 4 : 2;
			out.setLineDash(form.elements.use.value === "ignore" ? [8, 6] : []);
			out.strokeRect(x, y, (right - left) * width / 100, (bottom - top) * height / 100);
			out.fillStyle = out.strokeStyle;
			out.shadowColor = "#000";
			out.shadowBlur = 4;
			out.fillText(form.elements.name.value, x + 6, y + 18);
			out.shadowBlur = 0;
		}
	}

	// Drawing with a pointer fills in the same fields as typing.
	let from;
	function place(event) {
		const box = canvas.getBoundingClientRect();
		const part = (value, start, length) => Math.max(0, Math.min(100, Math.round(100 * (value - start) / length)));
		return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
	}
	canvas.addEventListener("pointerdown", (event) => {
		current ??= zones().at(-1);
		if (current === undefined || event.button !== 0) return;
		event.preventDefault();
		canvas.setPointerCapture(event.pointerId);
		from = place(event);
	});
	canvas.addEventListener("pointermove", (event) => {
		if (from === undefined) return;
		const to = place(event);
		const values = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
		SIDES.forEach((side, i) => { current.elements[side].value = values[i]; });
		draw();
	});
	for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = undefined; });

	async function look() {
		const answer = await fetch("/api/v1/recordings/" + key + "/motion", { cache: "no-store", headers: { Accept: "application/json" } });
		// The session has ended: show the login page.
		if (answer.status === 401) return location.reload();
		if (!answer.ok) throw answer;
		const now = await answer.json();
		marks = now;
		const percent = (now.area / 10).toFixed(1);
		meter.value = now.area / 10;
		size.textContent = now.area === 0 ? "" : (now.state === "motion" ? texts.moves : texts.small).replace("%", percent + "\\u00a0%");
		// Read aloud only when it changes.
		if (now.state !== seen) state.textContent = texts.states[now.state];
		seen = now.state;
		draw();
	}
	// The next picture is asked for when the last one has come, and only while somebody looks.
	async function loop() {
		if (!document.hidden) {
			await look().catch(() => { state.textContent = texts.states.none; seen = undefined; });
			picture.src = "/events/live.jpg?camera=" + key + "&n=" + Date.now();
			await picture.decode().catch(() => {});
		}
		setTimeout(loop, 400);
	}
	addEventListener("resize", draw);
	draw();
	loop();
})();
`;
