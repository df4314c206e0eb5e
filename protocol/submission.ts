import {
  decodeAbiParameters,
  decodeFunctionData,
  encodeAbiParameters,
  encodeFunctionData,
  parseAbiItem,
  toFunctionSelector,
  type AbiFunction,
  type AbiParameter,
} from "viem";
import { hubAbi } from "./abi/hub.ts";
import type { Hex } from "./bytes.ts";
import type { OracleCertificate, SignedResult } from "./eip712.ts";
import { UntrustedError, UsageError } from "./errors.ts";

/** An oracle's certificate with its registry's signature, 65 bytes. */
export interface CertificateProof {
  readonly certificate: OracleCertificate;
  readonly registrySignature: Hex;
}

/** One call of the Hub's `submit`, or of `submitWithCertificate` where `proof` is there. */
export interface Submission {
  readonly result: SignedResult;
  /** The oracle's signature, 65 bytes. */
  readonly signature: Hex;
  /** The most OPN that may be taken, surcharge included, in base units. */
  readonly maxPaymentWei: bigint;
  readonly proof?: CertificateProof | undefined;
}

/** What the Hub remembers of an oracle through one registry. */
export interface KnownOracle {
  /** Zero where the Hub knows nothing. */
  readonly provider: Hex;
  /** Last second of the certificate that the Hub knows. */
  readonly notAfter: number;
}

/** A Solidity function as a caller knows it. */
export interface FunctionSignature {
  readonly name: string;
  /** 4 bytes, lower case. */
  readonly selector: Hex;
  readonly inputs: readonly AbiParameter[];
}

/**
 * One argument of a call. `name` is what the function's signature calls it, empty where it does not; `text` is the whole
 * value: numbers in decimal, bytes and addresses in hex, a string as it is, lists and structs as JSON.
 */
export interface CallArgument {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const noProvider = /^0x0+$/;
const signaturePattern = /^(?=.{3,1024}$)[A-Za-z_$][A-Za-z0-9_$]{0,127}\([A-Za-z0-9_$,()[\] ]*\)$/;

/** True where the Hub must be shown the certificate: it knows none of this oracle, or one that ends too early. */
export function needsCertificate(known: KnownOracle, result: SignedResult): boolean {
  return noProvider.test(known.provider) || known.notAfter < result.deadline;
}

/** Calldata for the Hub; inverse of {@link decodeSubmission}. */
export function encodeSubmission({ result, signature, maxPaymentWei, proof }: Submission): Hex {
  if (proof === undefined) {
    return encodeFunctionData({
      abi: hubAbi,
      functionName: "submit",
      args: [result, signature, maxPaymentWei],
    });
  }
  return encodeFunctionData({
    abi: hubAbi,
    functionName: "submitWithCertificate",
    args: [proof.certificate, proof.registrySignature, result, signature, maxPaymentWei],
  });
}

function decodeHubCall(calldata: Hex): Submission | undefined {
  const { functionName, args } = decodeFunctionData({ abi: hubAbi, data: calldata });
  if (functionName === "submit") {
    const [result, signature, maxPaymentWei] = args;
    return { result, signature, maxPaymentWei };
  }
  if (functionName !== "submitWithCertificate") return undefined;
  const [certificate, registrySignature, result, signature, maxPaymentWei] = args;
  return { result, signature, maxPaymentWei, proof: { certificate, registrySignature } };
}

/**
 * Reads the Hub's calldata of a submission; only the one encoding that {@link encodeSubmission} makes.
 * @throws UsageError SUBMISSION_MALFORMED
 */
export function decodeSubmission(calldata: Hex): Submission {
  let submission: Submission | undefined;
  try {
    submission = decodeHubCall(calldata);
  } catch (cause) {
    throw new UsageError("SUBMISSION_MALFORMED", { cause });
  }
  if (submission === undefined || encodeSubmission(submission) !== calldata.toLowerCase()) {
    throw new UsageError("SUBMISSION_MALFORMED", { expected: "one call of submit or submitWithCertificate" });
  }
  return submission;
}

function parseFunction(signature: string): AbiFunction | undefined {
  const text: string = `function ${signature}`;
  const item = parseAbiItem(text);
  return item.type === "function" && item.outputs.length === 0 ? item : undefined;
}

/**
 * Parses a function's signature, with or without names of its arguments: `buyTokens(address seller, uint256)`.
 * @throws UsageError SESSION_REQUEST_INVALID
 */
export function parseFunctionSignature(signature: string): FunctionSignature {
  const details = { expected: "a function such as name(address,uint256)", actual: signature.slice(0, 200) };
  let parsed: AbiFunction | undefined;
  try {
    parsed = signaturePattern.test(signature) ? parseFunction(signature) : undefined;
  } catch (cause) {
    throw new UsageError("SESSION_REQUEST_INVALID", { ...details, cause });
  }
  if (parsed === undefined) throw new UsageError("SESSION_REQUEST_INVALID", details);
  return { name: parsed.name, selector: toFunctionSelector(parsed), inputs: parsed.inputs };
}

function argumentText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString();
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}

/**
 * The arguments of `call` as `functionSignature` names them. Encoding them again must give the same bytes, so that
 * nothing hides beside what a person is shown.
 * @throws UntrustedError RESULT_SELECTOR_MISMATCH, RESULT_ARGUMENTS_MALFORMED
 * @throws UsageError SESSION_REQUEST_INVALID where the signature is none
 */
export function decodeCall(functionSignature: string, call: Hex): readonly CallArgument[] {
  const { selector, inputs } = parseFunctionSignature(functionSignature);
  const actual = call.slice(0, 10).toLowerCase();
  if (actual !== selector)
    throw new UntrustedError("RESULT_SELECTOR_MISMATCH", { expected: selector, actual });
  const encoded: Hex = `0x${call.slice(10).toLowerCase()}`;
  let values: readonly unknown[];
  try {
    values = inputs.length === 0 ? [] : decodeAbiParameters(inputs, encoded);
  } catch (cause) {
    throw new UntrustedError("RESULT_ARGUMENTS_MALFORMED", { cause });
  }
  if (encodeAbiParameters(inputs, values) !== encoded) throw new UntrustedError("RESULT_ARGUMENTS_MALFORMED");
  return inputs.map(({ name = "", type }, index) => ({ name, type, text: argumentText(values[index]) }));
}
