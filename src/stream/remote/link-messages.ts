import type { LinkReader, LinkWriter } from "../../wire/link-fields";
import type { ContentDescription, PlayRange } from "../content";
import type { StreamReport } from "../distribution/stream-report";
import { type RtspErrorStatus, RtspRefusal } from "../rtsp-refusal";
import type { UnitStatus } from "../stream-table";
import type { PlayAnswer, StreamAnswer, StreamRequest } from "../stream-transport";

/** Kinds of messages. Both sides: nothing to say. */
export const PING = 0;
/** Control: its identity, and which streams it knows. The first message. */
export const ATTACH = 1;
export const DESCRIBE = 2;
export const SETUP = 3;
export const PLAY = 4;
export const PAUSE = 5;
export const TEARDOWN = 6;
/** What came on a channel of the client's connection. */
export const CLIENT_DATA = 7;
/** The client has taken the picture before. */
export const TAKEN = 8;
/** The distribution: its identity, and which of these streams it has. The answer to {@link ATTACH}. */
export const ATTACHED = 33;
export const DESCRIBED = 34;
export const SET_UP = 35;
export const PLAYS = 36;
export const REFUSED = 37;
/** A stream has ended without a request. */
export const ENDED = 38;
/** A report of the client came. */
export const ALIVE = 39;
/** A part of a picture for a client by TCP. */
export const MEDIA = 40;
/** A report for a client by TCP. */
export const REPORT = 41;
/** What a stream has sent so far. */
export const STATUS = 42;
/** What all streams have sent so far. */
export const TOTALS = 43;

/** How many parameter sets, and octets of them, H.264 may have. */
const SETS_MAX = 64;
const UNITS_MAX = 8;
/** How many streams a side may name. */
const STREAMS_MAX = 10_000;

/** Octets of the name of one start of a side, and how it is written. */
export const INSTANCE_OCTETS = 8;

/** Writes which streams are meant. */
export function writeStreams(fields: LinkWriter, streams: readonly number[]): void {
	fields.u16(streams.length);
	for (const stream of streams) fields.u32(stream);
}

/** Reads which streams are meant. */
export function readStreams(fields: LinkReader): number[] {
	const count = fields.u16();
	const streams: number[] = [];
	if (count > STREAMS_MAX) fields.isSound = false;
	for (let i = 0; i < count && fields.isSound; i++) streams.push(fields.u32());
	return streams;
}

/** What SETUP says of a client; its connection, if media go by it, is at the control host. */
export type RemoteRequest = Omit<StreamRequest, "listener" | "path"> & {
	/** `undefined`: media go by the client's connection. */
	readonly ports: { readonly rtpPort: number; readonly rtcpPort: number } | undefined;
	/** The channel of RTP; 0 with ports. */
	readonly channel: number;
};

/** Writes SETUP. */
export function writeRequest(fields: LinkWriter, { path, ...request }: StreamRequest): void {
	const { control, content, client, local, owner, rate } = request;
	fields.text(control).text(content).text(client).text(local).flag(owner).f64(rate);
	if (path.framing === "udp") fields.flag(true).u16(path.rtpPort).u16(path.rtcpPort);
	else fields.flag(false).u8(path.channel);
}

/** Reads SETUP. */
export function readRequest(fields: LinkReader): RemoteRequest {
	const control = fields.text();
	const content = fields.text();
	const client = fields.text();
	const local = fields.text();
	const owner = fields.flag();
	const rate = fields.f64();
	if (!(rate >= 0)) fields.isSound = false;
	const ports = fields.flag() ? { rtpPort: fields.u16(), rtcpPort: fields.u16() } : undefined;
	const channel = ports === undefined ? fields.u8() : 0;
	if (channel > 254) fields.isSound = false;
	return { control, content, client, local, owner, rate, ports, channel };
}

/** Writes what SETUP is answered with. */
export function writeAnswer(fields: LinkWriter, { stream, ssrc, source, rtpPort, rtcpPort }: StreamAnswer): void {
	fields.u32(stream).u32(ssrc).text(source).u16(rtpPort).u16(rtcpPort);
}

/** Reads what SETUP is answered with. */
export function readAnswer(fields: LinkReader): StreamAnswer {
	const stream = fields.u32();
	const ssrc = fields.u32();
	const source = fields.text();
	return { stream, ssrc, source, rtpPort: fields.u16(), rtcpPort: fields.u16() };
}

/** Writes a range, or that there is none. */
export function writeRange(fields: LinkWriter, range: PlayRange | undefined): void {
	fields.flag(range !== undefined);
	if (range !== undefined) fields.optional(range.from).optional(range.to).f64(range.scale).f64(range.speed);
}

