import type { Millis, Octets } from "../../core/time";
import * as E from "./ebml";
import { ELEMENT_HEAD_MAX, ElementHead, readUnsigned } from "./ebml-reader";
import { BLOCK_LOOK, isPictureBegin, isPictureEnd, MatroskaBlock, PICTURE_TAIL } from "./matroska-block";
import { isMatroska, type MatroskaFacts, MatroskaHeadReader } from "./matroska-head-reader";

/** Learns what a {@link MatroskaWalker} finds, in the order of the file. */
export interface MatroskaSink {
	/** The head is complete; called once, before anything else. Its sets and texts are copies. */
	head(facts: MatroskaFacts): void;
	/** A cluster begins at `at` of the file. @param end where it ends; `Infinity` when the file does not say it */
	cluster(at: Octets, end: Octets): void;
	/**
	 * A picture of the track is at `[start, end)` of the file. Of H.264 it has lengths of four octets instead of start codes.
	 * @param time since time 0; of files of others it may be fractional, negative, or not rise
	 * @returns false to stop {@link MatroskaWalker.take} after this picture; another call goes on behind it
	 */
	picture(start: Octets, end: Octets, time: Millis, isKey: boolean): boolean;
}

/**
 * How far a walk is.
 * `walking`: it wants octets. `ended`: everything was walked over, up to the end of the file. `cut`: the file ends inside of
 * an element. `malformed`: something is there that can't be. `unsupported`: the file is sound but we can't play it;
 * {@link MatroskaWalker.detail} says why.
 */
export type WalkState = "walking" | "ended" | "cut" | "malformed" | "unsupported";

/** The walker never wants more octets at once. A buffer of this length serves any walk. */
export const WALK_MAX: Octets = 65_536;
/** Where the walk is: before or behind the header of EBML, or in an element. */
const AT_START = 0;
const IN_FILE = 1;
const IN_SEGMENT = 2;
const IN_CLUSTER = 3;
const IN_GROUP = 4;

/**
 * Walks over a Matroska file: finds its head, its clusters, and its pictures with times and octet ranges, without their content.
 *
 * It does not read. The caller reads `[at, at + need)` or more of the file, and passes that to {@link take}, as long as
 * {@link isWalking}:
 *
 *     walker.open(file.size);
 *     while (walker.isWalking) walker.take(buffer, 0, read(walker.at, buffer));
 *
 * Large reads find several pictures at once where they are small; reads of {@link need} octets skip the pictures. It allocates
 * nothing while it walks over clusters. Files may be hostile: everything is bounded before it is looked at.
 * @see RFC 9559, RFC 8794
 */
export class MatroskaWalker {
	state: WalkState = "walking";
	/** True: the state is `walking`. XS copies a text each time it is compared, so loops ask this. */
	isWalking = true;
	/** Where in the file the octets have to come from that {@link take} gets next. */
	at: Octets = 0;
	/** How many octets it wants at least, unless the file ends before; at most {@link WALK_MAX}. */
	need: Octets = ELEMENT_HEAD_MAX;
	/** Up to here the file consists of whole elements: of whole clusters, once there was one. */
	whole: Octets = 0;
	/** In a cluster that is not whole: where its last whole picture ends. Otherwise the same as {@link whole}. */
	wholePicture: Octets = 0;
	/** Where the current cluster starts; 0: none has begun. */
	clusterAt: Octets = 0;
	/** Why it is `malformed` or `unsupported`; for the log. */
	detail = "";
	/** The content of the head; `undefined` until it is complete. */
	facts: MatroskaFacts | undefined;

	private size: Octets = 0;
	private level = AT_START;
	private segmentEnd: Octets = 0;
	private clusterEnd: Octets = 0;
	private groupEnd: Octets = 0;
	private head: MatroskaHeadReader | undefined;
	private passedCues: Octets = 0;
	/** The time of the cluster; -1: it has not come yet. */
	private clusterTime = -1;
	/** The picture that was found and not yet reported; `pictureEnd` 0: none. */
	private pictureStart: Octets = 0;
	private pictureEnd: Octets = 0;
	private pictureTime: Millis = 0;
	private isKey = false;
	/** True: the last octets of the picture have to be looked at. */
	private wantsTail = false;
	/** True: octets are wanted, or the sink has stopped. */
	private isWaiting = false;
	/** During a `take`: its octets, what is to be added to a place in the file to get the place in them, and their end. */
	private bytes: Uint8Array = NOTHING;
	private base = 0;
	private end = 0;
	private readonly element = new ElementHead();
	private readonly block = new MatroskaBlock();

	/**
	 * @param checks true: also looks at the first and the last octets of each picture of a file of ours (for repair): one that
	 * can't be whole ends the walk as `malformed`, and so does anything that our files do not have
	 */
	constructor(
		readonly sink: MatroskaSink,
		readonly checks = false,
	) {}

	/** Begins a walk at the start of a file of this length. */
	open(size: Octets): this {
		this.facts = undefined;
		this.head = undefined;
		this.passedCues = 0;
		return this.start(0, size, AT_START);
	}

