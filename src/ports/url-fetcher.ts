import type { Millis, Octets } from "../core/time";

/** How a URL is fetched. */
export interface FetchOptions {
	/** Header fields of the request by name. `Authorization` is never sent to another server than the one in the URL. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Time limit of the whole exchange. */
	readonly timeout: Millis;
}

/** The result: an answer, or a message that says why there is none. */
export type FetchResult =
	| {
			readonly status: number;
			/** The beginning of the body as text, at most {@link FETCH_BODY_MAX}. */
			readonly body: string;
	  }
	| {
			/** Never contains the URL, which may hold a password. */
			readonly failure: string;
			/** True when another attempt would fail as well. @default false */
			readonly final?: boolean;
	  };

/** Fetches from servers on the Internet by name, over TLS where the URL says `https`. */
export interface UrlFetcher {
	/**
	 * Gets a URL; follows a few redirects, but none from `https` to `http`.
	 * @param url without user and password
	 * @param done called once; may be called inside this call
	 */
	get(url: string, options: FetchOptions, done: (result: FetchResult) => void): void;
}

/** The longest body that is returned; the rest is dropped. */
export const FETCH_BODY_MAX: Octets = 4096;

/** The null object of a host that can't resolve names or has no TLS. */
export const NO_URL_FETCHER: UrlFetcher = Object.freeze({
	get(_url: string, _options: FetchOptions, done: (result: FetchResult) => void): void {
		done({ failure: "this host can't fetch from the Internet", final: true });
	},
});
