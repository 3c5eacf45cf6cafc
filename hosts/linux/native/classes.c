/* The list of native modules, and how a class is built. A new class is a file class-NAME.c and one line here. */
#include "host.h"

extern void buildAgreement(xsMachine*, xsSlot*);
extern void buildCamera(xsMachine*, xsSlot*);
extern void buildDeviceWatch(xsMachine*, xsSlot*);
extern void buildDisk(xsMachine*, xsSlot*);
extern void buildFanOut(xsMachine*, xsSlot*);
extern void buildFiles(xsMachine*, xsSlot*);
extern void buildGpio(xsMachine*, xsSlot*);
extern void buildInterfaces(xsMachine*, xsSlot*);
extern void buildJpegScaler(xsMachine*, xsSlot*);
extern void buildListener(xsMachine*, xsSlot*);
extern void buildPacketCipher(xsMachine*, xsSlot*);
extern void buildProcess(xsMachine*, xsSlot*);
extern void buildPwm(xsMachine*, xsSlot*);
extern void buildService(xsMachine*, xsSlot*);
extern void buildStore(xsMachine*, xsSlot*);
extern void buildTcp(xsMachine*, xsSlot*);
extern void buildTime(xsMachine*, xsSlot*);
extern void buildTimer(xsMachine*, xsSlot*);
extern void buildUdp(xsMachine*, xsSlot*);

const NativeModule nativeModules[] = {
	{ "embedded:io/socket/tcp", buildTcp },
	{ "embedded:io/socket/listener", buildListener },
	{ "embedded:io/socket/udp", buildUdp },
	{ "embedded:storage/key-value", buildStore },
	{ "porthole:agreement", buildAgreement },
	{ "porthole:camera", buildCamera },
	{ "porthole:device-watch", buildDeviceWatch },
	{ "porthole:disk", buildDisk },
	{ "porthole:fan-out", buildFanOut },
	{ "porthole:files", buildFiles },
	{ "porthole:gpio", buildGpio },
	{ "porthole:interfaces", buildInterfaces },
	{ "porthole:jpeg-scaler", buildJpegScaler },
	{ "porthole:packet-cipher", buildPacketCipher },
	{ "porthole:process", buildProcess },
	{ "porthole:pwm", buildPwm },
	{ "porthole:service", buildService },
	{ "time", buildTime },
	{ "timer", buildTimer },
	{ NULL, NULL },
};

static void addMethods(xsMachine* the, xsSlot* target, const NativeMethod* methods)
{
	for (; methods->name; methods++) {
		xsSlot function = xsNewHostFunction(methods->function, methods->length);
		xsVar(2) = function;
		if (methods->isGetter)
			xsDefine(*target, xsID(methods->name), xsVar(2), xsIsGetter | xsDontEnum);
		else
			xsDefine(*target, xsID(methods->name), xsVar(2), xsDontEnum);
	}
}

void buildClass(xsMachine* the, xsSlot* result, xsCallback constructor, const xsHostHooks* hooks, const NativeMethod* methods)
{
	xsVar(1) = xsNewHostObject(NULL);
	xsSetHostHooks(xsVar(1), hooks);
	addMethods(the, &xsVar(1), methods);
	*result = xsNewHostConstructor(constructor, 1, xsVar(1));
}

void buildObject(xsMachine* the, xsSlot* result, const NativeMethod* methods)
{
	xsVar(1) = xsNewObject();
	addMethods(the, &xsVar(1), methods);
	*result = xsVar(1);
}
