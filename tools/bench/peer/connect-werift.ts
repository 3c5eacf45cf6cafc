import { createInterface } from "node:readline";
import { Candidate, Connection, type IceOptions } from "werift";

/** One peer of werift's ICE; a program of connect.ts. */
async function main(): Promise<void> {
	const [role, address, port, turnLogin] = process.argv.slice(2);
	const [turnUsername, turnPassword] = turnLogin.split(" ");
	const server: [string, number] = [address, Number(port)];
	const options: Partial<IceOptions> = { stunServer: server, useIpv6: false };
	if (turnLogin !== "") Object.assign(options, { turnServer: server, turnUsername, turnPassword });
	const connection = new Connection(role === "controlling", options);
	const start = performance.now();
	await connection.gatherCandidates();
	say(`gathered ${Math.round(performance.now() - start)}`);
	const { localUsername, localPassword, localCandidates } = connection;
	const candidates = localCandidates.map((candidate) => candidate.toSdp());
	say(`description ${JSON.stringify({ name: localUsername, password: localPassword, candidates })}`);
	createInterface({ input: process.stdin }).on("line", (line) => {
		const began = performance.now();
		const other = JSON.parse(line.slice(3)).candidates;
		connection.setRemoteParams({ iceLite: false, usernameFragment: other.name, password: other.password });
		// Names of mDNS would be waited for, so not one after another.
		for (const candidate of other.candidates) void connection.addRemoteCandidate(Candidate.fromSdp(candidate));
		void connection.addRemoteCandidate(undefined);
		connection.connect().then(
			() => {
				const time = (performance.now() - began).toFixed(1);
				say(`connected ${time} ${connection.nominated?.remoteCandidate.type ?? ""}`);
				say(`ready ${time}`);
			},
			(error) => say(`failed ${error.message}`),
		);
	});
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

void main();
