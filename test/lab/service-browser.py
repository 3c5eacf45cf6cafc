# Watches a DNS-SD type as any browser of the LAN does, with python3-zeroconf; one event a line, as JSON.
import json
import sys
import time
from zeroconf import InterfaceChoice, IPVersion, ServiceBrowser, ServiceListener, Zeroconf

TYPE = sys.argv[1]
ADDRESS = sys.argv[2]


def text(value):
    return value.decode() if isinstance(value, bytes) else value


class Printer(ServiceListener):
    def tell(self, event, zc, name):
        entry = {"event": event, "instance": name[: -len(TYPE) - 1]}
        info = zc.get_service_info(TYPE, name, 3000) if event != "removed" else None
        if info is not None:
            entry["host"] = info.server
            entry["port"] = info.port
            entry["addresses"] = info.parsed_addresses()
            entry["text"] = {text(k): text(v) for k, v in info.properties.items()}
        print(json.dumps(entry), flush=True)

    def add_service(self, zc, type_, name):
        self.tell("added", zc, name)

    def update_service(self, zc, type_, name):
        self.tell("updated", zc, name)

    def remove_service(self, zc, type_, name):
        self.tell("removed", zc, name)


zeroconf = Zeroconf(interfaces=[ADDRESS], ip_version=IPVersion.V4Only)
ServiceBrowser(zeroconf, TYPE, Printer())
while True:
    time.sleep(1)
