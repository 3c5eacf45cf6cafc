/** A source that can't be had as it was asked for; the message says why and what to do. */
export class SourceError extends Error {}
