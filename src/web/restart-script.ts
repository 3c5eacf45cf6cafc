/** The script of the page that waits for a restart. @see COMMON_SCRIPT */
export const RESTART_SCRIPT = `{
	// Waits until the device has restarted: before that it may still answer, or not at all, or with another port, or with TLS. A
	// picture may be asked for anywhere, and only the same device has it.
	const again = find("again");
	const isThere = (url) => new Promise((done) => {
		const proof = new Image();
		proof.onload = () => done(true);
		proof.onerror = () => done(false);
		proof.src = url + "restarted?" + again.dataset.proof + "&" + number++;
		setTimeout(done, 5000, false);
	});
	async function placeAgain() {
		const { id, boot, urls } = again.dataset;
		const places = urls.split(" ");
		const answers = await Promise.all(places.map(isThere));
		const at = answers.indexOf(true);
		if (at >= 0) return places[at] + "settings";
		// Another camera may have this address meanwhile: then that one knows where the camera is.
		const answer = await fetch("/api/v1/cameras", { cache: "no-store", signal: AbortSignal.timeout?.(5000) });
		if (!answer.ok) return "";
		const { cameras } = await answer.json();
		const camera = cameras.find((each) => each.id === id && each.boot > Number(boot) && each.link !== "" && !each.self);
		if (camera === undefined) return "";
		const there = new URL(camera.link);
		there.pathname = "/settings";
		return there.href;
	}
	async function wait() {
		const place = await placeAgain().catch(() => "");
		if (place !== "") location.assign(place);
		else setTimeout(wait, 1000);
	}
	if (again !== null) setTimeout(wait, 1000);
}
`;
