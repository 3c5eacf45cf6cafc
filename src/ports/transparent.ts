// Apart from net.ts, which boards have in their flash too.

/** The detail of the failure when a host has no transparent listening socket. @see ListenOptions.transparent */
export const NO_TRANSPARENT = "this host has no transparent socket";
/** The detail of the failure when a host can't send from the address of another machine. @see UdpOptions.transparent */
export const NO_TRANSPARENT_UDP = "this host can't send from the address of another machine";
