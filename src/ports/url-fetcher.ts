import type { Millis, Octets } from "../core/time";

/** How something is fetched. */
export interface FetchOptions {
	/** Fields of the request by name. Those of authentication go to no other machine than the one in the URL. */
	readonly headers?: Readonly<Record<string, string>>;
	/** The whole exchange takes no longer. */
	readonly timeout: Millis;
}

/** What came of it: an answer, or in words why there is none. */
export type FetchResult =
	| {
			readonly status: number;
			/** The beginning of the body as text, at most {@link FETCH_BODY_MAX}. */
			readonly body: string;
	  }
	| {
			/** Never has the URL in it, as that may hold a password. */
			readonly failure: string;
			/** True: another try would end the same. @default false */
			readonly final?: boolean;
	  };

/** Fetches from servers in the Internet by name, with TLS where the URL says `https`. */
export interface UrlFetcher {
	/**
	 * Gets a URL; follows few redirections, and none from `https` to `http`.
	 * @param url without user and password
	 * @param done called once; may be called inside this call
	 */
	get(url: string, options: FetchOptions, done: (result: FetchResult) => void): void;
}

/** The most of a body that is given on. */
export const FETCH_BODY_MAX: Octets = 4096;

/** The null object of a host that can't resolve names or has no TLS. */
export const NO_URL_FETCHER: UrlFetcher = Object.freeze({
	get(_url: string, _options: FetchOptions, done: (result: FetchResult) => void): void {
		done({ failure: "this host can't fetch from the Internet", final: true });
	},
});
