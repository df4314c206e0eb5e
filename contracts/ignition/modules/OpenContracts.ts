import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deploySystem } from "./system.ts";

/**
 * The whole system on a chain where the token and the attestation verifier exist. Parameters: `token`, `verifier`,
 * `guardian`, `governance` (addresses), and those of {@link deploySystem}. Default export: Ignition's command asks
 * for it.
 */
export default buildModule("OpenContracts", (m) => {
  const token = m.contractAt("OPN", m.getParameter<string>("token"));
  const system = deploySystem(m, {
    token,
    verifier: m.getParameter<string>("verifier"),
    guardian: m.getParameter<string>("guardian"),
    governance: m.getParameter<string>("governance"),
  });
  return { token, ...system };
});
