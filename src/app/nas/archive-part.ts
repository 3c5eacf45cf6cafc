import type { ArchiveTarget } from "../../ports/archive-target";
import { ARCHIVE_SCHEMA } from "../../settings/archive-schema";
import type { ValuesOf } from "../../settings/schema";
import { Archiver } from "../../storage/archive/archiver";
import type { Fact } from "../../web/camera-page";
import { NAS_MESSAGES } from "../../web/nas-messages";
import type { Notice } from "../../web/notices";
import { sizeText } from "../../web/size-text";
import type { Node, NodeSettings } from "../node";
import type { Metric, Part } from "../part";
import type { NasExtra, NasServices } from "./nas-services";

/** The key in the store of how far the archive has come. */
const KEY = "archived";

/** The settings of the archive part. */
export type ArchivePartSettings = NodeSettings & ValuesOf<typeof ARCHIVE_SCHEMA>;

/**
 * The archive of a NAS, for hosts that have one.
 * @param open opens the place that the settings name; an exception says for people why that is not possible
 */
export function archive(open: (url: string) => ArchiveTarget): NasExtra {
	return {
		settings: ARCHIVE_SCHEMA,
		make: (nas) => {
			// The host reads the settings with the schema above.
			const { settings } = nas.node as unknown as Node<ArchivePartSettings>;
			return settings.archive === "" ? {} : new ArchivePart(nas, open(settings.archive));
		},
	};
}

/** Copies finished recordings to a second NAS or a storage service, for a disk that has become too small. */
class ArchivePart implements Part {
	readonly archiver: Archiver;

	constructor(
		private readonly nas: NasServices,
		private readonly target: ArchiveTarget,
	) {
		const { node, store } = nas;
		const host = {
			store,
			target,
			after: (delay: number, run: () => void) => node.pump.after(delay, run),
			save: (text: string) => node.memory.write(KEY, text),
			changed: () => this.changed(),
		};
		this.archiver = new Archiver(host, node.memory.read(KEY) ?? "");
	}

	start(): void {
		this.nas.node.host.log.write("info", "archive", `finished recordings are copied to ${this.target.description}`);
		this.archiver.start();
	}

	leave(done: () => void): void {
		this.archiver.stop();
		done();
	}

	notices(): readonly Notice[] {
		const { trouble } = this.archiver;
		return trouble === undefined ? [] : [{ message: NAS_MESSAGES.notices.archive, remedy: trouble }];
	}

	facts(): readonly Fact[] {
		const { waiting, octets, lost } = this.archiver;
		const { archive, archived } = NAS_MESSAGES;
		return [[archive, archived(this.target.description, sizeText(octets), waiting, lost)]];
	}

	status(): Record<string, unknown> {
		const { copies, octets, lost, trouble, waiting, until } = this.archiver;
		const { description: target } = this.target;
		return { archive: { target, copies, octets, lost, waiting, until: until || null, trouble: trouble ?? null } };
	}

	metrics(): readonly Metric[] {
		const { copies, octets, lost, trouble, waiting } = this.archiver;
		return [
			["nas_archive_copies_total", "counter", "Recordings copied to the archive", copies],
			["nas_archive_bytes_total", "counter", "Octets copied to the archive", octets],
			["nas_archive_lost_total", "counter", "Recordings that were deleted before they were copied", lost],
			["nas_archive_waiting", "gauge", "Finished recordings that wait to be copied", waiting],
			["nas_archive_trouble", "gauge", "1: the last copy failed", trouble === undefined ? 0 : 1],
		];
	}

	private changed(): void {
		const { trouble } = this.archiver;
		const { node } = this.nas;
		if (trouble === undefined) node.host.log.write("info", "archive", "recordings are copied again");
		else node.host.log.write("warn", "archive", trouble);
		node.changed();
	}
}
