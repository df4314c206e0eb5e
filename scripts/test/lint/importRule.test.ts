import { describe, expect, it } from "vitest";
import { refusal } from "../../lint/importRule.mjs";

describe("an import that follows the direction of flow", () => {
  it.each([
    ["protocol/cose.ts", "./bytes.ts"],
    ["protocol/cose.ts", "@noble/hashes/sha2.js"],
    ["protocol/wire/session.ts", "zod"],
    ["protocol/wire/framing.ts", "cbor-web"],
    ["protocol/eip712.ts", "viem"],
    ["extension/content/inpage.iife.ts", "#messages/page.ts"],
    ["extension/background/tls/client.ts", "#protocol/byteStream.ts"],
    ["extension/background/tls/client.ts", "@noble/curves/nist.js"],
    ["extension/background/session/open.ts", "../tls/client.ts"],
    ["extension/background/platform/socket.ts", "webextension-polyfill"],
    ["extension/popup/main.tsx", "react-dom/client"],
    ["enclave/oracle/main.ts", "../nsm/nsm.ts"],
    ["enclave/host/relay.ts", "#protocol/wire/framing.ts"],
    ["enclave/dev/launch.ts", "../nsm/simulated/pki.ts"],
    ["enclave/nsm/simulated/pki.ts", "./certificate.ts"],
    ["enclave/test/nsm.test.ts", "../nsm/simulated/pki.ts"],
    ["enclave/test/nsm.test.ts", "./fixtures.ts"],
    ["demo/main.ts", "../enclave/nsm/simulated/pki.ts"],
    ["e2e/stack.ts", "../demo/world.ts"],
    ["scripts/buildExtension.ts", "../package.json"],
    ["vitest.config.ts", "vitest/config"],
  ])("%s may import %s", (file, specifier) => {
    expect(refusal(file, specifier)).toBeNull();
  });
});

describe("an import against it", () => {
  it.each([
    ["protocol/cose.ts", "zod"],
    ["protocol/cose.ts", "node:crypto"],
    ["protocol/cose.ts", "crypto"],
    ["protocol/cose.ts", "cbor-web"],
    ["protocol/cose.ts", "viem/utils"],
    ["protocol/cose.ts", "@noblesse/hashes"],
    ["protocol/cose.ts", "../extension/messages/page.ts"],
    ["protocol/cose.ts", "#messages/page.ts"],
    ["protocol/wire/session.ts", "../test/fixtures.ts"],
    ["extension/messages/page.ts", "../background/router.ts"],
    ["extension/content/inpage.iife.ts", "zod"],
    ["extension/content/inpage.iife.ts", "webextension-polyfill"],
    ["extension/content/inpage.iife.ts", "#protocol/errors.ts"],
    ["extension/popup/main.tsx", "../background/router.ts"],
    ["extension/background/router.ts", "../popup/main.tsx"],
    ["extension/background/router.ts", "../content/inpage.iife.ts"],
    ["extension/background/router.ts", "webextension-polyfill"],
    ["extension/background/tls/client.ts", "../attestation.ts"],
    ["extension/background/tls/client.ts", "#protocol/attestation/verify.ts"],
    ["extension/background/tls/client.ts", "webextension-polyfill"],
    ["enclave/oracle/main.ts", "../registry/admit.ts"],
    ["enclave/oracle/main.ts", "../host/relay.ts"],
    ["enclave/oracle/main.ts", "../nsm/simulated/pki.ts"],
    ["enclave/oracle/main.ts", "#protocol/../enclave/nsm/simulated/pki.ts"],
    ["enclave/nsm/nsm.ts", "./simulated/pki.ts"],
    ["enclave/registry/main.ts", "../oracle/session.ts"],
    ["enclave/host/relay.ts", "#protocol/eip712.ts"],
    ["enclave/host/relay.ts", "../nsm/nsm.ts"],
    ["enclave/dev/launch.ts", "../../demo/main.ts"],
    ["demo/main.ts", "../e2e/stack.ts"],
    ["enclave/test/nsm.test.ts", "../../e2e/stack.ts"],
    ["demo/main.ts", "../../elsewhere.ts"],
  ])("%s may not import %s", (file, specifier) => {
    expect(refusal(file, specifier)).not.toBeNull();
  });
});
