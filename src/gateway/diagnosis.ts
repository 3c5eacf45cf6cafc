/** Each way in which the Internet can fail to reach a camera, or comes near to it. */
export type Diagnosis =
	| "no-network"
	| "no-gateway"
	| "not-connected"
	| "no-address"
	| "double-nat"
	| "carrier-nat"
	| "permission"
	| "permanent-leases"
	| "port-stuck"
	| "port-used-by-router"
	| "table-full"
	| "gateway-lies"
	| "refused"
	| "no-port"
	| "port-control-only"
	| "gateway-silent";

/** Those that are only good to know: the Internet reaches the camera all the same. */
const HARMLESS: readonly Diagnosis[] = Object.freeze([
	"permanent-leases",
	"port-stuck",
	"port-used-by-router",
	"port-control-only",
]);

/** True for what keeps the Internet from reaching the camera. */
export function isSerious(diagnosis: Diagnosis): boolean {
	return !HARMLESS.includes(diagnosis);
}
