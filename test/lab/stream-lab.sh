#!/bin/bash
# stream-lab.sh - both figures of docs/stream-server.md in network namespaces: a stream server with two interfaces.
#
#   Internet 198.20.0.0/24                C 10.3.0.0/24
#   client .50 --+               +-- c0 .1 --------------- c0 .10 .20 --+
#                +-- net .9      |                                      server
#   (far)  tun --+      `---- wan0 .1 router                            |
#                                |                                      |
#                                fw0 10.2.0.1 -- out0 10.2.0.2 firewall lan 10.1.0.1 --- a0 10.1.0.10 .20
#                                                               `-- home 10.1.0.50
#
# inet is the Internet, client and far are hosts in it; far is reached through delayer.py (198.20.1.50) only. home is a client in
# the LAN. Router, firewall and server have no routes, rules and forwarding: "porthole routes" says what to set.
#
# stream-lab.sh up first|second|two|one
#     first, second  the server's addresses: A.10, C.10; A.10, A.20, C.20
#     two            as second, with two machines: server has A.10 alone, nas has A.20 and C.20
#     one            router and firewall are one machine with the address 198.20.0.110, and the LAN is 192.168.1.0/24:
#                    router .1, server a0 .10, home .50
#
# Everything else is done by lab.sh: LAB=... lab.sh exec NS CMD..., lab.sh down
set -euo pipefail
# shellcheck source=lab.sh
source "$(dirname "$0")/lab.sh"

[ "${1:-}" = up ] || { sed -n '2,23s/^# \{0,1\}//p' "$0"; exit 2; }
[ "$(id -u)" = 0 ] || die "needs root"
down
rm -rf "$STATE"; mkdir -p "$STATE"

host inet
bridge inet net
ipn inet addr add 198.20.0.9/24 dev net
inns inet sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'

host client
cable client eth0 inet client
ipn inet link set client master net
ipn client addr add 198.20.0.50/24 brd + dev eth0
ipn client route add default via 198.20.0.9
# A neighbour of the router knows how to reach networks behind it, if it is let in.
ipn client route add 10.0.0.0/8 via 198.20.0.1

host router
cable router wan0 inet router
ipn inet link set router master net

if [ "${2:-}" = one ]; then
	ipn router addr add 198.20.0.110/24 dev wan0
	bridge router lan
	ipn router addr add 192.168.1.1/24 dev lan
	host server
	cable server a0 router server
	ipn router link set server master lan
	ipn server addr add 192.168.1.10/24 brd + dev a0
	plug home router 192.168.1.50
	host far
	exit 0
fi
ipn router addr add 198.20.0.1/24 dev wan0

host firewall
cable router fw0 firewall out0
ipn router addr add 10.2.0.1/24 dev fw0
ipn firewall addr add 10.2.0.2/24 dev out0
bridge firewall lan
ipn firewall addr add 10.1.0.1/24 dev lan

host server
cable server a0 firewall server
ipn firewall link set server master lan
ipn server addr add 10.1.0.10/24 brd + dev a0
if [ "${2:-}" = two ]; then
	host nas
	cable nas a0 firewall nas
	ipn firewall link set nas master lan
	ipn nas addr add 10.1.0.20/24 brd + dev a0
	cable nas c0 router c0
	ipn nas addr add 10.3.0.20/24 brd + dev c0
else
	cable server c0 router c0
fi
ipn router addr add 10.3.0.1/24 dev c0
case ${2:-} in
first) ipn server addr add 10.3.0.10/24 brd + dev c0 ;;
second)
	ipn server addr add 10.1.0.20/24 brd + dev a0
	ipn server addr add 10.3.0.20/24 brd + dev c0 ;;
two) ;;
*) die "up: first, second, two or one" ;;
esac

plug home firewall 10.1.0.50
host far
