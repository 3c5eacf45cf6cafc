import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { localWeekMinute, WeekSchedule } from "../../../src/wire/week-schedule";
import { mutate } from "../../support/mutate";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

function minute(text: string): number {
	const [day, time] = text.split(" ");
	const [hours, minutes] = time.split(":").map(Number);
	return DAYS.indexOf(day) * 1440 + hours * 60 + minutes;
}

describe("wire/week-schedule", () => {
	for (const [text, inside, outside] of [
		[
			"mon-fri 08:00-18:00",
			["mon 8:00", "fri 17:59", "wed 12:00"],
			["mon 7:59", "fri 18:00", "sat 12:00", "sun 12:00"],
		],
		["sat sun 22:00-06:00", ["sat 22:00", "sun 3:00", "mon 5:59", "sun 23:59"], ["sat 21:59", "mon 6:00", "sat 3:00"]],
		["fri-mon", ["fri 0:00", "sat 12:00", "mon 23:59"], ["tue 0:00", "thu 23:59"]],
		["20:00-7:30", ["sun 0:00", "sat 23:59", "wed 7:29", "wed 20:00"], ["wed 7:30", "wed 19:59"]],
		["00:00-24:00", ["sun 0:00", "sat 23:59"], []],
		["mon 8:00-9:00, mon 10:00-11:00", ["mon 8:30", "mon 10:30"], ["mon 9:00", "mon 9:30", "tue 8:30"]],
		["TUE  12:00-12:00", ["tue 12:00", "wed 11:59"], ["tue 11:59", "wed 12:00"]],
		["sat 23:00-01:00", ["sat 23:30", "sun 0:30"], ["sun 1:00", "sun 23:30"]],
		["", [], ["mon 12:00"]],
	] as const) {
		it(`reads ${JSON.stringify(text)} (STR-13)`, () => {
			const schedule = WeekSchedule.parse(text);
			for (const at of inside) assert.equal(schedule?.has(minute(at)), true, at);
			for (const at of outside) assert.equal(schedule?.has(minute(at)), false, at);
		});
	}

	for (const text of [
		"always",
		"mon-",
		"mon-fri-sat",
		"8:00",
		"8:00-25:00",
		"24:00-25:00",
		"24:00-1:00",
		"8:60-9:00",
		"8-9",
		"8:00-9:00 mon",
		"mon,,tue",
		"mon 8:00-9:00 10:00-11:00",
		"8:0-9:00",
		Array(40).fill("mon").join(","),
	]) {
		it(`refuses ${JSON.stringify(text.slice(0, 30))}`, () => assert.equal(WeekSchedule.parse(text), undefined));
	}

	it("takes the local time of the machine", () => {
		const date = new Date(2026, 5, 3, 17, 40, 59);
		assert.equal(localWeekMinute(date.getTime()), minute("wed 17:40"));
	});

	it("survives 5,000 mutated schedules, and knows the time of none that it refuses", () => {
		const random = new Prng(1);
		for (let i = 0; i < 5000; i++) {
			const schedule = WeekSchedule.parse(mutate(random, "mon-fri 08:00-18:00, sat sun 22:00-06:00", "monsat:-,0189 "));
			if (schedule !== undefined) assert.equal(typeof schedule.has(random.below(10_080)), "boolean");
		}
	});
});
