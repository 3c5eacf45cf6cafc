/** SOAP 1.2. */
export const SOAP = "http://www.w3.org/2003/05/soap-envelope";
/** WS-Addressing 1.0, which events use. */
export const WSA = "http://www.w3.org/2005/08/addressing";
/** WS-Addressing of August 2004, which discovery uses. */
export const WSA_2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
/** WS-Discovery of April 2005. */
export const WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
/** WS-Security 1.0. */
export const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/** The times of WS-Security. */
export const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/** WS-BaseNotification 1.3. */
export const WSNT = "http://docs.oasis-open.org/wsn/b-2";
/** ONVIF's types of all services. */
export const TT = "http://www.onvif.org/ver10/schema";
/** ONVIF's device service. */
export const TDS = "http://www.onvif.org/ver10/device/wsdl";
/** ONVIF's media service. */
export const TRT = "http://www.onvif.org/ver10/media/wsdl";
/** ONVIF's service for pan and tilt. */
export const TPTZ = "http://www.onvif.org/ver20/ptz/wsdl";
/** ONVIF's event service. */
export const TEV = "http://www.onvif.org/ver10/events/wsdl";
/** ONVIF's reasons of faults. */
const TER = "http://www.onvif.org/ver10/error";
/** ONVIF's types of devices on the network. */
export const DN = "http://www.onvif.org/ver10/network/wsdl";
/** ONVIF's topics of events. */
const TNS1 = "http://www.onvif.org/ver10/topics";

/** The prefixes that answers use, declared once. Clients compare topics with the prefix `tns1`. */
export const DECLARATIONS = `xmlns:env="${SOAP}" xmlns:wsa5="${WSA}" xmlns:tt="${TT}" xmlns:tds="${TDS}" xmlns:trt="${TRT}" xmlns:tptz="${TPTZ}" xmlns:tev="${TEV}" xmlns:ter="${TER}" xmlns:wsnt="${WSNT}" xmlns:tns1="${TNS1}"`;
