import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deploySystem } from "./system.ts";

/**
 * The whole system on the development chain, with the token that has a faucet and the verifier of simulated documents.
 * Parameters: `holder`, `simulationSigner`, `guardian`, `governance` (addresses), and those of {@link deploySystem}.
 */
export default buildModule("Local", (m) => {
  const token = m.contract("OPNTestnet", [m.getParameter<string>("holder")]);
  const verifier = m.contract("SimulatedAttestationVerifier", [m.getParameter<string>("simulationSigner")], {
    after: [token],
  });
  const system = deploySystem(m, {
    token,
    verifier,
    guardian: m.getParameter<string>("guardian"),
    governance: m.getParameter<string>("governance"),
  });
  return { token, verifier, ...system };
});
