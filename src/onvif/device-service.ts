import { escapeXml } from "../wire/xml";
import { childrenOf, type XmlElement } from "../wire/xml-element";
import { hardwareAddressOf } from "./hardware-address";
import { TDS, TEV, TPTZ, TRT } from "./namespaces";
import type { OnvifCall, OnvifDevice } from "./onvif-device";
import { type OnvifAnswer, type OnvifOperation, type OnvifService, operation, tag } from "./operation";
import { SUBSCRIPTIONS_MAX } from "./pull-points";
import { scopesOf } from "./scopes";
import { SoapFault } from "./soap-fault";
import { contentOf, textOf } from "./soap-message";

/** Where the device service is; clients such as Home Assistant know no other place. @see ONVIF Core §5.1.1 */
export const DEVICE_PATH = "/onvif/device_service";
/** Where the other services are. */
export const MEDIA_PATH = "/onvif/media_service";
export const PTZ_PATH = "/onvif/ptz_service";
export const EVENTS_PATH = "/onvif/events_service";

/** The version of ONVIF's specifications that the answers follow. */
const VERSION = "<tt:Major>2</tt:Major><tt:Minor>60</tt:Minor>";

const DEVICE_CAPABILITIES = `<tds:Capabilities><tds:Network IPFilter="false" ZeroConfiguration="false" IPVersion6="false" DynDNS="false"/><tds:Security TLS1.0="false" TLS1.1="false" TLS1.2="false" OnboardKeyGeneration="false" AccessPolicyConfig="false" DefaultAccessPolicy="true" UsernameToken="true" HttpDigest="true"/><tds:System DiscoveryResolve="true" DiscoveryBye="true" RemoteDiscovery="false" SystemBackup="false" SystemLogging="false" FirmwareUpgrade="false"/></tds:Capabilities>`;
/** The answer to `GetServiceCapabilities` of the media service; what stands in its list of services as well. */
export const MEDIA_CAPABILITIES = `<trt:Capabilities SnapshotUri="true" Rotation="false" VideoSourceMode="false" OSD="false"><trt:ProfileCapabilities MaximumNumberOfProfiles="2"/><trt:StreamingCapabilities RTPMulticast="false" RTP_TCP="true" RTP_RTSP_TCP="true" NonAggregateControl="false"/></trt:Capabilities>`;
/** As {@link MEDIA_CAPABILITIES}. */
export const PTZ_CAPABILITIES = `<tptz:Capabilities EFlip="false" Reverse="false" GetCompatibleConfigurations="true" MoveStatus="true" StatusPosition="true"/>`;
/** As {@link MEDIA_CAPABILITIES}. */
export const EVENTS_CAPABILITIES = `<tev:Capabilities WSSubscriptionPolicySupport="false" WSPullPointSupport="true" WSPausableSubscriptionManagerInterfaceSupport="false" MaxNotificationProducers="0" MaxPullPoints="${SUBSCRIPTIONS_MAX}" PersistentNotificationStorage="false"/>`;

/** The device service. @see ONVIF Core §8 */
export const DEVICE_SERVICE: OnvifService = Object.freeze({
	namespace: TDS,
	prefix: "tds",
	operations: new Map<string, OnvifOperation>([
		["GetSystemDateAndTime", operation("anyone", dateAndTime)],
		["GetCapabilities", operation("anyone", capabilities)],
		["GetServices", operation("anyone", services)],
		["GetServiceCapabilities", operation("viewer", () => DEVICE_CAPABILITIES)],
		["GetDeviceInformation", operation("viewer", deviceInformation)],
		["GetNetworkInterfaces", operation("viewer", networkInterfaces)],
		["GetNetworkProtocols", operation("viewer", networkProtocols)],
		["GetScopes", operation("viewer", scopes)],
		["GetDiscoveryMode", operation("viewer", () => tag("tds:DiscoveryMode", "Discoverable"))],
		["GetHostname", operation("viewer", hostname)],
	]),
});

function dateAndTime({ device }: OnvifCall): OnvifAnswer {
	const date = new Date(device.utc ?? 0);
	const time = `<tt:Time><tt:Hour>${date.getUTCHours()}</tt:Hour><tt:Minute>${date.getUTCMinutes()}</tt:Minute><tt:Second>${date.getUTCSeconds()}</tt:Second></tt:Time>`;
	const day = `<tt:Date><tt:Year>${date.getUTCFullYear()}</tt:Year><tt:Month>${date.getUTCMonth() + 1}</tt:Month><tt:Day>${date.getUTCDate()}</tt:Day></tt:Date>`;
	// Home Assistant would set the clock of a camera whose time is "Manual".
	return `<tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime>${time}${day}</tt:UTCDateTime><tt:LocalDateTime>${time}${day}</tt:LocalDateTime></tds:SystemDateAndTime>`;
}

