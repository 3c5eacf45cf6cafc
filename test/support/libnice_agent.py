"""An ICE agent of libnice on 127.0.0.1, driven by lines: the tests' peer from another house.

Arguments: controlling (1 or 0), user fragment, password, both of the agent and of its peer.
Prints `port N`, `state NAME` for each change, and `data TEXT` for each datagram, which it sends back.
Reads `peer PORT`, which begins the checks, and `quit`.
"""
import ctypes
import sys

import gi

gi.require_version("Nice", "0.1")
from gi.repository import GLib, Nice  # noqa: E402

HOST = "127.0.0.1"
# The binding leaves out the call that receives.
library = ctypes.CDLL("libnice.so.10")
Received = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p
)


def say(*words):
    print(*words, flush=True)


def main():
    controlling, fragment, password = sys.argv[1] == "1", sys.argv[2], sys.argv[3]
    loop = GLib.MainLoop()
    agent = Nice.Agent.new(loop.get_context(), Nice.Compatibility.RFC5245)
    for name, value in (("controlling-mode", controlling), ("upnp", False), ("ice-tcp", False)):
        agent.set_property(name, value)
    address = Nice.Address()
    address.init()
    address.set_from_string(HOST)
    agent.add_local_address(address)
    stream = agent.add_stream(1)
    pointer = ctypes.c_void_p(hash(agent))

    def received(_agent, stream_id, component, length, data, _user):
        text = ctypes.string_at(data, length)
        say("data", text.decode())
        library.nice_agent_send(pointer, stream_id, component, length, text)

    callback = Received(received)
    library.nice_agent_attach_recv(pointer, stream, 1, None, callback, None)
    agent.set_local_credentials(stream, fragment, password)

    def gathered(_agent, _stream):
        for line in agent.generate_local_sdp().splitlines():
            if line.startswith("a=candidate:") and " UDP " in line and HOST in line:
                say("port", line.split()[5])
                return

    states = ["disconnected", "gathering", "connecting", "connected", "ready", "failed"]
    agent.connect("candidate-gathering-done", gathered)
    agent.connect("component-state-changed", lambda _agent, _stream, _component, state: say("state", states[state]))
    agent.gather_candidates(stream)

    def command(channel, _condition):
        words = sys.stdin.readline().split()
        if not words or words[0] == "quit":
            loop.quit()
            return False
        agent.set_remote_credentials(stream, fragment, password)
        line = f"a=candidate:1 1 UDP 2013266431 {HOST} {words[1]} typ host"
        agent.set_remote_candidates(stream, 1, [agent.parse_remote_candidate_sdp(stream, line)])
        return True

    GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, command)
    loop.run()


main()
