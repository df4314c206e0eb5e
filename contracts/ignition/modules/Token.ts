import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** OPN, once, on the chain where it is issued. Parameter: `holder`, who receives the supply. */
export default buildModule("Token", (m) => ({
  token: m.contract("OPN", [m.getParameter<string>("holder")]),
}));
