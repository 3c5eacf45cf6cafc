"""Writes descriptions (WSDL) of the operations of ONVIF that cameras here have, from the tables below.

Usage: onvif_wsdl.py FOLDER

The tables follow ONVIF's specifications: a type is its name and its members in order, `@` begins an attribute, `?` and `*` end
what is optional or repeated, the type after the colon is text if there is none.
"""

import pathlib
import re
import sys

SPACES = {
    "tt": "http://www.onvif.org/ver10/schema",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
}

TYPES = """
tt.Date Year:int Month:int Day:int
tt.Time Hour:int Minute:int Second:int
tt.DateTime Time:tt.Time Date:tt.Date
tt.TimeZone TZ
tt.SystemDateTime DateTimeType DaylightSavings:boolean TimeZone?:tt.TimeZone UTCDateTime?:tt.DateTime LocalDateTime?:tt.DateTime
tt.NetworkCapabilities IPFilter?:boolean ZeroConfiguration?:boolean IPVersion6?:boolean DynDNS?:boolean
tt.Version Major:int Minor:int
tt.SystemCapabilities DiscoveryResolve:boolean DiscoveryBye:boolean RemoteDiscovery:boolean SystemBackup:boolean SystemLogging:boolean FirmwareUpgrade:boolean SupportedVersions*:tt.Version
tt.DeviceCapabilities XAddr Network?:tt.NetworkCapabilities System?:tt.SystemCapabilities
tt.EventCapabilities XAddr WSSubscriptionPolicySupport:boolean WSPullPointSupport:boolean WSPausableSubscriptionManagerInterfaceSupport:boolean
tt.RealTimeStreamingCapabilities RTPMulticast?:boolean RTP_TCP?:boolean RTP_RTSP_TCP?:boolean
tt.MediaCapabilities XAddr StreamingCapabilities:tt.RealTimeStreamingCapabilities
tt.PTZCapabilities XAddr
tt.Capabilities Device?:tt.DeviceCapabilities Events?:tt.EventCapabilities Media?:tt.MediaCapabilities PTZ?:tt.PTZCapabilities
tt.PrefixedIPv4Address Address PrefixLength:int
tt.IPv4Configuration Manual*:tt.PrefixedIPv4Address DHCP:boolean
tt.IPv4NetworkInterface Enabled:boolean Config:tt.IPv4Configuration
tt.NetworkInterfaceInfo Name? HwAddress
tt.NetworkInterface @token Enabled:boolean Info?:tt.NetworkInterfaceInfo IPv4?:tt.IPv4NetworkInterface
tt.NetworkProtocol Name Enabled:boolean Port*:int
tt.Scope ScopeDef ScopeItem
tt.HostnameInformation FromDHCP:boolean Name?
tds.NetworkAbility @IPFilter?:boolean @ZeroConfiguration?:boolean @IPVersion6?:boolean @DynDNS?:boolean
tds.SecurityAbility @TLS1.0?:boolean @TLS1.1?:boolean @TLS1.2?:boolean @OnboardKeyGeneration?:boolean @AccessPolicyConfig?:boolean @DefaultAccessPolicy?:boolean @UsernameToken?:boolean @HttpDigest?:boolean
tds.SystemAbility @DiscoveryResolve?:boolean @DiscoveryBye?:boolean @RemoteDiscovery?:boolean @SystemBackup?:boolean @SystemLogging?:boolean @FirmwareUpgrade?:boolean
tds.DeviceServiceCapabilities Network:tds.NetworkAbility Security:tds.SecurityAbility System:tds.SystemAbility
tds.AnyCapabilities any
tds.Service Namespace XAddr Capabilities?:tds.AnyCapabilities Version:tt.Version
tt.IntRectangle @x:int @y:int @width:int @height:int
tt.VideoResolution Width:int Height:int
tt.IntRange Min:int Max:int
tt.FloatRange Min:float Max:float
tt.VideoSource @token Framerate:float Resolution:tt.VideoResolution
tt.VideoSourceConfiguration @token Name UseCount:int SourceToken Bounds:tt.IntRectangle
tt.IntRectangleRange XRange:tt.IntRange YRange:tt.IntRange WidthRange:tt.IntRange HeightRange:tt.IntRange
tt.VideoSourceConfigurationOptions @MaximumNumberOfProfiles?:int BoundsRange:tt.IntRectangleRange VideoSourceTokensAvailable*
tt.VideoRateControl FrameRateLimit:int EncodingInterval:int BitrateLimit:int
tt.H264Configuration GovLength:int H264Profile
tt.IPAddress Type IPv4Address?
tt.MulticastConfiguration Address:tt.IPAddress Port:int TTL:int AutoStart:boolean
tt.VideoEncoderConfiguration @token Name UseCount:int Encoding Resolution:tt.VideoResolution Quality:float RateControl?:tt.VideoRateControl H264?:tt.H264Configuration Multicast:tt.MulticastConfiguration SessionTimeout:duration
tt.JpegOptions ResolutionsAvailable*:tt.VideoResolution FrameRateRange:tt.IntRange EncodingIntervalRange:tt.IntRange
tt.H264Options ResolutionsAvailable*:tt.VideoResolution GovLengthRange:tt.IntRange FrameRateRange:tt.IntRange EncodingIntervalRange:tt.IntRange H264ProfilesSupported*
tt.VideoEncoderConfigurationOptions QualityRange:tt.IntRange JPEG?:tt.JpegOptions H264?:tt.H264Options
tt.Space2DDescription URI XRange:tt.FloatRange YRange:tt.FloatRange
tt.PanTiltLimits Range:tt.Space2DDescription
tt.PTZConfiguration @token Name UseCount:int NodeToken DefaultAbsolutePantTiltPositionSpace? DefaultAbsoluteZoomPositionSpace? DefaultRelativePanTiltTranslationSpace? DefaultRelativeZoomTranslationSpace? DefaultContinuousPanTiltVelocitySpace? DefaultContinuousZoomVelocitySpace? DefaultPTZTimeout?:duration PanTiltLimits?:tt.PanTiltLimits
tt.Profile @token @fixed?:boolean Name VideoSourceConfiguration?:tt.VideoSourceConfiguration VideoEncoderConfiguration?:tt.VideoEncoderConfiguration PTZConfiguration?:tt.PTZConfiguration
tt.AudioSource @token Channels:int
tt.Transport Protocol
tt.StreamSetup Stream Transport:tt.Transport
tt.MediaUri Uri InvalidAfterConnect:boolean InvalidAfterReboot:boolean Timeout:duration
trt.ProfileCapabilities @MaximumNumberOfProfiles?:int
trt.StreamingCapabilities @RTPMulticast?:boolean @RTP_TCP?:boolean @RTP_RTSP_TCP?:boolean @NonAggregateControl?:boolean
trt.Capabilities @SnapshotUri?:boolean @Rotation?:boolean @VideoSourceMode?:boolean @OSD?:boolean ProfileCapabilities:trt.ProfileCapabilities StreamingCapabilities:trt.StreamingCapabilities
tptz.Capabilities @EFlip?:boolean @Reverse?:boolean @GetCompatibleConfigurations?:boolean @MoveStatus?:boolean @StatusPosition?:boolean
tt.PTZSpaces AbsolutePanTiltPositionSpace*:tt.Space2DDescription RelativePanTiltTranslationSpace*:tt.Space2DDescription ContinuousPanTiltVelocitySpace*:tt.Space2DDescription
tt.PTZNode @token @FixedHomePosition?:boolean Name? SupportedPTZSpaces:tt.PTZSpaces MaximumNumberOfPresets:int HomeSupported:boolean
tt.DurationRange Min:duration Max:duration
tt.PTZConfigurationOptions Spaces:tt.PTZSpaces PTZTimeout:tt.DurationRange
tt.Vector2D @x:float @y:float @space?
tt.PTZVector PanTilt?:tt.Vector2D
tt.PTZMoveStatus PanTilt?
tt.PTZStatus Position?:tt.PTZVector MoveStatus?:tt.PTZMoveStatus UtcTime:dateTime
tt.PTZPreset @token? Name? PTZPosition?:tt.PTZVector
tev.Capabilities @WSSubscriptionPolicySupport?:boolean @WSPullPointSupport?:boolean @WSPausableSubscriptionManagerInterfaceSupport?:boolean @MaxNotificationProducers?:int @MaxPullPoints?:int @PersistentNotificationStorage?:boolean
wsa.Attributed ~
wsa.EndpointReference Address:wsa.Attributed
wsnt.TopicExpression ~ @Dialect
wsnt.AnyMessage any
wsnt.NotificationMessageHolder Topic?:wsnt.TopicExpression Message:wsnt.AnyMessage
wsnt.AnyTopics any
"""

