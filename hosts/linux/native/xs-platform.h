/* Adapts XS to a Linux board, with the C library only. Included by the XS sources (XSPLATFORM). */
#ifndef PORTHOLE_XS_PLATFORM_H
#define PORTHOLE_XS_PLATFORM_H

#undef mxLittleEndian
#define mxLittleEndian 1
#undef mxLinux
#define mxLinux 1
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultSharedChunks 1
#ifdef PORTHOLE_PARSER
	#define mxUseDefaultParseScript 1
#endif

/* Identifiers have 16 bits everywhere, so that bytecode compiled on one machine runs on any little-endian one. */

#define mxMachinePlatform \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink; \
	int promiseJobs;

#endif
