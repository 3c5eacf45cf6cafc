/*
 * A UDP socket on lwIP's raw interface, for bounded-udp-socket.ts.
 *
 * lwIP runs in a task of its own: it is only touched inside esp_netif_tcpip_exec, which waits for its turn there.
 * Datagrams come in that task and are kept, at most QUEUE of them (later ones are lost, as on the wire), until
 * JavaScript reads them. `queue` is touched by both sides, under `lock`.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "builtinCommon.h"
#include "esp_netif.h"
#include "lwip/igmp.h"
#include "lwip/pbuf.h"
#include "lwip/udp.h"
#include <string.h>

#define QUEUE 16
#define GROUPS 4
#define ADDRESS 16

typedef struct {
	struct pbuf* data;
	uint32_t address;
	uint16_t port;
} Datagram;

typedef struct {
	struct udp_pcb* pcb;
	xsMachine* the;
	xsSlot object;
	xsSlot* onReadable;
	portMUX_TYPE lock;
	Datagram queue[QUEUE];
	int first, count;
	/* A call of onReadable is pending; the last user frees the memory. */
	int posted, closed;
	uint32_t lastAddress;
	uint16_t lastPort;
	/* Groups joined, and where; left again when the socket is closed. */
	ip4_addr_t groups[GROUPS], interface;
	int groupCount;
} Udp;

/* What a call into lwIP's task does, and how it went. */
typedef struct {
	Udp* udp;
	ip_addr_t address;
	uint16_t port;
	int reuse, timeToLive;
	const uint8_t* bytes;
	uint32_t length;
	err_t result;
} Call;

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot);
void xs_porthole_udp_destructor(void* data);
static const xsHostHooks hooks = { xs_porthole_udp_destructor, mark, NULL };

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Udp* udp = data;
	if (udp->onReadable)
		(*markRoot)(the, udp->onReadable);
}

static void deliver(void* the, void* data, uint8_t* message, uint16_t length)
{
	Udp* udp = data;
	taskENTER_CRITICAL(&udp->lock);
	udp->posted = 0;
	int closed = udp->closed;
	taskEXIT_CRITICAL(&udp->lock);
	if (closed) {
		c_free(udp);
		return;
	}
	xsBeginHost(the);
		xsCallFunction0(xsReference(udp->onReadable), udp->object);
	xsEndHost(the);
}

/* In lwIP's task. */
static void received(void* data, struct udp_pcb* pcb, struct pbuf* p, const ip_addr_t* address, u16_t port)
{
	Udp* udp = data;
	int post = 0, taken = 0;
	taskENTER_CRITICAL(&udp->lock);
	if (udp->count < QUEUE && !udp->closed) {
		Datagram* datagram = &udp->queue[(udp->first + udp->count++) % QUEUE];
		datagram->data = p;
		datagram->address = ip_2_ip4(address)->addr;
		datagram->port = port;
		taken = 1;
		post = !udp->posted;
		udp->posted = 1;
	}
	taskEXIT_CRITICAL(&udp->lock);
	if (!taken)
		pbuf_free(p);
	else if (post)
		modMessagePostToMachine(udp->the, NULL, 0, deliver, udp);
}

static esp_err_t openInTask(void* data)
{
	Call* call = data;
	Udp* udp = call->udp;
	udp->pcb = udp_new_ip_type(IPADDR_TYPE_V4);
	if (!udp->pcb) {
		call->result = ERR_MEM;
		return ESP_OK;
	}
	ip_set_option(udp->pcb, SOF_BROADCAST);
	if (call->reuse)
		ip_set_option(udp->pcb, SOF_REUSEADDR);
	udp_set_multicast_ttl(udp->pcb, call->timeToLive);
	if (udp->interface.addr)
		udp_set_multicast_netif_addr(udp->pcb, &udp->interface);
	call->result = udp_bind(udp->pcb, &call->address, call->port);
	for (int i = 0; call->result == ERR_OK && i < udp->groupCount; i++) {
		call->result = igmp_joingroup(&udp->interface, &udp->groups[i]);
		if (call->result != ERR_OK)
			udp->groupCount = i;
	}
	if (call->result == ERR_OK)
		udp_recv(udp->pcb, received, udp);
	return ESP_OK;
}

static esp_err_t closeInTask(void* data)
{
	Udp* udp = ((Call*)data)->udp;
	for (int i = 0; udp->pcb && i < udp->groupCount; i++)
		igmp_leavegroup(&udp->interface, &udp->groups[i]);
	if (udp->pcb)
		udp_remove(udp->pcb);
	udp->pcb = NULL;
	for (; udp->count > 0; udp->count--, udp->first = (udp->first + 1) % QUEUE)
		pbuf_free(udp->queue[udp->first].data);
	return ESP_OK;
}

static esp_err_t sendInTask(void* data)
{
	Call* call = data;
	struct pbuf* p = pbuf_alloc(PBUF_TRANSPORT, call->length, PBUF_RAM);
	call->result = ERR_MEM;
	if (!p)
		return ESP_OK;
	pbuf_take(p, call->bytes, call->length);
	call->result = udp_sendto(call->udp->pcb, p, &call->address, call->port);
	pbuf_free(p);
	return ESP_OK;
}

static esp_err_t freeInTask(void* data)
{
	pbuf_free(data);
	return ESP_OK;
}

static Udp* udpOf(xsMachine* the)
{
	return xsmcGetHostDataValidate(xsThis, (void*)&hooks);
}

static int integerOf(xsMachine* the, xsIdentifier id, int least, int most)
{
	xsmcGet(xsVar(0), xsArg(0), id);
	int value = xsmcToInteger(xsVar(0));
	if (value < least || value > most)
		xsRangeError("out of range");
	return value;
}

