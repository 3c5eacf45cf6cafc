#!/bin/bash
# lab.sh - a home-NAT laboratory in network namespaces, with the real miniupnpd as Internet gateway.
#
#   LAN 192.168.0.0/24            "Internet" 198.20.0.0/24             LAN 192.168.1.0/24
#   cam1 .11 --+
#   cam2 .12 --+
#   ...        +-- .1 rtr .1 -----+--- wan .10 .11 ---+---- .2 rtr2 .1 ------ away .11
#   camN .1N --+    (miniupnpd)                              (plain NAT)
#   home .200--+
#
# cam1 ... camN are for cameras, home is a visitor in their LAN, wan is the Internet and a visitor there,
# away is a host behind another router.
#
# lab.sh up [igd1|igd2] [secure|insecure] [cams=N] [nat=KIND] [nat2=KIND] [rules=open|strict]
#           [wan=public|private|testnet] [lease_file] [pcp] [debug]
#     cams  1 to 9 cameras behind rtr, 4 unless told
#     KIND  port    masquerade that keeps the port: endpoint-independent mapping,
#                   address-and-port-dependent filtering ("port-restricted cone")
#           cone    the same mapping, endpoint-independent filtering ("full cone", UDP)
#           random  masquerade random         (symmetric)
#           sym     masquerade fully-random   (symmetric)
#     debug   miniupnpd logs to $STATE/miniupnpd.log, and is slow
#     rules strict  only ports >= 1024 on both sides may be mapped (the usual router default)
# lab.sh exec NS CMD...           run CMD in namespace NS
# lab.sh igd restart|stop|start   "router reboot": mappings and daemon go, the LAN stays
# lab.sh set-wan IP               the provider gives rtr another address
# lab.sh status | down
#
# Needs root, iproute2, nftables, miniupnpd-nftables. Touches only namespaces called $LAB-*, and processes
# living in them. Labs run side by side: LAB=other lab.sh up
set -euo pipefail

LAB=${LAB:-ph}
STATE=${LAB_STATE:-${TMPDIR:-/tmp}/porthole-lab-$LAB}
MINIUPNPD=${MINIUPNPD:-/usr/sbin/miniupnpd}
NET=198.20.0                    # looks public; miniupnpd takes RFC 1918 and RFC 5737 addresses for private

die()  { echo "lab: $*" >&2; exit 1; }
inns() { local n=$1; shift; ip netns exec "$LAB-$n" "$@"; }
ipn()  { local n=$1; shift; ip -n "$LAB-$n" "$@"; }
has()  { [ -e "/run/netns/$LAB-$1" ]; }

nodes() { ip netns list | sed -n "s/^$LAB-\([a-z0-9]*\)\( .*\)\?$/\1/p"; }

alive() { grep -qsv ') Z ' "/proc/$1/stat"; }      # a zombie waiting for a lazy init counts as ended

# waits until process $1 has ended, for some seconds at most
gone() {
	local i
	for i in $(seq 250); do
		alive "$1" || return 0
		sleep 0.02
	done
	return 1
}

host() {
	ip netns add "$LAB-$1"
	inns "$1" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	ipn "$1" link set lo up
}

# a cable: veth pair  A:ifA <-> B:ifB, created inside the namespaces, never in the root one
cable() {
	ipn "$1" link add "$2" type veth peer name "$4" netns "$LAB-$3"
	ipn "$1" link set "$2" up
	ipn "$3" link set "$4" up
}

bridge() {
	ipn "$1" link add "$2" type bridge mcast_snooping 0 forward_delay 0
	ipn "$1" link set "$2" up
}

# plugs host $1 into the LAN of router $2, as address $3
plug() {
	host "$1"
	cable "$1" eth0 "$2" "$1"
	ipn "$2" link set "$1" master lan
	ipn "$1" addr add "$3/24" brd + dev eth0
	ipn "$1" route add default via "${3%.*}.1"
}

