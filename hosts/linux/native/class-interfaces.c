/* `porthole:interfaces`: the addresses of this machine, its default routers, and when either may have changed. */
#include "xsAll.h"
#include "host.h"
#include "address.h"
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* A burst of messages (when an interface comes up) is reported once, after this delay. */
#define CALM 50

typedef struct {
	Record record;
	Watch watch;
	Alarm alarm;
	xsSlot function;
} Watcher;

static void destroy(void* data)
{
	free(data);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Watcher* watcher = data;
	if (watcher)
		(*markRoot)(the, &watcher->function);
}

static const xsHostHooks hooks = { destroy, mark, NULL };
static xsSlot prototype;

/* The router of an interface's default route of least metric, by /proc/self/net/route; 0 when there is none. */
static uint32_t gatewayOf(const char* name)
{
	char line[256], interface[32];
	unsigned destination, gateway, flags, mask;
	int metric, best = 0;
	uint32_t found = 0;
	FILE* file = fopen("/proc/self/net/route", "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31s %x %x %x %*d %*d %d %x", interface, &destination, &gateway, &flags, &metric, &mask) != 6)
			continue;
		/* 2: a router, not only a neighbour. */
		if (strcmp(interface, name) || destination || mask || !(flags & 2) || (found && best <= metric))
			continue;
		found = gateway;
		best = metric;
	}
	fclose(file);
	return found;
}

static void setText(xsMachine* the, const char* name, uint32_t address)
{
	char text[INET_ADDRSTRLEN];
	inet_ntop(AF_INET, &address, text, sizeof(text));
	xsDefine(xsVar(0), xsID(name), xsString(text), xsDefault);
}

static void setMac(xsMachine* the, const struct ifaddrs* list, const char* name)
{
	char text[18];
	for (; list; list = list->ifa_next) {
		const struct sockaddr_ll* link = (const struct sockaddr_ll*)list->ifa_addr;
		const unsigned char* mac;
		if (!link || link->sll_family != AF_PACKET || strcmp(list->ifa_name, name) || link->sll_halen != 6)
			continue;
		mac = link->sll_addr;
		if (!(mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]))
			return;
		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		xsDefine(xsVar(0), xsID("mac"), xsString(text), xsDefault);
		return;
	}
}

/* list(): { name, address, prefix, loopback, gateway?, mac? } of each IPv4 address of an interface that is up. */
static void listInterfaces(xsMachine* the)
{
	struct ifaddrs* list;
	struct ifaddrs* entry;
	xsIndex count = 0;
	if (getifaddrs(&list) < 0)
		throwErrno(the, errno);
	xsVars(1);
	xsResult = xsNewArray(0);
	for (entry = list; entry; entry = entry->ifa_next) {
		const struct sockaddr_in* address = (const struct sockaddr_in*)entry->ifa_addr;
		const struct sockaddr_in* mask = (const struct sockaddr_in*)entry->ifa_netmask;
		uint32_t gateway;
		if (!address || address->sin_family != AF_INET || !mask || !(entry->ifa_flags & IFF_UP) || !(entry->ifa_flags & IFF_RUNNING))
			continue;
		xsVar(0) = xsNewObject();
		xsDefine(xsVar(0), xsID("name"), xsString(entry->ifa_name), xsDefault);
		setText(the, "address", address->sin_addr.s_addr);
		xsDefine(xsVar(0), xsID("prefix"), xsInteger(__builtin_popcount(mask->sin_addr.s_addr)), xsDefault);
		xsDefine(xsVar(0), xsID("loopback"), xsBoolean((entry->ifa_flags & IFF_LOOPBACK) != 0), xsDefault);
		gateway = gatewayOf(entry->ifa_name);
		if (gateway)
			setText(the, "gateway", gateway);
		setMac(the, list, entry->ifa_name);
		xsSetIndex(xsResult, count++, xsVar(0));
	}
	freeifaddrs(list);
}

/* Flags of an IPv6 address in /proc/self/net/if_inet6: temporary, that failed, deprecated, tentative. */
#define NOT_LASTING (0x01 | 0x08 | 0x20 | 0x40)

