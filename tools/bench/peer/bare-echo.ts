/**
 * All that a datagram costs on Node.js: in, an answer of so many octets, out, and no resolver. A script for `node -e` with the port as its
 * argument; it prints a line when the port is open.
 * @param octets of an answer: a STUN header with the request's transaction, an address, zeros
 */
export function bareEcho(octets: number): string {
	const head = `0101${(octets - 20).toString(16).padStart(4, "0")}2112a442${"00".repeat(12)}0020000800010000`;
	return `
		const lookup = (address, options, done) => done(null, address, 4);
		const socket = require("node:dgram").createSocket({ type: "udp4", lookup });
		const answer = Buffer.from("${head.padEnd(2 * octets, "0")}", "hex");
		socket.on("message", (message, from) => {
			message.copy(answer, 4, 4, 20);
			answer.writeUInt16BE(from.port ^ 0x2112, 26);
			socket.send(answer, 0, ${octets}, from.port, from.address);
		});
		socket.bind(Number(process.argv[1]), "127.0.0.1", () => console.log("open"));
	`;
}
