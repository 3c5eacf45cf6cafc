import { HTTP_ABUSE } from "../../test/support/http-abuse";
import { mutate, splice } from "../../test/support/mutate";
import { deliver, MANNERS } from "./http-delivery";
import type { Attack, Place, Scene } from "./scene";

const EVERYWHERE: readonly Place[] = ["home", "wan", "away"];
/** Characters that mean something to a reader of HTTP. */
const LETTERS = "\r\n\t :;,=/?%&#\"'<>{}[]()\\\0\x01\x7f\x80\xffAaZz09-_.*+GETPOST";
const PATHS =
	"/ /login /logout /camera /portal /fleet /settings /snapshot.jpg /stream.mjpeg /metrics /description.xml /gateway/events /api/v1/status /api/v1/cameras /api/v1/settings /api/v1/password /api/v1/links /api/v1/motion /api/v1/openapi.json /porthole.css /porthole.js /favicon.ico /x".split(
		" ",
	);
const METHODS = "GET GET GET HEAD POST PUT DELETE OPTIONS NOTIFY SUBSCRIBE TRACE PATCH PROPFIND".split(" ");
const FIELDS =
	"Accept Accept-Encoding Authorization Connection Content-Length Content-Type Cookie Expect Host If-None-Match Origin Range Referer Sec-Fetch-Site Transfer-Encoding Upgrade User-Agent X-Forwarded-For NT NTS SID SEQ".split(
		" ",
	);
const VALUES =
	"text/html|*/*|gzip|close|keep-alive|chunked|identity|0|1|17|99999999999|-1|bytes=0-1|bytes=-5|100-continue|websocket|Mozilla/5.0|curl/8|same-origin|cross-site|upnp:event|upnp:propchange|uuid:0|application/json|application/x-www-form-urlencoded|multipart/form-data; boundary=b|Basic b3duZXI6eA==|Bearer x|Digest|porthole-x=y".split(
		"|",
	);

function long(scene: Scene, letter = "a"): string {
	return letter.repeat(1 + scene.random.below(scene.pick([30, 300, 3000, 20_000])));
}

/** Builds a request out of parts that a camera knows. */
function request(scene: Scene): string {
	const { random } = scene;
	const { host, port } = scene.target();
	let fields = random.chance(0.95) ? `Host: ${host}:${port}\r\n` : "";
	for (let n = random.below(6); n > 0; n--) fields += `${scene.pick(FIELDS)}: ${scene.pick(VALUES)}\r\n`;
	const body = random.chance(0.3) ? `a=${"x".repeat(random.below(3000))}` : "";
	if (body !== "" && random.chance(0.8)) fields += `Content-Length: ${body.length}\r\n`;
	const query = random.chance(0.2) ? `?${long(scene, scene.pick(["a=b&", "%00", "link=x&", "pass=y&"]))}` : "";
	return `${scene.pick(METHODS)} ${scene.pick(PATHS)}${query} HTTP/1.1\r\n${fields}\r\n${body}`;
}

/** Heads that are long in one part: method, target, names, values, or their number. */
function oversized(scene: Scene): string {
	const host = `Host: ${scene.target().host}\r\n`;
	const get = `GET ${scene.pick(PATHS)} HTTP/1.1\r\n${host}`;
	switch (scene.random.below(7)) {
		case 0:
			return `${long(scene, "M")} / HTTP/1.1\r\n${host}\r\n`;
		case 1:
			return `GET /${long(scene)} HTTP/1.1\r\n${host}\r\n`;
		case 2:
			return `${get}${long(scene, "n")}: x\r\n\r\n`;
		case 3:
			return `${get}X: ${long(scene, scene.pick(["v", " ", "\t", "\xff"]))}\r\n\r\n`;
		case 4:
			return `${get}${"A: b\r\n".repeat(scene.random.below(600))}\r\n`;
		case 5:
			return `${get}Cookie: ${long(scene, "a=b; ")}\r\n\r\n`;
		default:
			return `${get}Authorization: Digest ${long(scene, 'a="b", ')}\r\n\r\n`;
	}
}

/** Requests that a reader of HTTP may trip over. */
export const HTTP_ATTACKS: readonly Attack[] = [
	{
		name: "http-mutated",
		places: EVERYWHERE,
		pause: 60,
		together: 20,
		async act(scene) {
			const { random } = scene;
			const abuse = () => scene.pick(HTTP_ABUSE).raw;
			const base = random.chance(0.5)
				? abuse()
				: random.chance(0.5)
					? request(scene)
					: splice(random, abuse(), request(scene));
			const raw = random.chance(0.8) ? mutate(random, base, LETTERS) : base;
			await deliver(scene, scene.target(), raw, scene.pick(MANNERS));
		},
	},
	{
		name: "http-oversized",
		places: EVERYWHERE,
		pause: 60,
		together: 20,
		async act(scene) {
			await deliver(scene, scene.target(), oversized(scene), scene.pick(MANNERS));
		},
	},
	{
		name: "http-pipelined",
		places: EVERYWHERE,
		pause: 400,
		together: 5,
		async act(scene) {
			let raw = "";
			for (let n = scene.random.below(60); n >= 0; n--) raw += request(scene);
			await deliver(scene, scene.target(), raw, scene.pick(MANNERS));
		},
	},
	{
		name: "http-crowd",
		places: EVERYWHERE,
		pause: 3000,
		together: 1,
		async act(scene) {
			const to = scene.target();
			const raw = scene.pick(["", "G", "\r\n", `GET / HTTP/1.1\r\nHost: ${to.host}\r\nX-Slow: `, request(scene)]);
			const count = 20 + scene.random.below(280);
			await Promise.all(Array.from({ length: count }, () => deliver(scene, to, raw, scene.pick(["hold", "deaf"]))));
		},
	},
	{
		name: "http-stalled-viewers",
		places: EVERYWHERE,
		pause: 2000,
		together: 2,
		async act(scene) {
			const to = scene.target();
			const link = scene.order.links[to.host] ?? "x";
			const raw = `GET /stream.mjpeg?link=${link} HTTP/1.1\r\nHost: ${to.host}\r\n\r\n`;
			const count = 1 + scene.random.below(60);
			await Promise.all(
				Array.from({ length: count }, () => deliver(scene, to, raw, scene.pick(["hold", "deaf", "deaf", "reset"]))),
			);
		},
	},
	{
		name: "gena",
		places: ["home"],
		pause: 100,
		together: 5,
		async act(scene) {
			const { random } = scene;
			const to = scene.target();
			const property = scene.pick(["ExternalIPAddress", "PortMappingNumberOfEntries", "__proto__", long(scene)]);
			const xml = `<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property><${property}>${random.u32()}</${property}></e:property></e:propertyset>`;
			const body = random.chance(0.5)
				? xml
				: random.chance(0.5)
					? mutate(random, xml, "<>&;/!x[")
					: "<a>".repeat(random.below(1500));
			const fields = `NT: upnp:event\r\nNTS: upnp:propchange\r\nSID: uuid:${random.u32()}\r\nSEQ: ${random.u32()}\r\n`;
			const raw = `NOTIFY /gateway/events HTTP/1.1\r\nHost: ${to.host}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
			await deliver(scene, to, raw, scene.pick(MANNERS));
		},
	},
];
