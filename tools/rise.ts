/** How much a least-squares line through samples rises from the first to the last. */
export function rise(samples: readonly number[]): number {
	const n = samples.length;
	const mean = samples.reduce((a, b) => a + b, 0) / n;
	let [product, square] = [0, 0];
	samples.forEach((sample, i) => {
		const x = i - (n - 1) / 2;
		product += x * (sample - mean);
		square += x * x;
	});
	return square === 0 ? 0 : (product / square) * (n - 1);
}
