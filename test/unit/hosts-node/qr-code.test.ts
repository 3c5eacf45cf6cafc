import assert from "node:assert/strict";
import { qrCode } from "../../../hosts/node/qr-code";

describe("hosts-node/qr-code", () => {
	it("has a size of its own, so that it can be scanned from a page without a style for it", () => {
		assert.match(qrCode("porthole:AQEF"), /^<svg width="288" height="288" [^>]*viewBox=/);
	});
});