static int addressOf(xsMachine* the, xsIdentifier id, ip4_addr_t* address)
{
	char text[ADDRESS];
	xsmcGet(xsVar(0), xsArg(0), id);
	xsmcToStringBuffer(xsVar(0), text, sizeof(text));
	address->addr = 0;
	if (!text[0])
		return 0;
	if (!ip4addr_aton(text, address))
		xsRangeError("no IPv4 address");
	return 1;
}

static void readGroups(xsMachine* the, Udp* udp)
{
	char text[GROUPS * ADDRESS];
	xsmcGet(xsVar(0), xsArg(0), xsID_groups);
	xsmcToStringBuffer(xsVar(0), text, sizeof(text));
	for (char* word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		if (udp->groupCount == GROUPS || !ip4addr_aton(word, &udp->groups[udp->groupCount]))
			xsRangeError("no group");
		udp->groupCount++;
	}
}

void xs_porthole_udp(xsMachine* the)
{
	ip4_addr_t address;
	Call call = { 0 };
	Udp* udp = c_calloc(1, sizeof(Udp));
	if (!udp)
		xsUnknownError("no memory");
	xsmcVars(1);
	portMUX_INITIALIZE(&udp->lock);
	udp->the = the;
	/* From here on an exception is cleaned up by the destructor. */
	xsmcSetHostData(xsThis, udp);
	xsSetHostHooks(xsThis, (xsHostHooks*)&hooks);
	call.udp = udp;
	call.port = integerOf(the, xsID_port, 0, 65535);
	call.reuse = integerOf(the, xsID_reuse, 0, 1);
	call.timeToLive = integerOf(the, xsID_timeToLive, 1, 255);
	addressOf(the, xsID_address, &address);
	ip_addr_copy_from_ip4(call.address, address);
	addressOf(the, xsID_path, &udp->interface);
	readGroups(the, udp);
	udp->onReadable = builtinGetCallback(the, xsID_onReadable);
	if (!udp->onReadable)
		xsTypeError("no onReadable");
	esp_netif_tcpip_exec(openInTask, &call);
	if (call.result != ERR_OK)
		xsUnknownError(call.result == ERR_USE ? "the port is in use" : "lwIP refuses the socket");
	udp->object = xsThis;
	xsRemember(udp->object);
}

/* Called when the machine ends, when an exception left the constructor, and by close. */
void xs_porthole_udp_destructor(void* data)
{
	Udp* udp = data;
	Call call = { .udp = udp };
	if (!udp)
		return;
	taskENTER_CRITICAL(&udp->lock);
	udp->closed = 1;
	int posted = udp->posted;
	taskEXIT_CRITICAL(&udp->lock);
	esp_netif_tcpip_exec(closeInTask, &call);
	if (!posted)
		c_free(udp);
}

void xs_porthole_udp_close(xsMachine* the)
{
	Udp* udp = xsmcGetHostData(xsThis);
	if (!udp)
		return;
	udpOf(the);
	xsForget(udp->object);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	xs_porthole_udp_destructor(udp);
}

void xs_porthole_udp_read(xsMachine* the)
{
	Udp* udp = udpOf(the);
	Datagram datagram = { 0 };
	void* into;
	xsUnsignedValue size;
	taskENTER_CRITICAL(&udp->lock);
	if (udp->count > 0) {
		datagram = udp->queue[udp->first];
		udp->first = (udp->first + 1) % QUEUE;
		udp->count--;
	}
	taskEXIT_CRITICAL(&udp->lock);
	if (!datagram.data) {
		xsmcSetInteger(xsResult, -1);
		return;
	}
	xsmcGetBufferWritable(xsArg(0), &into, &size);
	if (size > 65535)
		size = 65535;
	/* All fragments of the chain, not only the first. */
	xsmcSetInteger(xsResult, pbuf_copy_partial(datagram.data, into, (u16_t)size, 0));
	udp->lastAddress = datagram.address;
	udp->lastPort = datagram.port;
	esp_netif_tcpip_exec(freeInTask, datagram.data);
}

void xs_porthole_udp_send(xsMachine* the)
{
	Call call = { .udp = udpOf(the) };
	ip4_addr_t address;
	char text[ADDRESS];
	void* bytes;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	int start = xsmcToInteger(xsArg(1)), end = xsmcToInteger(xsArg(2)), port = xsmcToInteger(xsArg(4));
	if (start < 0 || end < start || (xsUnsignedValue)end > size || port < 1 || port > 65535)
		xsRangeError("out of range");
	xsmcToStringBuffer(xsArg(3), text, sizeof(text));
	if (!ip4addr_aton(text, &address))
		xsRangeError("no IPv4 address");
	ip_addr_copy_from_ip4(call.address, address);
	call.port = port;
	call.bytes = (const uint8_t*)bytes + start;
	call.length = end - start;
	esp_netif_tcpip_exec(sendInTask, &call);
	xsmcSetBoolean(xsResult, call.result == ERR_OK);
}

void xs_porthole_udp_address(xsMachine* the)
{
	ip4_addr_t address = { udpOf(the)->lastAddress };
	char text[ADDRESS];
	ip4addr_ntoa_r(&address, text, sizeof(text));
	xsmcSetString(xsResult, text);
}

void xs_porthole_udp_remote_port(xsMachine* the)
{
	xsmcSetInteger(xsResult, udpOf(the)->lastPort);
}

void xs_porthole_udp_port(xsMachine* the)
{
	Udp* udp = udpOf(the);
	xsmcSetInteger(xsResult, udp->pcb ? udp->pcb->local_port : 0);
}
