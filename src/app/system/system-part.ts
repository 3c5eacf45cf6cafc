import type { HttpReply } from "../../http/http-request";
import { NO_STORE, REVALIDATED } from "../../http/response-head";
import { TextBody } from "../../http/text-source";
import type { ApiOperation } from "../../web/api";
import type { Notice } from "../../web/notices";
import { SCRIPT } from "../../web/page-script";
import { STYLESHEET } from "../../web/page-style";
import type { Node } from "../node";
import { get, type Metric, type Part, type Route } from "../part";

const ROUTES: readonly Route<SystemPart>[] = Object.freeze([
	get("/metrics", (system: SystemPart, _request, reply) => system.showMetrics(reply)),
	get("/porthole.css", (system: SystemPart, _request, reply) =>
		reply.text(200, "text/css; charset=utf-8", system.style, REVALIDATED),
	),
	get("/porthole.js", (system: SystemPart, _request, reply) =>
		reply.text(200, "text/javascript; charset=utf-8", system.script, REVALIDATED),
	),
]);

const OPERATIONS: readonly ApiOperation<SystemPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/status",
		need: "viewer",
		about: "The state of this camera.",
		run: (system: SystemPart) => ({ body: system.collectStatus() }),
	}),
]);

/** Tells programs how the whole appliance is: status and metrics, gathered from all parts; and the pages' style and script. */
export class SystemPart implements Part {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly style = new TextBody([STYLESHEET]);
	readonly script = new TextBody([SCRIPT]);

	constructor(
		private readonly node: Node,
		private readonly site: { notices(): readonly Notice[] },
	) {}

	/** Gathers the status of all parts. */
	collectStatus(): Record<string, unknown> {
		const { identity, host, hostNames, parts } = this.node;
		const status: Record<string, unknown> = { id: identity.id, boot: identity.boot, model: host.model, hostNames };
		for (const part of parts) Object.assign(status, part.status?.());
		return Object.assign(status, { notices: this.site.notices() });
	}

	/** Answers with the metrics of all parts. @see Prometheus text exposition format 0.0.4 */
	showMetrics(reply: HttpReply): void {
		const uptime: Metric = ["uptime_seconds", "gauge", "Time since the start", this.node.now / 1000];
		let text = lines(uptime);
		for (const part of this.node.parts) for (const metric of part.metrics?.() ?? []) text += lines(metric);
		reply.send(200, "text/plain; version=0.0.4; charset=utf-8", text, NO_STORE);
	}
}

function lines([name, kind, help, value]: Metric): string {
	return `# HELP porthole_${name} ${help}.\n# TYPE porthole_${name} ${kind}\nporthole_${name} ${value}\n`;
}
