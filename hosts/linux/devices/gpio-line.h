/*
 * One input line of a GPIO chip: a manual switch.
 *
 * The kernel debounces the line and wakes us at each change; nothing is polled.
 * @see linux/gpio.h (version 2 of the character device, Linux 5.10), IMG-7
 */
#ifndef GPIO_LINE_H
#define GPIO_LINE_H

#include <stdint.h>

#include "device-error.h"

typedef enum { GPIO_BIAS_AS_IS, GPIO_BIAS_PULL_UP, GPIO_BIAS_PULL_DOWN, GPIO_BIAS_NONE } GpioBias;

/* How a line is opened. Texts are read during the call only. */
typedef struct {
	const char *chip; /* path: `/dev/gpiochip0` */
	const char *line; /* number on the chip, or the line's name */
	GpioBias bias;
	int active_low;     /* on when the voltage is low */
	uint32_t debounce;  /* microseconds that a new value has to last; 0: no debouncing */
} GpioLineOptions;

typedef struct {
	int descriptor; /* readable after changes; -1: closed */
	int value;      /* 1: on */
} GpioLine;

/* Opens a line and reads its value. Returns 0, or -1 with `error`. */
int gpio_line_open(GpioLine *line, const GpioLineOptions *options, DeviceError *error);

/* Reads the pending events. Returns 1 when the value has changed, 0 when not, -1 with `error`: the chip is gone. */
int gpio_line_update(GpioLine *line, DeviceError *error);

/* Harmless when repeated. */
void gpio_line_close(GpioLine *line);

#endif
