/** A problem with the gateway that keeps the Internet from reaching a camera, or might. */
export type Diagnosis =
	| "no-network"
	| "no-gateway"
	| "not-connected"
	| "status-doubtful"
	| "no-address"
	| "double-nat"
	| "carrier-nat"
	| "permission"
	| "permanent-leases"
	| "unconfirmed"
	| "port-stuck"
	| "port-used-by-router"
	| "table-full"
	| "gateway-lies"
	| "refused"
	| "no-port"
	| "port-control-only"
	| "gateway-silent";

/** The problems that do not keep the Internet out. */
const HARMLESS: readonly Diagnosis[] = Object.freeze([
	"status-doubtful",
	"permanent-leases",
	"unconfirmed",
	"port-stuck",
	"port-used-by-router",
	"port-control-only",
]);

/** Whether a problem keeps the Internet from reaching the camera. */
export function isSerious(diagnosis: Diagnosis): boolean {
	return !HARMLESS.includes(diagnosis);
}