# Elements that messages of another namespace refer to.
ELEMENTS = """
wsnt.CurrentTime dateTime
wsnt.TerminationTime dateTime
wsnt.NotificationMessage wsnt.NotificationMessageHolder
wsnt.FixedTopicSet boolean
wsnt.TopicExpressionDialect string
"""

SERVICES = {
    "devicemgmt.wsdl": ("tds", {"DeviceBinding": """
GetSystemDateAndTime() SystemDateAndTime:tt.SystemDateTime
GetCapabilities(Category*) Capabilities:tt.Capabilities
GetServices(IncludeCapability:boolean) Service*:tds.Service
GetServiceCapabilities() Capabilities:tds.DeviceServiceCapabilities
GetDeviceInformation() Manufacturer Model FirmwareVersion SerialNumber HardwareId
GetNetworkInterfaces() NetworkInterfaces*:tt.NetworkInterface
GetNetworkProtocols() NetworkProtocols*:tt.NetworkProtocol
GetScopes() Scopes*:tt.Scope
GetDiscoveryMode() DiscoveryMode
GetHostname() HostnameInformation:tt.HostnameInformation
"""}),
    "media.wsdl": ("trt", {"MediaBinding": """
GetServiceCapabilities() Capabilities:trt.Capabilities
GetProfiles() Profiles*:tt.Profile
GetProfile(ProfileToken) Profile:tt.Profile
CreateProfile(Name Token?) Profile:tt.Profile
GetOSDOptions(ConfigurationToken) OSDOptions
GetVideoSources() VideoSources*:tt.VideoSource
GetVideoSourceConfigurations() Configurations*:tt.VideoSourceConfiguration
GetCompatibleVideoSourceConfigurations(ProfileToken) Configurations*:tt.VideoSourceConfiguration
GetVideoSourceConfiguration(ConfigurationToken) Configuration:tt.VideoSourceConfiguration
GetVideoSourceConfigurationOptions(ConfigurationToken? ProfileToken?) Options:tt.VideoSourceConfigurationOptions
GetVideoEncoderConfigurations() Configurations*:tt.VideoEncoderConfiguration
GetCompatibleVideoEncoderConfigurations(ProfileToken) Configurations*:tt.VideoEncoderConfiguration
GetVideoEncoderConfiguration(ConfigurationToken) Configuration:tt.VideoEncoderConfiguration
GetVideoEncoderConfigurationOptions(ConfigurationToken? ProfileToken?) Options:tt.VideoEncoderConfigurationOptions
GetGuaranteedNumberOfVideoEncoderInstances(ConfigurationToken) TotalNumber:int JPEG?:int H264?:int
GetStreamUri(StreamSetup:tt.StreamSetup ProfileToken) MediaUri:tt.MediaUri
GetSnapshotUri(ProfileToken) MediaUri:tt.MediaUri
GetAudioSources() AudioSources*:tt.AudioSource
"""}),
    "ptz.wsdl": ("tptz", {"PTZBinding": """
GetServiceCapabilities() Capabilities:tptz.Capabilities
GetNodes() PTZNode*:tt.PTZNode
GetNode(NodeToken) PTZNode:tt.PTZNode
GetConfigurations() PTZConfiguration*:tt.PTZConfiguration
GetConfiguration(PTZConfigurationToken) PTZConfiguration:tt.PTZConfiguration
GetCompatibleConfigurations(ProfileToken) PTZConfiguration*:tt.PTZConfiguration
GetConfigurationOptions(ConfigurationToken) PTZConfigurationOptions:tt.PTZConfigurationOptions
GetStatus(ProfileToken) PTZStatus:tt.PTZStatus
GetPresets(ProfileToken) Preset*:tt.PTZPreset
ContinuousMove(ProfileToken Velocity:tt.PTZVector Timeout?:duration)
RelativeMove(ProfileToken Translation:tt.PTZVector)
AbsoluteMove(ProfileToken Position:tt.PTZVector)
Stop(ProfileToken PanTilt?:boolean Zoom?:boolean)
SetPreset(ProfileToken PresetName? PresetToken?) PresetToken
GotoPreset(ProfileToken PresetToken)
RemovePreset(ProfileToken PresetToken)
GotoHomePosition(ProfileToken)
"""}),
    "events.wsdl": ("tev", {"EventBinding": """
GetServiceCapabilities() Capabilities:tev.Capabilities
GetEventProperties() TopicNamespaceLocation* &wsnt.FixedTopicSet TopicSet:any &wsnt.TopicExpressionDialect* MessageContentFilterDialect* MessageContentSchemaLocation*
CreatePullPointSubscription(InitialTerminationTime?) SubscriptionReference:wsa.EndpointReference &wsnt.CurrentTime &wsnt.TerminationTime
""", "PullPointSubscriptionBinding": """
PullMessages(Timeout:duration MessageLimit:int) CurrentTime:dateTime TerminationTime:dateTime &wsnt.NotificationMessage*
SetSynchronizationPoint()
""", "SubscriptionManagerBinding": """
wsnt.Renew(TerminationTime) &wsnt.TerminationTime &wsnt.CurrentTime?
wsnt.Unsubscribe()
"""}),
}


