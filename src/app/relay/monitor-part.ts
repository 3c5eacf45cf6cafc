import type { RelayMonitor } from "../../relay/relay-monitor";
import type { Metric, Part } from "../part";
import type { RelayServices } from "./relay-services";

/** The session monitor as a part of the relay: its sessions for pages and programs, and their orderly end. */
export class MonitorPart implements Part {
	constructor(
		private readonly relay: RelayServices,
		private readonly monitor: RelayMonitor,
	) {}

	leave(done: () => void): void {
		this.monitor.stop(this.relay.node.now, done);
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
