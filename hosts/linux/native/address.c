#include "address.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

int addressIsLinkLocal(const Address* address)
{
	return address->any.sa_family == AF_INET6 &&
		(IN6_IS_ADDR_LINKLOCAL(&address->v6.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&address->v6.sin6_addr));
}

int addressParse(const char* text, int port, Address* address)
{
	const char* zone = strchr(text, '%');
	char host[INET6_ADDRSTRLEN];
	size_t length = zone ? (size_t)(zone - text) : strlen(text);
	memset(address, 0, sizeof(*address));
	if (port < 0 || port > 65535 || length >= sizeof(host))
		return 0;
	memcpy(host, text, length);
	host[length] = 0;
	if (!zone && inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons((uint16_t)port);
		return 1;
	}
	if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) != 1)
		return 0;
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = htons((uint16_t)port);
	if (zone)
		address->v6.sin6_scope_id = if_nametoindex(zone + 1);
	return !zone || (address->v6.sin6_scope_id && addressIsLinkLocal(address));
}

void addressAny(int family, int port, Address* address)
{
	memset(address, 0, sizeof(*address));
	address->any.sa_family = (sa_family_t)family;
	if (family == AF_INET6)
		address->v6.sin6_port = htons((uint16_t)port);
	else
		address->v4.sin_port = htons((uint16_t)port);
}

const char* addressText(const Address* address, char text[ADDRESS_TEXT])
{
	size_t length;
	text[0] = 0;
	if (address->any.sa_family == AF_INET)
		return inet_ntop(AF_INET, &address->v4.sin_addr, text, ADDRESS_TEXT);
	inet_ntop(AF_INET6, &address->v6.sin6_addr, text, ADDRESS_TEXT);
	length = strlen(text);
	if (addressIsLinkLocal(address) && if_indextoname(address->v6.sin6_scope_id, text + length + 1))
		text[length] = '%';
	return text;
}

socklen_t addressSize(const Address* address)
{
	return address->any.sa_family == AF_INET6 ? sizeof(address->v6) : sizeof(address->v4);
}

int addressPort(const Address* address)
{
	return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

int addressSameHost(const Address* a, const Address* b)
{
	if (a->any.sa_family != b->any.sa_family)
		return 0;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return a->v6.sin6_scope_id == b->v6.sin6_scope_id && !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr));
}

int addressSame(const Address* a, const Address* b)
{
	return addressSameHost(a, b) && addressPort(a) == addressPort(b);
}

int addressTransparent(int fd, int family)
{
	int one = 1;
	int result = family == AF_INET6 ? setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &one, sizeof(one))
									: setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &one, sizeof(one));
	return result < 0 ? errno : 0;
}

int addressIsGroup(const Address* address)
{
	if (address->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_MULTICAST(&address->v6.sin6_addr);
	return ntohl(address->v4.sin_addr.s_addr) >= 0xe0000000;
}
