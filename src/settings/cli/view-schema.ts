import { password } from "../access-schema";
import { schema } from "../schema";
import { integer, onOff, text } from "../setting";
import { CONFIG, INTERFACE, logLevel } from "./host-schema";

/** Settings of `porthole view` on every host. */
export const VIEW_SCHEMA = schema("Viewer", {
	config: CONFIG,
	pair: text({
		placeholder: "CODE|URL",
		secret: true,
		expected: "the code of a pairing, or the address of a camera",
		help: "pair with a home: the code from the Pair page of a camera, or the address of a camera in the same network (http://192.168.1.20:8000), with --password",
	}),
	home: text({
		placeholder: "NAME",
		check: (value) => value.length <= 32,
		expected: "at most 32 characters",
		help: "with --pair: what the home is called here; empty: as the code says",
	}),
	user: text({
		placeholder: "NAME",
		expected: "a user name",
		default: "owner",
		help: "with --pair and an address: the account that logs in there",
	}),
	password: password("with --pair and an address: the password of that user"),
	list: onOff({ default: false, help: "list the homes and their devices, and end" }),
	forget: text({
		placeholder: "HOME",
		expected: "the name of a home",
		help: "forget a home, with the keys of its devices, and end",
	}),
	httpPort: integer({
		min: 1,
		max: 65535,
		default: 8088,
		placeholder: "PORT",
		help: "port of this machine for the pages of all devices, and for the page of connections (http://view.localhost:PORT/?link=…, as the terminal shows it); only programs on this machine can connect to it",
	}),
	rtspPort: integer({
		min: 0,
		max: 65471,
		default: 8560,
		placeholder: "PORT",
		help: "port of this machine for players (RTSP) of the first device, the others have the ports after it; 0: none",
	}),
	peerPort: integer({
		min: 0,
		max: 65535,
		default: 0,
		placeholder: "PORT",
		help: "local UDP port; 0: any",
	}),
	interface: INTERFACE,
	data: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder with the paired homes; empty: a folder in that of a camera's --data",
	}),
	logLevel: logLevel("error"),
});
