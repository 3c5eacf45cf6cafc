import { utf8Encode } from "../../base/text";
import type { Millis } from "../../core/time";
import type { Member } from "../../fleet/member";
import type { ApiAnswer } from "../../web/api";
import { DEVICES_MESSAGES } from "../../web/devices-messages";
import type { TaskState } from "../../web/devices-page";
import { parseJsonMembers } from "../../wire/json-members";
import type { OwnerAnswer } from "./owner-request";

/** When a changed setting takes effect: at once, after a restart that is part of the change, or after one of its own. */
export type SettingEffect = "at-once" | "restart" | "later";

/** What is done to each of the chosen devices. */
export type BulkAction =
	/** @param names by identity */
	| { readonly kind: "rename"; readonly names: ReadonlyMap<string, string> }
	| { readonly kind: "restart" }
	/** @param effect whether it needs a restart, and if so, whether the device is restarted when it has stored the value */
	| { readonly kind: "setting"; readonly name: string; readonly value: string; readonly effect: SettingEffect }
	/** The password has been set here. @param version of the record of passwords that has it */
	| { readonly kind: "password"; readonly version: number };

/** What a {@link DeviceTask} acts by. */
export interface TaskHost {
	readonly ownId: string;
	after(delay: Millis, run: () => void): void;
	/** Another device that is there; `undefined`: it is not. */
	member(id: string): Member | undefined;
	/** Gives a device, this one or another, a name. */
	rename(id: string, name: string): boolean;
	/** Carries out an operation at another device, as the owner. */
	ask(member: Member, path: string, form: string, done: (answer: OwnerAnswer) => void): void;
	/** Carries out an operation of this device. */
	askOwn(path: string, form: ReadonlyMap<string, string>): ApiAnswer;
	/** The state of a task has changed. */
	changed(): void;
}

/** How often it is looked whether a device has done what it was asked for. */
const LOOK: Millis = 250;
/** A name is sent again at every so many looks, as datagrams get lost. */
const NAME_AGAIN = 8;
/** The limits for a device to announce a new name, another start, or the newer passwords. */
const NAME_LIMIT: Millis = 10_000;
const START_LIMIT: Millis = 120_000;
const PASSWORD_LIMIT: Millis = 20_000;
/** The longest text of another device that is shown. */
const TEXT_MAX = 200;

const RESTART = "/api/v1/restart";
const SETTINGS = "/api/v1/settings";

/**
 * One action at one device. What a device answers is not believed where its announcements, which are sealed, can show that it is done:
 * its name, the number of its start, the version of its passwords.
 */
export class DeviceTask {
	state: TaskState = "waiting";
	/** What has happened, for people; empty: nothing to say. */
	message = "";

	/** @param over called once, when it is done or has failed; it may be during {@link start} */
	constructor(
		private readonly host: TaskHost,
		private readonly action: BulkAction,
		readonly id: string,
		readonly name: string,
		private readonly over: () => void,
	) {}

	/** Begins. */
	start(): void {
		const { host, action, id } = this;
		this.state = "working";
		const member = host.member(id);
		if (id === host.ownId) this.startOwn();
		else if (member === undefined || member.isFromTable)
			this.fail(action.kind === "password" ? DEVICES_MESSAGES.tasks.laterPassword : DEVICES_MESSAGES.tasks.offline);
		else this.startAt(member);
	}

	private startAt(member: Member): void {
		const { action, id } = this;
		switch (action.kind) {
			case "rename":
				return this.rename(member, action.names.get(id) ?? "");
			case "restart":
				return this.restart(member, "");
			case "setting":
				return this.set(member, action.name, action.value, action.effect);
			case "password":
				return this.waitUntil(
					() => member.login >= action.version,
					PASSWORD_LIMIT,
					// The passwords of a device that has none of the fleet's stand in its settings.
					() => (member.login === 0 ? DEVICES_MESSAGES.tasks.pinned : DEVICES_MESSAGES.tasks.laterPassword),
				);
		}
	}

