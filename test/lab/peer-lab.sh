#!/bin/bash
# peer-lab.sh - two homes behind NATs, hosts without NAT and servers, in network namespaces (docs/peer.md).
#
#   LAN a 192.168.0.0/24                 "Internet" 198.20.0.0/24                  LAN b 192.168.1.0/24
#   a1 .11 --+                        wan .10 .11  turn .14  store .15              +-- b1 .11
#   a2 .12 --+-- .1 rtr .1 (.3) --+-- srv2 .12  srv3 .13  -- (.4) .2 rtr2 .1 -------+
#                (cgn .5)     +-- p1 .20  p2 .21 (no NAT)
#                             +-- .7 rtr3 .1 -- LAN 192.168.2.0/24, empty at first ("cafe")
#
# wan is the switch, and the server with two addresses; srv2 and srv3 are for more rendezvous servers, turn is for coturn, store for redis.
#
# peer-lab.sh up [nata=KIND] [natb=KIND] [carrier=KIND] [lanb=192.168.0] [cafe] [delay] [timeout=SECONDS] [igd]
#     KIND     port        keeps the port: endpoint-independent mapping, address-and-port-dependent filtering
#              cone        the same mapping, endpoint-independent filtering ("full cone")
#              restricted  the same mapping, address-dependent filtering
#              hairpin     cone, and hosts behind it reach each other by its public address
#              nodrop      port, but unsolicited datagrams are not dropped: the router itself answers them (ICMP)
#              pool        port, with two public addresses, chosen by the host inside ("paired", RFC 4787 REQ-2)
#              spread      port, with two public addresses, chosen by the destination ("arbitrary")
#              sym         a random port for each destination (symmetric)
#              blocked     port for TCP; no UDP passes
#     carrier  cgn is a second NAT in front of rtr, with 100.64.0.0/24 between them (carrier-grade NAT)
#     lanb     LAN b has the addresses of LAN a
#     cafe     there is rtr3, a NAT of kind port
#     delay    rtr (or cgn), rtr2, rtr3, p1 and p2 are behind lines that line.py carries, which is to be started: line.py $LAB PORT...
#     timeout  of UDP mappings, both before and after an answer
#     igd      miniupnpd runs on rtr, so that ports can be mapped: TCP and UDP
# peer-lab.sh nat a|b|carrier KIND      changes a NAT, which forgets its mappings
# peer-lab.sh roam                      takes b1 from LAN b to that of the cafe, where its address is 192.168.2.11
#
# Everything else is done by lab.sh: LAB=... lab.sh exec NS CMD..., lab.sh down
set -euo pipefail
# shellcheck source=lab.sh
source "$(dirname "$0")/lab.sh"

# machines in the Internet: NAME ADDRESS MAC, one a line
INTERNET=""

# plugs host $1 into the switch of the Internet, as address $NET.$2; behind a line if $3 is not empty; $NET.$4 is its second address
online() {
	host "$1"
	if [ -n "${3:-}" ]; then
		ipn "$1" tuntap add mode tap name wan0
		ipn wan tuntap add mode tap name "$1"
		ipn "$1" link set wan0 up
		ipn wan link set "$1" up
	else
		cable "$1" wan0 wan "$1"
	fi
	ipn wan link set "$1" master net
	addressed "$1" wan0 "$2"
	[ -z "${4:-}" ] || addressed "$1" wan0 "$4"
	ipn "$1" route add default dev wan0
}

# gives host $1 in the Internet the address $NET.$3 at interface $2
addressed() {
	ipn "$1" addr add "$NET.$3/24" brd + dev "$2"
	INTERNET+="$1 $2 $NET.$3 $(inns "$1" cat "/sys/class/net/$2/address")
"
}

