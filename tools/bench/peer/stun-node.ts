import { NodeNetwork } from "../../../hosts/node/network";
import { openBenchServer } from "../../../test/support/bench-stun-server";

/** Answers address requests on a port of this machine, for tools/bench/peer/stun. */
openBenchServer(new NodeNetwork(), Number(process.argv[2]), () => console.log("open"));
