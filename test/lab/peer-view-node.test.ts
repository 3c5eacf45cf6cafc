import { peerViewSuite } from "./peer-view-suite";

describe("lab/peer-view: a camera on Node.js", function () {
	this.timeout(120_000);
	peerViewSuite("node");
});