# router $1 with WAN address $NET.$2 and LAN $3.0/24
router() {
	host "$1"
	cable "$1" wan0 wan "$1"
	ipn wan link set "$1" master net
	ipn "$1" addr add "$NET.$2/24" dev wan0
	bridge "$1" lan
	ipn "$1" addr add "$3.1/24" dev lan
	inns "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	ipn "$1" route add default via "$NET.10"
}

# the nftables ruleset of a router: $1 = kind of NAT
ruleset() {
	local masq="masquerade" cone_in="" cone_out=""
	case $1 in
	port) ;;
	cone)   # remember the sender of a UDP port, accept answers from any address
		cone_in='iifname "wan0" meta l4proto udp dnat ip to udp dport map @cone'
		cone_out='iifname "lan" oifname "wan0" meta l4proto udp update @cone { udp sport : ip saddr }' ;;
	random) masq="masquerade random" ;;
	sym)    masq="masquerade fully-random" ;;
	*) die "unknown NAT kind: $1" ;;
	esac
	cat <<-NFT
	table inet igd {
		map cone { type inet_service : ipv4_addr; flags dynamic,timeout; timeout 2m; }
		chain input {
			type filter hook input priority 0; policy accept;
			iifname "wan0" ct state established,related accept
			iifname "wan0" meta l4proto icmp accept
			iifname "wan0" drop
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			$cone_out
			ct state established,related accept
			iifname "lan" accept
			jump miniupnpd
			meta l4proto udp ct status dnat accept
		}
		chain prerouting {
			type nat hook prerouting priority -100;
			jump prerouting_miniupnpd
			$cone_in
		}
		chain postrouting {
			type nat hook postrouting priority 100;
			jump postrouting_miniupnpd
			oifname "wan0" $masq
		}
		chain miniupnpd { }
		chain prerouting_miniupnpd { }
		chain postrouting_miniupnpd { }
	}
	NFT
}

igd_start() {
	local i cmd=("$MINIUPNPD" -f "$STATE/miniupnpd.conf" -P "$STATE/igd.pid" -b "$(date +%s)")
	rm -f "$STATE"/{igd,d}.pid          # miniupnpd refuses to start over the pid file of a live process
	if [ -e "$STATE/debug" ]; then      # in the foreground, logging; answers are much slower
		ip netns exec "$LAB-rtr" setsid "${cmd[@]}" -P "$STATE/d.pid" -d </dev/null >>"$STATE/miniupnpd.log" 2>&1 &
		echo $! >"$STATE/igd.pid"
	else
		inns rtr "${cmd[@]}" </dev/null >>"$STATE/miniupnpd.log" 2>&1 || die "miniupnpd ended, see $STATE/miniupnpd.log"
	fi
	for i in $(seq 1000); do
		inns rtr bash -c 'echo >/dev/tcp/192.168.0.1/5000' 2>/dev/null && return 0
		sleep 0.02
	done
	die "miniupnpd does not listen, see $STATE/miniupnpd.log"
}

igd_stop() {
	[ -f "$STATE/igd.pid" ] || return 0
	local p c
	p=$(cat "$STATE/igd.pid")
	# only if that pid is still our daemon
	if grep -qsa -- "$STATE/miniupnpd.conf" "/proc/$p/cmdline"; then
		kill "$p"
		gone "$p" || kill -9 "$p" 2>/dev/null || true
	fi
	rm -f "$STATE/igd.pid"
	for c in miniupnpd prerouting_miniupnpd postrouting_miniupnpd; do
		inns rtr nft flush chain inet igd $c 2>/dev/null || true
	done
}

down() {
	igd_stop
	local n p all=""
	for n in $(nodes); do
		for p in $(ip netns pids "$LAB-$n"); do
			kill "$p" 2>/dev/null || true
			all="$all $p"
		done
	done
	for p in $all; do gone "$p" || kill -9 "$p" 2>/dev/null || true; done
	for n in $(nodes); do ip netns del "$LAB-$n"; done
}

