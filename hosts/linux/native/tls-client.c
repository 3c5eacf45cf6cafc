#include "tls-client.h"
#include <stdio.h>
#ifdef PORTHOLE_TLS
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

/* Has the system's authorities, which take a while to read; created on first use. */
static SSL_CTX* systemContext;

static SSL_CTX* newContext(const char* authority, char* message, size_t size)
{
	SSL_CTX* context = SSL_CTX_new(TLS_client_method());
	int loaded;
	if (!context) {
		snprintf(message, size, "OpenSSL cannot create a context");
		return NULL;
	}
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* As on the server's side: a retried write may come from another address; an idle connection needs no buffers. */
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	if (*authority)
		loaded = SSL_CTX_load_verify_locations(context, authority, NULL);
	else
		loaded = SSL_CTX_set_default_verify_paths(context);
	if (loaded == 1)
		return context;
	snprintf(message, size, "%s has no certificates in PEM format", *authority ? authority : "this system");
	ERR_clear_error();
	SSL_CTX_free(context);
	return NULL;
}

/* A context with one more reference, for the caller. */
static SSL_CTX* contextFor(const char* authority, char* message, size_t size)
{
	if (*authority)
		return newContext(authority, message, size);
	if (!systemContext)
		systemContext = newContext("", message, size);
	if (systemContext)
		SSL_CTX_up_ref(systemContext);
	return systemContext;
}

static int name(SSL* tls, const char* server)
{
	uint8_t octets[16];
	X509_VERIFY_PARAM* parameters = SSL_get0_param(tls);
	if (inet_pton(AF_INET, server, octets) == 1 || inet_pton(AF_INET6, server, octets) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(parameters, server);
	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(tls, server) == 1 && SSL_set_tlsext_host_name(tls, server) == 1;
}

void* tlsClientOpen(int fd, const TlsClientOptions* options, char* message, size_t size)
{
	SSL_CTX* context = contextFor(options->authority, message, size);
	SSL* tls;
	if (!context)
		return NULL;
	tls = SSL_new(context);
	SSL_CTX_free(context);
	if (tls && SSL_set_fd(tls, fd) == 1 && name(tls, options->name) == 1) {
		SSL_set_verify(tls, options->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
		SSL_set_connect_state(tls);
		return tls;
	}
	snprintf(message, size, "%s is not a server's name", options->name);
	ERR_clear_error();
	SSL_free(tls);
	return NULL;
}

TlsStep tlsClientStep(void* tls, char* message, size_t size)
{
	const char* reason;
	long verified;
	int result;
	ERR_clear_error();
	errno = 0;
	result = SSL_do_handshake(tls);
	if (result == 1)
		return TLS_DONE;
	switch (SSL_get_error(tls, result)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WAIT_IN;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WAIT_OUT;
	}
	verified = SSL_get_verify_result(tls);
	if (SSL_get_verify_mode(tls) == SSL_VERIFY_PEER && verified != X509_V_OK) {
		snprintf(message, size, "%s", X509_verify_cert_error_string(verified));
		ERR_clear_error();
		return TLS_DISTRUSTED;
	}
	reason = ERR_reason_error_string(ERR_peek_last_error());
	snprintf(message, size, "%s", reason ? reason : errno ? strerror(errno) : "the server ended the connection");
	ERR_clear_error();
	return TLS_FAILED;
}
#else
void* tlsClientOpen(int fd, const TlsClientOptions* options, char* message, size_t size)
{
	snprintf(message, size, TLS_CLIENT_NONE);
	return NULL;
}

TlsStep tlsClientStep(void* tls, char* message, size_t size)
{
	snprintf(message, size, TLS_CLIENT_NONE);
	return TLS_FAILED;
}
#endif
