/** A source can't be opened; the message says why and what to do. */
export class SourceError extends Error {}