# tells all in the Internet where the others are, so that no question for an address travels on a slow line
acquaint() {
	local own dev address mac
	while read -r own dev _; do
		while read -r _ _ address mac; do
			[ -z "$mac" ] || echo "neigh replace $address lladdr $mac nud permanent dev $dev"
		done <<<"$INTERNET" | ip -n "$LAB-$own" -batch -
	done < <(grep . <<<"$INTERNET" | sort -u -k1,1)
}

# makes a host a router with LAN $2.0/24
routes() {
	bridge "$1" lan
	ipn "$1" addr add "$2.1/24" dev lan
	inns "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}

# plugs host $1 into the LAN of router $2, as address $3
resident() {
	host "$1"
	cable "$1" eth0 "$2" "$1"
	ipn "$2" link set "$1" master lan
	ipn "$1" addr add "$3/24" brd + dev eth0
	ipn "$1" route add default via "${3%.*}.1"
}

# the rule set of a NAT: $1 = kind, $2 = its public address, $3 = the other one
nat_rules() {
	local masq="masquerade" in="" out="" forward="" drop='iifname "wan0" drop' hairpin=""
	case $1 in
	port) ;;
	cone|hairpin)
		in='iifname "wan0" meta l4proto udp dnat ip to udp dport map @owners'
		out='iifname "lan" oifname "wan0" meta l4proto udp update @owners { udp sport : ip saddr }' ;;
	restricted)
		in='iifname "wan0" udp dport . ip saddr @contacted dnat ip to udp dport map @owners'
		out='iifname "lan" oifname "wan0" meta l4proto udp update @owners { udp sport : ip saddr } update @contacted { udp sport . ip daddr }' ;;
	nodrop) drop="" ;;
	pool) masq="snat ip to jhash ip saddr mod 2 seed 0x1 map { 0 : $2, 1 : $3 }" ;;
	spread) masq="snat ip to jhash ip daddr mod 2 seed 0x1 map { 0 : $2, 1 : $3 }" ;;
	sym) masq="masquerade fully-random" ;;
	blocked) forward='meta l4proto udp drop' ;;
	*) die "unknown NAT kind: $1" ;;
	esac
	if [ "$1" = hairpin ]; then
		in="$in
			iifname \"lan\" ip daddr $2 meta l4proto udp meta mark set 1 dnat ip to udp dport map @owners"
		hairpin="meta mark 1 meta l4proto udp snat ip to $2"
	fi
	cat <<-NFT
	flush ruleset
	table inet igd {
		map owners { type inet_service : ipv4_addr; flags dynamic,timeout; timeout 2m; }
		set contacted { type inet_service . ipv4_addr; flags dynamic,timeout; timeout 2m; }
		chain input {
			type filter hook input priority 0; policy accept;
			iifname "wan0" ct state established,related accept
			iifname "wan0" meta l4proto icmp accept
			$drop
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			$forward
			$out
			ct state established,related accept
			iifname "lan" accept
			jump miniupnpd
			ct status dnat accept
		}
		chain prerouting {
			type nat hook prerouting priority -100;
			jump prerouting_miniupnpd
			$in
		}
		chain postrouting {
			type nat hook postrouting priority 100;
			jump postrouting_miniupnpd
			$hairpin
			oifname "wan0" $masq
		}
		chain miniupnpd { }
		chain prerouting_miniupnpd { }
		chain postrouting_miniupnpd { }
	}
	NFT
}

# gives the NAT of a place a kind
set_nat() {
	local ns first second
	case $1 in
	a) ns=rtr first=$NET.1 second=$NET.3 ;;
	b) ns=rtr2 first=$NET.2 second=$NET.4 ;;
	carrier) ns=cgn first=$NET.5 second=$NET.6 ;;
	*) die "no place $1" ;;
	esac
	[ "$1" != a ] || ! has cgn || { first=100.64.0.2; second=100.64.0.3; }
	nat_rules "$2" $first $second | inns $ns nft -f -
	inns $ns conntrack -F >/dev/null 2>&1 || true
}

