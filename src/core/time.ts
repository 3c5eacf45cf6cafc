/** A point in monotonic time, or a span, in whole milliseconds; `Infinity` for never. */
export type Millis = number;
/** A span in whole seconds, as leases and HTTP fields count. */
export type Seconds = number;
/** A number of octets. */
export type Octets = number;
