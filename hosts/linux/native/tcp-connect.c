/* Opens TCP connections for the TCP class. */
#include "class-tcp.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int tcpConnect(const char* address, int port, const char* localAddress, int keepAlive, int* error)
{
	struct sockaddr_in remote = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in local = { .sin_family = AF_INET };
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	*error = 0;
	if (fd < 0)
		*error = errno;
	else if (inet_pton(AF_INET, address, &remote.sin_addr) != 1)
		*error = EADDRNOTAVAIL;
	else if (localAddress && inet_pton(AF_INET, localAddress, &local.sin_addr) != 1)
		*error = EADDRNOTAVAIL;
	else if (localAddress && bind(fd, (struct sockaddr*)&local, sizeof(local)) < 0)
		*error = errno;
	else if (connect(fd, (struct sockaddr*)&remote, sizeof(remote)) < 0 && errno != EINPROGRESS)
		*error = errno;
	if (*error) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (keepAlive > 0) {
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &keepAlive, sizeof(keepAlive));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &keepAlive, sizeof(keepAlive));
	}
	return fd;
}
