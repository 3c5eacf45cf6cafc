/* The certificate and the key of a server, from PEM files, read again when those have changed. */
#ifndef PORTHOLE_TLS_IDENTITY_H
#define PORTHOLE_TLS_IDENTITY_H
#include <limits.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <sys/stat.h>

typedef struct {
	char certificate[PATH_MAX];
	char key[PATH_MAX];
	/* The state of the files when they were read last. */
	struct stat seen[2];
	/* The settings of all new connections; NULL until the first load. */
	SSL_CTX* context;
} TlsIdentity;

/* Reads both files. 1: done; 0: they can't be used, for the reason in the message; the previous ones stay in use. */
int tlsIdentityLoad(TlsIdentity* identity, char* message, size_t size);
/* True when a file differs from the one that was read last. */
int tlsIdentityChanged(const TlsIdentity* identity);
#endif
