import { escapeXml } from "../wire/xml";

/**
 * Escapes text for HTML, between tags and inside quoted attributes. Characters are not looked up in an object: on XS each
 * one would become a property name, which is never freed.
 */
export function escapeHtml(text: string): string {
	return escapeXml(text).replaceAll("'", "&#39;");
}
