/* What hosts/esp32/native uses of the SDK's platform and of FreeRTOS. */
#pragma once
#include "xsmc.h"
#define c_calloc calloc
#define c_free free
typedef struct { uint32_t owner; } portMUX_TYPE;
extern void portMUX_INITIALIZE(portMUX_TYPE*);
extern void taskENTER_CRITICAL(portMUX_TYPE*);
extern void taskEXIT_CRITICAL(portMUX_TYPE*);
typedef void (*modMessageDeliver)(void* the, void* refcon, uint8_t* message, uint16_t messageLength);
extern int modMessagePostToMachine(xsMachine* the, uint8_t* message, uint16_t messageLength, modMessageDeliver callback, void* refcon);
