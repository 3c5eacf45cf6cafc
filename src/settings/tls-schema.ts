import { schema } from "./schema";
import { text } from "./setting";

/** The longest path of a file. */
const PATH_MAX = 1024;

/** Settings of HTTPS. */
export const TLS_SCHEMA = schema(
	"HTTPS",
	{
		tlsCertificate: text({
			placeholder: "FILE",
			check: isPath,
			expected: "the path of a file",
			help: "certificate in PEM format, with its chain: this camera then serves HTTPS; read again when the file changes; not on ESP32",
		}),
		tlsKey: text({
			placeholder: "FILE",
			check: isPath,
			expected: "the path of a file",
			help: "private key of the certificate in PEM format, without a passphrase",
		}),
	},
	({ tlsCertificate, tlsKey }) => {
		if (tlsCertificate !== "" && tlsKey === "")
			return { field: "tlsKey", problem: "must be given together with %", other: "tlsCertificate" };
		if (tlsCertificate === "" && tlsKey !== "")
			return { field: "tlsCertificate", problem: "must be given together with %", other: "tlsKey" };
		return undefined;
	},
);

function isPath(text: string): boolean {
	if (text.length > PATH_MAX) return false;
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 32 || text.charCodeAt(i) === 127) return false;
	return true;
}
