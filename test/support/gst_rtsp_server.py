"""Serves /jpeg and /h264 by RTSP with Digest login: python3 gst_rtsp_server.py PORT USER PASSWORD [PROTOCOLS [ADDRESS]].

With an empty USER no login is needed. PROTOCOLS: udp, tcp or both (the default). ADDRESS: where it listens, 127.0.0.1 by default. Prints "ready" when it listens.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

port, user, password = sys.argv[1], sys.argv[2], sys.argv[3]
which = sys.argv[4] if len(sys.argv) > 4 else "both"
PROTOCOLS = {
    "udp": GstRtsp.RTSPLowerTrans.UDP,
    "tcp": GstRtsp.RTSPLowerTrans.TCP,
    "both": GstRtsp.RTSPLowerTrans.UDP | GstRtsp.RTSPLowerTrans.TCP,
}
RAW = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1"

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address(sys.argv[5] if len(sys.argv) > 5 else "127.0.0.1")
server.set_service(port)

auth = GstRtspServer.RTSPAuth()
auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
token = GstRtspServer.RTSPToken()
token.set_string("media.factory.role", "user")
if user:
    auth.add_digest(user, password, token)
if user:
    server.set_auth(auth)

permissions = GstRtspServer.RTSPPermissions()
permissions.add_permission_for_role("user", "media.factory.access", True)
permissions.add_permission_for_role("user", "media.factory.construct", True)

for path, encoder in (
    ("/jpeg", "videoconvert ! video/x-raw,format=I420 ! jpegenc ! rtpjpegpay name=pay0 pt=26"),
    ("/h264", "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96"),
):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {RAW} ! {encoder} )")
    factory.set_shared(True)
    factory.set_protocols(PROTOCOLS[which])
    if user:
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)

if server.attach(None) == 0:
    sys.exit(f"port {port} can't be opened")
print("ready", flush=True)
GLib.MainLoop().run()
