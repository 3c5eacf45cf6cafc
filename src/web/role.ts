/** Who a visitor is. An owner may do all; a viewer may look. The names are the names to log in with as well. */
export type Role = "viewer" | "owner";

/** Who may use a route. */
export type Need = "anyone" | Role;

/** Tells whether a visitor in a role may use what needs another. */
export function maySee(role: Role | undefined, need: Need): boolean {
	return need === "anyone" || role === "owner" || role === need;
}
