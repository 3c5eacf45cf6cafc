/* The state of the wireless interface from esp_netif, and the serial console, for interface-info.ts and serial-line.ts. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "esp_mac.h"
#include "esp_netif.h"
#include <stdio.h>

static int prefixOf(uint32_t mask)
{
	int bits = 0;
	for (; mask; mask &= mask - 1)
		bits++;
	return bits;
}

/* Returns "address prefix gateway mac"; undefined while the station has no address. */
void xs_porthole_station_info(xsMachine* the)
{
	esp_netif_t* station = esp_netif_get_handle_from_ifkey("WIFI_STA_DEF");
	esp_netif_ip_info_t info;
	uint8_t mac[6];
	char text[80];
	if (!station || !esp_netif_is_netif_up(station) || esp_netif_get_ip_info(station, &info) != ESP_OK || !info.ip.addr)
		return;
	if (esp_netif_get_mac(station, mac) != ESP_OK)
		return;
	snprintf(text, sizeof(text), IPSTR " %d " IPSTR " %02x:%02x:%02x:%02x:%02x:%02x", IP2STR(&info.ip), prefixOf(info.netmask.addr),
		IP2STR(&info.gw), mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	xsmcSetString(xsResult, text);
}

/* Returns the last four hexadecimal digits of the board's hardware address; available before Wi-Fi starts. */
void xs_porthole_mac_tail(xsMachine* the)
{
	uint8_t mac[6] = { 0 };
	char text[8];
	esp_read_mac(mac, ESP_MAC_WIFI_STA);
	snprintf(text, sizeof(text), "%02X%02X", mac[4], mac[5]);
	xsmcSetString(xsResult, text);
}

/* Writes to the console of ESP-IDF; `trace` is silent in release builds. */
void xs_porthole_serial_line(xsMachine* the)
{
	fputs(xsmcToString(xsArg(0)), stdout);
	fflush(stdout);
}
