import { escapeXml } from "../wire/xml";
import type { XmlElement } from "../wire/xml-element";
import { PTZ_CAPABILITIES } from "./device-service";
import { TPTZ, TT } from "./namespaces";
import { type OnvifCall, type OnvifDrive, type OnvifNeed, PROFILE_TOKENS } from "./onvif-device";
import { type OnvifAnswer, type OnvifOperation, type OnvifService, operation, tag } from "./operation";
import {
	CONFIGURATION,
	DEFAULT_TIMEOUT_SECONDS,
	NODE,
	POSITION_SPACE,
	ptzConfiguration,
	ptzSpaces,
	TIMEOUT_MAX_SECONDS,
	TRANSLATION_SPACE,
	VELOCITY_SPACE,
} from "./ptz-configuration";
import { invalidArgument, NO_CONFIGURATION, NO_PROFILE, notSupported, SoapFault } from "./soap-fault";
import { attributeOf, child, numberOf, textOf } from "./soap-message";
import { formatDateTime, parseDuration } from "./xs-time";

/** An operation on the drive. */
type DriveRun = (drive: OnvifDrive, request: XmlElement, call: OnvifCall) => OnvifAnswer;

/** A pair of numbers for both axes. */
interface Vector {
	readonly x: number;
	readonly y: number;
}

/** The service for pan and tilt. @see ONVIF PTZ §5 */
export const PTZ_SERVICE: OnvifService = Object.freeze({
	namespace: TPTZ,
	prefix: "tptz",
	operations: new Map<string, OnvifOperation>([
		["GetServiceCapabilities", drives(() => PTZ_CAPABILITIES)],
		["GetNodes", drives((drive) => node("tptz:PTZNode", drive))],
		["GetNode", drives(oneNode)],
		["GetConfigurations", drives(() => ptzConfiguration("tptz:PTZConfiguration"))],
		["GetCompatibleConfigurations", drives(() => ptzConfiguration("tptz:PTZConfiguration"))],
		["GetConfiguration", drives(oneConfiguration)],
		["GetConfigurationOptions", drives(options)],
		["GetStatus", drives(status)],
		["GetPresets", drives(presets)],
		["ContinuousMove", drives(continuousMove, "mover")],
		["RelativeMove", drives(relativeMove, "mover")],
		["AbsoluteMove", drives(absoluteMove, "mover")],
		["Stop", drives(stop, "mover")],
		["GotoPreset", drives(gotoPreset, "mover")],
		["SetPreset", drives(setPreset, "mover")],
		["RemovePreset", drives(removePreset, "mover")],
		["GotoHomePosition", drives(home, "mover")],
	]),
});

const NO_NODE = invalidArgument("There is no such node.", "ter:NoEntity");
const NO_TOKEN = invalidArgument("There is no preset with this token.", "ter:NoToken");
const NO_SPACE = invalidArgument("Only the generic spaces are known here.", "ter:SpaceNotSupported");

function drives(run: DriveRun, need: OnvifNeed = "viewer"): OnvifOperation {
	return operation(need, (call, request) => {
		const { drive } = call.device;
		return drive === undefined ? notSupported(request.name) : run(drive, request, call);
	});
}

/** Where the camera stands straight ahead is where it goes as its home. @see tt:PTZNode */
function node(element: string, { presetsMax }: OnvifDrive): string {
	return `<${element} token="${NODE}" FixedHomePosition="true"><tt:Name>${NODE}</tt:Name>${ptzSpaces("tt:SupportedPTZSpaces")}<tt:MaximumNumberOfPresets>${presetsMax}</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></${element}>`;
}

function oneNode(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	return textOf(request, TPTZ, "NodeToken") === NODE ? node("tptz:PTZNode", drive) : NO_NODE;
}

function oneConfiguration(_drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (textOf(request, TPTZ, "PTZConfigurationToken") !== CONFIGURATION) return NO_CONFIGURATION;
	return ptzConfiguration("tptz:PTZConfiguration");
}

/** @see tt:PTZConfigurationOptions */
function options(_drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (textOf(request, TPTZ, "ConfigurationToken") !== CONFIGURATION) return NO_CONFIGURATION;
	return tag(
		"tptz:PTZConfigurationOptions",
		`${ptzSpaces("tt:Spaces")}<tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT${TIMEOUT_MAX_SECONDS}S</tt:Max></tt:PTZTimeout>`,
	);
}

/** @see tt:PTZStatus */
function status(drive: OnvifDrive, request: XmlElement, { device }: OnvifCall): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	const state = drive.isMoving ? "MOVING" : "IDLE";
	return tag(
		"tptz:PTZStatus",
		`<tt:Position>${position(drive, drive)}</tt:Position><tt:MoveStatus><tt:PanTilt>${state}</tt:PanTilt></tt:MoveStatus><tt:UtcTime>${formatDateTime(device.utc ?? 0)}</tt:UtcTime>`,
	);
}

