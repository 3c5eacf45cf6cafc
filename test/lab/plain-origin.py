"""Serves Motion JPEG without a login at /video, a page at / and octets at /large, which say who asked:

python3 plain-origin.py ADDRESS PORT PICTURE
"""

import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RATE = 10
picture = open(sys.argv[3], "rb").read()


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        print(self.client_address[0], self.path, flush=True)
        if self.path == "/video":
            self.video()
        else:
            self.whole(b"hello" if self.path == "/" else bytes(range(256)) * 65536)

    def whole(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def video(self):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=part")
        self.end_headers()
        head = b"--part\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
        try:
            while True:
                self.wfile.write(head + picture + b"\r\n")
                time.sleep(1 / RATE)
        except OSError:
            pass

    def log_message(self, *_):
        pass


if ":" in sys.argv[1]:
    ThreadingHTTPServer.address_family = socket.AF_INET6
server = ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Origin)
print("ready", flush=True)
server.serve_forever()
