/* Octets over a connected socket, plain or by TLS (OpenSSL, where the program is built with PORTHOLE_TLS). */
#include "channel.h"
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef PORTHOLE_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>

static void begin(Channel* channel)
{
	ERR_clear_error();
	errno = 0;
}

/* The result of SSL_read, SSL_write or SSL_peek that returned nothing. */
static ssize_t outcome(Channel* channel, int result, int reading)
{
	int error = SSL_get_error(channel->tls, result);
	channel->readWaitsForOut = reading && error == SSL_ERROR_WANT_WRITE;
	switch (error) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		if (errno == 0)
			errno = ECONNRESET;
		return -1;
	default:
		errno = EPROTO;
		return -1;
	}
}

static ssize_t tlsSend(Channel* channel, const uint8_t* data, size_t length)
{
	size_t sent = 0;
	/* One call sends one record. */
	while (sent < length) {
		int result;
		begin(channel);
		result = SSL_write(channel->tls, data + sent, (int)(length - sent));
		if (result <= 0) {
			if (sent > 0)
				break;
			return outcome(channel, result, 0) < 0 ? -1 : (errno = EPIPE, -1);
		}
		sent += (size_t)result;
	}
	return (ssize_t)sent;
}

static ssize_t tlsReceive(Channel* channel, uint8_t* data, size_t length)
{
	size_t got = 0;
	ssize_t result = 0;
	channel->more = 0;
	while (got < length) {
		int count;
		begin(channel);
		count = SSL_read(channel->tls, data + got, (int)(length - got));
		if (count <= 0) {
			result = outcome(channel, count, 1);
			break;
		}
		got += (size_t)count;
	}
	/* epoll does not report octets behind a full buffer, an end, or a failure. */
	channel->more = got == length || result == 0 || errno != EAGAIN;
	return got > 0 ? (ssize_t)got : result;
}

static ssize_t tlsPeek(Channel* channel)
{
	uint8_t octet;
	int result;
	begin(channel);
	result = SSL_peek(channel->tls, &octet, 1);
	return result > 0 ? SSL_pending(channel->tls) : outcome(channel, result, 1);
}

static uint64_t tlsSent(Channel* channel)
{
	BIO* bio = SSL_get_wbio(channel->tls);
	return bio ? BIO_number_written(bio) : 0;
}

static int tlsEnd(Channel* channel)
{
	int result;
	begin(channel);
	result = SSL_shutdown(channel->tls);
	if (result >= 0)
		return 0;
	return outcome(channel, result, 0) < 0 && errno == EAGAIN ? -1 : 0;
}
#else
#define tlsSend(channel, data, length) (errno = ENOTCONN, -1)
#define tlsReceive(channel, data, length) (errno = ENOTCONN, -1)
#define tlsPeek(channel) (errno = ENOTCONN, -1)
#define tlsEnd(channel) 0
#define tlsSent(channel) 0
#define SSL_free(tls) ((void)(tls))
#endif

ssize_t channelSend(Channel* channel, const uint8_t* data, size_t length)
{
	ssize_t sent;
	if (channel->tls)
		return tlsSend(channel, data, length);
	sent = send(channel->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent > 0)
		channel->sent += (uint64_t)sent;
	return sent;
}

uint64_t channelSent(Channel* channel)
{
	return channel->tls ? tlsSent(channel) : channel->sent;
}

ssize_t channelReceive(Channel* channel, uint8_t* data, size_t length)
{
	return channel->tls ? tlsReceive(channel, data, length) : recv(channel->fd, data, length, MSG_DONTWAIT);
}

ssize_t channelPeek(Channel* channel)
{
	int count = 0;
	uint8_t octet;
	if (channel->tls)
		return tlsPeek(channel);
	if (ioctl(channel->fd, FIONREAD, &count) == 0 && count > 0)
		return count;
	return recv(channel->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
}

int channelEnd(Channel* channel)
{
	/* Called a second time, OpenSSL would wait for the peer's end. */
	if (channel->endSent)
		return 0;
	if (channel->tls && tlsEnd(channel) < 0)
		return -1;
	channel->endSent = 1;
	shutdown(channel->fd, SHUT_WR);
	return 0;
}

void channelClose(Channel* channel)
{
	channel->sent = channelSent(channel);
	if (channel->tls)
		SSL_free(channel->tls);
	if (channel->fd >= 0)
		close(channel->fd);
	channel->tls = NULL;
	channel->fd = -1;
}
