import { toFunctionSelector } from "viem";

/** The role of AccessManager that hands out all others. */
export const ADMIN_ROLE = 0n;
/** May take trust away, at once: retire an image, revoke a registry or an oracle, pause new submissions. */
export const GUARDIAN_ROLE = 1n;
/** May add and retire images, after the execution delay; the Hub demands its own delay on top. */
export const GOVERNANCE_ROLE = 2n;

/** Selectors of the Hub's functions for {@link GUARDIAN_ROLE}. */
export const guardianSelectors = [
  toFunctionSelector("retireImageNow(bytes32)"),
  toFunctionSelector("cancelImage(bytes32)"),
  toFunctionSelector("revokeRegistry(address)"),
  toFunctionSelector("revokeOracle(address)"),
  toFunctionSelector("pauseSubmissions(uint40)"),
  toFunctionSelector("resumeSubmissions()"),
];

/** Selectors of the Hub's functions for {@link GOVERNANCE_ROLE}. */
export const governanceSelectors = [
  toFunctionSelector("scheduleImage(bytes32,uint8,uint40)"),
  toFunctionSelector("retireImage(bytes32,uint40)"),
];
