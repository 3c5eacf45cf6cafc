/**
 * The script that draws QR codes in the pages of hosts that draw none themselves, once they are to be seen: octets, in versions 1 to 25, at
 * level L, or M where that needs no larger symbol.
 *
 * `encode(text)` returns the rows of the symbol without its margin, each a string of `1` (dark) and `0`; `undefined`: the text is
 * longer than 1,273 octets. `draw(element)` draws the text in `data-qr` into the element, and removes it where the text is too long.
 * @see drawnCode
 * @see ISO/IEC 18004:2015 §7
 */
export const QR_SCRIPT = `{
	// At levels L and M, for each version: octets of error correction in a block, and blocks (table 9). "0" is none.
	const CHECKS = ["7:?DJBDHNBDHJNFHLNLLLLNNJ", ":@JBH@BFFJNFFHHLLJJJJLLLL"];
	const BLOCKS = ["11111222244444666678899:<", "11122444555899::;=>@AABDE"];
	const MASKS = [
		(x, y) => (x + y) % 2,
		(x, y) => y % 2,
		(x) => x % 3,
		(x, y) => (x + y) % 3,
		(x, y) => ((x / 3 | 0) + (y >> 1)) % 2,
		(x, y) => x * y % 2 + x * y % 3,
		(x, y) => (x * y % 2 + x * y % 3) % 2,
		(x, y) => ((x + y) % 2 + x * y % 3) % 2,
	];

	// What is left of a number divided by the generator of a BCH code, behind the number (annexes C and D).
	function protect(value, length, generator) {
		let rest = value << length;
		for (let bit = 5; bit >= 0; bit--) if (rest >> bit + length & 1) rest ^= generator << bit;
		return value << length | rest;
	}

	// The patterns of a version, in rows of 0 and 1; undefined is room for data. The format is yet to be written.
	function frame(version) {
		const side = version * 4 + 17;
		const grid = Array.from({ length: side }, () => Array(side).fill());
		const square = (x, y, radius, isDark) => {
			for (let i = -radius; i <= radius; i++)
				for (let j = -radius; j <= radius; j++)
					if (x + j in (grid[y + i] ?? [])) grid[y + i][x + j] = +isDark(Math.max(Math.abs(i), Math.abs(j)));
		};
		for (const [x, y] of [[3, 3], [side - 4, 3], [3, side - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring < 4);
		const count = version > 1 ? (version / 7 | 0) + 2 : 0;
		const step = Math.ceil((side - 13) / (2 * count - 2)) * 2;
		const centres = Array.from({ length: count }, (_, i) => i ? side - 7 - step * (count - 1 - i) : 6);
		for (const x of centres) for (const y of centres) if (grid[y][x] === undefined) square(x, y, 2, (ring) => ring !== 1);
		for (let i = 0; i < side; i++) {
			grid[6][i] ??= grid[i][6] ??= 1 - i % 2;
			if (i !== 6 && (i < 9 || i > side - 9)) {
				grid[8][i] ??= 0;
				grid[i][8] ??= 0;
			}
		}
		if (version > 6) {
			const bits = protect(version, 12, 0x1f25);
			for (let i = 0; i < 18; i++) {
				const [x, y] = [side - 11 + i % 3, i / 3 | 0];
				grid[y][x] = grid[x][y] = bits >> i & 1;
			}
		}
		return grid;
	}

	// Multiplies in the field of 256 elements.
	function times(a, b) {
		let product = 0;
		for (let bit = 7; bit >= 0; bit--) {
			product = product << 1 ^ (product >> 7) * 0x11d;
			product ^= (b >> bit & 1) * a;
		}
		return product;
	}

	// The Reed-Solomon octets of a block.
	function checkOf(data, length) {
		let generator = [1];
		for (let i = 0, root = 1; i < length; i++, root = times(root, 2))
			generator = [...generator, 0].map((each, j) => each ^ times(generator[j - 1] ?? 0, root));
		const rest = Array(length).fill(0);
		for (const octet of data) {
			const factor = octet ^ rest.shift();
			rest.push(0);
			for (let i = 0; i < length; i++) rest[i] ^= times(generator[i + 1], factor);
		}
		return rest;
	}

	// How hard a symbol is to read (§7.8.3).
	function penaltyOf(rows) {
		const side = rows.length;
		let sum = 0;
		for (const lines of [rows, rows.map((_, i) => rows.map((row) => row[i]).join(""))])
			for (const line of lines) {
				for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
				sum += 40 * ("0000" + line + "0000").match(/(?=000010111010|010111010000)/g)?.length || 0;
			}
		for (let y = 1; y < side; y++)
			for (let x = 1; x < side; x++)
				if (/0000|1111/.test(rows[y - 1].slice(x - 1, x + 1) + rows[y].slice(x - 1, x + 1))) sum += 3;
		const dark = rows.join("").replaceAll("0", "").length;
		return sum + 10 * (Math.ceil(Math.abs(20 * dark / side / side - 10)) - 1);
	}

	function encode(text) {
		const octets = new TextEncoder().encode(text);
		let version = 0;
		let grid, total, blocks, check, room;
		const takes = (level) => {
			[check, blocks] = [CHECKS, BLOCKS].map((table) => table[level].charCodeAt(version - 1) - 48);
			room = total - check * blocks;
			return room >= octets.length + (version < 10 ? 2 : 3);
		};
		do {
			if (++version > 25) return;
			grid = frame(version);
			total = grid.flat().filter((each) => each === undefined).length >> 3;
		} while (!takes(0));
		const level = takes(1) ? 0 : 1;
		if (level === 1) takes(0);

		// Mode, length, octets and end make whole octets together, four bits late.
		const length = octets.length;
		const digits = [4, ...(version < 10 ? [] : [length >> 8]), length & 255, ...octets, 0];
		const data = digits.slice(1).map((each, i) => (digits[i] << 4 | each >> 4) & 255);
		for (let i = 0; data.length < room; i++) data.push(i % 2 ? 0x11 : 0xec);
		const parts = [];
		for (let i = 0, at = 0; i < blocks; i++) parts.push(data.slice(at, at += (room + i) / blocks | 0));
		const mixed = [];
		for (const lists of [parts, parts.map((part) => checkOf(part, check))])
			for (let i = 0; i <= room / blocks; i++) for (const list of lists) if (i in list) mixed.push(list[i]);

		// The bits go up and down in pairs of columns, beside the column of the timing.
		const side = grid.length;
		const places = [];
		for (let right = side - 1; right > 0; right -= right === 8 ? 3 : 2)
			for (let i = 0; i < side; i++)
				for (const x of [right, right - 1]) {
					const y = right + 1 & 2 ? i : side - 1 - i;
					if (grid[y][x] === undefined) places.push([x, y, mixed[places.length >> 3] >> 7 - places.length % 8 & 1]);
				}
		let best;
		let least = Infinity;
		MASKS.forEach((mask, number) => {
			for (const [x, y, bit] of places) grid[y][x] = bit ^ !mask(x, y);
			const format = protect(level << 3 | number, 10, 0x537) ^ 0x5412;
			for (let i = 0; i < 15; i++) {
				const bit = format >> i & 1;
				grid[i < 6 ? i : i < 8 ? i + 1 : side - 15 + i][8] = bit;
				grid[8][i < 8 ? side - 1 - i : i < 9 ? 7 : 14 - i] = bit;
			}
			grid[side - 8][8] = 1;
			const rows = grid.map((row) => row.join(""));
			const penalty = penaltyOf(rows);
			if (penalty < least) [best, least] = [rows, penalty];
		});
		return best;
	}

	function draw(place) {
		const rows = encode(place.dataset.qr);
		if (rows === undefined) return place.remove();
		const dark = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map(({ 0: run, index }) => "M" + index + " " + y + "h" + run.length + "v1h-" + run.length));
		const side = rows.length + 8;
		place.innerHTML = '<svg viewBox="-4 -4 ' + side + " " + side + '" shape-rendering="crispEdges"><path d="' + dark.join("") + '"/></svg>';
	}

	// What is not open yet is drawn once it is.
	function drawCodes() {
		for (const place of document.querySelectorAll("[data-qr]:empty")) if (place.closest("details:not([open])") === null) draw(place);
	}
	document.addEventListener("toggle", drawCodes, true);
	drawCodes();
}
`;
