/* Addresses of sockets: IPv4 and IPv6. Those of IPv6 that are link-local have a zone, `fe80::1%eth0` (RFC 4007 §11). */
#ifndef PORTHOLE_ADDRESS_H
#define PORTHOLE_ADDRESS_H
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} Address;

/* Room for the text of an address with its zone. */
#define ADDRESS_TEXT (INET6_ADDRSTRLEN + IF_NAMESIZE + 1)

/* Parses an address, and sets a port. Returns 0 when it is not valid, or its zone is not an interface of this machine. */
int addressParse(const char* text, int port, Address* address);
/* Any address of a family. */
void addressAny(int family, int port, Address* address);
/* Writes the canonical text (RFC 5952). Returns `text`. */
const char* addressText(const Address* address, char text[ADDRESS_TEXT]);
socklen_t addressSize(const Address* address);
int addressPort(const Address* address);
/* Compare the host, and the host with its port. */
int addressSameHost(const Address* a, const Address* b);
int addressSame(const Address* a, const Address* b);
/* Lets a socket of a family be bound to addresses of other machines, and take connections to them. Returns 0 or errno. */
int addressTransparent(int fd, int family);
/* True for groups and for the broadcast address 255.255.255.255. */
int addressIsGroup(const Address* address);
/* True for link-local addresses of IPv6, which mean nothing without an interface. */
int addressIsLinkLocal(const Address* address);
#endif
