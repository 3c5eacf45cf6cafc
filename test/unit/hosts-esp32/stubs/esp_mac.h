#pragma once
#include <stdint.h>
typedef enum { ESP_MAC_WIFI_STA } esp_mac_type_t;
extern int esp_read_mac(uint8_t* mac, esp_mac_type_t type);
