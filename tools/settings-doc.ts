import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { DEVICE_SCHEMA } from "../hosts/linux/devices/device-settings";
import { LINUX_VIDEO_SCHEMA } from "../hosts/linux/linux-settings";
import { NODE_CAMERA_SCHEMA, NODE_NAS_SCHEMA, NODE_STORE_SCHEMA, NODE_VIDEO_SCHEMA } from "../hosts/node/node-settings";
import {
	CAMERA_COMMAND_SCHEMA,
	COMMANDS,
	DEMO_SCHEMA,
	EXIT_CODES,
	LEDGER_COMMAND_SCHEMA,
	NAS_COMMAND_SCHEMA,
	RELAY_COMMAND_SCHEMA,
	RELAY_KEY_SCHEMA,
	RENDEZVOUS_COMMAND_SCHEMA,
	ROUTES_SCHEMA,
} from "../src/settings/cli/commands";
import { DOCTOR_SCHEMA } from "../src/settings/cli/doctor-schema";
import { MOTION_EVENTS_SCHEMA } from "../src/settings/motion-events-schema";
import { ONVIF_SCHEMA } from "../src/settings/onvif-schema";
import { PEER_SCHEMA } from "../src/settings/peer-schema";
import { RTSP_SCHEMA } from "../src/settings/rtsp-schema";
import { mergeSchemas, type Schema, type SettingGroup } from "../src/settings/schema";
import { expectedOf, formatValue, type Setting } from "../src/settings/setting";
import { NAS_LINK_SCHEMA } from "../src/settings/stream-link-schema";

/** Where the document is. */
export const SETTINGS_DOCUMENT = resolve(__dirname, "../docs/settings.md");

