import { ToyCiphers } from "../../../hosts/virtual/toy-ciphers";
import { VirtualRandom } from "../../../hosts/virtual/virtual-random";
import { Prng } from "../../../src/base/prng";
import { ciphersContract } from "../../support/ciphers-suite";

describe("hosts/virtual/toy-ciphers", () => ciphersContract(new ToyCiphers(new VirtualRandom(new Prng(1)))));
