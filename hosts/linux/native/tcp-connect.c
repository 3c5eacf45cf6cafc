/* Opens TCP connections for the TCP class. */
#include "class-tcp.h"
#include "address.h"
#include <netinet/tcp.h>

int tcpConnect(const char* address, int port, TcpSource source, int keepAlive, int* error)
{
	const char* localAddress = source.address;
	Address remote, local;
	int one = 1, fd;
	*error = EADDRNOTAVAIL;
	if (!addressParse(address, port, &remote) || (localAddress && !addressParse(localAddress, 0, &local)))
		return -1;
	if (localAddress && local.any.sa_family != remote.any.sa_family)
		return -1;
	/* A link-local address without a zone is on the link that the connection leaves by. */
	if (localAddress && addressIsLinkLocal(&remote) && !remote.v6.sin6_scope_id)
		remote.v6.sin6_scope_id = local.v6.sin6_scope_id;
	*error = 0;
	fd = socket(remote.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		*error = errno;
	else if (source.transparent && (*error = addressTransparent(fd, remote.any.sa_family)))
		;
	else if (localAddress && bind(fd, &local.any, addressSize(&local)) < 0)
		*error = errno;
	else if (connect(fd, &remote.any, addressSize(&remote)) < 0 && errno != EINPROGRESS)
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
