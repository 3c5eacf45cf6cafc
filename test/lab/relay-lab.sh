#!/bin/bash
# relay-lab.sh - a relay between an access network and the IP network, in network namespaces (docs/relay.md).
#
#   access network 10.9.0.0/24                                IP network 198.20.0.0/24
#   v1 .11 --+                                             +-- origin  .10   (a camera or NAS of Porthole)
#   v2 .12 --+-- access --- acc0 .1  relay  ip0 .1 -- net -+-- other   .20   (a camera of another maker)
#   v3 .13 --+                                             +-- relay2  .2    (another relay, for chains)
#
# access and net are the switches. A viewer's way out is the relay machine; origins know that the access network is behind it. The relay
# machine forwards nothing unless it is told to, so that viewers reach origins by the relay alone.
#
# relay-lab.sh up [forward]     forward: the relay machine is a router too, for the transparent mode
#
# Everything else is done by lab.sh: LAB=... lab.sh exec NS CMD..., lab.sh down
set -euo pipefail
# shellcheck source=lab.sh
source "$(dirname "$0")/lab.sh"

[ "${1:-}" = up ] || { sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2; }
[ "$(id -u)" = 0 ] || die "needs root"
down
rm -rf "$STATE"; mkdir -p "$STATE"

# plugs host $1 by its interface $2 into the switch $3, as address $4
attach() {
	cable "$1" "$2" "$3" "$1"
	ipn "$3" link set "$1" master lan
	ipn "$1" addr add "$4/24" brd + dev "$2"
}

host access
bridge access lan
host net
bridge net lan

host relay
attach relay acc0 access 10.9.0.1
attach relay ip0 net 198.20.0.1
[ "${2:-}" != forward ] || inns relay sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'

for n in 1 2 3; do
	host "v$n"
	attach "v$n" eth0 access "10.9.0.1$n"
	ipn "v$n" route add default via 10.9.0.1
done

for place in origin:10 other:20 relay2:2; do
	host "${place%:*}"
	attach "${place%:*}" eth0 net "198.20.0.${place#*:}"
	ipn "${place%:*}" route add 10.9.0.0/24 via 198.20.0.1
done
