import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { HttpTarget } from "./http-target";
import { type ArchiveAnswer, send } from "./put-file";

/** The region of services that have none. */
const USUAL_REGION = "us-east-1";

/** A folder in a bucket of a storage service that speaks S3. */
export class S3Target extends HttpTarget {
	private readonly client: AwsClient;

	/**
	 * @param url `https://KEY:SECRET@HOST/BUCKET/FOLDER?region=REGION`
	 * @param root the storage folder
	 */
	constructor(
		url: URL,
		private readonly root: string,
	) {
		super(url, "s3+");
		this.client = new AwsClient({
			accessKeyId: decodeURIComponent(url.username),
			secretAccessKey: decodeURIComponent(url.password),
			service: "s3",
			region: url.searchParams.get("region") ?? USUAL_REGION,
		});
	}

	protected override async copy(path: string, size: number, signal: AbortSignal): Promise<ArchiveAnswer> {
		const method = "PUT";
		const url = this.place(path);
		// The connection protects the content, or nothing would protect the rest either.
		const signed = await this.client.sign(url.href, {
			method,
			headers: { "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
		});
		const headers = Object.fromEntries(signed.headers);
		return send({ method, url, headers, file: { path: join(this.root, path), size }, signal });
	}
}
