/** Tells the owner the password at the first start. */
export function firstPassword(password: string): string {
	return `Log in as "owner" with the password ${password}
You won't see it again. To change it, use the camera's settings page or --password.`;
}
