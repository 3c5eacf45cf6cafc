import assert from "node:assert/strict";
import { CAMERA, openContent, RelayScene, sceneOrigin } from "../../../support/relay-scene";

function noticesOf(scene: RelayScene): readonly string[] {
	return scene.first.relay.services.site.notices().map(({ message }) => message);
}

describe("app/relay/metering-part", () => {
	it("tells the owner that records wait for an origin that is not in the table any more (REP-6)", () => {
		const table = {
			contents: [openContent("garage", `http://${CAMERA}/live`, { origin: "home" })],
			origins: [sceneOrigin("home", "http://198.20.0.99:8080", new Uint8Array(32))],
		};
		const scene = new RelayScene(1, { table });
		const viewer = scene.watch();
		scene.run(3);
		assert.ok(viewer.pictures > 0);
		viewer.leave();
		scene.run(5);
		assert.ok(!noticesOf(scene).some((message) => message.includes("not in the table")));
		scene.first.crash();
		scene.first.table = { contents: table.contents.map((content) => ({ ...content, origin: "" })) };
		scene.first.restart();
		scene.run(5);
		assert.deepEqual(noticesOf(scene), [
			"1 metering records wait for home, which is not in the table of this relay any more.",
		]);
	});
});