	/** This device: it comes last, so nothing that happens here ends what others do. */
	private startOwn(): void {
		const { action, host, id } = this;
		if (action.kind === "password") return this.done("");
		if (action.kind === "rename") {
			if (host.rename(id, action.names.get(id) ?? "")) this.done("");
			else this.fail(DEVICES_MESSAGES.tasks.refusedName);
			return;
		}
		if (action.kind === "setting") {
			const answer = host.askOwn(SETTINGS, new Map([[action.name, action.value]]));
			if ("fault" in answer) return this.fail(answer.fault);
			if (action.effect !== "restart") return this.done(storedText(action.effect));
		}
		const answer = host.askOwn(RESTART, new Map());
		if ("fault" in answer) return this.fail(this.afterSetting(answer.fault));
		// The task does not end here: this program does, and the page sees the next one.
		this.say(DEVICES_MESSAGES.tasks.ownRestart);
	}

	private rename(member: Member, name: string): void {
		const { host, id } = this;
		let looks = 0;
		const isDone = (): boolean => {
			if (member.name === name && !member.automaticName) return true;
			if (looks++ % NAME_AGAIN === 0) host.rename(id, name);
			return false;
		};
		this.waitUntil(isDone, NAME_LIMIT, () => DEVICES_MESSAGES.tasks.noName);
	}

	private restart(member: Member, before: string): void {
		const { boot } = member;
		this.say(before);
		this.host.ask(member, RESTART, "", (answer) => {
			const fault = faultOf(answer);
			if (fault !== "") return this.fail(this.afterSetting(fault));
			this.say(DEVICES_MESSAGES.tasks.restarting);
			// A device that says goodbye is a new member when it is back.
			const isBack = (): boolean => (this.host.member(this.id)?.boot ?? 0) > boot;
			this.waitUntil(
				isBack,
				START_LIMIT,
				() => this.afterSetting(DEVICES_MESSAGES.tasks.notBack),
				DEVICES_MESSAGES.tasks.restarted,
			);
		});
	}

	private set(member: Member, name: string, value: string, effect: SettingEffect): void {
		const form = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
		this.host.ask(member, SETTINGS, form, (answer) => {
			const fault = faultOf(answer);
			if (fault !== "") this.fail(fault);
			else if (effect === "restart") this.restart(member, DEVICES_MESSAGES.tasks.stored);
			else this.done(storedText(effect));
		});
	}

	/** A setting that was stored stays so, whatever becomes of the restart. */
	private afterSetting(fault: string): string {
		return this.action.kind === "setting" ? DEVICES_MESSAGES.tasks.storedBut(fault) : fault;
	}

	private waitUntil(isDone: () => boolean, limit: Millis, fault: () => string, message = ""): void {
		if (isDone()) this.done(message);
		else if (limit <= 0) this.fail(fault());
		else this.host.after(LOOK, () => this.waitUntil(isDone, limit - LOOK, fault, message));
	}

	private say(message: string): void {
		this.message = message;
		this.host.changed();
	}

	private done(message: string): void {
		this.state = "done";
		this.message = message;
		this.over();
	}

	private fail(message: string): void {
		this.state = "failed";
		this.message = message;
		this.over();
	}
}

/** What there is to say of a setting that was stored. */
function storedText(effect: SettingEffect): string {
	return effect === "later" ? DEVICES_MESSAGES.tasks.stored : "";
}

/** Why a device has not done what it was asked for; empty: it says that it has. */
function faultOf(answer: OwnerAnswer): string {
	const { tasks } = DEVICES_MESSAGES;
	if ("failure" in answer) return answer.failure === "silent" ? tasks.silent : tasks.login;
	if (answer.status === 200) return "";
	const error = parseJsonMembers(utf8Encode(answer.text))?.get("error") ?? "";
	return error === "" ? tasks.refused(answer.status) : error.slice(0, TEXT_MAX);
}
