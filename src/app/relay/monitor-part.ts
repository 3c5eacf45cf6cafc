import type { Millis } from "../../core/time";
import type { RelayMonitor } from "../../relay/relay-monitor";
import type { Metric, Part } from "../part";
import type { RelayServices } from "./relay-services";

/** How long the connections of viewers may take to close. */
const FAREWELL: Millis = 200;

/** The session monitor as a part of the relay: its sessions for pages and programs, and their orderly end. */
export class MonitorPart implements Part {
	constructor(
		private readonly relay: RelayServices,
		private readonly monitor: RelayMonitor,
	) {}

	leave(done: () => void): void {
		const { node } = this.relay;
		const hadViewers = this.monitor.viewers > 0;
		// The last octets to viewers need a moment before the connections are dropped.
		this.monitor.stop(node.now, () => (hadViewers ? node.pump.after(FAREWELL, done) : done()));
	}

	status(): Record<string, unknown> {
		return { relay: { name: this.relay.name, viewers: this.monitor.viewers } };
	}

	metrics(): readonly Metric[] {
		const { viewers, counters } = this.monitor;
		return [
			["relay_viewers", "gauge", "Viewers at this relay", viewers],
			["relay_upstreams_total", "counter", "Sessions opened with origins", counters.opened],
			["relay_upstreams_refused_total", "counter", "Sessions that origins refused", counters.refused],
			["relay_upstreams_broken_total", "counter", "Sessions with origins that broke", counters.broken],
		];
	}
}
