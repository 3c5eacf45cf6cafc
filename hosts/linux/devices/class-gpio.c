/* `porthole:gpio`: an input line of a GPIO chip. Its JavaScript side is gpio-switch.ts (InputLine). */
#include "device-class.h"

#include <sys/epoll.h>

#include "gpio-line.h"

/* Contacts of switches bounce for some milliseconds. */
#define DEBOUNCE_STANDARD 30000

typedef struct {
	Record record;
	Watch watch;
	GpioLine line;
	xsSlot onChanged, onError;
} Gpio;

static void release(Gpio* gpio)
{
	watchStop(&gpio->watch);
	gpio_line_close(&gpio->line);
}

static void destroy(void* data)
{
	if (data) {
		release(data);
		free(data);
	}
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Gpio* gpio = data;
	if (!gpio)
		return;
	(*markRoot)(the, &gpio->onChanged);
	(*markRoot)(the, &gpio->onError);
}

static const xsHostHooks hooks = { destroy, mark, NULL };

static void ready(Watch* watch, uint32_t events)
{
	Gpio* gpio = (Gpio*)((char*)watch - offsetof(Gpio, watch));
	DeviceError error;
	int changed = gpio_line_update(&gpio->line, &error);
	/* Without this, an error that only the descriptor reports would wake the loop forever. */
	if (changed == 0 && events & (EPOLLERR | EPOLLHUP))
		changed = device_error(&error, 0, NULL, "the switch: the chip is gone");
	if (changed < 0) {
		release(gpio);
		callbackText(gpio, &gpio->onError, error.words);
		return;
	}
	if (changed)
		callback0(gpio, &gpio->onChanged);
}

/*
 * new Gpio({ chip, line, bias? (0 as it is, 1 pull-up, 2 pull-down, 3 none), activeLow?, debounce? (microseconds),
 * onChanged(), onError(message) }): throws Error with a message for users.
 */
static void construct(xsMachine* the)
{
	char chip[64] = "", name[64] = "";
	GpioLineOptions options = { 0 };
	DeviceError error;
	Gpio* gpio;
	int bias = optionInteger(the, "bias", 0), debounce = optionInteger(the, "debounce", DEBOUNCE_STANDARD);
	xsSlot onChanged = optionFunction(the, "onChanged"), onError = optionFunction(the, "onError");
	optionText(the, "chip", chip, sizeof(chip));
	optionText(the, "line", name, sizeof(name));
	if (bias < GPIO_BIAS_AS_IS || bias > GPIO_BIAS_NONE || debounce < 0)
		xsRangeError("bias or debounce out of range");
	options.chip = chip;
	options.line = name;
	options.bias = (GpioBias)bias;
	options.active_low = optionInteger(the, "activeLow", 0);
	options.debounce = (uint32_t)debounce;
	gpio = recordCreate(the, sizeof(Gpio));
	gpio->onChanged = onChanged;
	gpio->onError = onError;
	if (gpio_line_open(&gpio->line, &options, &error) < 0) {
		recordRelease(gpio);
		throwDeviceError(the, &error);
	}
	watchStart(&gpio->watch, gpio->line.descriptor, EPOLLIN, ready);
}

static void value(xsMachine* the)
{
	Gpio* gpio = recordThis(the, &hooks);
	xsResult = xsBoolean(gpio->line.value);
}

static void closeNow(xsMachine* the)
{
	Gpio* gpio = recordThis(the, &hooks);
	release(gpio);
	recordRelease(gpio);
}

void buildGpio(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "value", value, 0, 1 },
		{ "close", closeNow, 0, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
