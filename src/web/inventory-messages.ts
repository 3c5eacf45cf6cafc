/** Texts of the inventory. */
export const INVENTORY_MESSAGES = Object.freeze({
	busy: "Too many programs wait for the inventory. Try again in some seconds.",
});