/** Reads a range. */
export function readRange(fields: LinkReader): PlayRange | undefined {
	if (!fields.flag()) return undefined;
	const from = fields.optional();
	return { from, to: fields.optional(), scale: fields.f64(), speed: fields.f64() };
}

/** Writes what PLAY is answered with. */
export function writePlay(fields: LinkWriter, { range, sequence, timestamp }: PlayAnswer): void {
	writeRange(fields, range);
	fields.optional(sequence).optional(timestamp);
}

/** Reads what PLAY is answered with. */
export function readPlay(fields: LinkReader): PlayAnswer {
	const range = readRange(fields);
	const sequence = fields.optional();
	const timestamp = fields.optional();
	return { ...(range !== undefined && { range }), sequence, timestamp };
}

/** Writes a description. */
export function writeDescription(fields: LinkWriter, { id, title, video, range }: ContentDescription): void {
	const { encoding, width, height, frameRate, parameterSets } = video;
	fields
		.text(id)
		.text(title)
		.flag(encoding === "H264")
		.u32(width)
		.u32(height)
		.f64(frameRate);
	const sets = parameterSets.slice(0, SETS_MAX);
	fields.u8(sets.length);
	for (const set of sets) fields.block(set);
	fields.flag(range !== undefined);
	if (range !== undefined) fields.f64(range.duration).optional(range.utc);
}

/** Reads a description. */
export function readDescription(fields: LinkReader): ContentDescription {
	const id = fields.text();
	const title = fields.text();
	const encoding = fields.flag() ? "H264" : "JPEG";
	const width = fields.u32();
	const height = fields.u32();
	const frameRate = fields.f64();
	const count = fields.u8();
	if (count > SETS_MAX) fields.isSound = false;
	const parameterSets: Uint8Array[] = [];
	for (let i = 0; i < count && fields.isSound; i++) parameterSets.push(fields.block());
	const video = { encoding, width, height, frameRate, parameterSets } as const;
	if (!fields.flag()) return { id, title, video };
	const duration = fields.f64();
	return { id, title, video, range: { duration, utc: fields.optional() } };
}

/** Writes why a request is refused. */
export function writeRefusal(fields: LinkWriter, { status, message }: RtspRefusal): void {
	fields.u16(status).text(message);
}

/** Reads why a request is refused. */
export function readRefusal(fields: LinkReader): RtspRefusal {
	const status = fields.u16();
	if (!(status >= 400 && status < 600)) fields.isSound = false;
	return new RtspRefusal(status as RtspErrorStatus, fields.text());
}

function writeUnits(fields: LinkWriter, units: readonly UnitStatus[]): void {
	const some = units.slice(0, UNITS_MAX);
	fields.u8(some.length);
	for (const { unit, bound, advertisedPort } of some) fields.text(unit).text(bound).u16(advertisedPort);
}

function readUnits(fields: LinkReader): readonly UnitStatus[] {
	const count = fields.u8();
	if (count > UNITS_MAX) fields.isSound = false;
	const units: UnitStatus[] = [];
	for (let i = 0; i < count && fields.isSound; i++) {
		const unit = fields.text();
		const bound = fields.text();
		units.push({ unit, bound, advertisedPort: fields.u16() });
	}
	return units;
}

/** What streams have sent. */
export type StreamTotals = Pick<StreamReport, "packets" | "octets" | "missed">;

/** Writes what streams have sent. */
export function writeTotals(fields: LinkWriter, { packets, octets, missed }: StreamTotals): void {
	fields.f64(packets).f64(octets).f64(missed);
}

/** Reads what streams have sent. */
export function readTotals(fields: LinkReader): StreamTotals {
	return { packets: fields.f64(), octets: fields.f64(), missed: fields.f64() };
}

/** Writes the report of one stream, with its processing units (STR-2). */
export function writeStatus(fields: LinkWriter, report: StreamReport): void {
	const { oneIn = 1, keyOnly = false, units = [], lossPercent, jitter, roundTrip } = report;
	writeTotals(fields, report);
	fields.u16(Math.min(oneIn, 0xffff)).flag(keyOnly);
	writeUnits(fields, units);
	fields.optional(lossPercent).optional(jitter).optional(roundTrip);
}

/** Reads the report of one stream. */
export function readStatus(fields: LinkReader): StreamReport {
	const totals = readTotals(fields);
	const pace = { oneIn: fields.u16(), keyOnly: fields.flag(), units: readUnits(fields) };
	const lossPercent = fields.optional();
	const jitter = fields.optional();
	const roundTrip = fields.optional();
	return {
		...totals,
		...pace,
		...(lossPercent !== undefined && { lossPercent }),
		...(jitter !== undefined && { jitter }),
		...(roundTrip !== undefined && { roundTrip }),
	};
}
