/* `porthole:jpeg-scaler`: makes small copies of pictures in a thread (worker.c). Its JavaScript side is turbo-thumbnailer.ts. */
#include "device-class.h"

#include "jpeg-scaler.h"
#include "worker.h"

typedef struct {
	Record record;
	JpegScaler* scaler;
} Scaler;

typedef struct {
	Job job;
	xsMachine* the;
	/* The scaler, and the listener for the end. */
	xsSlot self, listener;
	const JpegScaler* scaler;
	unsigned width;
	size_t made;
	unsigned char* out;
	size_t length;
	unsigned char picture[];
} ScaleJob;

static void destroy(void* data)
{
	Scaler* scaler = data;
	if (!scaler)
		return;
	jpeg_scaler_close(scaler->scaler);
	free(scaler);
}

static const xsHostHooks hooks = { destroy, NULL, NULL };

/* new JpegScaler({ library? }): throws Error when libjpeg-turbo is missing. `library`, its file, is for tests. It lives as long as the program. */
static void construct(xsMachine* the)
{
	char library[256];
	int isNamed = optionText(the, "library", library, sizeof(library));
	JpegScaler* opened = jpeg_scaler_open(isNamed ? library : NULL);
	if (!opened)
		throwErrno(the, ENOENT);
	((Scaler*)recordCreate(the, sizeof(Scaler)))->scaler = opened;
}

static void work(Job* at)
{
	ScaleJob* job = (ScaleJob*)at;
	job->made = jpeg_scaler_scale(job->scaler, job->picture, job->length, job->width, &job->out);
}

static void done(Job* at)
{
	ScaleJob* job = (ScaleJob*)at;
	xsBeginHost(job->the);
	xsVars(1);
	if (job->made)
		xsVar(0) = xsArrayBuffer(job->out, (xsIntegerValue)job->made);
	(void)xsCall1(job->listener, xsID("scaled"), xsVar(0));
	xsEndHost(job->the);
	fxForget(job->the, &job->self);
	fxForget(job->the, &job->listener);
	free(job->out);
	free(job);
}

/* scale(bytes, start, end, width, listener): copies the picture, and calls `listener.scaled(jpeg)` later, with `undefined` when it failed. */
static void scale(xsMachine* the)
{
	Scaler* scaler = recordThis(the, &hooks);
	int width = xsToInteger(xsArg(3)), error;
	uint32_t length;
	uint8_t* picture = rangeOf(the, 0, &length);
	ScaleJob* job = width > 0 ? calloc(1, sizeof(ScaleJob) + length) : NULL;
	if (!job)
		throwErrno(the, width > 0 ? ENOMEM : EINVAL);
	memcpy(job->picture, picture, length);
	job->length = length;
	job->width = (unsigned)width;
	job->scaler = scaler->scaler;
	job->the = the;
	job->job.work = work;
	job->job.done = done;
	job->self = xsThis;
	job->listener = xsArg(4);
	fxRemember(the, &job->self);
	fxRemember(the, &job->listener);
	error = jobStart(&job->job);
	if (error) {
		fxForget(the, &job->self);
		fxForget(the, &job->listener);
		free(job);
		throwErrno(the, error);
	}
}

void buildJpegScaler(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = { { "scale", scale, 5, 0 }, { NULL, NULL, 0, 0 } };
	buildClass(the, result, construct, &hooks, methods);
}
