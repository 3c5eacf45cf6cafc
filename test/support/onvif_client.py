"""Uses a camera by ONVIF as Home Assistant, Frigate and recorders do, with zeep, which checks answers by their schema.

Usage: onvif_client.py FOLDER ORIGIN USER PASSWORD [still]
FOLDER has the descriptions of the services (WSDL); still: the camera can't turn. Prints what it was told as one JSON object.
"""

import datetime
import json
import sys

from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.wsa import WsAddressingPlugin
from zeep.wsse.username import UsernameToken

folder, origin, user, password, *more = sys.argv[1:]
turns = "still" not in more
TOKEN = UsernameToken(user, password, use_digest=True)
TDS = "http://www.onvif.org/ver10/device/wsdl"
TRT = "http://www.onvif.org/ver10/media/wsdl"
TPTZ = "http://www.onvif.org/ver20/ptz/wsdl"
TEV = "http://www.onvif.org/ver10/events/wsdl"
told = {}


def service(file, binding, address, token=TOKEN, plugins=()):
    client = Client(f"{folder}/{file}", wsse=token, settings=Settings(strict=True), plugins=list(plugins))
    return client, client.create_service(binding, address)


def tell(name, value):
    told[name] = json.loads(json.dumps(serialize_object(value, dict), default=str))
    return value


def refused(run):
    try:
        run()
    except Fault as fault:
        return [fault.message, [str(code.localname) for code in fault.subcodes or []]]
    return None


def home_assistant():
    _, stranger = service("devicemgmt.wsdl", f"{{{TDS}}}DeviceBinding", f"{origin}/onvif/device_service", None)
    stranger.GetSystemDateAndTime()
    tell("stranger", refused(stranger.GetDeviceInformation))
    wrong = UsernameToken(user, "wrong", use_digest=True)
    _, guesser = service("devicemgmt.wsdl", f"{{{TDS}}}DeviceBinding", f"{origin}/onvif/device_service", wrong)
    tell("guesser", refused(guesser.GetDeviceInformation))
    _, device = service("devicemgmt.wsdl", f"{{{TDS}}}DeviceBinding", f"{origin}/onvif/device_service")
    capabilities = tell("capabilities", device.GetCapabilities(**{"Category": "All"}))
    tell("date", device.GetSystemDateAndTime())
    tell("interfaces", device.GetNetworkInterfaces())
    tell("information", device.GetDeviceInformation())
    _, media = service("media.wsdl", f"{{{TRT}}}MediaBinding", capabilities.Media.XAddr)
    tell("media", media.GetServiceCapabilities())
    profiles = tell("profiles", media.GetProfiles())
    ptz = None
    if turns:
        _, ptz = service("ptz.wsdl", f"{{{TPTZ}}}PTZBinding", capabilities.PTZ.XAddr)
    for profile in profiles if turns else []:
        ptz.GetPresets(**{"ProfileToken": profile.token})
    events(capabilities)
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    tell("streams", [media.GetStreamUri(**{"StreamSetup": setup, "ProfileToken": p.token}).Uri for p in profiles])
    tell("snapshot", media.GetSnapshotUri(**{"ProfileToken": profiles[0].token}).Uri)
    return device, media, ptz, profiles


def events(capabilities):
    wsa = [WsAddressingPlugin()]
    _, source = service("events.wsdl", f"{{{TEV}}}EventBinding", capabilities.Events.XAddr, plugins=wsa)
    tell("eventCapabilities", source.GetServiceCapabilities())
    source.GetEventProperties()
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)
    until = end.isoformat(timespec="seconds").replace("+00:00", "Z")
    made = source.CreatePullPointSubscription(**{"InitialTerminationTime": until})
    address = made.SubscriptionReference.Address._value_1
    _, point = service("events.wsdl", f"{{{TEV}}}PullPointSubscriptionBinding", address, plugins=wsa)
    _, manager = service("events.wsdl", f"{{{TEV}}}SubscriptionManagerBinding", address, plugins=wsa)
    point.SetSynchronizationPoint()
    messages = point.PullMessages(**{"Timeout": datetime.timedelta(seconds=60), "MessageLimit": 100})
    tell("topics", [message.Topic._value_1 for message in messages.NotificationMessage])
    manager.Renew(until)
    waited = point.PullMessages(**{"Timeout": datetime.timedelta(seconds=1), "MessageLimit": 100})
    tell("waited", len(waited.NotificationMessage))
    manager.Unsubscribe()
    tell("gone", refused(lambda: point.PullMessages(**{"Timeout": datetime.timedelta(seconds=1), "MessageLimit": 1})))


