/*
 * A hobby servo on a LEDC channel, for servo-motion.ts.
 *
 * The camera driver takes LEDC timer 0 and channel 0 for the sensor's clock, and the SDK's servo and PWM classes may take the
 * same timer; so this one has a timer of its own.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "driver/ledc.h"

#define TIMER LEDC_TIMER_2
#define FIRST_CHANNEL 2
#define CHANNELS 2
#define HERTZ 50
#define PERIOD 20000 /* microseconds */

static uint8_t started;

/* servo(index, pin, microseconds): sends pulses of that length from now on. */
void xs_porthole_servo(xsMachine* the)
{
	int index = xsmcToInteger(xsArg(0)), pin = xsmcToInteger(xsArg(1)), microseconds = xsmcToInteger(xsArg(2));
	uint32_t duty;
	if (index < 0 || index >= CHANNELS || microseconds < 400 || microseconds > 2600)
		xsRangeError("out of range");
	duty = ((uint32_t)microseconds << 14) / PERIOD;
	if (!(started & (1 << index))) {
		ledc_timer_config_t timer = { 0 };
		ledc_channel_config_t channel = { 0 };
		timer.speed_mode = LEDC_LOW_SPEED_MODE;
		timer.duty_resolution = LEDC_TIMER_14_BIT;
		timer.timer_num = TIMER;
		timer.freq_hz = HERTZ;
		timer.clk_cfg = LEDC_AUTO_CLK;
		if (!started && ledc_timer_config(&timer) != ESP_OK)
			xsUnknownError("no timer for the servos");
		channel.gpio_num = pin;
		channel.speed_mode = LEDC_LOW_SPEED_MODE;
		channel.channel = FIRST_CHANNEL + index;
		channel.timer_sel = TIMER;
		channel.duty = duty;
		if (ledc_channel_config(&channel) != ESP_OK)
			xsRangeError("this pin can't drive a servo");
		started |= 1 << index;
		return;
	}
	ledc_set_duty(LEDC_LOW_SPEED_MODE, FIRST_CHANNEL + index, duty);
	ledc_update_duty(LEDC_LOW_SPEED_MODE, FIRST_CHANNEL + index);
}
