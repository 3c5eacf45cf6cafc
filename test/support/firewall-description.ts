/** The description of a gateway of version 2 with the service WANIPv6FirewallControl, as miniupnpd writes it. */
export function firewallDescription(control: string): string {
	const service = (name: string, url: string): string =>
		`<service><serviceType>urn:schemas-upnp-org:service:${name}:1</serviceType><serviceId>urn:upnp-org:serviceId:x</serviceId><SCPDURL>/x.xml</SCPDURL><controlURL>${url}</controlURL><eventSubURL>/evt</eventSubURL></service>`;
	return `<?xml version="1.0"?>\r\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType><friendlyName>a router</friendlyName><serviceList>${service("Layer3Forwarding", "/ctl/L3F")}</serviceList><deviceList><device><serviceList>${service("WANIPConnection", "/ctl/IPConn")}${service("WANIPv6FirewallControl", control)}</serviceList></device></deviceList></device></root>`;
}
