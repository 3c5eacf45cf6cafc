/* `porthole:process`: arguments, environment, signals, random numbers, the standard error stream, memory counts. */
#include "xsAll.h"
#include "host.h"
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

typedef struct {
	Record record;
	Watch watch;
	xsSlot function;
} Signals;

static void destroy(void* data)
{
	free(data);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Signals* signals = data;
	if (signals)
		(*markRoot)(the, &signals->function);
}

static const xsHostHooks hooks = { destroy, mark, NULL };
static xsSlot prototype;

static void signaled(Watch* watch, uint32_t events)
{
	Signals* signals = (Signals*)((char*)watch - offsetof(Signals, watch));
	struct signalfd_siginfo info;
	if (read(watch->fd, &info, sizeof(info)) == sizeof(info))
		callback1(signals, &signals->function, (int)info.ssi_signo);
}

/* onSignal(callback): from now on SIGINT (2) and SIGTERM (15) call this and no longer end the program. */
static void onSignal(xsMachine* the)
{
	Signals* signals;
	sigset_t set;
	if (!xsIsCallable(xsArg(0)))
		xsTypeError("a callback is not a function");
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	signals = recordCreateOf(the, &prototype, sizeof(Signals), &xsResult);
	signals->function = xsArg(0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	watchStart(&signals->watch, signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), EPOLLIN, signaled);
}

/* exit(code): ends the program when JavaScript has returned. */
static void exitProgram(xsMachine* the)
{
	exitLoop(xsToInteger(xsArg(0)));
}

/* arguments: those of the command line, without the program's name. */
static void arguments(xsMachine* the)
{
	int i;
	xsResult = xsNewArray(0);
	for (i = 0; i < programArgc; i++)
		xsSetIndex(xsResult, (xsIndex)i, xsString(programArgv[i]));
}

/* environment(name): the value of a variable, or undefined. */
static void environment(xsMachine* the)
{
	const char* value = getenv(xsToString(xsArg(0)));
	if (value)
		xsResult = xsString(value);
}

/* environmentNames(): the names of all variables. */
static void environmentNames(xsMachine* the)
{
	xsIndex count = 0;
	char** entry;
	xsResult = xsNewArray(0);
	for (entry = environ; *entry; entry++) {
		const char* end = strchr(*entry, '=');
		if (end)
			xsSetIndex(xsResult, count++, xsStringBuffer(*entry, (xsIntegerValue)(end - *entry)));
	}
}

/* random(bytes): fills the whole array with unpredictable octets. */
static void randomFill(xsMachine* the)
{
	uint32_t length, at = 0;
	uint8_t* data = bufferOf(the, &xsArg(0), &length);
	while (at < length) {
		ssize_t got = getrandom(data + at, length - at, 0);
		if (got < 0 && errno != EINTR)
			throwErrno(the, errno);
		if (got > 0)
			at += (uint32_t)got;
	}
}

/* hostName: the name of this machine; empty when it has none. */
static void hostName(xsMachine* the)
{
	char name[256] = "";
	if (gethostname(name, sizeof(name) - 1) != 0)
		name[0] = 0;
	name[sizeof(name) - 1] = 0;
	xsResult = xsString(name);
}

/* isTerminal: whether the standard output is a terminal, and not a file or a log. */
static void isTerminal(xsMachine* the)
{
	xsResult = isatty(1) ? xsTrue : xsFalse;
}

