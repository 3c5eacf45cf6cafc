/* `porthole:fan-out`: one frame to many connections and UDP peers, without returning to JavaScript for each. See adapters/fan-out.ts. */
#include "class-tcp.h"
#include "class-udp.h"
#include "udp-batch.h"
#include <arpa/inet.h>

/* Octets of an RTP header without contributing sources. */
#define RTP_HEADER 12
/* Octets in front of a datagram: the headers of IPv4 or IPv6, and of UDP. */
#define IPV4_UDP 28
#define IPV6_UDP 48

typedef struct {
	Record record;
	/* The TCP or UDP object, which stays alive with this one. */
	xsSlot socket;
	/* Of a TCP object; NULL for a UDP peer. */
	void* tcp;
	Address to;
	int hold;
	/* 1: each packet gets this source and the next sequence number (RTP). */
	int isNumbered;
	uint32_t ssrc;
	uint16_t sequence;
	uint32_t delivered, missed, last;
	double octets, packets;
	/* Octets of the IP packets that the kernel took, of a UDP peer. */
	double wire;
	/* Its index in the group's list; -1: removed. */
	int place;
	/* Octets of the last frame that the kernel took, while it did not take all; -1: nothing to report. */
	int32_t partial;
} Receiver;

typedef struct {
	Record record;
	Receiver** list;
	int count, room;
	uint32_t sends;
	double delivered, missed;
	/* Where takePartial continues, and the receiver that it returned last. */
	int next;
	int32_t sent;
} Group;

static void destroyReceiver(void* data)
{
	free(data);
}

static void markReceiver(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Receiver* receiver = data;
	if (receiver)
		(*markRoot)(the, &receiver->socket);
}

static void destroyGroup(void* data)
{
	Group* group = data;
	if (group) {
		free(group->list);
		free(group);
	}
}

static void markGroup(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Group* group = data;
	int i;
	for (i = 0; group && i < group->count; i++)
		(*markRoot)(the, &group->list[i]->record.self);
}

static const xsHostHooks receiverHooks = { destroyReceiver, markReceiver, NULL };
static const xsHostHooks groupHooks = { destroyGroup, markGroup, NULL };
static xsSlot receiverPrototype;

/* new FanOut() */
static void construct(xsMachine* the)
{
	recordRelease(recordCreate(the, sizeof(Group)));
}

static Receiver* add(xsMachine* the, Group* group)
{
	Receiver* receiver;
	if (group->count == group->room) {
		int room = group->room ? group->room * 2 : 16;
		Receiver** list = realloc(group->list, (size_t)room * sizeof(Receiver*));
		if (!list)
			throwErrno(the, ENOMEM);
		group->list = list;
		group->room = room;
	}
	receiver = recordCreateOf(the, &receiverPrototype, sizeof(Receiver), &xsResult);
	receiver->socket = xsArg(0);
	receiver->place = group->count;
	receiver->partial = -1;
	group->list[group->count++] = receiver;
	/* The group keeps it alive from now on. */
	recordRelease(receiver);
	return receiver;
}

/* addStream(socket) */
static void addStream(xsMachine* the)
{
	Group* group = recordThis(the, &groupHooks);
	void* tcp = tcpRecord(the, &xsArg(0));
	add(the, group)->tcp = tcp;
}

/* addPeer(socket, name, ssrc, sequence): a sequence below 0 means that its packets are not numbered. */
static void addPeer(xsMachine* the)
{
	Group* group = recordThis(the, &groupHooks);
	Address to = *udpName(the, 1);
	uint32_t ssrc = (uint32_t)xsToNumber(xsArg(2));
	int sequence = xsToInteger(xsArg(3));
	Receiver* receiver;
	udpDescriptor(the, &xsArg(0));
	receiver = add(the, group);
	receiver->to = to;
	receiver->isNumbered = sequence >= 0;
	receiver->ssrc = ssrc;
	receiver->sequence = sequence >= 0 ? (uint16_t)sequence : 0;
}

/* remove(receiver): harmless when it is not there. */
static void removeReceiver(xsMachine* the)
{
	Group* group = recordThis(the, &groupHooks);
	Receiver* receiver = recordOf(the, &xsArg(0), &receiverHooks);
	int place = receiver->place;
	if (place < 0 || place >= group->count || group->list[place] != receiver)
		return;
	group->list[place] = group->list[--group->count];
	group->list[place]->place = place;
	receiver->place = -1;
}

/* Writes the numbers of a receiver into RTP headers (RFC 3550 §5.1). What is shorter than a header stays as it is. */
static void numberPackets(Receiver* receiver, uint8_t* data, const uint32_t* offsets, int count)
{
	uint32_t ssrc = htonl(receiver->ssrc);
	int i;
	for (i = 0; i < count; i++) {
		uint8_t* packet = data + offsets[i];
		uint16_t sequence = htons(receiver->sequence);
		if (offsets[i + 1] - offsets[i] < RTP_HEADER)
			continue;
		memcpy(packet + 2, &sequence, 2);
		memcpy(packet + 8, &ssrc, 4);
		receiver->sequence++;
	}
}

