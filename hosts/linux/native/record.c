/* Records of native objects, calls back into JavaScript, and memory that both sides share. */
#include "xsAll.h"
#include "host.h"

extern xsIntegerValue _xsmcGetBuffer(xsMachine*, xsSlot*, void**, xsUnsignedValue*, xsBooleanValue);

void* recordCreate(xsMachine* the, size_t size)
{
	xsSlot prototype = xsGet(xsTarget, xsID("prototype"));
	return recordCreateOf(the, &prototype, size, &xsResult);
}

void* recordCreateOf(xsMachine* the, xsSlot* prototype, size_t size, xsSlot* slot)
{
	Record* record;
	*slot = xsNewHostInstance(*prototype);
	record = calloc(1, size);
	if (!record)
		xsUnknownError("ENOMEM: no memory");
	record->the = the;
	fxSetHostData(the, slot, record);
	record->self = *slot;
	record->kept = 1;
	fxRemember(the, &record->self);
	return record;
}

void* recordOf(xsMachine* the, xsSlot* slot, const xsHostHooks* hooks)
{
	void* record = NULL;
	if (fxGetHostHooks(the, slot) == hooks)
		record = fxGetHostData(the, slot);
	if (!record)
		xsTypeError("this object is of another class");
	return record;
}

void* recordThis(xsMachine* the, const xsHostHooks* hooks)
{
	return recordOf(the, &xsThis, hooks);
}

void recordRelease(void* data)
{
	Record* record = data;
	if (!record->kept)
		return;
	record->kept = 0;
	fxForget(record->the, &record->self);
}

void callback0(void* data, xsSlot* function)
{
	Record* record = data;
	if (function->kind != XS_REFERENCE_KIND)
		return;
	xsBeginHost(record->the);
	xsCallFunction0(*function, record->self);
	xsEndHost(record->the);
}

void callback1(void* data, xsSlot* function, int argument)
{
	Record* record = data;
	if (function->kind != XS_REFERENCE_KIND)
		return;
	xsBeginHost(record->the);
	xsCallFunction1(*function, record->self, xsInteger(argument));
	xsEndHost(record->the);
}

void callbackText(void* data, xsSlot* function, const char* text)
{
	Record* record = data;
	if (function->kind != XS_REFERENCE_KIND)
		return;
	xsBeginHost(record->the);
	xsCallFunction1(*function, record->self, xsString(text));
	xsEndHost(record->the);
}

static int option(xsMachine* the, const char* name, xsSlot* value)
{
	if (xsToInteger(xsArgc) < 1 || xsTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("options are missing");
	*value = xsGet(xsArg(0), xsID(name));
	return xsTypeOf(*value) != xsUndefinedType;
}

void optionTarget(xsMachine* the)
{
	xsSlot value;
	if (option(the, "target", &value))
		xsDefine(xsResult, xsID("target"), value, xsDefault);
}

xsSlot optionFunction(xsMachine* the, const char* name)
{
	xsSlot value;
	if (option(the, name, &value) && !xsIsCallable(value))
		xsTypeError("a callback is not a function");
	return value;
}

int optionInteger(xsMachine* the, const char* name, int standard)
{
	xsSlot value;
	return option(the, name, &value) ? xsToInteger(value) : standard;
}

int optionText(xsMachine* the, const char* name, char* buffer, size_t size)
{
	xsSlot value;
	const char* text;
	if (!option(the, name, &value))
		return 0;
	text = xsToString(value);
	if (strlen(text) >= size)
		xsRangeError("an option is too long");
	strcpy(buffer, text);
	return 1;
}

uint8_t* bufferOf(xsMachine* the, xsSlot* slot, uint32_t* length)
{
	void* data;
	_xsmcGetBuffer(the, slot, &data, length, 0);
	return data;
}

const uint32_t* wordsOf(xsMachine* the, xsSlot* slot, uint32_t* count)
{
	txSlot* array = slot->kind == XS_REFERENCE_KIND ? slot->value.reference->next : NULL;
	txSlot* view;
	uint32_t length, offset, size;
	uint8_t* data;
	if (!array || array->kind != XS_TYPED_ARRAY_KIND || array->value.typedArray.dispatch->size != sizeof(uint32_t))
		xsTypeError("not a Uint32Array");
	view = array->next;
	data = bufferOf(the, view->next, &length);
	offset = (uint32_t)view->value.dataView.offset;
	size = view->value.dataView.size < 0 ? length - offset : (uint32_t)view->value.dataView.size;
	if (offset > length || size > length - offset)
		xsRangeError("an array is longer than its buffer");
	*count = size / sizeof(uint32_t);
	return (const uint32_t*)(data + offset);
}

uint8_t* rangeOf(xsMachine* the, int index, uint32_t* length)
{
	uint32_t size;
	uint8_t* data = bufferOf(the, &xsArg(index), &size);
	xsIntegerValue start = xsToInteger(xsArg(index + 1));
	xsIntegerValue end = xsToInteger(xsArg(index + 2));
	if (start < 0 || end < start || (uint32_t)end > size)
		xsRangeError("a range is not inside its buffer");
	*length = (uint32_t)(end - start);
	return data + start;
}

void hostBuffer(xsMachine* the, xsSlot* slot, void* data, uint32_t size)
{
	*slot = xsNewHostObject(NULL);
	fxSetHostBuffer(the, slot, data, size);
}

void retarget(xsMachine* the, xsSlot* slot, uint32_t offset, uint32_t length)
{
	txSlot* view = slot->value.reference->next->next;
	view->value.dataView.offset = offset;
	view->value.dataView.size = length;
}

void throwErrno(xsMachine* the, int error)
{
	char message[160];
	snprintf(message, sizeof(message), "%s: %s", errnoName(error), strerror(error));
	xsUnknownError("%s", message);
	abort();
}

#define NAME(E) case E: return #E
const char* errnoName(int error)
{
	switch (error) {
	NAME(EACCES); NAME(EADDRINUSE); NAME(EADDRNOTAVAIL); NAME(EAFNOSUPPORT); NAME(EAGAIN); NAME(EBADF); NAME(EBUSY);
	NAME(ECONNABORTED); NAME(ECONNREFUSED); NAME(ECONNRESET); NAME(EEXIST); NAME(EHOSTDOWN); NAME(EHOSTUNREACH);
	NAME(EINVAL); NAME(EIO); NAME(EISDIR); NAME(EMFILE); NAME(EMSGSIZE); NAME(ENETDOWN); NAME(ENETUNREACH);
	NAME(ENFILE); NAME(ENOBUFS); NAME(EDQUOT); NAME(ELOOP); NAME(ENAMETOOLONG); NAME(ENOTEMPTY); NAME(EXDEV); NAME(ENXIO); NAME(ETXTBSY);
	NAME(ENODEV); NAME(ENOENT); NAME(ENOMEM); NAME(ENOSPC); NAME(ENOTCONN); NAME(ENOTDIR);
	NAME(EPERM); NAME(EPIPE); NAME(EPROTO); NAME(EROFS); NAME(ETIMEDOUT); NAME(ENOPROTOOPT); NAME(EFBIG);
	default: return "EUNKNOWN";
	}
}