# takes the cable of b1 out of rtr2, and plugs it into rtr3
roam() {
	ipn rtr2 link set b1 netns "$LAB-rtr3"
	ipn b1 addr flush dev eth0
	ipn rtr3 link set b1 master lan up
	ipn b1 addr add 192.168.2.11/24 brd + dev eth0
	ipn b1 route add default via 192.168.2.1
}

igd_conf() {
	cat >"$STATE/miniupnpd.conf" <<-CONF
	ext_ifname=wan0
	listening_ip=lan
	http_port=5000
	enable_upnp=yes
	enable_natpmp=yes
	secure_mode=yes
	upnp_table_name=igd
	upnp_nat_table_name=igd
	notify_interval=60
	min_lifetime=2
	max_lifetime=86400
	clean_ruleset_interval=0
	uuid=5f0ab7c2-1111-4222-8333-000000000001
	CONF
}

up_peers() {
	local nata=port natb=port carrier="" lanb=192.168.1 cafe="" delay="" timeout="" igd="" a ns
	for a in "$@"; do
		case $a in
		nata=*) nata=${a#*=} ;;
		natb=*) natb=${a#*=} ;;
		carrier=*) carrier=${a#*=} ;;
		lanb=192.168.[0-9]*) lanb=${a#*=} ;;
		cafe) cafe=yes ;;
		delay) delay=yes ;;
		timeout=[1-9]*) timeout=${a#*=} ;;
		igd) igd=yes ;;
		*) die "up: unknown word: $a" ;;
		esac
	done
	[ "$(id -u)" = 0 ] || die "needs root"
	down
	rm -rf "$STATE"; mkdir -p "$STATE"

	host wan
	bridge wan net
	ipn wan link set net address 02:00:00:00:00:10          # a bridge takes that of a port, else
	addressed wan net 10
	addressed wan net 11
	ipn wan route add default dev net
	online srv2 12
	online srv3 13
	online turn 14
	online store 15
	online p1 20 "$delay"
	online p2 21 "$delay"

	if [ -n "$carrier" ]; then
		online cgn 5 "$delay" 6
		routes cgn 100.64.0
		host rtr
		cable rtr wan0 cgn rtr
		ipn cgn link set rtr master lan
		ipn rtr addr add 100.64.0.2/24 brd + dev wan0
		ipn rtr addr add 100.64.0.3/24 dev wan0
		ipn rtr route add default via 100.64.0.1
		set_nat carrier "$carrier"
	else
		online rtr 1 "$delay" 3
	fi
	routes rtr 192.168.0
	online rtr2 2 "$delay" 4
	routes rtr2 "$lanb"
	if [ -n "$cafe" ]; then
		online rtr3 7 "$delay"
		routes rtr3 192.168.2
		nat_rules port $NET.7 $NET.7 | inns rtr3 nft -f -
	fi
	acquaint
	resident a1 rtr 192.168.0.11
	resident a2 rtr 192.168.0.12
	resident b1 rtr2 "$lanb.11"
	set_nat a "$nata"
	set_nat b "$natb"
	if [ -n "$timeout" ]; then
		for ns in rtr rtr2 $([ -z "$carrier" ] || echo cgn); do
			inns $ns sh -c "cd /proc/sys/net/netfilter; echo $timeout >nf_conntrack_udp_timeout; echo $timeout >nf_conntrack_udp_timeout_stream"
		done
	fi
	echo "nata=$nata natb=$natb carrier=${carrier:-none} lanb=$lanb" >"$STATE/mode"
	if [ -n "$igd" ]; then
		igd_conf
		igd_start
	fi
	echo "up: $(cat "$STATE/mode")"
}

case ${1:-} in
up) shift; up_peers "$@" ;;
nat)
	has rtr || die "not up"
	set_nat "${2:?place}" "${3:?kind}" ;;
roam)
	has rtr3 || die "no cafe"
	roam ;;
*) sed -n '2,35s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
