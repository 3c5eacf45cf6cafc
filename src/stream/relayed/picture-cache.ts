import type { Octets } from "../../core/time";
import type { RelayedPicture } from "./relayed-picture";

/** The most octets that are kept. */
const CACHE_MAX: Octets = 4 * 1024 * 1024;
/** The most pictures that are kept. */
export const PICTURES_MAX = 600;

/**
 * The pictures since the newest key picture, which viewers that join or lag behind are sent: for JPEG the newest one. Bounded: where
 * there are too many, nothing is kept until the next key picture.
 */
export class PictureCache {
	/** In order; those before the last are whole. */
	readonly pictures: RelayedPicture[] = [];
	private octets: Octets = 0;

	/** The number of the first picture that is kept; `Infinity`: none is. */
	get first(): number {
		return this.pictures.length === 0 ? Infinity : this.pictures[0].number;
	}

	/** The picture with this number; `undefined`: it is not kept. */
	get(number: number): RelayedPicture | undefined {
		return this.pictures[number - this.first];
	}

	/** A picture begins; whether it is a key picture is known. */
	begin(picture: RelayedPicture): void {
		// Some cameras send parameter sets as pictures of their own: they belong to the one that follows.
		if (picture.isKey && this.hasSlices) this.clear();
		if (!picture.isKey && this.pictures.length === 0) return;
		picture.isKept = true;
		this.pictures.push(picture);
	}

	/** A picture that is kept has grown. */
	grown(octets: Octets): void {
		this.octets += octets;
		if (this.octets > CACHE_MAX || this.pictures.length > PICTURES_MAX) this.clear();
	}

	/** Nothing is kept any more. A picture that is still coming stays with its owner. */
	clear(): void {
		const { pictures } = this;
		for (let i = 0; i < pictures.length; i++) {
			pictures[i].isKept = false;
			if (pictures[i].isWhole) pictures[i].clear();
		}
		pictures.length = 0;
		this.octets = 0;
	}

	private get hasSlices(): boolean {
		const { pictures } = this;
		for (let i = 0; i < pictures.length; i++) if (pictures[i].hasSlices) return true;
		return false;
	}
}
