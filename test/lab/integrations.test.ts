import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, type Need, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, NOBODY, OWNER } from "./lab";

const PYTHON = "/usr/bin/python3";
/** The account of nobody, for programs that refuse to run as root. */

/** Gets a still and the beginning of the live picture by Digest, as Home Assistant's MJPEG integration does. */
const HTTPX = `
import httpx, sys
base, password = sys.argv[1:]
auth = httpx.DigestAuth("owner", password)
with httpx.Client(auth=auth, timeout=60) as client:
    still = client.get(base + "snapshot.jpg")
    print(still.status_code, still.headers["content-type"], still.content[:2].hex(), still.content[-2:].hex())
    with client.stream("GET", base + "stream.mjpeg") as live:
        print(live.status_code, live.headers["content-type"].split(";")[0])
        octets = 0
        for chunk in live.iter_bytes():
            octets += len(chunk)
            if octets > 20000: break
`;

/** Uses the JSON interface with Digest. */
const REQUESTS = `
import requests, sys
base, password = sys.argv[1:]
session = requests.Session()
session.auth = requests.auth.HTTPDigestAuth("owner", password)
still = session.get(base + "snapshot.jpg", timeout=60)
print(still.status_code, still.headers["content-type"])
print(session.get(base + "api/v1/status", timeout=60).json()["name"])
print(session.post(base + "api/v1/links", json={"hours": 2}, timeout=60).json()["hours"])
`;

/** Reads the metrics with a bearer token; prints the number of families, and the types of those named. */
const PROMETHEUS = `
import sys, urllib.request
from prometheus_client.parser import text_string_to_metric_families
base, token, *names = sys.argv[1:]
request = urllib.request.Request(base + "metrics", headers={"Authorization": "Bearer " + token})
text = urllib.request.urlopen(request, timeout=60).read().decode()
families = {family.name: family for family in text_string_to_metric_families(text)}
print(len(families), all(family.documentation and len(family.samples) == 1 for family in families.values()))
for name in names: print(name, families[name].type)
`;

/** What a program needs to know about a camera. */
interface Place {
	/** With a slash at the end. */
	readonly base: string;
	/** The same with user and password in the URL. */
	readonly login: string;
	/** Of a viewer link. */
	readonly token: string;
}

/** A third-party program and how it is made to use a camera. */
interface Client {
	readonly title: string;
	readonly needs: readonly Need[];
	readonly argv: (place: Place) => readonly string[];
	/** What it prints; absent: nothing. */
	readonly expected?: RegExp;
}

const ffmpeg = (...input: readonly string[]) => ["ffmpeg", "-v", "error", ...input, "-f", "null", "-"];
const gstreamer = (...source: readonly string[]) => [
	"gst-launch-1.0",
	"-q",
	"souphttpsrc",
	...source,
	"!",
	"multipartdemux",
	"!",
	"jpegdec",
	"!",
	"fakesink",
	"num-buffers=5",
];

/** As in `docs/integrations.md`, with default settings. */
const CLIENTS: readonly Client[] = [
	{
		title: "curl gets a still by Digest with SHA-256",
		needs: [],
		argv: ({ base }) => [
			"curl",
			"-s",
			"-m",
			"60",
			...OWNER,
			"-o",
			"/dev/null",
			"-w",
			"%{http_code} %{content_type}",
			`${base}snapshot.jpg`,
		],
		expected: /^200 image\/jpeg$/,
	},
	{
		title: "ffmpeg takes a still by a viewer link",
		needs: ["ffmpeg"],
		argv: ({ base, token }) => ffmpeg("-i", `${base}snapshot.jpg?link=${token}`, "-frames:v", "1"),
	},
	{
		title: "ffmpeg watches by a viewer link, as go2rtc and Frigate have it",
		needs: ["ffmpeg"],
		argv: ({ base, token }) =>
			ffmpeg("-f", "mpjpeg", "-i", `${base}stream.mjpeg?fps=5&link=${token}`, "-frames:v", "5"),
	},
	{
		title: "GStreamer watches by a viewer link",
		needs: ["gst-launch-1.0"],
		argv: ({ base, token }) => gstreamer(`location=${base}stream.mjpeg?link=${token}`),
	},
	{
		title: "httpx gets stills and the live picture by Digest, as Home Assistant does",
		needs: ["python3-httpx"],
		argv: ({ base }) => [PYTHON, "-c", HTTPX, base, PASSWORD],
		expected: /^200 image\/jpeg ffd8 ffd9\n200 multipart\/x-mixed-replace\n$/,
	},
	{
		title: "Python's requests uses the interface for programs by Digest",
		needs: ["python3-requests"],
		argv: ({ base }) => [PYTHON, "-c", REQUESTS, base, PASSWORD],
		expected: /^200 image\/jpeg\ncamera \d\n2\n$/,
	},
	{
		title: "Prometheus's parser reads /metrics, got with a bearer token",
		needs: ["python3-prometheus-client"],
		argv: ({ base, token }) => [
			PYTHON,
			"-c",
			PROMETHEUS,
			base,
			token,
			"porthole_frames",
			"porthole_viewers",
			"porthole_fleet_cameras",
		],
		expected: /^\d\d True\nporthole_frames counter\nporthole_viewers gauge\nporthole_fleet_cameras gauge\n$/,
	},
	{
		title: "promtool finds nothing wrong with /metrics",
		needs: ["promtool"],
		argv: ({ base, token }) => [
			"/bin/sh",
			"-c",
			'curl -sS -H "Authorization: Bearer $2" "$1metrics" | promtool check metrics 2>&1',
			"sh",
			base,
			token,
		],
	},
];

