import type { Millis } from "../core/time";
import { escapeXml } from "../wire/xml";
import { childrenOf, type XmlElement } from "../wire/xml-element";
import { EVENTS_CAPABILITIES } from "./device-service";
import { SOURCE } from "./media-service";
import { TEV, WSNT } from "./namespaces";
import type { OnvifCall } from "./onvif-device";
import { type OnvifAnswer, type OnvifOperation, type OnvifService, tag } from "./operation";
import type { MotionMessage, PullPoint } from "./pull-points";
import { invalidArgument, NO_SUBSCRIPTION, SoapFault } from "./soap-fault";
import { child, contentOf, numberOf, textOf } from "./soap-message";
import { formatDateTime, parseDateTime, parseDuration } from "./xs-time";

/** Where a subscription is; its identifier is the last segment. */
export const SUBSCRIPTION_PATH = "/onvif/subscription/";

/** The topic of motion. Clients compare it as text, with this prefix. @see ONVIF Imaging §6 (VideoSource/MotionAlarm) */
const TOPIC = "tns1:VideoSource/MotionAlarm";
const CONCRETE = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet";
/** The most messages that one answer has. */
const MESSAGES_MAX = 100;

/** The subscriptions that the event service works on; times are monotonic. @see PullPoints */
export interface Subscriptions {
	/** The time now. */
	readonly now: Millis;
	create(life: Millis | undefined): PullPoint | undefined;
	renew(id: string, life: Millis | undefined): PullPoint | undefined;
	unsubscribe(id: string): boolean;
	synchronize(id: string): boolean;
	/** @param answer gets the answer @returns false when the subscription has ended */
	pull(call: EventCall, wait: Millis, limit: number, answer: (result: OnvifAnswer) => void): boolean;
}

/** @see ONVIF Core §9.8 (GetEventProperties) */
const PROPERTIES = `<tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml</tev:TopicNamespaceLocation><wsnt:FixedTopicSet>true</wsnt:FixedTopicSet><wstop:TopicSet xmlns:wstop="http://docs.oasis-open.org/wsn/t-1" xmlns:xs="http://www.w3.org/2001/XMLSchema"><tns1:VideoSource><MotionAlarm wstop:topic="true"><tt:MessageDescription IsProperty="true"><tt:Source><tt:SimpleItemDescription Name="Source" Type="tt:ReferenceToken"/></tt:Source><tt:Data><tt:SimpleItemDescription Name="State" Type="xs:boolean"/></tt:Data></tt:MessageDescription></MotionAlarm></tns1:VideoSource></wstop:TopicSet><wsnt:TopicExpressionDialect>${CONCRETE}</wsnt:TopicExpressionDialect><tev:MessageContentFilterDialect>http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter</tev:MessageContentFilterDialect><tev:MessageContentSchemaLocation>http://www.onvif.org/onvif/ver10/schema/onvif.xsd</tev:MessageContentSchemaLocation>`;

/** A call of the event service: at the address of a subscription it is about that one. */
export interface EventCall extends OnvifCall {
	readonly subscriptions: Subscriptions;
	/** Of the address that was called; empty: that of the service. */
	readonly subscription: string;
}

/** The address of messages to the service, to a subscription, and to the manager of a subscription. */
const SERVICE_ACTION = `${TEV}/EventPortType/`;
const PULL_ACTION = `${TEV}/PullPointSubscription/`;
const MANAGER_ACTION = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/";

/** The event service: motion, by pull points. @see ONVIF Core §9 */
export const EVENT_SERVICE: OnvifService = Object.freeze({
	namespace: TEV,
	prefix: "tev",
	operations: new Map<string, OnvifOperation>([
		["GetServiceCapabilities", events(SERVICE_ACTION, (_call, _request, answer) => answer(EVENTS_CAPABILITIES))],
		["GetEventProperties", events(SERVICE_ACTION, (_call, _request, answer) => answer(PROPERTIES))],
		["CreatePullPointSubscription", events(SERVICE_ACTION, (call, request, answer) => answer(create(call, request)))],
		["PullMessages", events(PULL_ACTION, pull)],
		["SetSynchronizationPoint", events(PULL_ACTION, (call, _request, answer) => answer(synchronize(call)))],
	]),
});

/** What is asked of a subscription by WS-BaseNotification. Nothing is ever sent to an address that a client names. */
export const SUBSCRIPTION_SERVICE: OnvifService = Object.freeze({
	namespace: WSNT,
	prefix: "wsnt",
	operations: new Map<string, OnvifOperation>([
		["Renew", events(MANAGER_ACTION, (call, request, answer) => answer(renew(call, request)))],
		["Unsubscribe", events(MANAGER_ACTION, (call, _request, answer) => answer(unsubscribe(call)))],
	]),
});

const BAD_TIME = invalidArgument("The time is not valid.", "wsnt:UnacceptableTerminationTimeFault");
const FULL = new SoapFault(
	"Receiver",
	["wsnt:SubscribeCreationFailedFault"],
	"There are too many subscriptions; end one, or wait until one ends.",
);

