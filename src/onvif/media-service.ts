import { escapeXml } from "../wire/xml";
import type { XmlElement } from "../wire/xml-element";
import { MEDIA_CAPABILITIES } from "./device-service";
import { TRT, TT } from "./namespaces";
import type { OnvifCall, OnvifDevice, OnvifProfile } from "./onvif-device";
import { type OnvifAnswer, type OnvifOperation, type OnvifService, operation, tag } from "./operation";
import { ptzConfiguration } from "./ptz-configuration";
import { invalidArgument, NO_CONFIGURATION, NO_PROFILE, SoapFault } from "./soap-fault";
import { child, textOf } from "./soap-message";

/** The token of the camera's only video source, and of the configuration of it. */
export const SOURCE = "camera";
/** How long a stream stays without a sign of life of its client. */
const SESSION_TIMEOUT = "PT60S";
/** The path of snapshots. */
const SNAPSHOT_PATH = "/snapshot.jpg";

/** An operation that needs to know the streams. */
type MediaRun = (profiles: readonly OnvifProfile[], call: OnvifCall, request: XmlElement) => OnvifAnswer;

/** The media service: one video source, and a profile each for H.264 (where the camera has it) and JPEG. @see ONVIF Media §5 */
export const MEDIA_SERVICE: OnvifService = Object.freeze({
	namespace: TRT,
	prefix: "trt",
	operations: new Map<string, OnvifOperation>([
		["GetServiceCapabilities", operation("viewer", () => MEDIA_CAPABILITIES)],
		[
			"GetProfiles",
			media((profiles, { device }) => each(profiles, (profile) => profileOf("trt:Profiles", profile, device))),
		],
		["GetProfile", media(oneProfile)],
		["GetVideoSources", media(videoSources)],
		["GetVideoSourceConfigurations", media((profiles) => sourceConfiguration("trt:Configurations", profiles))],
		[
			"GetCompatibleVideoSourceConfigurations",
			media((profiles) => sourceConfiguration("trt:Configurations", profiles)),
		],
		["GetVideoSourceConfiguration", media(oneSourceConfiguration)],
		["GetVideoSourceConfigurationOptions", media(sourceOptions)],
		["GetVideoEncoderConfigurations", media(encoderConfigurations)],
		["GetCompatibleVideoEncoderConfigurations", media(encoderConfigurations)],
		["GetVideoEncoderConfiguration", media(oneEncoderConfiguration)],
		["GetVideoEncoderConfigurationOptions", media(encoderOptions)],
		["GetGuaranteedNumberOfVideoEncoderInstances", media(encoderInstances)],
		["GetStreamUri", media(streamUri)],
		["GetSnapshotUri", media(snapshotUri)],
		// It has neither microphone nor loudspeaker.
		["GetAudioSources", operation("viewer", () => "")],
		["GetAudioSourceConfigurations", operation("viewer", () => "")],
		["GetAudioEncoderConfigurations", operation("viewer", () => "")],
	]),
});

function media(run: MediaRun): OnvifOperation {
	return {
		need: "viewer",
		run: (call, request, answer) =>
			call.device.profiles(call.host, (profiles) =>
				answer(profiles.length === 0 ? NO_PICTURE : run(profiles, call, request)),
			),
	};
}

const NO_PICTURE = new SoapFault(
	"Receiver",
	["ter:Action"],
	"The camera has no picture at the moment; ask again later.",
);

/** Finds the profile that a request names; configurations have the names of their profiles. */
function named(profiles: readonly OnvifProfile[], request: XmlElement, element: string): OnvifProfile | undefined {
	const token = textOf(request, TRT, element);
	for (const profile of profiles) if (profile.token === token) return profile;
	return undefined;
}

function each(profiles: readonly OnvifProfile[], write: (profile: OnvifProfile) => string): string {
	let text = "";
	for (const profile of profiles) text += write(profile);
	return text;
}

