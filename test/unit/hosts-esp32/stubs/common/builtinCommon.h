/* The folder of the SDK's modules/io/common, to which hosts/esp32/sensor/driver.c refers. */
#pragma once
