import type { AttestationRequest } from "../nsm.ts";
import {
  encodeArray,
  encodeBytes,
  encodeIndefiniteMap,
  encodeMap,
  encodeText,
  encodeUnsigned,
  type Cbor,
} from "./cborWriter.ts";
import { signEs384, type SigningKey } from "./signing.ts";

/** The fields of an attestation document, as the Nitro Enclaves user guide names them. */
export interface DocumentFields extends AttestationRequest {
  readonly moduleId: string;
  readonly timestampMs: number;
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  readonly certificate: Uint8Array;
  /** Root first. */
  readonly cabundle: readonly Uint8Array[];
}

/** How the payload's map is written: up to 2025 with its length, since then with an open one. */
export type PayloadForm = "definite" | "indefinite";

const protectedHeader = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);

/** The payload's entries in the order of real documents. */
export function encodePayloadEntries(fields: DocumentFields): readonly (readonly [Cbor, Cbor])[] {
  const pcrs = Array.from(fields.pcrs, ([index, pcr]) => [encodeUnsigned(index), encodeBytes(pcr)] as const);
  const entries: readonly (readonly [string, Cbor])[] = [
    ["module_id", encodeText(fields.moduleId)],
    ["digest", encodeText("SHA384")],
    ["timestamp", encodeUnsigned(fields.timestampMs)],
    ["pcrs", encodeMap(pcrs)],
    ["certificate", encodeBytes(fields.certificate)],
    ["cabundle", encodeArray(fields.cabundle.map(encodeBytes))],
    ["public_key", encodeBytes(fields.publicKey)],
    ["user_data", encodeBytes(fields.userData)],
    ["nonce", encodeBytes(fields.nonce)],
  ];
  return entries.map(([name, value]) => [encodeText(name), value]);
}

/** Encodes the payload of a document. */
export function encodePayload(fields: DocumentFields, form: PayloadForm): Cbor {
  const entries = encodePayloadEntries(fields);
  return form === "definite" ? encodeMap(entries) : encodeIndefiniteMap(entries);
}

/** Signs `payload` as an untagged COSE_Sign1 by ES384 (RFC 9052 section 4.4). */
export async function signDocument(payload: Uint8Array, key: SigningKey): Promise<Uint8Array> {
  const toBeSigned = encodeArray([
    encodeText("Signature1"),
    encodeBytes(protectedHeader),
    encodeBytes(new Uint8Array(0)),
    encodeBytes(payload),
  ]);
  const signature = await signEs384(key, toBeSigned);
  return encodeArray([
    encodeBytes(protectedHeader),
    encodeMap([]),
    encodeBytes(payload),
    encodeBytes(signature),
  ]);
}