	/**
	 * Goes to a cluster, whose place a `ClusterIndex` or an earlier walk knows, or to {@link whole}. The head must be known.
	 * @param size the length of the file; of a running recording it has grown meanwhile
	 */
	seek(cluster: Octets, size: Octets, facts = this.facts): this {
		if (facts === undefined) throw new RangeError("the head of the file is not known");
		this.facts = facts;
		this.segmentEnd = facts.ending?.length ?? Number.POSITIVE_INFINITY;
		return this.start(cluster, size, IN_SEGMENT);
	}

	/** Takes octets of the file from {@link at} on: at least {@link need} of them, or up to the end of the file. */
	take(bytes: Uint8Array, start: Octets, end: Octets): void {
		if (!this.isWalking) return;
		// The file may have become shorter meanwhile.
		if (end - start < this.need) this.size = Math.min(this.size, this.at + end - start);
		this.bytes = bytes;
		this.base = start - this.at;
		this.end = end;
		this.isWaiting = false;
		if (this.wantsTail) this.takeTail();
		while (this.isWalking && !this.isWaiting) this.step();
		this.bytes = NOTHING;
	}

	private start(at: Octets, size: Octets, level: number): this {
		this.state = "walking";
		this.isWalking = true;
		this.at = this.whole = this.wholePicture = at;
		this.size = size;
		this.level = level;
		this.need = ELEMENT_HEAD_MAX;
		this.clusterAt = this.pictureEnd = 0;
		this.wantsTail = false;
		this.detail = "";
		return this;
	}

	/** Leaves a level, ends the walk, or looks at one element. */
	private step(): void {
		const { at, base, element } = this;
		if (this.level === IN_GROUP && at >= this.groupEnd) {
			this.level = IN_CLUSTER;
			return this.report();
		}
		if (this.level === IN_CLUSTER && at >= this.clusterEnd) return this.leaveCluster();
		if (at >= this.size || (this.level === IN_SEGMENT && at >= this.segmentEnd)) return this.complete();
		const content = element.read(this.bytes, base + at, this.end);
		if (content < 0) return this.fail("malformed", "no element");
		if (content === 0) {
			if (base + this.size <= this.end) return this.fail("cut", CUT);
			return this.want(ELEMENT_HEAD_MAX);
		}
		const from = content - base;
		const to = element.length < 0 ? Number.POSITIVE_INFINITY : from + element.length;
		if (this.level >= IN_CLUSTER) this.visitInCluster(element.id, from, to);
		else this.visit(element.id, from, to);
	}

	/** There is nothing more to walk over. */
	private complete(): void {
		const { level } = this;
		const isOpen = level === IN_CLUSTER && this.clusterEnd === Number.POSITIVE_INFINITY;
		if (isOpen) this.leaveCluster();
		else if (level !== IN_SEGMENT) return this.fail("cut", CUT);
		if (this.facts === undefined && !this.completeHead()) return;
		this.state = "ended";
		this.isWalking = false;
	}

	private leaveCluster(): void {
		this.level = IN_SEGMENT;
		this.whole = this.wholePicture = this.at;
	}

	private fail(state: WalkState, detail: string): void {
		this.state = state;
		this.isWalking = false;
		this.detail = `${detail} (at ${this.at})`;
	}

	/** The walk goes on when so many octets from here on are there. */
	private want(octets: Octets): void {
		this.need = octets;
		this.isWaiting = true;
	}

	/** Goes on behind an element, or inside of it. */
	private pass(to: Octets): void {
		this.at = to;
		this.need = ELEMENT_HEAD_MAX;
		if (this.level <= IN_SEGMENT) this.whole = this.wholePicture = to;
	}

	/** Looks at an element outside of clusters: its head is at `at`, its content at `[from, to)` of the file. */
	private visit(id: number, from: Octets, to: Octets): void {
		const { level } = this;
		if (id === E.CLUSTER && level === IN_SEGMENT) return this.enterCluster(from, to);
		if (id === E.SEGMENT && level === IN_FILE) {
			this.head = new MatroskaHeadReader(from);
			this.segmentEnd = to;
			this.level = IN_SEGMENT;
			return this.pass(from);
		}
		if (to === Number.POSITIVE_INFINITY) return this.fail("malformed", "an element without an end");
		if (level === AT_START && id !== E.EBML_HEADER) return this.fail("malformed", "no header of EBML");
		if (this.checks && level === IN_SEGMENT && !E.isTopLevel(id) && id !== E.EBML_VOID) {
			return this.fail("malformed", "an unknown element");
		}
		if (to > this.size) return this.fail("cut", CUT);
		if (level === IN_FILE || this.facts !== undefined) return this.pass(to);
		if (id === E.CUES) this.passedCues = this.at;
		if (level === IN_SEGMENT && !MatroskaHeadReader.wants(id)) return this.pass(to);
		if (to - this.at > WALK_MAX) {
			if (id === E.TAGS || id === E.SEEK_HEAD) return this.pass(to);
			return this.fail("unsupported", "its head is too long");
		}
		if (this.base + to > this.end) return this.want(to - this.at);
		if (level === AT_START) this.takeHeader(from, to);
		else {
			const problem = this.head?.read(id, this.bytes, this.base + from, this.base + to);
			if (problem !== undefined) this.fail("unsupported", problem);
			else this.pass(to);
		}
	}

