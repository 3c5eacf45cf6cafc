import process from "porthole:process";
import { linuxCiphers } from "../../hosts/linux/adapters/ciphers";
import { ciphersSuite } from "../support/ciphers-suite";
import { skipBecause } from "../support/skip-reasons";

describe("hosts/linux/adapters/ciphers", () => {
	const ciphers = linuxCiphers((bytes) => process.random(bytes));
	if (ciphers !== undefined) ciphersSuite(ciphers);
	else {
		it("is built with OpenSSL", function () {
			skipBecause(this, ["libssl-dev not installed"]);
		});
	}
});
