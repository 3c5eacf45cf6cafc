/** What the tests use of the S3 server from npm. It checks the key, not the signature. */
declare module "s3rver" {
	export default class S3rver {
		constructor(options: {
			readonly port: number;
			readonly address: string;
			readonly silent: boolean;
			readonly directory: string;
			readonly configureBuckets: readonly { readonly name: string; readonly configs: readonly never[] }[];
		});
		run(): Promise<{ readonly port: number }>;
		close(): Promise<void>;
	}
}
