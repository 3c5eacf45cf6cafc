/** Networks, control port and interfaces of both figures, with addresses that count as public. */
const HOUSE = `
network lan    10.1.0.0/24      # A
network media  10.3.0.0/24      # C
control 10.1.0.10:8554 as 198.20.0.110

router   internet wan0 198.20.0.1 via 198.20.0.9
router   media    c0   10.3.0.1
router   firewall fw0  10.2.0.1
firewall router   out0 10.2.0.2
firewall lan      lan  10.1.0.1
`;

/** The first form: one machine, no reports from the Internet (STR-6). */
export const FIRST_FORM = `${HOUSE}
lan       rtp   send     10.1.0.10
lan       rtcp  both     10.1.0.10
internet  rtp   send     10.3.0.10    as 198.20.0.210
internet  rtcp  none                  as 198.20.0.210
`;

/** The second form: control host and NAS, reports come from the Internet by interface A (STR-7). */
export const SECOND_FORM = `${HOUSE}
lan       rtp   send     10.1.0.20
lan       rtcp  both     10.1.0.20
internet  rtp   send     10.3.0.20            as 198.20.0.210
internet  rtcp  send     10.3.0.20:5000-5999  as 198.20.0.210
internet  rtcp  receive  10.1.0.20:500        as 198.20.0.210:5000-5999
`;

/** One interface, one machine as router and firewall, one public address (STR-24). */
export const ONE_INTERFACE = `
network lan 192.168.1.0/24
control 192.168.1.10:8554 as 198.20.0.110:554
router internet wan0 198.20.0.110 via 198.20.0.9
router lan      lan  192.168.1.1
lan       rtp   send  192.168.1.10
lan       rtcp  both  192.168.1.10
internet  rtp   send  192.168.1.10:6000-6099  as 198.20.0.110
internet  rtcp  both  192.168.1.10:6000-6099  as 198.20.0.110
`;
