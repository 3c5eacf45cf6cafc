import { password } from "../access-schema";
import { isFleetKey } from "../fleet-schema";
import { REPRESENTATIVE_PORTS } from "../gateway-schema";
import { STUN_SERVERS } from "../peer-schema";
import { schema } from "../schema";
import { integer, onOff, text } from "../setting";
import { CONFIG, FLEET_KEY_FILE, INTERFACE, logLevel, PASSWORD_FILE } from "./host-schema";

/** Settings of `porthole doctor` on every host. */
export const DOCTOR_SCHEMA = schema("Doctor", {
	config: CONFIG,
	interface: INTERFACE,
	// There is no page on which these could be changed.
	representativePorts: { ...REPRESENTATIVE_PORTS, editable: false },
	stunServers: {
		...STUN_SERVERS,
		editable: false,
		restart: false,
		help: "address servers (STUN), such as rendezvous servers, by which the kind of NAT is found out; two with different addresses tell more than one; empty: it is not",
	},
	fleet: integer({ min: 0, max: 4_294_967_295, default: 0, help: "number of the fleet whose cameras are looked for" }),
	fleetKey: text({
		placeholder: "KEY",
		secret: true,
		check: (value) => value === "" || value.split(",").every(isFleetKey),
		expected: "a key of 16 to 128 visible ASCII characters, or two separated by a comma",
		help: "the fleet's key, without which its cameras do not answer; empty: the key that a camera of this machine has stored, or none",
	}),
	fleetKeyFile: FLEET_KEY_FILE,
	data: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder of the camera on this machine whose key is taken; empty: ~/.local/state/porthole",
	}),
	user: text({
		placeholder: "NAME",
		expected: "a user name",
		default: "owner",
		help: "with --password: the account that asks the cameras which ways they have",
	}),
	password: password("password of that user, the same at all cameras of a fleet with a key; empty: they are not asked"),
	passwordFile: PASSWORD_FILE,
	json: onOff({ default: false, help: "print one JSON object at the end, for programs, instead of lines" }),
	logLevel: logLevel("error"),
});
