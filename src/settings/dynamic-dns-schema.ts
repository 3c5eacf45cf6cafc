import { isUpdateTemplate, wantsName } from "../wire/dyndns2";
import { isHost } from "../wire/fleet-message";
import { schema } from "./schema";
import { text } from "./setting";

/** Settings of the gateway's domain name, and of the dynamic DNS service that keeps it up to date. */
export const DYNAMIC_DNS_SCHEMA = schema(
	"Dynamic DNS",
	{
		hostName: text({
			placeholder: "NAME",
			editable: true,
			check: (value) => value === "" || isHost(value),
			expected: "a host name or an IPv4 address",
			help: "domain name of the gateway (dynamic DNS), used in links instead of its address",
		}),
		dynamicDnsUrl: text({
			placeholder: "URL",
			secret: true,
			check: (value) => value === "" || isUpdateTemplate(value),
			expected: "an http or https URL with {address} and {name} in place of these, and user:password@ if needed",
			help: "URL by which the representative updates its address at a dynamic DNS service, such as https://user:password@dyn.example.org/nic/update?hostname={name}&myip={address}",
		}),
	},
	({ hostName, dynamicDnsUrl }) =>
		hostName === "" && wantsName(dynamicDnsUrl)
			? { field: "dynamicDnsUrl", problem: "contains {name}, so % must be given too", other: "hostName" }
			: undefined,
);
