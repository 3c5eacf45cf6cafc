import { openWebRtc } from "../../../hosts/node/web-rtc";
import { RtcCaller } from "../../support/rtc-caller";
import { until } from "../../support/until";

// A process that is called by itself, ends the call, and has nothing more to do.

async function main(): Promise<void> {
	const webRtc = openWebRtc();
	if (webRtc === undefined) throw new Error("no WebRTC");
	const caller = new RtcCaller();
	let kept = 0;
	caller.call(webRtc, {
		...caller.toCaller,
		connected() {},
		opened: (channel) => {
			if (channel.label !== "kept") return undefined;
			kept++;
			return { received() {}, drained() {}, closed() {} };
		},
		keyWanted() {},
		closed() {},
	});
	let refused = 0;
	caller.receiveVideo();
	caller.open("kept");
	caller.open("refused", () => refused++);
	await until("a channel of each kind", 5000, () => kept === 1 && refused === 1);
	if (caller.answerer?.hasVideo !== true) throw new Error("no video");
	caller.answerer.close();
	caller.close();
	console.log("over");
}

void main();
