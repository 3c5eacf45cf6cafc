/* `porthole:pwm`: the signal of a servo. Its JavaScript side is servo-drive.ts (PulseChannel). */
#include "device-class.h"

#include "pwm-channel.h"

typedef struct {
	Record record;
	PwmChannel channel;
} Pwm;

static void destroy(void* data)
{
	Pwm* pwm = data;
	if (pwm) {
		pwm_channel_close(&pwm->channel);
		free(pwm);
	}
}

static const xsHostHooks hooks = { destroy, NULL, NULL };

/* new Pwm({ chip, channel, period (nanoseconds), folder? }): throws Error with a message for users. `folder` is for tests. */
static void construct(xsMachine* the)
{
	char folder[128] = "/sys/class/pwm";
	PwmChannelOptions options;
	DeviceError error;
	Pwm* pwm;
	optionText(the, "folder", folder, sizeof(folder));
	options.folder = folder;
	options.chip = (unsigned)optionInteger(the, "chip", 0);
	options.channel = (unsigned)optionInteger(the, "channel", 0);
	options.period = (uint32_t)optionInteger(the, "period", 20000000);
	pwm = recordCreate(the, sizeof(Pwm));
	pwm->channel.descriptor = -1;
	if (pwm_channel_open(&pwm->channel, &options, &error) < 0) {
		recordRelease(pwm);
		throwDeviceError(the, &error);
	}
}

/* pulse(nanoseconds): throws Error with a message for users. */
static void pulse(xsMachine* the)
{
	Pwm* pwm = recordThis(the, &hooks);
	int nanoseconds = xsToInteger(xsArg(0));
	DeviceError error;
	if (nanoseconds < 0)
		xsRangeError("no pulse");
	if (pwm_channel_pulse(&pwm->channel, (uint32_t)nanoseconds, &error) < 0)
		throwDeviceError(the, &error);
}

static void closeNow(xsMachine* the)
{
	Pwm* pwm = recordThis(the, &hooks);
	pwm_channel_close(&pwm->channel);
	recordRelease(pwm);
}

void buildPwm(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "pulse", pulse, 1, 0 },
		{ "close", closeNow, 0, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
