/* PEM files to an SSL_CTX of OpenSSL: TLS 1.2 and newer, the library's own choice of ciphers, no client certificates. */
#ifdef PORTHOLE_TLS
#include "tls-identity.h"
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The largest certificate or key file, in octets. */
#define FILE_MAX (1 << 20)

static const unsigned char protocols[] = "\x08http/1.1";

/* RFC 7301: only HTTP/1.1 is accepted; a client that offers only other protocols gets an alert. */
static int choose(SSL* tls, const unsigned char** out, unsigned char* length, const unsigned char* in, unsigned int size, void* data)
{
	unsigned char* chosen;
	if (SSL_select_next_proto(&chosen, length, protocols, sizeof(protocols) - 1, in, size) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* Nobody can type a passphrase. */
static int passphrase(char* buffer, int size, int writing, void* data)
{
	return -1;
}

static SSL_CTX* newContext(void)
{
	SSL_CTX* context = SSL_CTX_new(TLS_server_method());
	if (!context)
		return NULL;
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* A retried write may come from another address; an idle connection needs no buffers. */
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_default_passwd_cb(context, passphrase);
	SSL_CTX_set_alpn_select_cb(context, choose, NULL);
	return context;
}

static int usable(const char* path, const struct stat* status, char* message, size_t size)
{
	int error = access(path, R_OK) < 0 ? errno : 0;
	if (error)
		snprintf(message, size, "%s can't be read (%s): give the path of a PEM file that this program may read", path, strerror(error));
	else if (!S_ISREG(status->st_mode) || status->st_size > FILE_MAX)
		snprintf(message, size, "%s is not a PEM file: give the path of one", path);
	else
		return 1;
	return 0;
}

static void look(const TlsIdentity* identity, struct stat* status)
{
	memset(status, 0, 2 * sizeof(*status));
	stat(identity->certificate, &status[0]);
	stat(identity->key, &status[1]);
}

/* True when OpenSSL found a key, but one of another certificate. */
static int isMismatch(void)
{
	return ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
}

int tlsIdentityLoad(TlsIdentity* identity, char* message, size_t size)
{
	const char *certificate = identity->certificate, *key = identity->key;
	SSL_CTX* context;
	/* Checked before they are read: if they are written in between, the next check sees a change. */
	look(identity, identity->seen);
	if (!usable(certificate, &identity->seen[0], message, size) || !usable(key, &identity->seen[1], message, size))
		return 0;
	context = newContext();
	if (!context)
		snprintf(message, size, "OpenSSL cannot create a context");
	else if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
		snprintf(message, size, "%s has no certificate in PEM format", certificate);
	else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 && !isMismatch())
		snprintf(message, size, "%s has no private key in PEM format that can be read without a passphrase", key);
	else if (SSL_CTX_check_private_key(context) != 1)
		snprintf(message, size, "the key in %s does not match the first certificate in %s: use a pair that was issued together", key, certificate);
	else {
		SSL_CTX_free(identity->context);
		identity->context = context;
		return 1;
	}
	ERR_clear_error();
	SSL_CTX_free(context);
	return 0;
}

static int differ(const struct stat* a, const struct stat* b)
{
	return a->st_dev != b->st_dev || a->st_ino != b->st_ino || a->st_size != b->st_size
		|| a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

int tlsIdentityChanged(const TlsIdentity* identity)
{
	struct stat now[2];
	look(identity, now);
	return differ(&now[0], &identity->seen[0]) || differ(&now[1], &identity->seen[1]);
}
#endif