function oneProfile(profiles: readonly OnvifProfile[], { device }: OnvifCall, request: XmlElement): OnvifAnswer {
	const profile = named(profiles, request, "ProfileToken");
	return profile === undefined ? NO_PROFILE : profileOf("trt:Profile", profile, device);
}

/** @see tt:Profile */
function profileOf(element: string, profile: OnvifProfile, device: OnvifDevice): string {
	const source = sourceConfiguration("tt:VideoSourceConfiguration", [profile]);
	const encoder = encoderConfiguration("tt:VideoEncoderConfiguration", profile, device);
	const turn = device.drive === undefined ? "" : ptzConfiguration("tt:PTZConfiguration");
	return `<${element} token="${profile.token}" fixed="true"><tt:Name>${profile.encoding}</tt:Name>${source}${encoder}${turn}</${element}>`;
}

/** @see tt:VideoSource */
function videoSources(profiles: readonly OnvifProfile[], { device }: OnvifCall): OnvifAnswer {
	return `<trt:VideoSources token="${SOURCE}"><tt:Framerate>${device.fps}</tt:Framerate>${resolution("tt:Resolution", largest(profiles))}</trt:VideoSources>`;
}

/** @see tt:VideoSourceConfiguration */
function sourceConfiguration(element: string, profiles: readonly OnvifProfile[]): string {
	const { width, height } = largest(profiles);
	return `<${element} token="${SOURCE}"><tt:Name>${SOURCE}</tt:Name><tt:UseCount>2</tt:UseCount><tt:SourceToken>${SOURCE}</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" height="${height}"/></${element}>`;
}

function oneSourceConfiguration(profiles: readonly OnvifProfile[], _call: OnvifCall, request: XmlElement): OnvifAnswer {
	if (textOf(request, TRT, "ConfigurationToken") !== SOURCE) return NO_CONFIGURATION;
	return sourceConfiguration("trt:Configuration", profiles);
}

/** The picture can't be cut. @see tt:VideoSourceConfigurationOptions */
function sourceOptions(profiles: readonly OnvifProfile[]): OnvifAnswer {
	const { width, height } = largest(profiles);
	return `<trt:Options MaximumNumberOfProfiles="2"><tt:BoundsRange>${range("tt:XRange", 0, 0)}${range("tt:YRange", 0, 0)}${range("tt:WidthRange", width, width)}${range("tt:HeightRange", height, height)}</tt:BoundsRange><tt:VideoSourceTokensAvailable>${SOURCE}</tt:VideoSourceTokensAvailable></trt:Options>`;
}

function encoderConfigurations(profiles: readonly OnvifProfile[], { device }: OnvifCall): OnvifAnswer {
	return each(profiles, (profile) => encoderConfiguration("trt:Configurations", profile, device));
}

function oneEncoderConfiguration(
	profiles: readonly OnvifProfile[],
	{ device }: OnvifCall,
	request: XmlElement,
): OnvifAnswer {
	const profile = named(profiles, request, "ConfigurationToken");
	return profile === undefined ? NO_CONFIGURATION : encoderConfiguration("trt:Configuration", profile, device);
}

/** A bit rate of 0 says that it is not limited. @see tt:VideoEncoderConfiguration */
function encoderConfiguration(element: string, profile: OnvifProfile, { fps }: OnvifDevice): string {
	const { token, encoding, quality } = profile;
	const h264 =
		encoding === "H264"
			? `<tt:H264><tt:GovLength>${fps}</tt:GovLength><tt:H264Profile>${profile.h264Profile}</tt:H264Profile></tt:H264>`
			: "";
	const rate = `<tt:RateControl><tt:FrameRateLimit>${fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>0</tt:BitrateLimit></tt:RateControl>`;
	return `<${element} token="${token}"><tt:Name>${encoding}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>${encoding}</tt:Encoding>${resolution("tt:Resolution", profile)}<tt:Quality>${quality}</tt:Quality>${rate}${h264}<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port><tt:TTL>0</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast><tt:SessionTimeout>${SESSION_TIMEOUT}</tt:SessionTimeout></${element}>`;
}

