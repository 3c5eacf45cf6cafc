import type { FileContentStore } from "../../storage/store/file-content-store";
import type { Part } from "../part";

/** Puts what is being recorded on the medium before the program ends. It leaves after the parts that record. */
export class StorePart implements Part {
	constructor(private readonly store: FileContentStore) {}

	/** @see Part.leave */
	leave(done: () => void): void {
		this.store.close(done);
	}
}
