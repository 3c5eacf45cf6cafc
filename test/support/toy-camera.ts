/**
 * The source text of a toy camera for `node -e`, with which the harness is tested without the product: an MJPEG
 * server on port 8000 whose page names its host, with pictures in two colours taking turns.
 *
 * Takes two JPEG files as arguments.
 */
export const TOY_CAMERA = `
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const [title, ...files] = process.argv.slice(1);
const pictures = files.map((file) => readFileSync(file));
createServer((request, response) => {
	if (request.url !== "/stream.mjpeg") {
		response.setHeader("Content-Type", "text/html");
		response.end("<title>" + title + "</title><img src=/stream.mjpeg width=64 height=48>");
		return;
	}
	response.setHeader("Content-Type", "multipart/x-mixed-replace; boundary=b");
	let n = 0;
	const timer = setInterval(() => {
		const picture = pictures[n++ % pictures.length];
		response.write("--b\\r\\nContent-Type: image/jpeg\\r\\nContent-Length: " + picture.length + "\\r\\n\\r\\n");
		response.write(picture);
		response.write("\\r\\n");
	}, 100);
	response.on("close", () => clearInterval(timer));
}).listen(8000);
process.on("SIGINT", () => process.exit(0));
`;
