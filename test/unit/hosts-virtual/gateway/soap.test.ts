import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../../../hosts/virtual/gateway/quirks";
import { argumentOf, codeOf, Home, mapping, named } from "./home";

describe("hosts-virtual/gateway/soap", () => {
	it("maps a port, lists it for all clients, and deletes it", () => {
		const home = new Home();
		assert.equal(home.add(8080), 200);
		assert.equal(home.add(8080, 1), 718);
		assert.equal(home.add(8081, 1), 200);
		const entry = home.call("GetGenericPortMappingEntry", { NewPortMappingIndex: 0 }, 1);
		const names = ["NewExternalPort", "NewProtocol", "NewInternalPort", "NewInternalClient", "NewEnabled"];
		assert.deepEqual(
			names.map((name) => argumentOf(entry, name)),
			["8081", "TCP", "8000", "192.168.0.12", "1"],
		);
		assert.equal(argumentOf(entry, "NewPortMappingDescription"), "camera");
		assert.equal(home.holder(8080), "192.168.0.11");
		assert.equal(codeOf(home.call("GetGenericPortMappingEntry", { NewPortMappingIndex: 2 })), 713);
		assert.equal(argumentOf(home.call("GetExternalIPAddress"), "NewExternalIPAddress"), "198.20.0.1");
		assert.equal(argumentOf(home.call("GetStatusInfo"), "NewConnectionStatus"), "Connected");
		assert.equal(codeOf(home.call("DeletePortMapping", named(8080))), 200);
		assert.equal(codeOf(home.call("DeletePortMapping", named(8080))), 714);
		assert.equal(codeOf(home.call("Nonsense")), 401);
		assert.equal(codeOf(home.call("AddPortMapping", {})), 402);
		assert.equal(codeOf(home.call("AddPortMapping", {}, 0, "/elsewhere")), 404);
	});

	it("ends leases exactly, counts them down, and starts them again on renewal (E3)", () => {
		const home = new Home();
		home.add(8080, 0, { NewLeaseDuration: 10 });
		const start = home.world.now;
		home.world.run(start + 5000);
		const left = Number(argumentOf(home.call("GetSpecificPortMappingEntry", named(8080)), "NewLeaseDuration"));
		assert.equal(left, 5);
		assert.equal(home.add(8080, 0, { NewLeaseDuration: 10, NewInternalPort: 8001 }), 200);
		home.world.run(start + 14_000);
		assert.equal(home.add(8080, 1), 718);
		home.world.run(start + 15_100);
		assert.equal(home.add(8080, 1), 200);
		home.add(8081, 0, { NewLeaseDuration: 9_999_999 });
		const cut = Number(argumentOf(home.call("GetSpecificPortMappingEntry", named(8081)), "NewLeaseDuration"));
		assert.equal(cut, 604_800);
	});

	it("chooses another port with AddAnyPortMapping: +1, -1 … (E4)", () => {
		const home = new Home({ igd: 2 });
		home.cameras.push(home.join(13));
		const reserved = [0, 1, 2, 1].map((camera) => {
			const args = mapping(8080, home.cameras[camera].address);
			return argumentOf(home.call("AddAnyPortMapping", args, camera), "NewReservedPort");
		});
		assert.deepEqual(reserved, ["8080", "8081", "8079", "8081"]);
	});

	it("lists a range in one call, as CDATA or escaped, also an empty one (E4)", () => {
		const home = new Home();
		for (const port of [8080, 8081, 8090]) home.add(port);
		const range = { NewStartPort: 8080, NewEndPort: 8085, NewProtocol: "TCP", NewManage: 1, NewNumberOfPorts: 0 };
		const answer = home.call("GetListOfPortMappings", range);
		assert.ok(answer.body.includes("<NewPortListing><![CDATA[<p:PortMappingList "));
		assert.equal(answer.body.match(/<p:PortMappingEntry>/g)?.length, 2);
		assert.ok(answer.body.includes("<p:NewDescription>camera</p:NewDescription>"));
		home.gateway.quirks.listEscaped = true;
		assert.ok(home.call("GetListOfPortMappings", range).body.includes("&lt;p:NewExternalPort&gt;8081&lt;"));
		const empty = home.call("GetListOfPortMappings", { ...range, NewStartPort: 9000, NewEndPort: 9001 });
		assert.deepEqual([empty.status, empty.body.includes("PortMappingEntry")], [200, false]);
		assert.equal(codeOf(home.call("GetListOfPortMappings", { ...range, NewStartPort: 9000 })), 733);
	});

	const rights: [string, Partial<GatewayQuirks>, number, number, number][] = [
		["2.3.1 insecure", { secure: false }, 200, 200, 200],
		["2.3.1 secure", {}, 606, 718, 200],
		["2.3.11 IGDv2 build", { addForeignCode: 606 }, 606, 606, 200],
		["2.3.11 IGDv1 build", { deleteForeignCode: 714 }, 714, 718, 200],
		["with the hole mended", { rangeChecksOwner: true }, 606, 718, 606],
	];
	for (const [title, quirks, deleted, added, range] of rights) {
		it(`quirks 3, 9: decides whether a client may delete and add another's mapping, ${title} (E1, E2, E4, E16)`, () => {
			const home = new Home(quirks);
			home.add(8080);
			home.add(8090);
			assert.equal(home.add(8080, 1), 718);
			assert.equal(codeOf(home.call("DeletePortMapping", named(8080), 1)), deleted);
			assert.equal(codeOf(home.call("AddPortMapping", mapping(8085, "192.168.0.11"), 1)), added);
			const all = { NewStartPort: 8090, NewEndPort: 8090, NewProtocol: "TCP", NewManage: 1 };
			assert.equal(codeOf(home.call("DeletePortMappingRange", all, 1)), range);
		});
	}

	it("quirk 9: treats a camera's mapping as another's once its address has changed (E7)", () => {
		const home = new Home();
		home.add(8080);
		home.cameras[0].nics[0].configure({ address: "192.168.0.77", gateway: "192.168.0.1" });
		assert.equal(codeOf(home.call("DeletePortMapping", named(8080))), 606);
		assert.equal(home.add(8080), 718);
	});

	const leases: [string, Partial<GatewayQuirks>, number, number][] = [
		["1: 725 for any lease but 0", { leases: "permanent-725" }, 725, 200],
		["2: the same said as 402", { leases: "permanent-402" }, 402, 200],
		["2: 0 refused with 402", { leases: "finite-402" }, 200, 402],
	];
	for (const [title, quirks, finite, permanent] of leases) {
		it(`quirk ${title}`, () => {
			const home = new Home(quirks);
			assert.equal(home.add(8080), finite);
			assert.equal(home.add(8081, 0, { NewLeaseDuration: 0 }), permanent);
		});
	}

	it("quirk 2: drops mappings with a lease after a moment (DD-WRT)", () => {
		const home = new Home({ leases: "drops-finite" });
		assert.equal(home.add(8080), 200);
		assert.equal(home.add(8081, 0, { NewLeaseDuration: 0 }), 200);
		assert.equal(home.holder(8080), "192.168.0.11");
		home.world.runFor(1000);
		assert.deepEqual([home.holder(8080), home.holder(8081)], ["714", "192.168.0.11"]);
	});

	const refusals: [string, Partial<GatewayQuirks>, number, number][] = [
		["3: 718 where nothing is", { phantomConflicts: [8080] }, 8080, 718],
		["4: permission off", { permissionOff: true }, 8080, 606],
		["5: the router's own port", { routerPorts: [8080] }, 8080, 729],
		["5: forwarded by hand", { manualForwards: [{ externalPort: 8080, address: "192.168.0.9", port: 80 }] }, 8080, 729],
		["6: full table", { tableSize: 0 }, 8080, 728],
		["6: full table, silently", { tableSize: 0, fullTable: "silent" }, 8080, 200],
		["10: an access point", { accessPoint: true }, 8080, 501],
		["22: below the least port", { minimumPort: 1024 }, 80, 606],
		["22: port 0", {}, 0, 716],
		["5, 6: says 200 and adds nothing", { adding: "nothing" }, 8080, 200],
	];
	for (const [title, quirks, port, code] of refusals) {
		it(`quirk ${title}: ${code}`, () => {
			const home = new Home(quirks);
			assert.equal(home.add(port), code);
			assert.equal(home.holder(port), "714", "and no entry");
		});
	}

	it("quirk 3: refuses the owner's renewal", () => {
		const home = new Home({ refusesRenewal: true });
		assert.deepEqual([home.add(8080), home.add(8080)], [200, 718]);
	});

	it("quirk 5: maps to another machine; a manual forward comes before a mapping", () => {
		const home = new Home({ adding: "other-client" });
		assert.equal(home.add(8080), 200);
		assert.equal(home.holder(8080), "192.168.0.253");
		const manualForwards = [{ externalPort: 8080, address: "192.168.0.12", port: 80 }];
		const lax = new Home({ manualForwards, ignoresManualForwards: true });
		assert.equal(lax.add(8080), 200);
		assert.deepEqual(lax.gateway.table.find("tcp", 8080, ""), { address: "192.168.0.12", port: 80 });
	});

	it("quirk 7: forgets mappings before their leases end", () => {
		const home = new Home({ forgetsAfter: 5000 });
		home.add(8080);
		home.world.runFor(5000);
		assert.equal(home.holder(8080), "714");
		home.add(8080);
		home.gateway.loseMappings();
		assert.equal(home.holder(8080), "714");
	});

	it("quirk 12: reports Connected with a private, shared or missing WAN address (E11)", () => {
		const cases: [Partial<GatewayQuirks>, string | undefined, string, number][] = [
			[{}, "192.168.1.2", "", 501],
			[{}, "100.64.3.4", "", 501],
			[{ hidesPrivateWan: false }, "100.64.3.4", "100.64.3.4", 200],
			[{ externalAddress: "0.0.0.0" }, "198.20.0.1", "0.0.0.0", 200],
			[{ externalAddress: "" }, "198.20.0.1", "", 200],
			[{}, undefined, "", 501],
		];
		for (const [quirks, wan, expected, code] of cases) {
			const home = new Home(quirks);
			home.gateway.setWanAddress(wan);
			assert.equal(argumentOf(home.call("GetExternalIPAddress"), "NewExternalIPAddress"), expected);
			assert.equal(argumentOf(home.call("GetStatusInfo"), "NewConnectionStatus"), "Connected");
			assert.equal(home.add(8080), code);
		}
	});

	it("quirk 17: has several services, the first of them not connected", () => {
		const home = new Home({
			connectedWord: "Up",
			services: [
				{ kind: "WANIPConnection", version: 1, connected: false },
				{ kind: "WANPPPConnection", version: 1, connected: true },
			],
		});
		assert.equal(argumentOf(home.call("GetStatusInfo"), "NewConnectionStatus"), "Disconnected");
		assert.equal(home.add(8080), 501);
		const ppp = "/ctl/PPPConn1";
		assert.equal(argumentOf(home.call("GetStatusInfo", {}, 0, ppp), "NewConnectionStatus"), "Up");
		assert.equal(codeOf(home.call("AddPortMapping", mapping(8080, "192.168.0.11"), 0, ppp)), 200);
	});

	const styles: [GatewayQuirks["soapStyle"], string, string][] = [
		["s", "<s:Body><u:GetStatusInfoResponse xmlns:u=", "<s:Fault>"],
		["SOAP-ENV", "<SOAP-ENV:Body><u:", "<SOAP-ENV:Fault>"],
		["SOAP", "<SOAP:Body><u:", "<SOAP:Fault>"],
		["m", "<s:Body><m:GetStatusInfoResponse xmlns:m=", "<s:Fault>"],
		["unbound", "<s:Body><u:GetStatusInfoResponse><", "<s:Fault>"],
		["wrong-namespace", ':u="urn:schemas-upnp-org:service:Nonsense:9"', "<s:Fault>"],
		["none", "<Body><GetStatusInfoResponse xmlns=", "<Fault>"],
	];
	for (const [soapStyle, good, bad] of styles) {
		it(`quirk 19: writes SOAP with prefix ${soapStyle}`, () => {
			const home = new Home({ soapStyle });
			assert.ok(home.call("GetStatusInfo").body.includes(good));
			assert.ok(home.call("Nonsense").body.includes(bad));
		});
	}

	it("quirk 19: writes fault names in any case", () => {
		for (const [faultCase, name] of [
			["usual", "<faultcode>"],
			["lower", "<errorcode>"],
			["upper", "<ErrorCode>"],
		] as const) {
			const answer = new Home({ faultCase }).call("Nonsense");
			assert.ok(answer.body.includes(name), answer.body);
			assert.equal(answer.status, 500);
		}
	});

	it("quirk 21: is strict about SOAPAction, line breaks, self-closing tags and the case of the protocol", () => {
		const request = (home: Home, from: string, to: string): number => {
			const args = mapping(8080, "192.168.0.11", { NewRemoteHost: "" });
			const inner = Object.entries(args).map(([name, value]) => `<${name}>${value}</${name}>`);
			const body = `<Envelope><Body><AddPortMapping>${inner.join("")}</AddPortMapping></Body></Envelope>`;
			const text = `POST /ctl/IPConn HTTP/1.1\r\nSOAPAction: "x#AddPortMapping"\r\nContent-Length: `;
			const changed = body.replace(from, to);
			return codeOf(home.exchange(`${text.replace(from, to)}${changed.length}\r\n\r\n${changed}`));
		};
		const cases: [Partial<GatewayQuirks>, string, string, number][] = [
			[{ strictSoapAction: true }, "SOAPAction", "soapaction", 400],
			[{ strictSoapAction: true }, '"x#AddPortMapping"', "x#AddPortMapping", 400],
			[{ strictBody: true }, "<Body>", "\n<Body>", 400],
			[{ strictBody: true }, "<NewRemoteHost></NewRemoteHost>", "<NewRemoteHost/>", 400],
			[{ strictProtocol: true }, ">TCP<", ">tcp<", 402],
		];
		for (const [quirks, from, to, code] of cases) {
			assert.equal(request(new Home(quirks), from, to), code, to);
			assert.equal(request(new Home(), from, to), 200, to);
			assert.equal(request(new Home(quirks), "", ""), 200, to);
		}
	});

	it("quirk 22: maps everything with port 0", () => {
		const home = new Home({ portZero: "all" });
		assert.equal(home.add(0), 200);
		assert.deepEqual(home.gateway.table.find("tcp", 4711, ""), { address: "192.168.0.11", port: 4711 });
	});

	it("quirk 23: ends the table with other codes, counts from 1, changes the order, never ends", () => {
		const walk = (quirks: Partial<GatewayQuirks>, indexes: number[]): string[] => {
			const home = new Home(quirks);
			for (const port of [8080, 8081, 8082]) home.add(port);
			return indexes.map((index) => {
				const answer = home.call("GetGenericPortMappingEntry", { NewPortMappingIndex: index });
				return argumentOf(answer, "NewExternalPort") ?? `${codeOf(answer)}`;
			});
		};
		assert.deepEqual(walk({}, [0, 1, 2, 3]), ["8082", "8081", "8080", "713"]);
		assert.deepEqual(walk({ tableEndCode: 402, tableFrom: 1 }, [0, 1, 3, 4]), ["402", "8082", "8080", "402"]);
		assert.deepEqual(walk({ tableOrder: "oldest-first", tableEndCode: 501 }, [0, 2, 9]), ["8080", "8082", "501"]);
		assert.deepEqual(walk({ tableNeverEnds: true }, [0, 3, 300]), ["8082", "8082", "8082"]);
		const shuffled = walk({ tableOrder: "shuffled" }, Array(20).fill(1));
		assert.ok(new Set(shuffled).size > 1);
	});

	it("answers 401 to actions of version 2 where it has none, and crashes on a long list (E15)", () => {
		const home = new Home({ version2Actions: false });
		assert.equal(codeOf(home.call("AddAnyPortMapping", mapping(8080, "192.168.0.11"))), 401);
		const fragile = new Home({ listCrashesAbove: 1 });
		fragile.add(8080);
		fragile.add(8081);
		const range = { NewStartPort: 1, NewEndPort: 65535, NewProtocol: "TCP", NewManage: 1, NewNumberOfPorts: 20 };
		assert.equal(fragile.call("GetListOfPortMappings", range).text, "");
		assert.equal(fragile.call("GetStatusInfo").why, "refused");
		assert.deepEqual(fragile.search("upnp:rootdevice"), []);
	});

	it("returns descriptions as stored, and long ones as garbage (E15)", () => {
		const home = new Home({ garbageDescriptionsFrom: 40 });
		home.add(8080, 0, { NewPortMappingDescription: "&lt;img src=x onerror=alert(1)&gt;" });
		assert.ok(
			home.call("GetSpecificPortMappingEntry", named(8080)).body.includes("&lt;img src=x onerror=alert(1)&gt;"),
		);
		home.add(8081, 0, { NewPortMappingDescription: "x".repeat(64) });
		assert.ok(home.call("GetSpecificPortMappingEntry", named(8081)).body.includes("x\xff\xc3\xfe"));
	});
});