def typed(name):
    return name.replace(".", ":") if "." in name else f"xs:{name}"


def member(text):
    attribute, reference, name, many, kind = re.fullmatch(r"(@?)(&?)([\w.]+?)([?*]?)(?::([\w.]+))?", text).groups()
    least = ' minOccurs="0"' if many else ""
    most = ' maxOccurs="unbounded"' if many == "*" else ""
    if attribute:
        use = "optional" if many else "required"
        return f'<xs:attribute name="{name}" type="{typed(kind or "string")}" use="{use}"/>'
    if reference:
        return f'<xs:element ref="{name.replace(".", ":")}"{least}{most}/>'
    if kind == "any":
        return '<xs:any namespace="##other" processContents="skip"/>'
    return f'<xs:element name="{name}" type="{typed(kind or "string")}"{least}{most}/>'


def content(members):
    attributes = "".join(member(text) for text in members if text.startswith("@"))
    if "~" in members:
        return f'<xs:simpleContent><xs:extension base="xs:string">{attributes}</xs:extension></xs:simpleContent>'
    if members == ["any"]:
        return '<xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>'
    return f"<xs:sequence>{''.join(member(text) for text in members if text[0] != '@')}</xs:sequence>{attributes}"


def operations(table, prefix):
    for line in table.split("\n"):
        match = re.fullmatch(r"(?:(\w+)\.)?(\w+)\((.*?)\)(.*)", line)
        if match:
            space, name, asked, told = match.groups()
            yield space or prefix, name, asked.split(), told.split()


