#!/bin/bash
# ipv6-lab.sh - a home with IPv6 behind carrier-grade NAT, in network namespaces (IMG-32).
#
#   LAN 192.168.0.0/24, 2a0a:2:0:1::/64            "Internet" 10.20.0.0/24, 2a0a:1::/64
#   cam1 .11 --+
#   cam2 .12 --+-- .1 rtr .1 ---- wan .10
#   home .200--+   (miniupnpd)
#
# The router's IPv4 address is private, so that no mapping leads to a camera; its firewall lets no IPv6 connection in but through pinholes.
# Hosts have the same last part in both families; their router is fe80::1.
#
# ipv6-lab.sh up [pcp] [upnp]      what miniupnpd offers for pinholes
#
# Everything else is done by lab.sh: LAB=... lab.sh exec NS CMD..., lab.sh down
set -euo pipefail
# shellcheck source=lab.sh
source "$(dirname "$0")/lab.sh"

# gives host $1 an IPv6 address $3 at interface $2
six() {
	inns "$1" sh -c "cd /proc/sys/net/ipv6/conf; echo 0 >all/disable_ipv6; echo 0 >$2/disable_ipv6; echo 0 >$2/accept_dad"
	ipn "$1" -6 addr add "$3/64" dev "$2" nodad
}

[ "${1:-}" = up ] || { sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 2; }
shift
pcp=no upnp=no
for a in "$@"; do
	case $a in
	pcp) pcp=yes ;;
	upnp) upnp=yes ;;
	*) die "up: unknown word: $a" ;;
	esac
done
[ "$(id -u)" = 0 ] || die "needs root"
down
rm -rf "$STATE"; mkdir -p "$STATE"
NET=10.20.0
host wan
bridge wan net
ipn wan addr add $NET.10/24 dev net
router rtr 1 192.168.0
six wan net 2a0a:1::10
six rtr wan0 2a0a:1::1
six rtr lan 2a0a:2:0:1::1
ipn rtr -6 addr add fe80::1/64 dev lan nodad
inns rtr sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
ipn wan -6 route add 2a0a:2::/32 via 2a0a:1::1
for place in cam1:11 cam2:12 home:200; do
	plug "${place%:*}" rtr "192.168.0.${place#*:}"
	six "${place%:*}" eth0 "2a0a:2:0:1::${place#*:}"
	ipn "${place%:*}" -6 route add default via fe80::1 dev eth0
done
ruleset port | sed 's/iifname "wan0" meta l4proto icmp accept/meta l4proto { icmp, icmpv6 } accept/' | inns rtr nft -f -
# miniupnpd has PCP for IPv6 whatever its configuration says
[ $pcp = yes ] || inns rtr nft insert rule inet igd input udp dport 5351 drop
cat >"$STATE/miniupnpd.conf" <<-CONF
ext_ifname=wan0
ext_ifname6=wan0
listening_ip=lan
http_port=5000
ipv6_disable=no
enable_upnp=$upnp
enable_natpmp=$pcp
secure_mode=yes
force_igd_desc_v1=no
upnp_table_name=igd
upnp_nat_table_name=igd
notify_interval=60
min_lifetime=2
max_lifetime=86400
clean_ruleset_interval=0
system_uptime=no
uuid=5f0ab7c2-1111-4222-8333-000000000006
CONF
echo "ipv6 pcp=$pcp upnp=$upnp" >"$STATE/mode"
if [ $upnp = yes ]; then
	igd_start
else
	inns rtr "$MINIUPNPD" -f "$STATE/miniupnpd.conf" -P "$STATE/igd.pid" </dev/null >>"$STATE/miniupnpd.log" 2>&1
fi
echo "up: $(cat "$STATE/mode")"
