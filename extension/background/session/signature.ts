import { secp256k1 } from "@noble/curves/secp256k1.js";
import { publicKeyToAddress } from "viem/utils";
import { bytesFromHex, toHex, type Address, type Hex } from "#protocol/bytes.ts";

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * The account whose key signed `digest`; undefined where `signature` is not of the one form that the Hub takes:
 * 65 bytes r || s || v with low s and v 27 or 28. viem's own recovery loads the curve by `import()`, which a service
 * worker does not have.
 */
export function recoverSigner(digest: Hex, signature: Uint8Array): Address | undefined {
  const v = signature[64];
  const hash = bytesFromHex(digest);
  if (hash?.length !== 32 || signature.length !== 65 || (v !== 27 && v !== 28)) return undefined;
  if (BigInt(toHex(signature.slice(32, 64))) > halfOrder) return undefined;
  try {
    const compact = secp256k1.Signature.fromBytes(signature.slice(0, 64), "compact");
    const point = compact.addRecoveryBit(v - 27).recoverPublicKey(hash);
    return publicKeyToAddress(toHex(point.toBytes(false))).toLowerCase() as Address;
  } catch {
    return undefined;
  }
}
