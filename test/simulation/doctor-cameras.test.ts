import assert from "node:assert/strict";
import { Doctor, type DoctorOptions } from "../../src/app/doctor/doctor";
import type { DoctorReport, DoctorStep } from "../../src/app/doctor/doctor-report";
import { jsonForTerminal, linesOf, reportForPrograms } from "../../src/app/doctor/run-doctor";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { FleetKey } from "../../src/fleet/fleet-key";
import { NO_RESOLVER } from "../../src/ports/resolver";
import { AddressTable } from "../../src/stream/address/address-table";
import { PASSWORD } from "../support/digest";
import { VirtualHome } from "../support/virtual-home";

const KEY = "a-key-of-the-fleet-of-visible-letters";

/** A home of two cameras with RTSP, and a third one of another fleet. */
function makeHome(settings: Readonly<Record<string, string>>, wan?: string): VirtualHome {
	const home = new VirtualHome(71, {}, {}, wan);
	home.extras = [rtspServer({ table: new AddressTable([], true) }), RELAYS];
	for (const name of ["Garage", "Garden"]) home.add({ name, "rtsp-mapped": "on", ...settings });
	home.add({ name: "Foreign", fleet: "7" });
	// A router without a public address gives no ports.
	if (wan === undefined) home.until(() => home.ports.every((port) => port !== 0), 30_000, "all have a port");
	home.world.run(wan === undefined ? 2000 : 10_000);
	return home;
}

function examine(
	home: VirtualHome,
	options: Partial<DoctorOptions> = {},
): { report: DoctorReport; steps: DoctorStep[] } {
	const { network, random, log, clock } = home.neighbour;
	const doctor = new Doctor(
		{ network, random, log, clock, resolver: NO_RESOLVER },
		{ representativePorts: [8080], ...options },
	);
	const steps: DoctorStep[] = [];
	let report: DoctorReport | undefined;
	doctor.examine(
		(found) => {
			report = found;
		},
		(step) => steps.push(step),
	);
	home.until(() => report !== undefined, 40_000, "the doctor reports");
	return { report: report as DoctorReport, steps };
}

/** The verdicts of a camera, by way. */
function verdicts({ cameras }: DoctorReport, name: string): Record<string, boolean | undefined> {
	const camera = cameras.find((each) => each.name === name);
	return Object.fromEntries(camera?.ways.map(({ way, works }) => [way, works]) ?? []);
}

describe("simulation/doctor and the cameras (ONE-10)", () => {
	let open: VirtualHome;
	let sealed: VirtualHome;
	before(() => {
		open = makeHome({});
		sealed = makeHome({ "fleet-key": KEY });
	});

	it("says which ways lead to each camera of an open fleet, and leaves no mapping behind", () => {
		const before = open.gateway.table.all().length;
		const { report, steps } = examine(open);
		assert.equal(report.reachable, true);
		assert.deepEqual(
			report.cameras.map(({ name }) => name),
			["Foreign", "Garage", "Garden"],
		);
		for (const name of ["Garage", "Garden"]) {
			const { lan, mapped, punched, relayed } = verdicts(report, name);
			assert.deepEqual([lan, punched, relayed], [true, undefined, false], name);
			assert.notEqual(mapped, false);
		}
		assert.equal(open.gateway.table.all().length, before);
		assert.equal(steps.at(-1)?.step, "verdict");
		for (const [i, { at }] of steps.entries()) assert.ok(i === 0 || at >= steps[i - 1].at);
	});

	it("knows a camera of another fleet from the router's table only, and says so", () => {
		const { report } = examine(open);
		const { id, ways } = report.cameras.find(({ name }) => name === "Foreign") ?? { id: "x", ways: [] };
		assert.equal(id, "");
		assert.match(ways.map(({ text }) => text).join("\n"), /did not answer here, only the router knows it/);
	});

	it("asks the cameras of a fleet with a key for their state, by one login (ONE-5)", () => {
		const login = { user: "owner", password: PASSWORD };
		const { report } = examine(sealed, { keys: [new FleetKey(KEY)], login });
		const garage = report.cameras.find(({ name }) => name === "Garage");
		const { lan, punched, relayed } = verdicts(report, "Garage");
		assert.deepEqual([lan, punched, relayed], [true, false, false]);
		assert.match(garage?.ways[2].text ?? "", /no rendezvous server is set/);
		assert.match(garage?.ways[3].text ?? "", /no relay is registered/);
		assert.match(garage?.players[0].text ?? "", /192\.168\.0\.0\/24.*the row for the home network$/);
		assert.match(garage?.players[1].text ?? "", /row 0\.0\.0\.0\/0/);
	});

	it("hears nothing of a fleet whose key it does not have, and sends no login there", () => {
		const login = { user: "owner", password: PASSWORD };
		for (const keys of [[], [new FleetKey("another-key-of-another-fleet")]]) {
			const { report } = examine(sealed, { keys, login });
			for (const { id, ways } of report.cameras) {
				assert.equal(id, "", "known from the table only");
				assert.equal(ways[2].works, undefined);
			}
		}
	});

	it("sends nobody in a circle in a fleet without a key, with a password and without (ONE-10)", () => {
		for (const login of [undefined, { user: "owner", password: PASSWORD }]) {
			const { report } = examine(open, login === undefined ? {} : { login });
			const { text = "" } = report.cameras.find(({ name }) => name === "Garage")?.ways[2] ?? {};
			assert.match(text, /its fleet has no key, .* page Away from home shows it/);
			assert.doesNotMatch(text, /--password-file|--fleet-key-file/);
		}
	});

	it("does not answer a challenge of a camera that has not proved that it is one of the fleet", () => {
		const { report } = examine(open, { login: { user: "owner", password: PASSWORD } });
		const garage = report.cameras.find(({ name }) => name === "Garage");
		assert.match(garage?.ways[2].text ?? "", /its fleet has no key, .* page Away from home shows it/);
	});

	it("says that a password is wrong", () => {
		const login = { user: "owner", password: "wrong-password" };
		const { report } = examine(sealed, { keys: [new FleetKey(KEY)], login });
		assert.match(report.cameras[1].ways[2].text, /does not accept the password/);
	});

	it("says why a mapped port is of no use behind a provider's NAT", () => {
		const { report } = examine(makeHome({}, "100.64.0.9"));
		assert.equal(report.reachable, false);
		const garage = report.cameras.find(({ name }) => name === "Garage");
		assert.equal(garage?.ways[1].works, false);
		assert.match(
			garage?.ways[1].text ?? "",
			/the router has opened no port for it: .*(provider|behind another router)/,
		);
	});

	it("shows no text of others on a terminal that could control it", () => {
		const text = "\x1b[2J \x9b2J \u202eevil \u2028 é";
		const json = jsonForTerminal({ name: text });
		assert.match(json, /^[\n\x20-\x7eé]*$/);
		assert.deepEqual(JSON.parse(json), { name: text });
	});

	it("prints each step with its time, and gives programs the same", () => {
		const { report, steps } = examine(open);
		for (const step of steps) {
			const [first, ...others] = linesOf(step);
			assert.match(first, /^ *\d+\.\d s {2}\S/);
			for (const line of others) assert.match(line, /^ {9}/);
		}
		const parsed = JSON.parse(JSON.stringify(reportForPrograms(report)));
		assert.equal(parsed.reachable, true);
		assert.equal(parsed.cameras[1].ways[2].works, null);
		assert.equal(parsed.steps.length, steps.length);
		assert.deepEqual(
			[...new Set(steps.map(({ step }) => step))],
			["machine", "router", "port", "fleet", "address", "camera", "verdict"],
		);
	});
});
