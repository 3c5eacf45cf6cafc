import assert from "node:assert/strict";
import { ADDRESS, OnvifVisitor, onvifHome } from "../support/onvif-home";
import { SceneSource } from "../support/scene-source";

describe("simulation/onvif motion", () => {
	it("gives a client that waits the beginning and the end of motion, and wakes the camera for it", () => {
		let source: SceneSource | undefined;
		const home = onvifHome({}, (made) => {
			made.makeSource = (machine) => {
				source = new SceneSource(made.world, () => machine.clock.utc());
				return source;
			};
		});
		assert.ok(source !== undefined);
		const client = new OnvifVisitor(home);
		const made = client.ask(
			"<e:CreatePullPointSubscription><e:InitialTerminationTime>PT10M</e:InitialTerminationTime></e:CreatePullPointSubscription>",
			`http://${ADDRESS}:8000/onvif/events_service`,
			3000,
		);
		assert.equal(made.status, 200);
		assert.match(made.text, /EventPortType\/CreatePullPointSubscriptionResponse/);
		const address = made.of("Address") ?? "";
		const pull = (timeout: string) =>
			client.ask(
				`<e:PullMessages><e:Timeout>${timeout}</e:Timeout><e:MessageLimit>100</e:MessageLimit></e:PullMessages>`,
				address,
			);
		const first = pull("PT60S");
		assert.match(first.text, /PropertyOperation="Initialized".*Name="State" Value="false"/);
		const before = home.world.now;
		assert.doesNotMatch(pull("PT20S").text, /NotificationMessage/);
		assert.ok(home.world.now - before >= 20_000);
		const from = home.world.now + 2000;
		source.moment = (at) =>
			at < from || at > from + 8000
				? {}
				: { figures: [{ x: 5 + (at - from) / 300, y: 10, width: 6, height: 9, brightness: 220 }] };
		const began = pull("PT60S");
		assert.match(began.text, /tns1:VideoSource\/MotionAlarm.*PropertyOperation="Changed".*Name="State" Value="true"/);
		assert.ok(home.world.now - from < 3000, `${home.world.now - from}`);
		assert.match(pull("PT60S").text, /PropertyOperation="Changed".*Name="State" Value="false"/);
		assert.equal(client.ask("<e:SetSynchronizationPoint/>", address, 3000).status, 200);
		assert.match(pull("PT60S").text, /PropertyOperation="Initialized"/);
		assert.equal(
			client.ask("<n:Renew><n:TerminationTime>PT60S</n:TerminationTime></n:Renew>", address, 3000).status,
			200,
		);
		assert.equal(client.ask("<n:Unsubscribe/>", address, 3000).status, 200);
		assert.equal(pull("PT1S").fault, "wsnt:ResourceUnknownFault");
		const { hub } = home.cameras[0].camera.video;
		home.world.runUntil(() => false, 20_000);
		const { frames } = hub;
		home.world.runUntil(() => false, 5000);
		assert.equal(hub.frames, frames);
	});
});
