/*
 * All text about dynamic DNS, in English: translate it as messages.ts says.
 */

/** How keeping a name of a dynamic DNS service up to date went; functions fill in values. Not yet escaped for HTML. */
export const DYNAMIC_DNS_MESSAGES = Object.freeze({
	waits: "The representative keeps the dynamic DNS service up to date.",
	noAddress: "There is no public address yet.",
	soon: "The dynamic DNS service will be updated within a minute.",
	tells: "The dynamic DNS service is being updated.",
	knows: (address: string) => `The dynamic DNS service has the address ${address}.`,
	notTold: (why: string) => `The dynamic DNS service could not be updated: ${why}.`,
	outOfOrder: "The dynamic DNS service is out of order.",
	unconfirmed:
		"The dynamic DNS service did not confirm the update. Check --dynamic-dns-url and the service's own page about the name.",
	status: (status: number) => `The dynamic DNS service answered with status ${status}.`,
	again: "It will be tried again.",
	wrongHost: "Remove --dynamic-dns-url, or set it on another camera.",
	/** Answers of services, by their code. */
	refusals: Object.freeze({
		badauth: Object.freeze({
			message: "The dynamic DNS service rejected the user or password.",
			remedy: "Correct the user and password in --dynamic-dns-url.",
		}),
		notfqdn: Object.freeze({
			message: "The dynamic DNS service needs a full domain name.",
			remedy: "Correct --host-name, for example cams.example.org.",
		}),
		nohost: Object.freeze({
			message: "The dynamic DNS service doesn't know this name.",
			remedy: "Create the name there, or correct --host-name.",
		}),
		numhost: Object.freeze({
			message: "The dynamic DNS service was given too many names.",
			remedy: "Leave one name in --dynamic-dns-url.",
		}),
		abuse: Object.freeze({
			message: "The dynamic DNS service has blocked this name.",
			remedy: "Ask the service to unblock it.",
		}),
		badagent: Object.freeze({
			message: "The dynamic DNS service doesn't accept updates from this program.",
			remedy: "Choose another service.",
		}),
		"!donator": Object.freeze({
			message: "The dynamic DNS service charges for this option.",
			remedy: "Correct --dynamic-dns-url.",
		}),
		"!yours": Object.freeze({
			message: "This name belongs to another user of the dynamic DNS service.",
			remedy: "Correct --host-name or the user.",
		}),
		ko: Object.freeze({
			message: "The dynamic DNS service rejected the update.",
			remedy: "Correct the name and token in --dynamic-dns-url.",
		}),
	}),
});
