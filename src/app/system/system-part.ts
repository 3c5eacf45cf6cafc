import { fromBase64 } from "../../base/base64";
import { VERSION } from "../../base/version";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE, REVALIDATED } from "../../http/response-head";
import { TextBody } from "../../http/text-source";
import type { ApiOperation } from "../../web/api";
import { ICON_PNG } from "../../web/icon-png";
import { ICON_SVG } from "../../web/logo";
import { manifestOf } from "../../web/manifest";
import type { Notice } from "../../web/notices";
import { SCRIPT } from "../../web/page-script";
import { STYLESHEET } from "../../web/page-style";
import type { Headers } from "../../wire/text-message";
import { factsOf } from "../device-facts";
import type { Node } from "../node";
import { get, type Metric, type Part, type Route } from "../part";
import { scriptFile, styleFile } from "../static-file";
import { METRICS_TYPE, metricsText } from "./metrics-text";

/** The icon changes with a new version only. */
const CACHED: Headers = Object.freeze([Object.freeze(["Cache-Control", "private, max-age=86400"] as const)]);

const ROUTES: readonly Route<SystemPart>[] = Object.freeze([
	get("/metrics", (system: SystemPart, _request, reply) => system.showMetrics(reply)),
	get("/manifest.webmanifest", (system: SystemPart, _request, reply) =>
		reply.send(200, "application/manifest+json", manifestOf(system.node.deviceName), NO_STORE),
	),
	get("/icon.svg", (system: SystemPart, _request, reply) => reply.text(200, "image/svg+xml", system.icon, REVALIDATED)),
	get("/icon.png", (_system: SystemPart, _request, reply) =>
		reply.send(200, "image/png", fromBase64(ICON_PNG) ?? "", CACHED),
	),
]);

const FILES = Object.freeze([styleFile("/porthole.css", STYLESHEET), scriptFile("/porthole.js", SCRIPT)]);

const OPERATIONS: readonly ApiOperation<SystemPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/status",
		need: "viewer",
		about: "The state of this camera.",
		run: (system: SystemPart) => ({ body: system.collectStatus() }),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/device",
		need: "viewer",
		about: "What an inventory lists of this device.",
		run: (system: SystemPart) => ({ body: system.describe() }),
	}),
]);

/** Tells programs how the whole appliance is: status and metrics, gathered from all parts; and the pages' style and script. */
export class SystemPart implements Part {
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly operations = OPERATIONS;
	readonly icon = new TextBody([ICON_SVG]);

	constructor(
		readonly node: Node,
		private readonly site: { notices(): readonly Notice[] },
	) {}

	/** Gathers the status of all parts. */
	collectStatus(): Record<string, unknown> {
		const { identity, host, hostNames, parts } = this.node;
		const { id, boot } = identity;
		const uptime = Math.floor(this.node.now / 1000);
		const status: Record<string, unknown> = { id, boot, model: host.model, version: VERSION, uptime, hostNames };
		for (const part of parts) Object.assign(status, part.status?.());
		return Object.assign(status, { notices: this.site.notices() });
	}

	/** The answer to `GET /api/v1/device`: flat, as others of the fleet read it. */
	describe(): Record<string, string | number | undefined> {
		const { width, height, ...facts } = factsOf(this.node);
		const size = width === undefined || height === undefined ? {} : { width, height };
		return { id: this.node.identity.id, name: this.node.deviceName, ...facts, ...size };
	}

	/** Answers with the metrics of all parts. */
	showMetrics(reply: HttpReply): void {
		const { identity, host, now } = this.node;
		const build = [
			["version", VERSION],
			["model", host.model],
		] as const;
		const device = [
			["id", identity.id],
			["name", this.node.deviceName],
		] as const;
		const metrics: Metric[] = [
			["build_info", "gauge", "1: the version of the program, and the hardware", 1, build],
			["device_info", "gauge", "1: the identity and the name of this device", 1, device],
			["uptime_seconds", "gauge", "Time since the start", now / 1000],
		];
		for (const part of this.node.parts) metrics.push(...(part.metrics?.() ?? []));
		reply.send(200, METRICS_TYPE, metricsText(metrics), NO_STORE);
	}
}