/** @see tt:PTZPreset */
function presets(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	let text = "";
	for (const preset of drive.presets) {
		const name = escapeXml(preset.name);
		text += `<tptz:Preset token="${name}"><tt:Name>${name}</tt:Name><tt:PTZPosition>${position(drive, preset)}</tt:PTZPosition></tptz:Preset>`;
	}
	return text;
}

function continuousMove(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	const velocity = vector(child(request, TPTZ, "Velocity"), VELOCITY_SPACE);
	if (velocity instanceof SoapFault) return velocity;
	const text = textOf(request, TPTZ, "Timeout");
	const given = text === "" ? DEFAULT_TIMEOUT_SECONDS * 1000 : parseDuration(text);
	if (given === undefined) return invalidArgument("The timeout is not valid.", "ter:TimeoutNotSupported");
	const time = Math.min(given, TIMEOUT_MAX_SECONDS * 1000);
	// A speed of zero stops. A client that only zooms has no speed, and nothing to move here.
	if (velocity !== undefined) drive.moveContinuously(velocity.x, velocity.y, time);
	return "";
}

function relativeMove(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	const by = vector(child(request, TPTZ, "Translation"), TRANSLATION_SPACE);
	if (by instanceof SoapFault) return by;
	if (by !== undefined) drive.moveBy(by.x * drive.panLimit, by.y * drive.tiltLimit);
	return "";
}

function absoluteMove(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	const to = vector(child(request, TPTZ, "Position"), POSITION_SPACE);
	if (to instanceof SoapFault) return to;
	if (to !== undefined) drive.moveTo(to.x * drive.panLimit, to.y * drive.tiltLimit);
	return "";
}

/** Without `PanTilt` everything stops. */
function stop(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	const wish = textOf(request, TPTZ, "PanTilt");
	if (wish !== "false" && wish !== "0") drive.stop();
	return "";
}

function gotoPreset(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	return drive.goTo(textOf(request, TPTZ, "PresetToken")) ? "" : NO_TOKEN;
}

/** The token of a preset is its name. */
function setPreset(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	const token = textOf(request, TPTZ, "PresetToken");
	const isKnown = drive.presets.some(({ name }) => name === token);
	if (token !== "" && !isKnown) return NO_TOKEN;
	const name = token || textOf(request, TPTZ, "PresetName") || freeName(drive);
	if (token === "" && drive.presets.some((preset) => preset.name === name))
		return invalidArgument("There is a preset with this name.", "ter:PresetExist");
	if (!isKnown && drive.presets.length >= drive.presetsMax)
		return new SoapFault(
			"Receiver",
			["ter:Action", "ter:TooManyPresets"],
			`There are ${drive.presetsMax} presets already.`,
		);
	if (!drive.save(name)) return invalidArgument("The name must have 1 to 24 octets.", "ter:InvalidPresetName");
	return tag("tptz:PresetToken", escapeXml(name));
}

function removePreset(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	return drive.remove(textOf(request, TPTZ, "PresetToken")) ? "" : NO_TOKEN;
}

function home(drive: OnvifDrive, request: XmlElement): OnvifAnswer {
	if (!hasProfile(request)) return NO_PROFILE;
	drive.moveTo(0, 0);
	return "";
}

/** Moves act on the camera, whichever of its profiles they name. */
function hasProfile(request: XmlElement): boolean {
	const token = textOf(request, TPTZ, "ProfileToken");
	return PROFILE_TOKENS.some((each) => each === token);
}

/** Reads both axes; `undefined`: the client gives none, because it only zooms. Values beyond 1 are taken as 1. */
function vector(parent: XmlElement | undefined, space: string): Vector | SoapFault | undefined {
	const element = child(parent, TT, "PanTilt");
	if (element === undefined) return undefined;
	if ((attributeOf(element, "space") || space) !== space) return NO_SPACE;
	const x = numberOf(attributeOf(element, "x"));
	const y = numberOf(attributeOf(element, "y"));
	if (x === undefined || y === undefined) return invalidArgument("x and y must be numbers from -1 to 1.");
	return { x: clamp(x), y: clamp(y) };
}

function clamp(value: number): number {
	return Math.max(-1, Math.min(1, value));
}

function position(
	{ panLimit, tiltLimit }: OnvifDrive,
	{ pan, tilt }: { readonly pan: number; readonly tilt: number },
): string {
	return `<tt:PanTilt x="${share(pan, panLimit)}" y="${share(tilt, tiltLimit)}" space="${POSITION_SPACE}"/>`;
}

function share(angle: number, limit: number): number {
	return limit === 0 ? 0 : Math.round((clamp(angle / limit) + 0) * 10_000) / 10_000;
}

function freeName({ presets }: OnvifDrive): string {
	for (let number = 1; ; number++) {
		const name = `Preset ${number}`;
		if (!presets.some((preset) => preset.name === name)) return name;
	}
}
