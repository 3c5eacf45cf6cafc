/* The client's side of TLS: 1.2 or newer, the server authenticated by a certificate for its name or address. */
#ifndef PORTHOLE_TLS_CLIENT_H
#define PORTHOLE_TLS_CLIENT_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
	/* A DNS name, which is sent to the server too (SNI), or an address. */
	char name[256];
	int verify;
	/* A PEM file with the only authorities to trust; empty: those of the system. */
	char authority[512];
} TlsClientOptions;

/* The message of a program that was built without TLS: NO_TLS_CLIENT in src/ports/net.ts. */
#define TLS_CLIENT_NONE "this host has no TLS client"

typedef enum { TLS_DONE, TLS_WAIT_IN, TLS_WAIT_OUT, TLS_FAILED, TLS_DISTRUSTED } TlsStep;

/* Makes the SSL object of a connected socket; NULL, with the reason in the message, when it cannot be made. */
void* tlsClientOpen(int fd, const TlsClientOptions* options, char* message, size_t size);
/* Continues the handshake, whenever the socket is ready for the step that it waits for. A failure comes with a message. */
TlsStep tlsClientStep(void* tls, char* message, size_t size);
#endif
