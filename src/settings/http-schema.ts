import { schema } from "./schema";
import { integer, port } from "./setting";

/** Settings of the HTTP server. */
export const HTTP_SCHEMA = schema("HTTP server", {
	httpPort: port({
		default: 8000,
		editable: true,
		restart: true,
		help: "port on which this camera serves its pages on the home network (with --port-layout fixed)",
	}),
	connections: integer({
		min: 2,
		max: 10000,
		default: 1000,
		help: "maximum number of HTTP connections at a time",
	}),
	connectionsPerAddress: integer({
		min: 1,
		max: 10000,
		default: 100,
		help: "maximum number of HTTP connections at a time from one address; viewers may use three quarters of it",
	}),
});
