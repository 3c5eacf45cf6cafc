import type { Millis } from "../../core/time";
import type { H264Packetizer } from "../packets/h264-packetizer";
import { PacketStream } from "../packets/packet-stream";
import { BurstGroup, type KeyRequester } from "./burst-group";
import type { ContentHost } from "./playable-content";
import { PAUSED, PLAYING, type StreamSession } from "./stream-session";

/** A group, and how many streams were set up for it, whether or not they play. */
interface Entry {
	readonly channel: number;
	readonly group: BurstGroup;
	uses: number;
}

/** The groups of one content: one for datagrams, and one for each channel that clients have asked for on their connections. */
export class BurstGroups {
	/** All groups, for sending. */
	readonly all: BurstGroup[] = [];
	/** Streams that play. */
	playing = 0;
	private readonly entries: Entry[] = [];

	/**
	 * @param keys absent where every picture is a key picture
	 * @param h264 absent where the pictures are JPEG
	 */
	constructor(
		private readonly host: ContentHost,
		private readonly keys?: KeyRequester,
		private readonly h264?: H264Packetizer,
	) {}

	/** The group of a stream that was set up. */
	of(session: StreamSession): BurstGroup {
		return (this.find(session.channel) as Entry).group;
	}

	/** A stream is set up: its group exists until it has left. Over TCP it gets the group's SSRC. */
	enter(session: StreamSession): void {
		const { channel } = session;
		let entry = this.find(channel);
		if (entry === undefined) {
			const { host, h264 } = this;
			const packets = new PacketStream(channel < 0 ? "udp" : "tcp", channel, host.origin.draw(), h264);
			entry = { channel, group: new BurstGroup(packets, host.newGroup(), host.solo, this.keys), uses: 0 };
			this.entries.push(entry);
			this.all.push(entry.group);
		}
		entry.uses++;
		if (channel >= 0) session.ssrc = entry.group.packets.ssrc;
	}

	/** A stream is taken down. */
	leave(session: StreamSession): void {
		const entry = this.find(session.channel);
		if (entry === undefined || --entry.uses > 0) return;
		entry.group.clear();
		this.entries.splice(this.entries.indexOf(entry), 1);
		this.all.splice(this.all.indexOf(entry.group), 1);
	}

	/** A stream plays from now on; what is sent to its group reaches it once it is added there. */
	play(now: Millis, session: StreamSession): void {
		session.state = PLAYING;
		session.pace?.join(now);
		this.playing++;
	}

	/** A stream plays no more; harmless when it does not play. */
	pause(now: Millis, session: StreamSession): void {
		if (session.state !== PLAYING) return;
		session.state = PAUSED;
		session.pace?.leave(now);
		this.playing--;
		const group = this.of(session);
		group.remove(session);
		// What waits for the next client would be old.
		if (group.sessions.length === 0) group.clear();
	}

	/** The pace of a stream has changed, or which pictures it takes. */
	paced(session: StreamSession): void {
		if (session.receiver !== undefined) this.of(session).watch(session);
	}

	private find(channel: number): Entry | undefined {
		const { entries } = this;
		for (let i = 0; i < entries.length; i++) if (entries[i].channel === channel) return entries[i];
		return undefined;
	}
}
