/* Generic segmentation offload (UDP_SEGMENT, Linux 4.18): many datagrams cross the kernel as one. */
#include "udp-batch.h"
#include "host.h"
#include <netinet/udp.h>

#ifndef UDP_SEGMENT
	#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
	#define SOL_UDP 17
#endif
#define COUNT_MAX 32
/* The most segments of one send (UDP_MAX_SEGMENTS of the kernel), and the most octets of one datagram. */
#define SEGMENTS_MAX 64
#define SEGMENTS_OCTETS 65487
/* Larger ones would be fragments, which can't be segments. */
#define LENGTH_MAX 1472

static uint8_t waiting[COUNT_MAX * LENGTH_MAX];
static Address peer;
static int descriptor = -1, count = 0;
static uint32_t size;
static int refused = 0;

static int sendOne(int fd, const Address* to, const uint8_t* data, uint32_t length)
{
	ssize_t sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, &to->any, addressSize(to));
	/* Tries again: the first call may only report the error of an earlier datagram. */
	if (sent < 0 && errno == ECONNREFUSED)
		sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, &to->any, addressSize(to));
	return sent < 0 ? -1 : 0;
}

/* Sends octets as segments of one length, the last of which may be shorter. 0: taken; 1: lost whole; -1: send them one by one. */
static int sendTogether(int fd, const Address* to, const uint8_t* data, uint32_t length, uint32_t segmentLength)
{
	uint8_t control[CMSG_SPACE(sizeof(uint16_t))] = { 0 };
	struct iovec vector = { (void*)data, length };
	struct msghdr header = {
		.msg_name = (void*)to, .msg_namelen = addressSize(to), .msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr* part = CMSG_FIRSTHDR(&header);
	uint16_t segment = (uint16_t)segmentLength;
	part->cmsg_level = SOL_UDP;
	part->cmsg_type = UDP_SEGMENT;
	part->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(part), &segment, sizeof(segment));
	if (sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	if (errno == ECONNREFUSED)
		return sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? 0 : -1;
	/* The interface does not support it: never try again. EINVAL and EMSGSIZE (segments exceed the path's MTU) concern this peer only. */
	if (errno == EIO || errno == ENOPROTOOPT || errno == EOPNOTSUPP)
		refused = 1;
	return errno == EAGAIN || errno == ENOBUFS ? 1 : -1;
}

void batchFlush(void)
{
	int i, n = count;
	if (n == 0)
		return;
	if (n == 1 || refused || sendTogether(descriptor, &peer, waiting, (uint32_t)n * size, size) < 0)
		for (i = 0; i < n; i++)
			sendOne(descriptor, &peer, waiting + (size_t)i * size, size);
	count = 0;
}

void batchSend(int fd, const Address* to, const uint8_t* data, uint32_t length)
{
	int fits = count < COUNT_MAX && fd == descriptor && length == size && addressSame(&peer, to);
	if (count > 0 && !fits)
		batchFlush();
	/* Groups and broadcasts have rules of their own. */
	if (refused || length == 0 || length > LENGTH_MAX || addressIsGroup(to)) {
		sendOne(fd, to, data, length);
		return;
	}
	descriptor = fd;
	peer = *to;
	size = length;
	memcpy(waiting + (size_t)count * size, data, length);
	count++;
	loopBeforeWait(batchFlush);
}

/* How many datagrams from `first` on can cross the kernel together: of one length, a shorter one at the end. */
static int runLength(const uint32_t* offsets, int first, int last)
{
	uint32_t length = offsets[first + 1] - offsets[first];
	int i;
	if (refused || length == 0 || length > LENGTH_MAX)
		return 1;
	for (i = first + 1; i < last && i - first < SEGMENTS_MAX; i++) {
		uint32_t next = offsets[i + 1] - offsets[i];
		if (next == 0 || next > length || offsets[i + 1] - offsets[first] > SEGMENTS_OCTETS)
			break;
		if (next < length)
			return i + 1 - first;
	}
	return i - first;
}

int batchSendRun(int fd, const Address* to, const uint8_t* data, const uint32_t* offsets, int n, uint32_t* octets)
{
	int first, taken = 0;
	*octets = 0;
	batchFlush();
	for (first = 0; first < n;) {
		int run = addressIsGroup(to) ? 1 : runLength(offsets, first, n), i, together = -1;
		uint32_t length = offsets[first + 1] - offsets[first];
		uint32_t all = offsets[first + run] - offsets[first];
		if (run > 1)
			together = sendTogether(fd, to, data + offsets[first], all, length);
		if (together == 0) {
			taken += run;
			*octets += all;
		}
		else if (together < 0)
			for (i = first; i < first + run; i++) {
				length = offsets[i + 1] - offsets[i];
				if (sendOne(fd, to, data + offsets[i], length) < 0)
					continue;
				taken++;
				*octets += length;
			}
		first += run;
	}
	return taken;
}