/** Writes the reference of all settings in Markdown, from the schemas. */
export function settingsDocument(): string {
	const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `| \`${name}\` | ${summary} |`);
	return `# Settings

<!-- Written by tools/settings-doc.ts from the schemas in src/settings and hosts. Run \`node -r ./tools/typescript tools/settings-doc.ts\` after a change; a test compares the two. -->

| command | what it does |
| --- | --- |
${commands.join("\n")}

\`porthole\` (Node.js) has all commands, \`porthole-linux\` (Linux boards) has all but \`demo\` and \`routes\`; it runs \`camera\` when no
command is given. \`COMMAND --help\` shows the settings of a command. Exit codes: ${EXIT_CODES.done} done, ${EXIT_CODES.failed} failed, ${EXIT_CODES.usage} usage error.

## Where settings come from

Each source overrides those before it:

1. the default
2. the settings file, one JSON object: \`{ "http-port": 8000, "mapping": false, "representative-ports": [8080, 18080] }\`.
   It is named by \`--config FILE\` or \`PORTHOLE_CONFIG\`
3. an environment variable: \`http-port\` is \`PORTHOLE_HTTP_PORT\`
4. a flag: \`--http-port 8000\` or \`--http-port=8000\`; a switch without a value is \`on\`
5. the owner's changes on the settings page or by \`POST /api/v1/settings\`, for the settings marked *page*. They take effect
   after a restart, unless marked *at once*. If they contradict the other sources, all of them are ignored, with a warning
   in the log

On ESP32 boards and in the simulator, settings are entries of \`config\` in the manifest, by their names.

Unknown flags, unknown keys of the settings file and values that are not accepted are errors: the program lists all of them
with their source, and ends. Unknown variables that begin with \`PORTHOLE_\` only cause a warning, because programs of
different versions may share an environment. Variables that begin with \`PORTHOLE_TEST_\` belong to the tests.

The values of settings marked *secret* are shown nowhere.

Switches are \`on\` or \`off\` (in JSON also \`true\` or \`false\`). Lists are separated by commas (in JSON they may be arrays).

## Settings of a camera

${sections(CAMERA_COMMAND_SCHEMA)}

## Settings of one host

${sections(NODE_VIDEO_SCHEMA, " (`porthole`)")}

${sections(RTSP_SCHEMA, " (`porthole`, `porthole-linux`)")}
${sections(ONVIF_SCHEMA, " (`porthole`, `porthole-linux`)")}

${sections(MOTION_EVENTS_SCHEMA, " (`porthole`, `porthole-linux`)")}

${sections(PEER_SCHEMA, " (`porthole`, `porthole-linux`)")}

${sections(LINUX_VIDEO_SCHEMA, " (`porthole-linux`)")}

${sections(DEVICE_SCHEMA, " (`porthole-linux`)")}

## Settings of a NAS

\`porthole nas\` and \`porthole-linux nas\` have these, and those of a camera except for motion and \`stream-folder\`. Their
\`priority\` is 10 unless it is set, so that a camera is the representative where there is one.

${sections(only(NAS_COMMAND_SCHEMA, mergeSchemas(CAMERA_COMMAND_SCHEMA, RTSP_SCHEMA)))}

${sections(only(NODE_NAS_SCHEMA, mergeSchemas(NAS_COMMAND_SCHEMA, NODE_CAMERA_SCHEMA)), " (`porthole nas`)")}

## Settings of a control host

\`porthole stream-control\` and \`porthole-linux stream-control\` have these, and those of a camera except for its pictures. Their
\`priority\` is 20 unless it is set.

${sections(NAS_LINK_SCHEMA)}

## Settings of a relay

\`porthole relay\` and \`porthole-linux relay\` have these, and of those of a camera the ones of identity, access, HTTPS, HTTP server and
program. Unless they are set, \`http-port\` is 8080, \`rtsp-connections\` 1000 and \`rtsp-connections-per-address\` 100.

${sections(only(RELAY_COMMAND_SCHEMA, mergeSchemas(CAMERA_COMMAND_SCHEMA, RTSP_SCHEMA)))}

## Settings of a rendezvous server

\`porthole rendezvous\` and \`porthole-linux rendezvous\` have these, and of those of a camera the ones of identity, access, HTTPS, HTTP server
and program; besides \`rendezvous-key-file\` and \`turn-secret-file\`, each a file with the secret in place of the setting. Unless they are
set, \`http-port\` is 8080 and \`connections\` 10000.

${sections(only(RENDEZVOUS_COMMAND_SCHEMA, mergeSchemas(CAMERA_COMMAND_SCHEMA, RTSP_SCHEMA)))}

${sections(NODE_STORE_SCHEMA, " (`porthole rendezvous`)")}

## Settings of other commands

${sections(LEDGER_COMMAND_SCHEMA, " (`porthole ledger`)")}

${sections(RELAY_KEY_SCHEMA, " (`porthole relay-key`)")}

${sections(DEMO_SCHEMA, " (`porthole demo`)")}

${sections(DOCTOR_SCHEMA, " (`porthole doctor`, `porthole-linux doctor`)")}

${sections(ROUTES_SCHEMA, " (`porthole routes`)")}
`;
}

/** The groups of a schema whose titles are not in another. */
function only(schema: Schema, other: Schema): Schema {
	return { groups: schema.groups.filter(({ title }) => !other.groups.some((group) => group.title === title)) };
}

function sections(schema: Schema, suffix = ""): string {
	return schema.groups.map((group) => section(group, suffix)).join("\n\n");
}

function section({ title, settings }: SettingGroup, suffix: string): string {
	const head = `### ${title}${suffix}\n\n| setting | accepts | default | meaning |\n| --- | --- | --- | --- |`;
	return `${head}\n${settings.map(row).join("\n")}`;
}

function row(setting: Setting): string {
	const text = formatValue(setting, setting.default);
	const value = text === "" || setting.unit === undefined ? text : `${text} ${setting.unit}`;
	const cells = [`\`${setting.name}\`${marksOf(setting)}`, expectedOf(setting), value, setting.help];
	return `| ${cells.map(escapeCell).join(" | ")} |`;
}

function marksOf({ editable, restart, secret }: Setting): string {
	const page = editable !== true ? "" : restart === true ? " *page*" : " *page, at once*";
	return secret === true ? `${page} *secret*` : page;
}

function escapeCell(text: string): string {
	return text.split("|").join("\\|").split("<").join("&lt;");
}

if (require.main === module) writeFileSync(SETTINGS_DOCUMENT, settingsDocument());