def schemas():
    parts = {prefix: "" for prefix in SPACES}
    for line in TYPES.strip().split("\n"):
        name, *members = line.split()
        prefix, local = name.split(".")
        parts[prefix] += f'<xs:complexType name="{local}">{content(members)}</xs:complexType>'
    for line in ELEMENTS.strip().split("\n"):
        name, kind = line.split()
        prefix, local = name.split(".")
        parts[prefix] += f'<xs:element name="{local}" type="{typed(kind)}"/>'
    for prefix, bindings in SERVICES.values():
        for table in bindings.values():
            for space, name, asked, told in operations(table, prefix):
                for element, members in ((name, asked), (f"{name}Response", told)):
                    parts[space] += f'<xs:element name="{element}"><xs:complexType>{content(members)}</xs:complexType></xs:element>'
    imports = "".join(f'<xs:import namespace="{uri}"/>' for uri in SPACES.values())
    return "".join(
        f'<xs:schema targetNamespace="{SPACES[prefix]}" elementFormDefault="qualified">'
        f"{imports.replace(f'<xs:import namespace={chr(34)}{SPACES[prefix]}{chr(34)}/>', '')}{text}</xs:schema>"
        for prefix, text in parts.items()
    )


def document(prefix, bindings):
    messages = ports = wired = ""
    for binding, table in bindings.items():
        port = inner = ""
        for space, name, _, _ in operations(table, prefix):
            for element in (name, f"{name}Response"):
                messages += f'<message name="{element}"><part name="parameters" element="{space}:{element}"/></message>'
            port += f'<operation name="{name}"><input message="{prefix}:{name}"/><output message="{prefix}:{name}Response"/></operation>'
            inner += (
                f'<operation name="{name}"><soap:operation soapAction="{SPACES[space]}/{name}"/>'
                '<input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>'
            )
        ports += f'<portType name="{binding}Port">{port}</portType>'
        style = '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
        wired += f'<binding name="{binding}" type="{prefix}:{binding}Port">{style}{inner}</binding>'
    names = " ".join(f'xmlns:{name}="{uri}"' for name, uri in SPACES.items())
    return (
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap12/" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" {names} targetNamespace="{SPACES[prefix]}">'
        f"<types>{schemas()}</types>{messages}{ports}{wired}</definitions>"
    )


folder = pathlib.Path(sys.argv[1])
for file, (prefix, bindings) in SERVICES.items():
    (folder / file).write_text(document(prefix, bindings))
