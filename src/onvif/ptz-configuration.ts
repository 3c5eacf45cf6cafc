/** The token of the only drive. */
export const NODE = "drive";
/** The token of its only configuration. */
export const CONFIGURATION = "drive-configuration";

const SPACES = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/";
/** -1 to 1 from one limit to the other. @see ONVIF PTZ §5.7 */
export const POSITION_SPACE = `${SPACES}PositionGenericSpace`;
/** As {@link POSITION_SPACE}: 1 turns by as much as lies between the middle and a limit. */
export const TRANSLATION_SPACE = `${SPACES}TranslationGenericSpace`;
/** -1 to 1: shares of the highest speed. */
export const VELOCITY_SPACE = `${SPACES}VelocityGenericSpace`;

/** After this time a move without end stops by itself, unless its client gives another. */
export const DEFAULT_TIMEOUT_SECONDS = 10;
/** The longest time that a client may give. */
export const TIMEOUT_MAX_SECONDS = 60;

/** Writes the only configuration of the drive. @see tt:PTZConfiguration; the misspelt name is the standard's */
export function ptzConfiguration(element: string): string {
	return `<${element} token="${CONFIGURATION}"><tt:Name>${NODE}</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>${NODE}</tt:NodeToken><tt:DefaultAbsolutePantTiltPositionSpace>${POSITION_SPACE}</tt:DefaultAbsolutePantTiltPositionSpace><tt:DefaultRelativePanTiltTranslationSpace>${TRANSLATION_SPACE}</tt:DefaultRelativePanTiltTranslationSpace><tt:DefaultContinuousPanTiltVelocitySpace>${VELOCITY_SPACE}</tt:DefaultContinuousPanTiltVelocitySpace><tt:DefaultPTZTimeout>PT${DEFAULT_TIMEOUT_SECONDS}S</tt:DefaultPTZTimeout><tt:PanTiltLimits>${space("tt:Range", POSITION_SPACE)}</tt:PanTiltLimits></${element}>`;
}

/** Writes the spaces in which the drive is moved. @see tt:PTZSpaces */
export function ptzSpaces(element: string): string {
	return `<${element}>${space("tt:AbsolutePanTiltPositionSpace", POSITION_SPACE)}${space("tt:RelativePanTiltTranslationSpace", TRANSLATION_SPACE)}${space("tt:ContinuousPanTiltVelocitySpace", VELOCITY_SPACE)}</${element}>`;
}

function space(element: string, uri: string): string {
	return `<${element}><tt:URI>${uri}</tt:URI><tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange><tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:YRange></${element}>`;
}