/* errorReader: what reads the standard error, by systemd.exec(5), $JOURNAL_STREAM. */
static void errorReader(xsMachine* the)
{
	const char* journal = getenv("JOURNAL_STREAM");
	struct stat status;
	char own[48];
	const char* reader = isatty(2) ? "terminal" : "other";
	if (journal != NULL && fstat(2, &status) == 0) {
		snprintf(own, sizeof(own), "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
		if (strcmp(own, journal) == 0)
			reader = "journal";
	}
	xsResult = xsString((char*)reader);
}

/* A pipe that can be written to takes this much at once. */
#define PIECE PIPE_BUF

/*
 * Writes to a standard stream without blocking for longer than wait milliseconds in all. The stream is shared with other
 * programs, so it must not be made non-blocking. Returns what is left.
 */
static const char* writePatiently(int fd, const char* text, int wait)
{
	size_t length = strlen(text);
	int64_t end = nowMillis() + wait;
	while (length > 0) {
		struct pollfd ready = { .fd = fd, .events = POLLOUT };
		size_t piece = length < PIECE ? length : PIECE;
		int64_t left = end - nowMillis();
		ssize_t written;
		if (poll(&ready, 1, left > 0 ? (int)left : 0) <= 0)
			break;
		written = send(fd, text, piece, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (written < 0 && errno == ENOTSOCK)
			written = write(fd, text, piece);
		if (written <= 0)
			break;
		text += written;
		length -= (size_t)written;
	}
	return text;
}

/* error(text): a line for the log. It is lost when nothing reads the stream: a log must not stop a camera. */
static void errorText(xsMachine* the)
{
	static unsigned lost = 0;
	/* The rest of a line of which only a part could be written. */
	static int torn = 0;
	const char* text = xsToString(xsArg(0));
	const char* rest;
	if (lost > 0) {
		char note[80];
		snprintf(note, sizeof(note), "%s%u log lines were lost: nothing read them\n", torn ? "\n" : "", lost);
		rest = writePatiently(2, note, 0);
		if (*rest) {
			torn = torn || rest != note;
			lost++;
			return;
		}
		lost = 0;
		torn = 0;
	}
	rest = writePatiently(2, text, 0);
	if (*rest) {
		lost = 1;
		torn = rest != text;
	}
}

/* print(text): for a person, so a slow reader gets a second. Returns whether all was taken. */
static void printText(xsMachine* the)
{
	xsResult = *writePatiently(1, xsToString(xsArg(0)), 1000) == 0 ? xsTrue : xsFalse;
}

/* collect(): collects garbage now, and returns free memory of the C library to the system. */
static void collect(xsMachine* the)
{
	xsCollectGarbage();
	malloc_trim(0);
}

/* slots: how many slots are in use, counting what was allocated since the last collection. */
static void slots(xsMachine* the)
{
	xsResult = xsInteger(the->currentHeapCount);
}

/* chunks: octets of chunks in use, counting what was allocated since the last collection. */
static void chunks(xsMachine* the)
{
	xsResult = xsInteger(the->currentChunksSize);
}

/* descriptors: how many files and sockets this process may have open. */
static void descriptors(xsMachine* the)
{
	struct rlimit limit;
	xsResult = xsInteger(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1000000 ? (int)limit.rlim_cur : 1000000);
}

/* names: how many property names there are; XS never frees one. */
static void names(xsMachine* the)
{
	xsResult = xsInteger(the->keyIndex);
}

static void pid(xsMachine* the)
{
	xsResult = xsInteger(getpid());
}

void buildProcess(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "arguments", arguments, 0, 1 },
		{ "chunks", chunks, 0, 1 },
		{ "collect", collect, 0, 0 },
		{ "descriptors", descriptors, 0, 1 },
		{ "environment", environment, 1, 0 },
		{ "environmentNames", environmentNames, 0, 0 },
		{ "error", errorText, 1, 0 },
		{ "errorReader", errorReader, 0, 1 },
		{ "exit", exitProgram, 1, 0 },
		{ "hostName", hostName, 0, 1 },
		{ "isTerminal", isTerminal, 0, 1 },
		{ "names", names, 0, 1 },
		{ "onSignal", onSignal, 1, 0 },
		{ "pid", pid, 0, 1 },
		{ "print", printText, 1, 0 },
		{ "random", randomFill, 1, 0 },
		{ "slots", slots, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	prototype = xsNewHostObject(NULL);
	xsSetHostHooks(prototype, &hooks);
	xsRemember(prototype);
	buildObject(the, result, functions);
	signal(SIGPIPE, SIG_IGN);
}
