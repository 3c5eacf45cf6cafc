/** Says what the owner has to know at the first start. */
export function firstPassword(password: string): string {
	return `Log in as "owner" with the password ${password}
It is shown only now; another can be chosen on the camera's settings page, or given with --password.`;
}
