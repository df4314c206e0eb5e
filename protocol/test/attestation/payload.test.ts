import { describe, expect, it } from "vitest";
import { concatBytes } from "../../bytes.ts";
import {
  encodeArray,
  encodeBytes,
  encodeIndefiniteMap,
  encodeMap,
  encodeText,
  encodeUnsigned,
  type Cbor,
} from "../../../enclave/nsm/simulated/cborWriter.ts";
import { codeOf, moduleId, nowMs, random, withEntry, type Entries, type Recipe } from "./synthetic.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const field = (name: string, value: Cbor | null): Recipe => ({ entries: withEntry(name, value) });
const pcr = (index: Cbor, length = 48) => [index, encodeBytes(new Uint8Array(length).fill(1))] as const;
const pcrs = (...entries: Entries): Recipe => field("pcrs", encodeMap(entries));
const [i0, i1, i2] = [0, 1, 2].map(encodeUnsigned).map((index) => pcr(index)) as [
  Entries[number],
  Entries[number],
  Entries[number],
];
const again = (index: number): Recipe => ({ entries: (all) => [...all, all[index] ?? i0] });
const first = (name: string, value: Cbor): Recipe => ({
  entries: (all) => [[encodeText(name), value], ...all],
});
const names = [
  "module_id",
  "digest",
  "timestamp",
  "pcrs",
  "certificate",
  "cabundle",
  "public_key",
  "user_data",
  "nonce",
];
const mandatory: readonly (readonly [string, string])[] = [
  ["module_id", "ATTESTATION_MODULE_ID_REFUSED"],
  ["digest", "ATTESTATION_DIGEST_REFUSED"],
  ["timestamp", "ATTESTATION_TIMESTAMP_REFUSED"],
  ["pcrs", "ATTESTATION_PCRS_REFUSED"],
  ["certificate", "ATTESTATION_CERTIFICATE_REFUSED"],
  ["cabundle", "ATTESTATION_CABUNDLE_REFUSED"],
];
const time = (timestampMs: number): Recipe => ({ fields: { timestampMs } });
const minute = 60_000;

