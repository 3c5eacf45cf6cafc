/** Porthole takes its pins from the manifest; nothing of the board is offered to other programs. */
const provider = Object.freeze({});
export default provider;
