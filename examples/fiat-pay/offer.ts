import { encodeAbiParameters, keccak256, type Hex } from "viem";

/** What a seller asks for on FiatPay. */
export interface OfferTerms {
  readonly payee: string;
  readonly cents: number;
  /** 32 random bytes in hex, so that nobody guesses the terms from the id. */
  readonly salt: Hex;
}

/** The offer id that binds these terms: keccak256(abi.encode(string payee, uint256 cents, bytes32 salt)). */
export function offerId({ payee, cents, salt }: OfferTerms): Hex {
  const types = [{ type: "string" }, { type: "uint256" }, { type: "bytes32" }] as const;
  return keccak256(encodeAbiParameters(types, [payee, BigInt(cents), salt]));
}