/** What is, as nothing of it can be changed here. @see tt:VideoEncoderConfigurationOptions */
function encoderOptions(profiles: readonly OnvifProfile[], { device }: OnvifCall, request: XmlElement): OnvifAnswer {
	const one = named(profiles, request, "ConfigurationToken") ?? named(profiles, request, "ProfileToken");
	const isAll =
		child(request, TRT, "ConfigurationToken") === undefined && child(request, TRT, "ProfileToken") === undefined;
	if (one === undefined && !isAll) return NO_CONFIGURATION;
	const rates = range("tt:FrameRateRange", 1, device.fps) + range("tt:EncodingIntervalRange", 1, 1);
	let jpeg = "";
	let h264 = "";
	for (const profile of one === undefined ? profiles : [one]) {
		const size = resolution("tt:ResolutionsAvailable", profile);
		if (profile.encoding === "JPEG") jpeg = `<tt:JPEG>${size}${rates}</tt:JPEG>`;
		else
			h264 = `<tt:H264>${size}${range("tt:GovLengthRange", 1, 10 * device.fps)}${rates}<tt:H264ProfilesSupported>${profile.h264Profile}</tt:H264ProfilesSupported></tt:H264>`;
	}
	return `<trt:Options>${range("tt:QualityRange", 1, 100)}${jpeg}${h264}</trt:Options>`;
}

function encoderInstances(profiles: readonly OnvifProfile[], _call: OnvifCall, request: XmlElement): OnvifAnswer {
	if (textOf(request, TRT, "ConfigurationToken") !== SOURCE) return NO_CONFIGURATION;
	const counts = profiles.map(({ encoding }) => tag(`trt:${encoding}`, 1));
	// The schema wants JPEG before H264.
	return tag("trt:TotalNumber", profiles.length) + counts.reverse().join("");
}

/** Only unicast by RTSP: players choose UDP or TCP themselves. @see ONVIF Media §5.15.1 */
function streamUri(profiles: readonly OnvifProfile[], _call: OnvifCall, request: XmlElement): OnvifAnswer {
	const profile = named(profiles, request, "ProfileToken");
	if (profile === undefined) return NO_PROFILE;
	const setup = child(request, TRT, "StreamSetup");
	const protocol = textOf(child(setup, TT, "Transport"), TT, "Protocol");
	if (textOf(setup, TT, "Stream") === "RTP-Multicast" || protocol === "HTTP")
		return invalidArgument("Streams are sent by RTSP to one client each.", "ter:InvalidStreamSetup");
	if (profile.url === "")
		return new SoapFault(
			"Receiver",
			["ter:Action", "ter:IncompleteConfiguration"],
			"The camera's stream server (RTSP) is off.",
		);
	return uri(profile.url);
}

function snapshotUri(profiles: readonly OnvifProfile[], { origin }: OnvifCall, request: XmlElement): OnvifAnswer {
	return named(profiles, request, "ProfileToken") === undefined ? NO_PROFILE : uri(`${origin}${SNAPSHOT_PATH}`);
}

/** @see tt:MediaUri */
function uri(url: string): string {
	return `<trt:MediaUri><tt:Uri>${escapeXml(url)}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>`;
}

function resolution(element: string, { width, height }: Pick<OnvifProfile, "width" | "height">): string {
	return `<${element}><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></${element}>`;
}

function largest(profiles: readonly OnvifProfile[]): OnvifProfile {
	return profiles.reduce((best, profile) => (profile.width > best.width ? profile : best));
}

function range(element: string, min: number, max: number): string {
	return `<${element}><tt:Min>${min}</tt:Min><tt:Max>${max}</tt:Max></${element}>`;
}
