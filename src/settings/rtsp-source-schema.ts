import { schema } from "./schema";
import { choice, onOff, text } from "./setting";

/** Settings of a source that is reached by RTSP or HTTP. */
export const RTSP_SOURCE_SCHEMA = schema("Video source by RTSP or HTTP", {
	sourceTransport: choice({
		of: ["tcp", "udp"],
		default: "tcp",
		help: "how the camera of an rtsp:// source sends: tcp, or udp for less delay where no packets get lost; the other one is used when the camera refuses, or when nothing comes by udp",
	}),
	sourceBasic: onOff({
		default: false,
		help: "on: log in to a camera that offers only Basic without TLS, which shows the password to everybody in the network",
	}),
	sourceCertificate: text({
		placeholder: "FILE",
		expected: "the path of a file, or any",
		help: "the PEM file with the certificate of the camera of an rtsps:// or https:// source, or of its authority; any: accept every certificate, so that anybody in the network can pass for the camera",
	}),
});