function capabilities({ device, origin }: OnvifCall, request: XmlElement): OnvifAnswer {
	const wanted = childrenOf(request).map((element) => contentOf(element));
	const all = wanted.length === 0 || wanted.includes("All");
	let text = "";
	if (all || wanted.includes("Device")) text += deviceCapabilities(origin);
	if (all || wanted.includes("Events"))
		text += `<tt:Events>${xaddr(origin, EVENTS_PATH)}<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>true</tt:WSPullPointSupport><tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport></tt:Events>`;
	if (all || wanted.includes("Media"))
		text += `<tt:Media>${xaddr(origin, MEDIA_PATH)}<tt:StreamingCapabilities><tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>`;
	if (device.drive !== undefined && (all || wanted.includes("PTZ")))
		text += `<tt:PTZ>${xaddr(origin, PTZ_PATH)}</tt:PTZ>`;
	if (text === "")
		return new SoapFault(
			"Receiver",
			["ter:ActionNotSupported", "ter:NoSuchService"],
			"This camera has no such service.",
		);
	return tag("tds:Capabilities", text);
}

function deviceCapabilities(origin: string): string {
	return `<tt:Device>${xaddr(origin, DEVICE_PATH)}<tt:Network><tt:IPFilter>false</tt:IPFilter><tt:ZeroConfiguration>false</tt:ZeroConfiguration><tt:IPVersion6>false</tt:IPVersion6><tt:DynDNS>false</tt:DynDNS></tt:Network><tt:System><tt:DiscoveryResolve>true</tt:DiscoveryResolve><tt:DiscoveryBye>true</tt:DiscoveryBye><tt:RemoteDiscovery>false</tt:RemoteDiscovery><tt:SystemBackup>false</tt:SystemBackup><tt:SystemLogging>false</tt:SystemLogging><tt:FirmwareUpgrade>false</tt:FirmwareUpgrade><tt:SupportedVersions>${VERSION}</tt:SupportedVersions></tt:System></tt:Device>`;
}

function services({ device, origin }: OnvifCall, request: XmlElement): OnvifAnswer {
	const isWhole = textOf(request, TDS, "IncludeCapability") === "true";
	const one = (namespace: string, path: string, more: string): string =>
		`<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${escapeXml(origin)}${path}</tds:XAddr>${isWhole ? tag("tds:Capabilities", more) : ""}<tds:Version>${VERSION}</tds:Version></tds:Service>`;
	return [
		one(TDS, DEVICE_PATH, DEVICE_CAPABILITIES),
		one(TRT, MEDIA_PATH, MEDIA_CAPABILITIES),
		one(TEV, EVENTS_PATH, EVENTS_CAPABILITIES),
		device.drive === undefined ? "" : one(TPTZ, PTZ_PATH, PTZ_CAPABILITIES),
	].join("");
}

function deviceInformation({ device }: OnvifCall): OnvifAnswer {
	return [
		tag("tds:Manufacturer", "Porthole"),
		tag("tds:Model", escapeXml(modelOf(device))),
		tag("tds:FirmwareVersion", escapeXml(device.version)),
		tag("tds:SerialNumber", device.id),
		tag("tds:HardwareId", escapeXml(device.model)),
	].join("");
}

/** The model, for people. */
function modelOf({ model }: Pick<OnvifDevice, "model">): string {
	return `Porthole camera (${model})`;
}

function networkInterfaces({ device, host }: OnvifCall): OnvifAnswer {
	const { name, address, prefix } = device.interfaceOf(host);
	const config = `<tt:IPv4><tt:Enabled>true</tt:Enabled><tt:Config><tt:Manual><tt:Address>${address}</tt:Address><tt:PrefixLength>${prefix}</tt:PrefixLength></tt:Manual><tt:DHCP>false</tt:DHCP></tt:Config></tt:IPv4>`;
	return `<tds:NetworkInterfaces token="lan"><tt:Enabled>true</tt:Enabled><tt:Info><tt:Name>${escapeXml(name)}</tt:Name><tt:HwAddress>${hardwareAddressOf(device.id)}</tt:HwAddress></tt:Info>${config}</tds:NetworkInterfaces>`;
}

function networkProtocols({ device }: OnvifCall): OnvifAnswer {
	const one = (name: string, port: number): string =>
		`<tds:NetworkProtocols><tt:Name>${name}</tt:Name><tt:Enabled>true</tt:Enabled><tt:Port>${port}</tt:Port></tds:NetworkProtocols>`;
	return (
		one(device.isSecure ? "HTTPS" : "HTTP", device.httpPort) +
		(device.rtspPort === 0 ? "" : one("RTSP", device.rtspPort))
	);
}

function scopes({ device }: OnvifCall): OnvifAnswer {
	return scopesOf(device)
		.map(
			(scope) =>
				`<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${escapeXml(scope)}</tt:ScopeItem></tds:Scopes>`,
		)
		.join("");
}

function hostname({ device }: OnvifCall): OnvifAnswer {
	return `<tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP><tt:Name>porthole-${device.id}</tt:Name></tds:HostnameInformation>`;
}

function xaddr(origin: string, path: string): string {
	return `<tt:XAddr>${escapeXml(origin)}${path}</tt:XAddr>`;
}
