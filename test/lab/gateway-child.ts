import { NodeNetwork } from "../../hosts/node/network";
import type { GatewayEvent } from "../../src/gateway/gateway-events";
import type { MappingRequest } from "../../src/gateway/wanted-mapping";
import { GatewayRig } from "../support/gateway-rig";

// The child of gateway-mappings.test.ts, in a namespace of the lab: `PROTOCOLS AIM` runs a gateway client that wants two
// TCP and two UDP mappings, takes the gateway's events on port 8000, and tells on standard output what happens. PROTOCOLS
// is `upnp` or `pcp`. It leaves at SIGINT. `PROTOCOLS AIM COUNT` runs so many clients without further mappings instead,
// whose pages have the ports 8000, 8001 ….

const WANTED: readonly MappingRequest[] = [
	{ protocol: "TCP", internalPort: 8554, candidates: [8554, 8555], service: "rtsp" },
	{ protocol: "TCP", internalPort: 8322, candidates: [8322, 8323], service: "rtsps" },
	{ protocol: "UDP", internalPort: 5004, candidates: [5004, 5006], service: "rtp" },
	{ protocol: "UDP", internalPort: 5005, candidates: [5005, 5007], service: "rtcp" },
];

const [protocols, aim, count = ""] = process.argv.slice(2);

function tell(text: string): void {
	process.stdout.write(`${text}\n`);
}

function told(event: GatewayEvent, { client }: GatewayRig): string {
	switch (event.type) {
		case "mapping": {
			const { protocol, service } = event.mapping.request;
			const what = event.state === "mapped" ? `${event.externalPort} by ${event.by}` : "";
			return `${event.state} ${service} ${protocol} ${what}`;
		}
		case "mapped":
			return `mapped page TCP ${event.externalPort} to ${event.internalPort} by ${event.by}`;
		case "address":
			return `address ${event.address}`;
		case "diagnosis":
			return `diagnosis ${client.status().diagnoses.join()}`;
		case "table":
			return `table ${event.entries.map(({ protocol, externalPort }) => `${protocol} ${externalPort}`).join(", ")}`;
		default:
			return event.type;
	}
}

const clock = {
	now: () => Math.floor(performance.now()),
	after: (delay: number, run: () => void) => {
		const timer = setTimeout(run, delay);
		return () => clearTimeout(timer);
	},
};

const network = new NodeNetwork({});
const number = Number(network.paths()[0].address.split(".")[3]);
const rigs: GatewayRig[] = [];
let leaving = 0;

/** One after another: each waits only 2 seconds for the gateway, which would be little for all at once on a busy machine. */
function leaveNext(): void {
	if (leaving === rigs.length) process.exit(0);
	rigs[leaving++].leave();
}

for (let i = 0; i < Math.max(1, Number(count)); i++) {
	const id = `${(number + 256 * i).toString(16).padStart(6, "0")}0000000000`;
	const rig = new GatewayRig(network, clock, { id, internalPort: 8000 + i });
	rig.searches = protocols === "upnp";
	rig.onEvent = (event) => {
		tell(told(event, rig));
		if (event.type === "left") leaveNext();
	};
	rigs.push(rig);
	rig.start(aim === "representative" && i === 0 ? "representative" : "own");
}
if (count === "") {
	rigs[0].listen(8000);
	for (const request of WANTED) rigs[0].want(request);
}
process.on("SIGINT", leaveNext);
setInterval(() => rigs[0].client.hasEvents && tell("has events"), 100);
tell("ready");
