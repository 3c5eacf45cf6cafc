/** The script of the page of settings: sets the clock, finds settings. @see COMMON_SCRIPT */
export const SETTINGS_SCRIPT = `{
	const clock = find("clock");
	if (clock !== null) {
		clock.hidden = false;
		clock.addEventListener("submit", () => { clock.elements.utc.value = Date.now(); });
	}

	// What is typed into the field leaves the sections and groups in which it occurs.
	const search = find("search");
	if (search !== null) {
		search.hidden = false;
		search.addEventListener("input", ({ target }) => {
			const wanted = target.value.trim().toLowerCase();
			const fits = (part) => part.textContent.toLowerCase().includes(wanted);
			let count = 0;
			for (const section of document.querySelectorAll(".sections > section")) {
				section.hidden = !fits(section);
				if (!section.hidden) count++;
				const groups = [...section.querySelectorAll("details")];
				for (const group of groups) {
					group.open = wanted !== "" && fits(group);
					group.hidden = !fits(group) && groups.some(fits);
				}
			}
			const output = search.querySelector("output");
			output.textContent = count === 0 ? output.dataset.nothing : "";
		});
	}
}
`;
