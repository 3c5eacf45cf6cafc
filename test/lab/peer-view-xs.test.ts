import { peerViewSuite } from "./peer-view-suite";

describe("lab/peer-view: a camera on XS", function () {
	this.timeout(120_000);
	peerViewSuite("xs");
});