/* Returns 1 when the receiver took all datagrams, or the whole frame for a stream. */
static int deliver(xsMachine* the, Receiver* receiver, uint8_t* data, const uint32_t* offsets, int count)
{
	uint32_t length = offsets[count] - offsets[0], sent, octets;
	int fd, taken;
	if (receiver->tcp) {
		if (!tcpOffer(receiver->tcp, data + offsets[0], length, &sent))
			return 0;
		receiver->partial = sent < length ? (int32_t)sent : -1;
		return 1;
	}
	fd = udpDescriptor(the, &receiver->socket);
	if (fd < 0)
		return 0;
	if (receiver->isNumbered)
		numberPackets(receiver, data, offsets, count);
	taken = batchSendRun(fd, &receiver->to, data, offsets, count, &octets);
	receiver->wire += octets + (double)taken * (receiver->to.any.sa_family == AF_INET6 ? IPV6_UDP : IPV4_UDP);
	return taken == count;
}

static void sendAll(xsMachine* the, Group* group, uint8_t* data, const uint32_t* offsets, int count)
{
	int i, took = 0, missed = 0;
	group->sends++;
	group->next = 0;
	for (i = 0; i < group->count; i++) {
		Receiver* receiver = group->list[i];
		if (receiver->hold)
			continue;
		if (!deliver(the, receiver, data, offsets, count)) {
			receiver->missed++;
			missed++;
			continue;
		}
		receiver->delivered++;
		receiver->octets += (double)(offsets[count] - offsets[0]);
		receiver->packets += count;
		receiver->last = group->sends;
		took++;
	}
	group->delivered += took;
	group->missed += missed;
	xsResult = xsInteger(took);
}

/* send(bytes, start, end): returns how many took it. */
static void sendFrame(xsMachine* the)
{
	Group* group = recordThis(the, &groupHooks);
	uint32_t length;
	uint8_t* data = rangeOf(the, 0, &length);
	uint32_t offsets[2] = { 0, length };
	sendAll(the, group, data, offsets, 1);
}

/* sendBatch(bytes, offsets, count): packet i is bytes[offsets[i], offsets[i + 1]). Returns how many took all of it. */
static void sendBatch(xsMachine* the)
{
	Group* group = recordThis(the, &groupHooks);
	uint32_t size;
	int count;
	uint8_t* data = bufferOf(the, &xsArg(0), &size);
	const uint32_t* offsets = udpOffsets(the, 1, size, &count);
	sendAll(the, group, data, offsets, count);
}

/* takePartial(): a TCP object that took only part of the last send, each once; `sent` has the count. */
static void takePartial(xsMachine* the)
{
	Group* group = recordThis(the, &groupHooks);
	while (group->next < group->count) {
		Receiver* receiver = group->list[group->next++];
		if (receiver->partial < 0)
			continue;
		group->sent = receiver->partial;
		receiver->partial = -1;
		xsResult = receiver->socket;
		return;
	}
}

#define GROUP_NUMBER(NAME, VALUE) static void NAME(xsMachine* the) { Group* group = recordThis(the, &groupHooks); xsResult = VALUE; }
GROUP_NUMBER(groupSize, xsInteger(group->count))
GROUP_NUMBER(groupSends, xsNumber((double)group->sends))
GROUP_NUMBER(groupDelivered, xsNumber(group->delivered))
GROUP_NUMBER(groupMissed, xsNumber(group->missed))
GROUP_NUMBER(groupSent, xsInteger(group->sent))

#define RECEIVER_NUMBER(NAME, FIELD) static void NAME(xsMachine* the) { Receiver* receiver = recordThis(the, &receiverHooks); xsResult = xsNumber((double)receiver->FIELD); }
RECEIVER_NUMBER(receiverDelivered, delivered)
RECEIVER_NUMBER(receiverMissed, missed)
RECEIVER_NUMBER(receiverOctets, octets)
RECEIVER_NUMBER(receiverLast, last)
RECEIVER_NUMBER(receiverWire, wire)
RECEIVER_NUMBER(receiverPackets, packets)
RECEIVER_NUMBER(receiverSequence, sequence)

/* hold(on) */
static void setHold(xsMachine* the)
{
	Receiver* receiver = recordThis(the, &receiverHooks);
	receiver->hold = xsToInteger(xsArg(0));
}

static void never(xsMachine* the)
{
	xsTypeError("only a group makes these");
}

void buildFanOut(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "send", sendFrame, 3, 0 },
		{ "takePartial", takePartial, 0, 0 },
		{ "sendBatch", sendBatch, 3, 0 },
		{ "sends", groupSends, 0, 1 },
		{ "addStream", addStream, 1, 0 },
		{ "addPeer", addPeer, 4, 0 },
		{ "remove", removeReceiver, 1, 0 },
		{ "size", groupSize, 0, 1 },
		{ "delivered", groupDelivered, 0, 1 },
		{ "missed", groupMissed, 0, 1 },
		{ "sent", groupSent, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	static const NativeMethod receiverMethods[] = {
		{ "last", receiverLast, 0, 1 },
		{ "hold", setHold, 1, 0 },
		{ "delivered", receiverDelivered, 0, 1 },
		{ "missed", receiverMissed, 0, 1 },
		{ "octets", receiverOctets, 0, 1 },
		{ "packets", receiverPackets, 0, 1 },
		{ "sequence", receiverSequence, 0, 1 },
		{ "wire", receiverWire, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, never, &receiverHooks, receiverMethods);
	receiverPrototype = xsGet(*result, xsID("prototype"));
	xsRemember(receiverPrototype);
	buildClass(the, result, construct, &groupHooks, methods);
}
