/*
 * All text about IPv6, in English: translate it as messages.ts says.
 */

/** The text of facts and notices about IPv6. Not yet escaped for HTML. */
export const IPV6_MESSAGES = Object.freeze({
	lan: "IPv6 on the home network",
	internet: "IPv6 from the Internet",
	/** What stands for the address while the Internet does not get in. */
	closed: "closed: the router lets no connection in",
	asking: "asking the router",
	by: Object.freeze({
		PCP: "opened by PCP",
		UPnP: "opened by UPnP",
		"firewall-off": "the router lets everything in",
	}),
	trouble: Object.freeze({
		"no-answer": Object.freeze({
			message: "The router opens no ports for IPv6.",
			remedy:
				"For a way in by IPv6 turn on PCP or UPnP IGD version 2 on the router, or open this device's port in the router's IPv6 firewall.",
		}),
		"not-allowed": Object.freeze({
			message: "The router does not allow this device to open ports for IPv6.",
			remedy:
				"On a FRITZ!Box choose Internet > Permit Access (Freigaben) > Port Sharing, open this device, and tick “Permit independent port sharing for this device” (Selbstständige Portfreigaben für dieses Gerät erlauben).",
		}),
		refused: Object.freeze({
			message: "The router refuses to open a port for IPv6.",
			remedy: "Its list of open ports may be full. Remove those that are not used.",
		}),
	}),
});