/* The router of an interface's IPv6 default route of least metric; 0 when there is none. */
static int gatewayOfIpv6(const char* name, struct in6_addr* gateway)
{
	char line[256], interface[32], next[33];
	unsigned prefix, metric, flags, best = 0;
	int found = 0, i;
	FILE* file = fopen("/proc/self/net/ipv6_route", "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*32x %2x %*32x %*2x %32s %8x %*8x %*8x %8x %31s", &prefix, next, &metric, &flags, interface) != 5)
			continue;
		/* 2: a router, not only a neighbour. */
		if (prefix || strcmp(interface, name) || !(flags & 2) || (found && best <= metric))
			continue;
		for (i = 0; i < 16; i++) {
			unsigned octet;
			sscanf(next + 2 * i, "%2x", &octet);
			gateway->s6_addr[i] = (uint8_t)octet;
		}
		found = 1;
		best = metric;
	}
	fclose(file);
	return found;
}

static void setIpv6(xsMachine* the, const char* property, const struct in6_addr* octets, unsigned interface)
{
	Address address;
	char text[ADDRESS_TEXT];
	addressAny(AF_INET6, 0, &address);
	address.v6.sin6_addr = *octets;
	address.v6.sin6_scope_id = interface;
	xsDefine(xsVar(0), xsID(property), xsString(addressText(&address, text)), xsDefault);
}

/* listIpv6(): { name, address, prefix, gateway?, mac? } of each lasting IPv6 address of an interface that is up. */
static void listIpv6(xsMachine* the)
{
	char line[128], digits[33], name[32];
	unsigned index, prefix, scope, flags;
	xsIndex count = 0;
	struct ifaddrs* list;
	FILE* file = fopen("/proc/self/net/if_inet6", "re");
	xsVars(1);
	xsResult = xsNewArray(0);
	if (!file)
		return;
	if (getifaddrs(&list) < 0)
		list = NULL;
	while (fgets(line, sizeof(line), file)) {
		struct in6_addr address, gateway;
		struct ifaddrs* entry;
		int i, up = 0;
		if (sscanf(line, "%32s %x %x %x %x %31s", digits, &index, &prefix, &scope, &flags, name) != 6 || flags & NOT_LASTING)
			continue;
		for (entry = list; entry && !up; entry = entry->ifa_next)
			up = !strcmp(entry->ifa_name, name) && entry->ifa_flags & IFF_RUNNING && !(entry->ifa_flags & IFF_LOOPBACK);
		if (!up || strlen(digits) != 32)
			continue;
		for (i = 0; i < 16; i++) {
			unsigned octet;
			sscanf(digits + 2 * i, "%2x", &octet);
			address.s6_addr[i] = (uint8_t)octet;
		}
		xsVar(0) = xsNewObject();
		xsDefine(xsVar(0), xsID("name"), xsString(name), xsDefault);
		setIpv6(the, "address", &address, index);
		xsDefine(xsVar(0), xsID("prefix"), xsInteger((int)prefix), xsDefault);
		if (gatewayOfIpv6(name, &gateway))
			setIpv6(the, "gateway", &gateway, index);
		setMac(the, list, name);
		xsSetIndex(xsResult, count++, xsVar(0));
	}
	fclose(file);
	if (list)
		freeifaddrs(list);
}

static void calm(Alarm* alarm)
{
	Watcher* watcher = (Watcher*)((char*)alarm - offsetof(Watcher, alarm));
	callback0(watcher, &watcher->function);
}

static void ready(Watch* watch, uint32_t events)
{
	Watcher* watcher = (Watcher*)((char*)watch - offsetof(Watcher, watch));
	char buffer[8192];
	while (recv(watch->fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0) {}
	if (!watcher->alarm.set)
		alarmSet(&watcher->alarm, nowMillis() + CALM, calm);
}

/* watch(callback): calls after addresses, links or routes may have changed, as long as the program runs. */
static void watchInterfaces(xsMachine* the)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE,
	};
	Watcher* watcher;
	int fd;
	if (!xsIsCallable(xsArg(0)))
		xsTypeError("a callback is not a function");
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (fd < 0)
		throwErrno(the, errno);
	if (bind(fd, (struct sockaddr*)&address, sizeof(address)) < 0) {
		int error = errno;
		close(fd);
		throwErrno(the, error);
	}
	watcher = recordCreateOf(the, &prototype, sizeof(Watcher), &xsResult);
	watcher->function = xsArg(0);
	watchStart(&watcher->watch, fd, EPOLLIN, ready);
}

void buildInterfaces(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "list", listInterfaces, 0, 0 },
		{ "listIpv6", listIpv6, 0, 0 },
		{ "watch", watchInterfaces, 1, 0 },
		{ NULL, NULL, 0, 0 },
	};
	prototype = xsNewHostObject(NULL);
	xsSetHostHooks(prototype, &hooks);
	xsRemember(prototype);
	buildObject(the, result, functions);
}