up() {
	local igd=igd1 secure=no nat=port nat2=port rules=open wan=public lease="" pcp=no debug="" cams=4 a
	for a in "$@"; do
		case $a in
		igd1|igd2) igd=$a ;;
		cams=[1-9]) cams=${a#*=} ;;
		secure) secure=yes ;;
		insecure) secure=no ;;
		nat=*) nat=${a#*=} ;;
		nat2=*) nat2=${a#*=} ;;
		rules=open|rules=strict) rules=${a#*=} ;;
		wan=public|wan=private|wan=testnet) wan=${a#*=} ;;
		lease_file) lease="lease_file=$STATE/leases" ;;
		pcp) pcp=yes ;;
		debug) debug=yes ;;
		*) die "up: unknown word: $a" ;;
		esac
	done
	[ "$(id -u)" = 0 ] || die "needs root"
	down
	rm -rf "$STATE"; mkdir -p "$STATE"
	[ -z "$debug" ] || : >"$STATE/debug"
	case $wan in private) NET=10.20.0 ;; testnet) NET=203.0.113 ;; esac

	# the Internet: one bridge in wan, which is also the outside host (two addresses, for NAT tests)
	host wan
	bridge wan net
	ipn wan addr add $NET.10/24 dev net
	ipn wan addr add $NET.11/24 dev net
	router rtr 1 192.168.0
	router rtr2 2 192.168.1
	local i
	for i in $(seq "$cams"); do plug "cam$i" rtr "192.168.0.1$i"; done
	plug home rtr 192.168.0.200
	plug away rtr2 192.168.1.11
	ruleset $nat  | inns rtr  nft -f -
	ruleset $nat2 | inns rtr2 nft -f -

	cat >"$STATE/miniupnpd.conf" <<-CONF
	ext_ifname=wan0
	listening_ip=lan
	http_port=5000
	enable_upnp=yes
	enable_natpmp=$pcp
	secure_mode=$secure
	upnp_table_name=igd
	upnp_nat_table_name=igd
	notify_interval=60
	min_lifetime=2
	max_lifetime=86400
	clean_ruleset_interval=0
	system_uptime=no
	uuid=5f0ab7c2-1111-4222-8333-00000000$(printf %04x $((16#${igd: -1})))
	$lease
	CONF
	opt() { ! grep -qa "$1" "$MINIUPNPD" || echo "$1=$2" >>"$STATE/miniupnpd.conf"; }   # only if this build knows it
	opt ipv6_disable yes
	opt force_igd_desc_v1 $([ $igd = igd1 ] && echo yes || echo no)
	if [ $rules = strict ]; then
		cat >>"$STATE/miniupnpd.conf" <<-CONF
		allow 1024-65535 192.168.0.0/24 1024-65535
		deny 0-65535 0.0.0.0/0 0-65535
		CONF
	fi
	echo "$igd secure_mode=$secure nat=$nat nat2=$nat2 rules=$rules wan=$NET.1 pcp=$pcp ${lease:-no lease_file}" >"$STATE/mode"
	igd_start
	echo "up: $(cat "$STATE/mode")"
}

# another laboratory uses the functions
[ "${BASH_SOURCE[0]}" = "$0" ] || return 0

case ${1:-} in
up) shift; up "$@" ;;
down) down; rm -rf "$STATE" ;;
exec)
	shift
	n=${1:?namespace}
	shift
	has "$n" || die "no namespace $LAB-$n (lab.sh up first)"
	exec ip netns exec "$LAB-$n" "$@" ;;
igd)
	has rtr || die "not up"
	case ${2:-} in
	restart) igd_stop; igd_start ;;
	stop) igd_stop ;;
	start) igd_start ;;
	*) die "igd restart|stop|start" ;;
	esac ;;
set-wan)
	has rtr || die "not up"
	ipn rtr addr flush dev wan0
	ipn rtr addr add "${2:?address}/24" dev wan0
	ipn rtr route replace default via "${2%.*}.10"
	ipn wan neigh flush dev net ;;                   # or the old address keeps leading to the router
status)
	has rtr || { echo down; exit 1; }
	echo "up: $(cat "$STATE/mode")"
	inns rtr nft list chain inet igd prerouting_miniupnpd ;;
*) sed -n '2,32s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
