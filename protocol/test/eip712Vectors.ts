import { z } from "zod";
import vectorFile from "../vectors/eip712.json" with { type: "json" };

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]*$/)]);
const integer = z.string().transform((text) => BigInt(text));

const vectorSchema = z.object({
  name: z.string(),
  chainId: z.number(),
  hub: hex,
  domainSeparator: hex,
  certificate: z.object({
    oracle: hex,
    provider: hex,
    image: hex,
    onlyOracleHash: hex,
    oraclePrice: integer,
    registryPrice: integer,
    notBefore: z.number(),
    notAfter: z.number(),
  }),
  certificateDigest: hex,
  certificateSignature: hex,
  result: z.object({
    user: hex,
    target: hex,
    oracleHash: hex,
    registry: hex,
    nonce: integer,
    startedAt: z.number(),
    signedAt: z.number(),
    deadline: z.number(),
    value: integer,
    call: hex,
  }),
  resultDigest: hex,
  resultSignature: hex,
});

/** The vectors of `protocol/vectors/eip712.json`. */
export const eip712Vectors = z
  .object({
    certificateType: z.string(),
    certificateTypehash: hex,
    resultType: z.string(),
    resultTypehash: hex,
    oracle: hex,
    registry: hex,
    vectors: z.tuple([vectorSchema]).rest(vectorSchema),
  })
  .parse(vectorFile);
