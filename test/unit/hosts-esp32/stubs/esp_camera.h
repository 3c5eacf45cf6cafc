/* What hosts/esp32/sensor uses of Espressif's esp32-camera. */
#pragma once
#include <stddef.h>
#include <stdint.h>
typedef struct { uint8_t* buf; size_t len, width, height; } camera_fb_t;
extern camera_fb_t* esp_camera_fb_get(void);
extern void esp_camera_fb_return(camera_fb_t*);
