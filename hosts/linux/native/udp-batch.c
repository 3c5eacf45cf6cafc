/* Generic segmentation offload (UDP_SEGMENT, Linux 4.18): many datagrams cross the kernel as one. */
#include "udp-batch.h"
#include "host.h"
#include <sys/socket.h>

#ifndef UDP_SEGMENT
	#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
	#define SOL_UDP 17
#endif
#define COUNT_MAX 32
/* Larger ones would be fragments, which can't be segments. */
#define LENGTH_MAX 1472

static uint8_t waiting[COUNT_MAX * LENGTH_MAX];
static struct sockaddr_in peer;
static int descriptor = -1, count = 0;
static uint32_t size;
static int refused = 0;

static int sendOne(int fd, const struct sockaddr_in* to, const uint8_t* data, uint32_t length)
{
	ssize_t sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr*)to, sizeof(*to));
	/* A second try: the first may only report an error that an earlier datagram met. */
	if (sent < 0 && errno == ECONNREFUSED)
		sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr*)to, sizeof(*to));
	return sent < 0 ? -1 : 0;
}

static int sendTogether(void)
{
	uint8_t control[CMSG_SPACE(sizeof(uint16_t))] = { 0 };
	struct iovec vector = { waiting, (size_t)count * size };
	struct msghdr header = {
		.msg_name = &peer, .msg_namelen = sizeof(peer), .msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr* part = CMSG_FIRSTHDR(&header);
	uint16_t segment = (uint16_t)size;
	part->cmsg_level = SOL_UDP;
	part->cmsg_type = UDP_SEGMENT;
	part->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(part), &segment, sizeof(segment));
	if (sendmsg(descriptor, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	if (errno == ECONNREFUSED)
		return sendmsg(descriptor, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? 0 : -1;
	/* No such option, or an interface that can't: never again. EMSGSIZE is this path's alone. */
	if (errno == EINVAL || errno == EIO || errno == ENOPROTOOPT || errno == EOPNOTSUPP)
		refused = 1;
	return errno == EAGAIN || errno == ENOBUFS ? 0 : -1;
}

void batchFlush(void)
{
	int i, n = count;
	if (n == 0)
		return;
	if (n == 1 || refused || sendTogether() < 0)
		for (i = 0; i < n; i++)
			sendOne(descriptor, &peer, waiting + (size_t)i * size, size);
	count = 0;
}

void batchSend(int fd, const struct sockaddr_in* to, const uint8_t* data, uint32_t length)
{
	uint32_t address = ntohl(to->sin_addr.s_addr);
	int fits = count < COUNT_MAX && fd == descriptor && length == size && peer.sin_addr.s_addr == to->sin_addr.s_addr &&
		peer.sin_port == to->sin_port;
	if (count > 0 && !fits)
		batchFlush();
	/* Groups and broadcasts (224 and up) have rules of their own. */
	if (refused || length == 0 || length > LENGTH_MAX || address >= 0xe0000000) {
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
