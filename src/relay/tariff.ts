/** What is charged for (REP-13). */
export type TariffUnit = "octet" | "packet" | "second";

/** A price for a content, in whole numbers: `price` for each `per` units. */
export interface Tariff {
	readonly unit: TariffUnit;
	/** In millionths of {@link currency}. */
	readonly price: number;
	readonly per: number;
	/** Three letters: `EUR`. @see ISO 4217 */
	readonly currency: string;
}