	private takeHeader(from: Octets, to: Octets): void {
		if (!isMatroska(this.bytes, this.base + from, this.base + to))
			return this.fail("unsupported", "it is not Matroska");
		this.level = IN_FILE;
		this.pass(to);
	}

	/** All elements before the first cluster, or the end, were read. @returns false when the walk ends */
	private completeHead(): boolean {
		const facts = this.head?.facts(this.at, this.segmentEnd, this.passedCues) ?? "it has no segment";
		if (typeof facts === "string") {
			this.fail("unsupported", facts);
			return false;
		}
		this.facts = facts;
		this.sink.head(facts);
		return true;
	}

	private enterCluster(from: Octets, to: Octets): void {
		if (this.facts === undefined && !this.completeHead()) return;
		this.clusterAt = this.at;
		this.clusterEnd = to;
		this.clusterTime = -1;
		this.sink.cluster(this.at, to);
		this.level = IN_CLUSTER;
		this.pass(from);
	}

	private visitInCluster(id: number, from: Octets, to: Octets): void {
		const isInGroup = this.level === IN_GROUP;
		if (E.isTopLevel(id) && !isInGroup && this.clusterEnd === Number.POSITIVE_INFINITY) return this.leaveCluster();
		if (to > (isInGroup ? this.groupEnd : this.clusterEnd) || to === Number.POSITIVE_INFINITY) {
			return this.fail("malformed", "an element is longer than its cluster");
		}
		if (to > this.size) return this.fail("cut", CUT);
		if (id === E.TIMESTAMP) {
			if (to - from > 8) return this.fail("malformed", "a time is too long");
			if (this.base + to > this.end) return this.want(to - this.at);
			this.clusterTime = readUnsigned(this.bytes, this.base + from, this.base + to);
			return this.pass(to);
		}
		if (id === E.SIMPLE_BLOCK || (id === E.BLOCK && isInGroup)) {
			const look = Math.min(to, from + BLOCK_LOOK);
			if (this.base + look > this.end) return this.want(look - this.at);
			return this.visitBlock(from, to);
		}
		if (id === E.BLOCK_GROUP && !isInGroup) {
			this.level = IN_GROUP;
			this.groupEnd = to;
			this.pictureEnd = 0;
			return this.pass(from);
		}
		if (id === E.REFERENCE_BLOCK) this.isKey = false;
		if (this.checks && id !== E.EBML_VOID && id !== E.POSITION && id !== E.PREV_SIZE) {
			return this.fail("malformed", "an unknown element in a cluster");
		}
		this.pass(to);
	}

	private visitBlock(from: Octets, to: Octets): void {
		const { block, facts } = this;
		if (facts === undefined) return;
		if (!block.read(this.bytes, this.base + from, to - from) || this.clusterTime < 0) {
			return this.fail("malformed", "a block is malformed");
		}
		const start = from + block.length;
		if (block.track !== facts.track || start === to) return this.pass(to);
		if (block.isLaced) return this.fail("unsupported", "it has several pictures in one block");
		this.pictureTime = (this.clusterTime + block.time) * facts.scale;
		this.pictureStart = start;
		this.pictureEnd = to;
		this.isKey = block.isKey || this.level === IN_GROUP;
		if (this.checks) {
			const isBegin = isPictureBegin(facts.encoding, this.bytes, this.base + start, to - start);
			if (!isBegin) return this.fail("malformed", DAMAGED);
			this.wantsTail = true;
			this.pass(to - PICTURE_TAIL);
			if (this.base + to > this.end) return this.want(PICTURE_TAIL + ELEMENT_HEAD_MAX);
			return this.takeTail();
		}
		this.pass(to);
		if (this.level === IN_CLUSTER) this.report();
	}

	/** Looks at the last octets of the picture, which are at `at`, and reports the picture. */
	private takeTail(): void {
		if (this.at + PICTURE_TAIL > this.size) return this.fail("cut", CUT);
		if (!isPictureEnd(this.facts?.encoding ?? "JPEG", this.bytes, this.base + this.at))
			return this.fail("malformed", DAMAGED);
		this.wantsTail = false;
		this.pass(this.at + PICTURE_TAIL);
		if (this.level === IN_CLUSTER) this.report();
	}

	/** Reports the picture that was found. */
	private report(): void {
		const { pictureEnd, at } = this;
		if (pictureEnd === 0) return;
		this.pictureEnd = 0;
		this.wholePicture = at;
		if (at >= this.clusterEnd) this.leaveCluster();
		if (!this.sink.picture(this.pictureStart, pictureEnd, this.pictureTime, this.isKey)) this.isWaiting = true;
	}
}

const CUT = "it ends inside of an element";
const DAMAGED = "a picture is damaged";
const NOTHING = new Uint8Array(0);