def frigate(media, ptz, profiles):
    chosen = [
        profile
        for profile in profiles
        if profile.VideoEncoderConfiguration.Encoding == "H264"
        and profile.PTZConfiguration is not None
        and profile.PTZConfiguration.DefaultContinuousPanTiltVelocitySpace is not None
    ]
    token = (chosen or profiles)[0].token
    tell("frigate", [profile.token for profile in chosen])
    configuration = profiles[0].PTZConfiguration
    tell("options", ptz.GetConfigurationOptions(**{"ConfigurationToken": configuration.token}))
    tell("ptz", ptz.GetServiceCapabilities())
    tell("before", ptz.GetStatus(**{"ProfileToken": token}))
    ptz.ContinuousMove(**{"ProfileToken": token, "Velocity": {"PanTilt": {"x": 0.02, "y": 0}}})
    tell("moving", ptz.GetStatus(**{"ProfileToken": token}).MoveStatus.PanTilt)
    ptz.Stop(**{"ProfileToken": token, "PanTilt": True, "Zoom": True})
    tell("stopped", ptz.GetStatus(**{"ProfileToken": token}).MoveStatus.PanTilt)
    made = ptz.SetPreset(**{"ProfileToken": token, "PresetName": "Gate & door"})
    ptz.AbsoluteMove(**{"ProfileToken": token, "Position": {"PanTilt": {"x": -0.5, "y": 0.5}}})
    ptz.RelativeMove(**{"ProfileToken": token, "Translation": {"PanTilt": {"x": 0.1, "y": 0}}})
    tell("presets", ptz.GetPresets(**{"ProfileToken": token}))
    ptz.GotoPreset(**{"ProfileToken": token, "PresetToken": made})
    ptz.RemovePreset(**{"ProfileToken": token, "PresetToken": made})
    ptz.GotoHomePosition(**{"ProfileToken": token})


def recorder(device, media, ptz, profiles):
    token = profiles[0].token
    tell("services", [one.Namespace for one in device.GetServices(**{"IncludeCapability": True})])
    tell("sources", media.GetVideoSources())
    source = media.GetVideoSourceConfigurations()[0].token
    media.GetVideoSourceConfiguration(**{"ConfigurationToken": source})
    media.GetCompatibleVideoSourceConfigurations(**{"ProfileToken": token})
    media.GetVideoSourceConfigurationOptions(**{"ConfigurationToken": source})
    for encoder in media.GetVideoEncoderConfigurations():
        media.GetVideoEncoderConfiguration(**{"ConfigurationToken": encoder.token})
        media.GetVideoEncoderConfigurationOptions(**{"ConfigurationToken": encoder.token})
    media.GetCompatibleVideoEncoderConfigurations(**{"ProfileToken": token})
    media.GetVideoEncoderConfigurationOptions(**{})
    media.GetGuaranteedNumberOfVideoEncoderInstances(**{"ConfigurationToken": source})
    media.GetProfile(**{"ProfileToken": token})
    media.GetAudioSources()
    device.GetServiceCapabilities()
    device.GetNetworkProtocols()
    device.GetScopes()
    device.GetDiscoveryMode()
    device.GetHostname()
    tell("created", refused(lambda: media.CreateProfile(**{"Name": "recorder", "Token": "recorder"})))
    tell("osd", refused(lambda: media.GetOSDOptions(**{"ConfigurationToken": source})))
    tell("nothing", refused(lambda: media.GetProfile(**{"ProfileToken": "nothing"})))
    if not turns:
        return
    ptz.GetNode(**{"NodeToken": ptz.GetNodes()[0].token})
    ptz.GetConfigurations()
    ptz.GetConfiguration(**{"PTZConfigurationToken": ptz.GetConfigurations()[0].token})
    ptz.GetCompatibleConfigurations(**{"ProfileToken": token})


found = home_assistant()
if turns:
    frigate(*found[1:])
recorder(*found)
print(json.dumps(told))
