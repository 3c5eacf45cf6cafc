"""Serves the video of an RTSP server again with gst-rtsp-server, for tools/bench/relay/rtp.ts: rtp-gst.py PORT URL udp|tcp.

The packets of the origin (RTP/JPEG) are put together to pictures and packetized again, once for all clients; nothing is decoded.
Needs python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-base and gstreamer1.0-plugins-good.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    "( rtspsrc location={url} protocols={protocol} latency=0 ! rtpjpegdepay"
    " ! rtpjpegpay name=pay0 pt=26 mtu=1400 )"
)


def main() -> None:
    port, url, protocol = sys.argv[1:4]
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_latency(0)
    factory.set_launch(PIPELINE.format(url=url, protocol=protocol))
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/bench", factory)
    server.attach(None)
    GLib.MainLoop().run()


main()