const refused: readonly (readonly [string, Recipe, string])[] = [
  ["23 dup-key-pcrs", again(3), "CBOR_KEY_DUPLICATE"],
  ["24 dup-key-public_key, last", again(6), "CBOR_KEY_DUPLICATE"],
  ["24 dup-key-public_key, first", first("public_key", encodeBytes(hex("00"))), "CBOR_KEY_DUPLICATE"],
  ["25 dup-pcr-index", pcrs(i0, i1, i2, i1), "CBOR_KEY_DUPLICATE"],
  ["26 dup-via-nonminimal-int", pcrs(i0, i1, i2, pcr(hex("1801"))), "CBOR_NOT_SHORTEST"],
  [
    "27 payload-trailing-byte",
    { payload: (all) => concatBytes(encodeMap(all), hex("00")) },
    "CBOR_TRAILING_BYTES",
  ],
  ["28 bf-without-break", { payload: (all) => encodeIndefiniteMap(all).slice(0, -1) }, "CBOR_TRUNCATED"],
  [
    "29 bf-odd-items",
    { payload: (all) => concatBytes(encodeIndefiniteMap(all).slice(0, -1), hex("00ff")) },
    "CBOR_TYPE_REFUSED",
  ],
  ["30 indefinite-pcrs", field("pcrs", encodeIndefiniteMap([i0, i1, i2])), "CBOR_INDEFINITE_LENGTH"],
  ["30 indefinite-cabundle", field("cabundle", hex("9f4100ff")), "CBOR_INDEFINITE_LENGTH"],
  ["30 indefinite-bytes", field("public_key", hex("5f4100ff")), "CBOR_INDEFINITE_LENGTH"],
  ["30 indefinite-text", field("digest", hex("7f66534841333834ff")), "CBOR_INDEFINITE_LENGTH"],
  ["31 non-minimal-length", field("nonce", concatBytes(hex("590020"), random(32))), "CBOR_NOT_SHORTEST"],
  ["32 huge-length", field("nonce", hex("5bffffffffffffffff")), "CBOR_INTEGER_TOO_LARGE"],
  ["32 long-length", field("nonce", hex("5b001fffffffffffff")), "CBOR_TRUNCATED"],
  ["33 nesting-5000", { payload: () => new Uint8Array(5000).fill(0x81) }, "CBOR_TOO_DEEP"],
  ["34 invalid-utf8-module_id", field("module_id", hex("62c328")), "CBOR_UTF8_INVALID"],
  ["35 __proto__-key", first("__proto__", encodeMap([])), "ATTESTATION_FIELD_UNKNOWN"],
  ["36 float-timestamp", field("timestamp", hex("fb4278bcfe56800000")), "CBOR_TYPE_REFUSED"],
  ["36 neg-timestamp", field("timestamp", hex("3b0000019b00000000")), "CBOR_TYPE_REFUSED"],
  ["36 bignum-timestamp", field("timestamp", hex("c2460199aabbccdd")), "CBOR_TYPE_REFUSED"],
  [
    "37 tagged-field",
    field("module_id", concatBytes(hex("d820"), encodeText(moduleId))),
    "CBOR_TYPE_REFUSED",
  ],
  ["38 undefined", field("nonce", hex("f7")), "CBOR_TYPE_REFUSED"],
  ["38 simple", field("nonce", hex("f820")), "CBOR_TYPE_REFUSED"],
  ["38 false", field("nonce", hex("f4")), "CBOR_TYPE_REFUSED"],
  ["39 int-key-as-text", pcrs(pcr(encodeText("0")), i1, i2), "ATTESTATION_PCRS_REFUSED"],
  ["40 unknown-10th-key", first("extra", hex("00")), "ATTESTATION_FIELD_UNKNOWN"],
  ["40 integer key", { entries: (all) => [...all, [hex("00"), hex("00")]] }, "ATTESTATION_FIELD_UNKNOWN"],
  ["40 key of bytes", { entries: (all) => [...all, [hex("4100"), hex("00")]] }, "CBOR_KEY_REFUSED"],
  ["payload that is no map", { payload: () => encodeArray([]) }, "ATTESTATION_PAYLOAD_REFUSED"],
  ...names.map((name) => [`41 missing-${name}`, field(name, null), "ATTESTATION_FIELD_MISSING"] as const),
  ...mandatory.map(([name, code]) => [`42 null-${name}`, field(name, hex("f6")), code] as const),
  ["43 module_id-empty", field("module_id", encodeText("")), "ATTESTATION_MODULE_ID_REFUSED"],
  ["43 module_id-bytes", field("module_id", encodeBytes(hex("00"))), "ATTESTATION_MODULE_ID_REFUSED"],
  ["43 module_id-newline", { fields: { moduleId: `${moduleId}\n` } }, "ATTESTATION_MODULE_ID_REFUSED"],
  ["44 digest-SHA256", field("digest", encodeText("SHA256")), "ATTESTATION_DIGEST_REFUSED"],
  ["44 digest-SHA512", field("digest", encodeText("SHA512")), "ATTESTATION_DIGEST_REFUSED"],
  ["44 digest-lowercase", field("digest", encodeText("sha384")), "ATTESTATION_DIGEST_REFUSED"],
  ["45 timestamp-0", time(0), "ATTESTATION_TIMESTAMP_REFUSED"],
  ["46 timestamp-seconds-not-ms", time(nowMs / 1000), "ATTESTATION_TIMESTAMP_REFUSED"],
  ["47 timestamp-future>skew", time(nowMs + minute + 1), "ATTESTATION_FROM_FUTURE"],
  ["48 timestamp-stale", time(nowMs - 5 * minute - 1), "ATTESTATION_STALE"],
  ["49 timestamp before leaf validity", time(nowMs - 61 * minute), "CERTIFICATE_NOT_YET_VALID"],
  ["49 timestamp after leaf validity", time(nowMs + 121 * minute), "CERTIFICATE_EXPIRED"],
  ...[32, 47, 49, 64].map(
    (length) =>
      [
        `50 pcr-len-${length}`,
        pcrs(pcr(encodeUnsigned(0), length), i1, i2),
        "ATTESTATION_PCRS_REFUSED",
      ] as const,
  ),
  ["51 pcr-index-32", pcrs(i0, i1, i2, pcr(encodeUnsigned(32))), "ATTESTATION_PCRS_REFUSED"],
  ["52 pcrs-empty", pcrs(), "ATTESTATION_PCRS_REFUSED"],
  ["53 pcr2-missing, two left", pcrs(i0, i1), "ATTESTATION_PCRS_REFUSED"],
  ...[0, 1, 2].map(
    (missing) =>
      [
        `53 pcr${missing}-missing`,
        pcrs(...[0, 1, 2, 3].filter((index) => index !== missing).map((index) => pcr(encodeUnsigned(index)))),
        "ATTESTATION_PCR_MISSING",
      ] as const,
  ),
  ["54 cabundle-empty", field("cabundle", encodeArray([])), "ATTESTATION_CABUNDLE_REFUSED"],
  ["54 cabundle-bytes", field("cabundle", encodeBytes(hex("00"))), "ATTESTATION_CABUNDLE_REFUSED"],
  [
    "55 cabundle-6",
    { cabundle: ([root = hex(""), ...more], leaf) => [root, ...more, leaf, leaf] },
    "ATTESTATION_CHAIN_LENGTH_REFUSED",
  ],
  ["56 cert-1025-bytes", { certificate: () => new Uint8Array(1025) }, "ATTESTATION_CERTIFICATE_REFUSED"],
  [
    "56 cabundle-cert-1025-bytes",
    { cabundle: (good) => [...good.slice(0, 3), new Uint8Array(1025)] },
    "ATTESTATION_CABUNDLE_REFUSED",
  ],
  ["56 cert-empty", { certificate: () => new Uint8Array(0) }, "ATTESTATION_CERTIFICATE_REFUSED"],
  ["57 public_key-0", { fields: { publicKey: new Uint8Array(0) } }, "ATTESTATION_PUBLIC_KEY_REFUSED"],
  ["57 public_key-1025", { fields: { publicKey: new Uint8Array(1025) } }, "ATTESTATION_PUBLIC_KEY_REFUSED"],
  ["58 user_data-513", { fields: { userData: new Uint8Array(513) } }, "ATTESTATION_USER_DATA_REFUSED"],
  ["58 nonce-513", { fields: { nonce: new Uint8Array(513) } }, "ATTESTATION_NONCE_REFUSED"],
];

describe("payload of a document", () => {
  it.each(refused)("refuses %s", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  it("accepts timestamps at the very edges of the window", async () => {
    expect(await codeOf(time(nowMs + minute))).toBe("accepted");
    expect(await codeOf(time(nowMs - 5 * minute))).toBe("accepted");
  });

  it("accepts fields in any order", async () => {
    expect(await codeOf({ entries: (all) => [...all].reverse() })).toBe("accepted");
  });
});
