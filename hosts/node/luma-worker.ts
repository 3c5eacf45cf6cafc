import { parentPort } from "node:worker_threads";
import { JpegDc } from "../../src/media/jpeg-dc";
import type { LumaOrder, LumaReport } from "./luma-protocol";

/** The worker thread that reads the brightness of pictures. @see ThreadLumaReader */
function serve(answer: (report: LumaReport) => void): (order: LumaOrder) => void {
	const dc = new JpegDc();
	const buffers: Uint8Array[] = [];
	return ({ slot, buffer, length }) => {
		if (buffer !== undefined) buffers[slot] = new Uint8Array(buffer);
		const fault = dc.read(buffers[slot], 0, length);
		if (fault !== undefined) return answer({ slot, fault });
		const { columns, rows, blocks } = dc;
		answer({ slot, columns, rows, blocks: blocks.slice(0, columns * rows) });
	};
}

if (parentPort !== null) {
	const port = parentPort;
	const take = serve((report) => port.postMessage(report));
	port.on("message", take);
}
