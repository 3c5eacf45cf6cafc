/** Programs of others whose commands in the documents are run by a test. */
const PROGRAM =
	/^(?:ffmpeg|ffplay|gst-launch-1\.0|c?vlc|curl|wget|motion|mosquitto_pub|mosquitto_sub|upnpc|cadaver|rclone lsf)\s+\S/;

/** A comment at the end of a line. The `#` of a URL or a topic has no blank before it. */
const COMMENT = /\s+#\s.*$/;

/** The commands of other people's programs that a document shows: in blocks of code, and between backticks. */
export function playerCommandsIn(text: string): string[] {
	return [...codeIn(text)].map(({ code }) => code).filter((code) => PROGRAM.test(code));
}

/** The lines of all blocks of code of a document, without comments; lines that go on after a `\\` are one. */
export function linesOf(text: string): string[] {
	return [...codeIn(text)].filter(({ isBlock, code }) => isBlock && code !== "").map(({ code }) => code);
}

function* codeIn(text: string): Generator<{ readonly code: string; readonly isBlock: boolean }> {
	let isFenced = false;
	for (const line of text.replaceAll("\\\n", " ").split("\n")) {
		if (line.startsWith("```")) isFenced = !isFenced;
		else if (isFenced || line.startsWith("    ")) yield { code: line.replace(COMMENT, "").trim(), isBlock: true };
		else for (const [, code] of line.matchAll(/`([^`]+)`/g)) yield { code: code.trim(), isBlock: false };
	}
}

/** The fenced blocks of a document in one language; `""`: those without. */
export function blocksIn(text: string, language: string): string[] {
	return Array.from(text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm))
		.filter(([, name]) => name === language)
		.map(([, , block]) => block);
}

/** What a player is told so that it ends by itself, and how long that may take, in seconds. */
export interface LimitedCommand {
	/** For a shell. */
	readonly text: string;
	/** The file that it writes; empty: none. */
	readonly file: string;
	/** What it prints if it has worked. */
	readonly says: RegExp;
	/** Exit codes that mean success. */
	readonly codes: readonly number[];
}

const FINE = [0];
/** Of `timeout`, and of curl when its time is over. */
const OVER = [0, 124, 123, 28];

/** Ends the command that the shell has just put into the background, one second after a condition holds. */
function endedOnce(condition: string): string {
	return `p=$!; until ${condition} || ! kill -0 $p 2>/dev/null; do sleep 0.3; done; sleep 1; kill $p 2>/dev/null; wait $p`;
}

/**
 * Makes a command end by itself, play without a screen, and report what it did; nothing else of it is changed.
 * @param seconds how long a recording is
 * @param password the owner's, for what is not told it by words
 */
export function limited(command: string, seconds = 2, password = ""): LimitedCommand {
	const words = command.split(/\s+/);
	const rest = words.slice(1).join(" ");
	switch (words[0]) {
		case "ffmpeg": {
			const file = words.at(-1) ?? "";
			const text = `ffmpeg -v error -nostdin -y ${words.slice(1, -1).join(" ")} -t ${seconds} ${file}`;
			return { text, file, says: /^/, codes: FINE };
		}
		case "ffplay":
			// It ends with 0 also when it could not open the stream, which it describes otherwise.
			return {
				text: `export SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy; timeout 60 ffplay -hide_banner ${rest} >ffplay.log 2>&1 & ${endedOnce("grep -q 'Stream #0:0: Video' ffplay.log")}; cat ffplay.log`,
				file: "",
				says: /Stream #0:0: Video: (?:mjpeg|h264)[^\n]* \d+x\d+/,
				codes: OVER,
			};
		case "gst-launch-1.0":
			return {
				text: `gst-launch-1.0 -q ${rest.replace(/autovideosink$/, "fakesink num-buffers=5")}`,
				file: "",
				says: /^/,
				codes: FINE,
			};
		case "vlc": {
			const record = "'#std{access=file,mux=mpjpeg,dst=vlc.mjpeg}'";
			const text = `timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=. vlc -I dummy --no-audio --sout ${record} ${rest} 2>&1 & ${endedOnce("[ -s vlc.mjpeg ]")}`;
			return { text, file: "vlc.mjpeg", says: /^/, codes: OVER };
		}
		case "curl": {
			const file = /(?:^| )-o (\S+)/.exec(rest)?.[1] ?? "";
			const isUpload = / -T /.test(rest);
			const isLive = /\/garage"?(?: |$)/.test(rest);
			const text = `curl -f -m ${isLive ? 15 : 30} ${rest}`;
			return { text, file, says: file === "" && !isUpload ? /\S/ : /^/, codes: isLive ? OVER : FINE };
		}
		case "wget":
			return { text: `wget -q ${rest}`, file: /-O (\S+)/.exec(rest)?.[1] ?? "", says: /^/, codes: FINE };
		case "cadaver": {
			// It asks for user and password, and for commands.
			const netrc = `printf 'default login owner password ${password}\n' > .netrc && chmod 600 .netrc`;
			const text = `${netrc} && printf 'cd files\nls\nquit\n' | HOME=. ${command}`;
			// Another command may upload a file at the same time.
			return { text, file: "", says: /Listing collection .*(?:succeeded|collection is empty)/, codes: FINE };
		}
		case "rclone":
			return { text: `rclone --config /dev/null --retries 1 ${rest}`, file: "", says: /\//, codes: FINE };
		case "mosquitto_sub":
			return { text: `mosquitto_sub -C 1 -W 20 ${rest}`, file: "", says: /^porthole\//, codes: FINE };
		case "upnpc":
			return { text: command, file: "", says: /TCP +\d+->192\.168\.0\.11:8000/, codes: FINE };
		default:
			return { text: command, file: "", says: /^/, codes: FINE };
	}
}

/** Commands that run at a time. */
const LANES = 3;

/** Runs tasks, a few at a time. @returns the problems */
export async function all(tasks: readonly (() => Promise<string>)[]): Promise<string[]> {
	const problems: string[] = [];
	const left = [...tasks];
	const lane = async (): Promise<void> => {
		for (let task = left.shift(); task !== undefined; task = left.shift()) {
			const problem = await task();
			if (problem !== "") problems.push(problem);
		}
	};
	await Promise.all(Array.from({ length: LANES }, lane));
	return problems;
}
