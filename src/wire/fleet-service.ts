import { type ByteWriter, readU16 } from "../base/byte-writer";
import { latin1 } from "../base/text";

/** The most services in one announcement. */
export const SERVICES_MAX = 6;
/** The most octets that all services of one announcement take. */
const SERVICES_OCTETS_MAX = 240;
/** The longest path of a service in octets. */
const SERVICE_PATH_MAX = 32;
/** The longest kind of a service in octets. @see RFC 6335 §5.1 */
const SERVICE_KIND_MAX = 15;

/** A service that a device announces, with everything that a link or a client needs to reach it. */
export interface FleetService {
	/** The protocol by its service name, such as `http` or `rtsp`. @see RFC 6335 §5.1, {@link isServiceKind} */
	kind: string;
	/** The port inside the LAN, 1 … 65535. */
	port: number;
	/** The port on the Internet gateway that leads to it; 0 for none. */
	externalPort: number;
	/** The path of the service's first page. @see isServicePath */
	path: string;
	/** True: over TLS. */
	secure: boolean;
}

/** A service without its kind and path: flags, two ports, the length of the kind. */
const FIXED = 6;
const FLAG_SECURE = 1;
const SLASH = 0x2f;
const HYPHEN = 0x2d;

/** Returns whether text can be a service's kind: 1 to {@link SERVICE_KIND_MAX} lower-case letters, digits and hyphens. */
export function isServiceKind(text: string): boolean {
	if (text.length < 1 || text.length > SERVICE_KIND_MAX) return false;
	for (let i = 0; i < text.length; i++) if (!isKindCharacter(text.charCodeAt(i))) return false;
	return true;
}

/**
 * Returns whether text can be a service's path: "/" and what follows, up to {@link SERVICE_PATH_MAX} letters,
 * digits and `-._~%/`.
 */
export function isServicePath(text: string): boolean {
	if (text.length > SERVICE_PATH_MAX || !text.startsWith("/")) return false;
	for (let i = 0; i < text.length; i++) if (!isPathCharacter(text.charCodeAt(i))) return false;
	return true;
}

/**
 * Reads the value of one service's field into `service`.
 * @returns false when it is malformed; `service` is then unchanged
 */
export function readFleetService(bytes: Uint8Array, start: number, end: number, service: FleetService): boolean {
	const pathStart = start + FIXED + bytes[start + 5];
	if (end - start < FIXED || pathStart >= end) return false;
	const port = readU16(bytes, start + 1);
	const kind = readServiceKind(bytes, start + FIXED, pathStart);
	const path = readServicePath(bytes, pathStart, end);
	if (port === 0 || kind === "" || path === "") return false;
	setFleetService(service, kind, port, readU16(bytes, start + 3), path, (bytes[start] & FLAG_SECURE) !== 0);
	return true;
}

/** Sets all fields of a service. */
export function setFleetService(
	service: FleetService,
	kind: string,
	port: number,
	externalPort: number,
	path: string,
	secure: boolean,
): void {
	service.kind = kind;
	service.port = port;
	service.externalPort = externalPort;
	service.path = path;
	service.secure = secure;
}

/** @returns empty when it is not a kind */
function readServiceKind(bytes: Uint8Array, start: number, end: number): string {
	if (end - start < 1 || end - start > SERVICE_KIND_MAX) return "";
	for (let i = start; i < end; i++) if (!isKindCharacter(bytes[i])) return "";
	return latin1(bytes, start, end);
}

/** @returns empty when it is not a path */
function readServicePath(bytes: Uint8Array, start: number, end: number): string {
	if (end - start > SERVICE_PATH_MAX || bytes[start] !== SLASH) return "";
	if (end - start === 1) return "/";
	for (let i = start; i < end; i++) if (!isPathCharacter(bytes[i])) return "";
	return latin1(bytes, start, end);
}

function isKindCharacter(code: number): boolean {
	return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === HYPHEN;
}

/** Unreserved characters, the slash and the percent sign. @see RFC 3986 §2.3 */
function isPathCharacter(code: number): boolean {
	const lower = code | 32;
	if ((lower >= 97 && lower <= 122) || (code >= 45 && code <= 57)) return true;
	return code === 37 || code === 95 || code === 126;
}

/** The HTTP service for cameras of the old format: the first whose path is "/". */
export function oldFormatService(services: readonly FleetService[]): FleetService | undefined {
	for (let i = 0; i < services.length; i++) {
		if (services[i].kind === "http" && services[i].path === "/") return services[i];
	}
	return undefined;
}

/**
 * Writes a field with this tag for each service.
 * @returns false when a service is out of range, or they do not fit
 */
export function writeFleetServices(writer: ByteWriter, tag: number, services: readonly FleetService[]): boolean {
	if (services.length > SERVICES_MAX) return false;
	const start = writer.length;
	for (let i = 0; i < services.length; i++) {
		const { kind, port, externalPort, path, secure } = services[i];
		if (!isServiceKind(kind) || !isServicePath(path) || !isPort(port) || (externalPort !== 0 && !isPort(externalPort)))
			return false;
		writer
			.u8(tag)
			.u8(FIXED + kind.length + path.length)
			.u8(secure ? FLAG_SECURE : 0)
			.u16(port)
			.u16(externalPort)
			.u8(kind.length)
			.latin1(kind)
			.latin1(path);
	}
	return writer.length - start <= SERVICES_OCTETS_MAX;
}

function isPort(value: number): boolean {
	return Number.isInteger(value) && value > 0 && value <= 65535;
}