function events(
	action: string,
	run: (call: EventCall, request: XmlElement, answer: (result: OnvifAnswer) => void) => void,
): OnvifOperation {
	return { need: "viewer", action, run: (call, request, answer) => run(call as EventCall, request, answer) };
}

function create(call: EventCall, request: XmlElement): OnvifAnswer {
	const life = lifeOf(call, textOf(request, TEV, "InitialTerminationTime"));
	if (life instanceof SoapFault) return life;
	const filter = child(request, TEV, "Filter");
	const fault = filter === undefined ? undefined : refusedFilter(filter);
	if (fault !== undefined) return fault;
	const made = call.subscriptions.create(life);
	if (made === undefined) return FULL;
	return `<tev:SubscriptionReference><wsa5:Address>${escapeXml(call.origin)}${SUBSCRIPTION_PATH}${made.id}</wsa5:Address></tev:SubscriptionReference>${times("wsnt", call, made)}`;
}

function renew(call: EventCall, request: XmlElement): OnvifAnswer {
	const life = lifeOf(call, textOf(request, WSNT, "TerminationTime"));
	if (life instanceof SoapFault) return life;
	const renewed = call.subscriptions.renew(call.subscription, life);
	if (renewed === undefined) return NO_SUBSCRIPTION;
	const { now, end } = moments(call, renewed);
	return `<wsnt:TerminationTime>${end}</wsnt:TerminationTime><wsnt:CurrentTime>${now}</wsnt:CurrentTime>`;
}

function unsubscribe({ subscriptions, subscription }: EventCall): OnvifAnswer {
	return subscriptions.unsubscribe(subscription) ? "" : NO_SUBSCRIPTION;
}

function synchronize({ subscriptions, subscription }: EventCall): OnvifAnswer {
	return subscriptions.synchronize(subscription) ? "" : NO_SUBSCRIPTION;
}

function pull(call: EventCall, request: XmlElement, answer: (result: OnvifAnswer) => void): void {
	const wait = parseDuration(textOf(request, TEV, "Timeout"));
	const limit = numberOf(textOf(request, TEV, "MessageLimit"));
	if (wait === undefined || limit === undefined) answer(invalidArgument("Timeout and MessageLimit are needed."));
	else if (!call.subscriptions.pull(call, wait, Math.min(MESSAGES_MAX, limit), answer)) answer(NO_SUBSCRIPTION);
}

/** What a client that pulls is answered. */
export function pulled(call: EventCall, messages: readonly MotionMessage[], point: PullPoint): string {
	let text = times("tev", call, point);
	for (const message of messages) text += notification(message);
	return text;
}

/**
 * Why a filter is not accepted: it does not filter topics, or names no existing topic.
 * @see ONVIF Core §9.6 (topic filter: alternatives; `//.` is a topic with all below it)
 */
function refusedFilter(filter: XmlElement): SoapFault | undefined {
	for (const part of childrenOf(filter)) {
		if (part.namespace !== WSNT || part.name !== "TopicExpression")
			return new SoapFault("Sender", ["wsnt:InvalidFilterFault"], "Only topics can be filtered here.");
		const names = contentOf(part, 1024).split("|", 32);
		if (!names.some((name) => TOPICS.includes(name.slice(name.indexOf(":") + 1).trim())))
			return new SoapFault(
				"Sender",
				["wsnt:TopicNotSupportedFault"],
				"The only topic here is tns1:VideoSource/MotionAlarm.",
			);
	}
	return undefined;
}

/** Expressions that the topic of motion matches, without the prefix. */
const TOPICS: readonly string[] = Object.freeze([
	"VideoSource/MotionAlarm",
	"VideoSource/MotionAlarm//.",
	"VideoSource//.",
	"VideoSource/*",
	"VideoSource",
	"//.",
]);

/** Reads a span or a point in time; `undefined`: the client leaves it to the camera. */
function lifeOf({ device }: EventCall, text: string): Millis | SoapFault | undefined {
	if (text === "") return undefined;
	const span = parseDuration(text);
	if (span !== undefined) return span;
	const end = parseDateTime(text);
	return end === undefined ? BAD_TIME : end - (device.utc ?? 0);
}

function times(prefix: string, call: EventCall, point: PullPoint): string {
	const { now, end } = moments(call, point);
	return tag(`${prefix}:CurrentTime`, now) + tag(`${prefix}:TerminationTime`, end);
}

function moments(
	{ device, subscriptions }: EventCall,
	{ until }: PullPoint,
): { readonly now: string; readonly end: string } {
	const utc = device.utc ?? 0;
	return { now: formatDateTime(utc), end: formatDateTime(utc + until - subscriptions.now) };
}

/** @see ONVIF Core §9.5.2 (tt:Message) */
function notification({ isMoving, utc, change }: MotionMessage): string {
	return `<wsnt:NotificationMessage><wsnt:Topic Dialect="${CONCRETE}">${TOPIC}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${formatDateTime(utc)}" PropertyOperation="${change}"><tt:Source><tt:SimpleItem Name="Source" Value="${SOURCE}"/></tt:Source><tt:Data><tt:SimpleItem Name="State" Value="${isMoving}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
}
