/** The address of a device's pages; empty while its host or port is not known. */
export function urlOf(host: string, port: number, secure: boolean): string {
	if (host === "" || port === 0) return "";
	return `${secure ? "https" : "http"}://${host}${port === (secure ? 443 : 80) ? "" : `:${port}`}/`;
}
