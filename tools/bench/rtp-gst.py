"""Serves a JPEG file by RTSP with gst-rtsp-server, for tools/bench/rtp.ts: rtp-gst.py PORT JPEG FPS WIDTH HEIGHT.

A picture is handed over FPS times a second and packetized once for all clients; nothing is encoded. All else is C. Needs
python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-base and gstreamer1.0-plugins-good.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    "( appsrc name=camera is-live=true do-timestamp=true format=time"
    " caps=image/jpeg,width={width},height={height},framerate={rate}/1 ! rtpjpegpay name=pay0 pt=26 mtu=1400 )"
)


class Camera:
    """Pushes the picture into the pipeline that serves all clients, at a steady rate."""

    def __init__(self, jpeg: bytes, rate: int) -> None:
        self.jpeg = jpeg
        self.interval = 1_000_000 // rate
        self.source = None
        self.next = GLib.get_monotonic_time()
        self.push()

    def configure(self, _factory, media) -> None:
        self.source = media.get_element().get_by_name_recurse_up("camera")

    def push(self) -> bool:
        if self.source is not None:
            self.source.emit("push-buffer", Gst.Buffer.new_wrapped(self.jpeg))
        self.next += self.interval
        GLib.timeout_add(max(0, self.next - GLib.get_monotonic_time() + 500) // 1000, self.push)
        return False


def main() -> None:
    port, file, rate, width, height = sys.argv[1:6]
    Gst.init(None)
    with open(file, "rb") as opened:
        camera = Camera(opened.read(), int(rate))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_launch(PIPELINE.format(width=width, height=height, rate=rate))
    factory.connect("media-configure", camera.configure)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    GLib.MainLoop().run()


main()