/** Programs that only know Digest with MD5, with default settings. */
const MD5_CLIENTS: readonly Client[] = [
	{
		title: "wget gets a still by Digest with MD5",
		needs: ["wget"],
		argv: ({ base }) => [
			"wget",
			"-q",
			"-O",
			"/dev/null",
			"--tries=1",
			"--user=owner",
			`--password=${PASSWORD}`,
			`${base}snapshot.jpg`,
		],
	},
	{
		title: "ffmpeg takes a still by Digest with MD5",
		needs: ["ffmpeg"],
		argv: ({ login }) => ffmpeg("-i", `${login}snapshot.jpg`, "-frames:v", "1"),
	},
	{
		title: "ffmpeg watches by Digest with MD5",
		needs: ["ffmpeg"],
		argv: ({ login }) => ffmpeg("-f", "mpjpeg", "-i", `${login}stream.mjpeg`, "-frames:v", "5"),
	},
	{
		title: "GStreamer watches by Digest with MD5",
		needs: ["gst-launch-1.0"],
		argv: ({ base }) => gstreamer(`location=${base}stream.mjpeg`, "user-id=owner", `user-pw=${PASSWORD}`),
	},
];

for (const kind of CAMERA_KINDS) {
	describe(`lab/third-party programs that use a camera (${kind}) from the Internet (IMG-16)`, function () {
		this.timeout(300_000);
		const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux", "setpriv"), [kind]);
		const base = `http://${WAN}:8080/`;
		const scratch = mkdtempSync(join(tmpdir(), "porthole-players-"));
		let place: Place;

		const settle = async (...flags: readonly string[]): Promise<void> => {
			await house().fill(1, ...flags);
			const argv = ["curl", "-s", "-m", "60", ...OWNER, "-d", "hours=1", `${base}api/v1/links`];
			const { token } = JSON.parse((await house().lab.exec("wan", argv)).stdout);
			place = { base, login: base.replace("//", `//owner:${PASSWORD}@`), token };
		};

		before(async () => {
			chmodSync(scratch, 0o777);
			await settle();
		});
		after(() => rmSync(scratch, { recursive: true, force: true }));

		function tryAll(clients: readonly Client[]): void {
			for (const client of clients) {
				it(client.title, async function () {
					needs(this, ...client.needs);
					const { code, stdout, stderr } = await house().lab.exec("wan", client.argv(place));
					assert.equal(code, 0, stdout + stderr);
					assert.equal(stderr, "");
					assert.match(stdout, client.expected ?? /^$/);
				});
			}
		}

		tryAll([...CLIENTS, ...MD5_CLIENTS]);

		it("VLC watches and records by a viewer link", async function () {
			needs(this, "vlc");
			const file = join(scratch, "recorded");
			const url = `${base}stream.mjpeg?link=${place.token}`;
			const record = `#std{access=file,mux=mpjpeg,dst=${file}}`;
			const play = [...NOBODY, "vlc", "-I", "dummy", "--no-audio", "--sout", record, url];
			const vlc = house().lab.spawn("wan", ["env", `HOME=${scratch}`, ...play]);
			await until("VLC has recorded five pictures", 15_000, () => {
				const octets = existsSync(file) ? readFileSync(file).toString("latin1") : "";
				return octets.split("\xff\xd8\xff").length > 5;
			});
			await vlc.crash();
		});

		describe("with --digest-md5 off", () => {
			before(async () => {
				await house().cameras[1].leave();
				await settle("--digest-md5", "off");
			});

			for (const client of MD5_CLIENTS) {
				it(`refuses: ${client.title}`, async function () {
					needs(this, ...client.needs);
					const { code, stdout, stderr } = await house().lab.exec("wan", client.argv(place));
					assert.notEqual(code, 0, stdout + stderr);
				});
			}
		});
	});
}
