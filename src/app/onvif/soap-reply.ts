import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { type FoundOperation, responseOf } from "../../onvif/dispatch";
import type { OnvifAnswer } from "../../onvif/operation";
import { SoapFault } from "../../onvif/soap-fault";
import { SOAP_TYPE, type SoapRequest, writeFault, writeSoap } from "../../onvif/soap-message";
import type { Headers } from "../../wire/text-message";

/** Answers a request with the result of its operation. */
export function sendAnswer(reply: HttpReply, request: SoapRequest, found: FoundOperation, result: OnvifAnswer): void {
	if (result instanceof SoapFault) return sendFault(reply, result, request.messageId);
	const { name } = request.operation;
	const { action } = found.operation;
	const isAddressed = request.messageId !== "" && action !== undefined;
	const bytes = writeSoap(
		responseOf(found, name, result),
		isAddressed ? `${action}${name}Response` : "",
		isAddressed ? request.messageId : "",
	);
	reply.send(200, SOAP_TYPE, bytes, NO_STORE);
}

/** Answers with a fault. @param headers of the answer, besides */
export function sendFault(reply: HttpReply, fault: SoapFault, messageId = "", headers: Headers = []): void {
	reply.send(fault.status, SOAP_TYPE, writeFault(fault, messageId), [...headers, ...NO_STORE]);
}
