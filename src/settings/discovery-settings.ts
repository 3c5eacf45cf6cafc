import { isUpdateTemplate } from "../wire/dyndns2";
import { isHost } from "../wire/fleet-message";
import type { Setting } from "./setting";

/** Settings that say how a camera is found by people: by a domain name from the Internet, in a list of the LAN. */
export const DISCOVERY_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "host-name",
		value: "NAME",
		kind: "text",
		standard: "",
		check: (text: string) => text === "" || isHost(text),
		expected: "a host name or an IPv4 address",
		help: "domain name that leads to the gateway (dynamic DNS); used in links in place of its address",
	},
	{
		name: "dynamic-dns-url",
		value: "URL",
		kind: "text",
		standard: "",
		secret: true,
		check: (text: string) => text === "" || isUpdateTemplate(text),
		expected: "an http or https URL with {address} and {name} where these belong, and user:password@ if need be",
		help: "where the representative tells a dynamic DNS service its address, such as https://user:password@dyn.example.org/nic/update?hostname={name}&myip={address}",
	},
	{
		name: "service-discovery",
		value: "on|off",
		kind: "switch",
		standard: "on",
		help: "be found in the LAN by name (DNS-SD: Bonjour, Avahi); with the Debian package Avahi does that, by a file in /etc/avahi/services",
	},
	{
		name: "presence",
		value: "on|off",
		kind: "switch",
		standard: "off",
		help: "be seen by UPnP tools in the LAN as well (SSDP): optional, as service discovery does the same for most programs",
	},
]);
