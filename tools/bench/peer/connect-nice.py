"""One peer of libnice's ICE; a program of connect.ts. Arguments: role, address and port of a STUN server, name and password for TURN."""
import ctypes
import json
import sys
import time

import gi

gi.require_version("Nice", "0.1")
from gi.repository import GLib, Nice  # noqa: E402

role, address, port, login = sys.argv[1:5]
loop = GLib.MainLoop()
agent = Nice.Agent.new(loop.get_context(), Nice.Compatibility.RFC5245)
agent.set_property("controlling-mode", role == "controlling")
agent.set_property("stun-server", address)
agent.set_property("stun-server-port", int(port))
agent.set_property("upnp", False)
agent.set_property("ice-tcp", False)
stream = agent.add_stream(1)
agent.set_stream_name(stream, "application")
if login:
    name, password = login.split(" ")
    agent.set_relay_info(stream, 1, address, int(port), name, password, Nice.RelayType.UDP)
start = time.monotonic()
began = 0.0


def say(*words):
    print(*words, flush=True)


def gathered(_agent, _stream):
    say("gathered", round((time.monotonic() - start) * 1000))
    say("description", json.dumps(agent.generate_local_sdp()))


def changed(_agent, _stream, _component, state):
    took = f"{(time.monotonic() - began) * 1000:.1f}"
    if state == Nice.ComponentState.CONNECTED:
        say("connected", took)
    elif state == Nice.ComponentState.READY:
        say("ready", took)
    elif state == Nice.ComponentState.FAILED:
        say("failed")


def told(channel, _condition):
    global began
    line = channel.readline()
    if not line:
        loop.quit()
        return False
    began = time.monotonic()
    agent.parse_remote_sdp(json.loads(line[3:])["candidates"])
    return True


agent.connect("candidate-gathering-done", gathered)
agent.connect("component-state-changed", changed)
# The bindings have no function for a callback that takes data, and without one nothing is received.
Taker = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)
take = Taker(lambda *_: None)
attach = ctypes.CDLL("libnice.so.10").nice_agent_attach_recv
attach.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, Taker, ctypes.c_void_p]
attach(hash(agent), stream, 1, None, take, None)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, told)
agent.gather_candidates(stream)
loop.run()
