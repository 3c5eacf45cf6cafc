import { NodeCiphers } from "../../../hosts/node/ciphers";
import { ciphersSuite } from "../../support/ciphers-suite";

describe("hosts/node/ciphers", () => ciphersSuite(new NodeCiphers()));
