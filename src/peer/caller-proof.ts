import { equalInConstantTime, HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";

const LABEL = utf8Encode("porthole caller");
/** Octets of the proof. */
const PROOF_OCTETS = 16;

/**
 * Returns the proof that the owner of a key may open tunnels to the devices of a home: it has the home's pin key, from pairing or as a
 * device of the home, which no server has. It goes with the first message of the handshake, and is worth nothing with another key.
 * @param pinKey {@link HomeKeys.pinKey}
 * @param key the caller's public key
 */
export function callerProof(pinKey: Uint8Array, key: Uint8Array): Uint8Array {
	return new HmacSha256(pinKey).sign(LABEL, 0, undefined, key).slice(0, PROOF_OCTETS);
}

/** Tells whether the owner of a key may open tunnels. @see callerProof */
export function provesCaller(pinKey: Uint8Array, key: Uint8Array, proof: Uint8Array): boolean {
	if (proof.length !== PROOF_OCTETS) return false;
	return equalInConstantTime(proof, 0, callerProof(pinKey, key), 0, PROOF_OCTETS);
}
