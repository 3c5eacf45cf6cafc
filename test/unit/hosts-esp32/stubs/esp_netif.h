/* What hosts/esp32/native uses of ESP-IDF's esp_netif. */
#pragma once
#include <stdint.h>
typedef int esp_err_t;
#define ESP_OK 0
typedef struct esp_netif_obj esp_netif_t;
typedef struct { uint32_t addr; } esp_ip4_addr_t;
typedef struct { esp_ip4_addr_t ip, netmask, gw; } esp_netif_ip_info_t;
typedef esp_err_t (*esp_netif_callback_fn)(void* ctx);
extern esp_err_t esp_netif_tcpip_exec(esp_netif_callback_fn fn, void* ctx);
extern esp_netif_t* esp_netif_get_handle_from_ifkey(const char*);
extern int esp_netif_is_netif_up(esp_netif_t*);
extern esp_err_t esp_netif_get_ip_info(esp_netif_t*, esp_netif_ip_info_t*);
extern esp_err_t esp_netif_get_mac(esp_netif_t*, uint8_t mac[]);
#define IPSTR "%d.%d.%d.%d"
#define IP2STR(ip) ((const uint8_t*)(ip))[0], ((const uint8_t*)(ip))[1], ((const uint8_t*)(ip))[2], ((const uint8_t*)(ip))[3]
